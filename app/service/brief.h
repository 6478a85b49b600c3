/*
 * brief: single reads and writes in a transaction of their own.
 *
 * For deeds that call Calendly, or wait, between one look at the database and
 * the next: no transaction is ever open meanwhile.
 */
#ifndef APP_SERVICE_BRIEF_H
#define APP_SERVICE_BRIEF_H

#include <stdbool.h>

#include "app/domain/job_kind.h"
#include "lib/err.h"

struct arena;
struct service;
struct connection_view;
struct feed_page;
struct feed_query;
struct grant;

enum cal_err	brief_grant(struct service *, struct arena *,
		    const char *tenant_id, const char *grant_id,
		    struct grant *) ERR_CHECK;
enum cal_err	brief_connection(struct service *, struct arena *,
		    const char *tenant_id, const char *user_id,
		    struct connection_view *) ERR_CHECK;
enum cal_err	brief_feed(struct service *, struct arena *,
		    const char *tenant_id, const struct feed_query *,
		    struct feed_page *) ERR_CHECK;
/*
 * After a job's work was tried at once: done, it is not needed; not done, it
 * is to run soon.
 */
enum cal_err	brief_settle_job(struct service *, struct arena *,
		    const char *tenant_id, enum job_kind,
		    const char *subject, bool done) ERR_CHECK;

#endif
