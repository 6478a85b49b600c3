/*
 * brief: single reads and writes in a transaction of their own.
 *
 * For deeds that call Calendly between one look at the database and the
 * next: no transaction is ever open during a call.
 */
#ifndef APP_SERVICE_BRIEF_H
#define APP_SERVICE_BRIEF_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct calendly;
struct connection_view;
struct grant;

enum cal_err	brief_grant(struct calendly *, struct arena *,
		    const char *tenant_id, const char *grant_id,
		    struct grant *) ERR_CHECK;
enum cal_err	brief_connection(struct calendly *, struct arena *,
		    const char *tenant_id, const char *user_id,
		    struct connection_view *) ERR_CHECK;
/*
 * After a job's work was tried at once: done, it is not needed; not done, it
 * is to run soon.
 */
enum cal_err	brief_settle_job(struct calendly *, struct arena *,
		    const char *tenant_id, const char *kind,
		    const char *subject, bool done) ERR_CHECK;

#endif
