/*
 * write: runs what a route changes, in one transaction of the caller's tenant,
 * and answers only when that is committed.
 */
#ifndef APP_ROUTE_WRITE_H
#define APP_ROUTE_WRITE_H

#include "app/service/idempotency/idempotency.h"
#include "lib/err.h"

struct json;
struct req;
struct service;
struct tx;

/*
 * Makes the change and the answer.  It must neither answer the request nor do
 * anything that a rollback does not undo.
 */
typedef enum cal_err	 write_deed(struct service *, struct tx *,
			    struct req *, struct idempotent_answer *);

/* Makes an answer of a document, which it ends. */
void		write_json(struct idempotent_answer *, int status,
		    struct json *);
/* Runs the deed and answers. */
enum cal_err	write_run(struct service *, struct req *, write_deed *)
		    ERR_CHECK;
/*
 * The same, but if the request has an Idempotency-Key, the deed is done only
 * once, and its answer given again.
 */
enum cal_err	write_once(struct service *, struct req *, write_deed *)
		    ERR_CHECK;

#endif
