/*
 * destination_json: see destination_json.h.
 */
#include "app/repo/destination.h"
#include "app/route/connection_json.h"
#include "app/route/destination_json.h"
#include "app/route/feed_cursor.h"
#include "app/service/push/advice.h"
#include "app/service/push/destination.h"
#include "app/service/push/summary.h"
#include "lib/json.h"
#include "lib/req.h"

static void
health_write(struct json *j, struct arena *mem, const struct destination *d)
{
	json_object(j, "health");
	json_str(j, "summary", destination_summary(mem, d));
	json_num(j, "failures", d->failures);
	json_str(j, "breaker", d->is_open ? "open" : "closed");
	json_str(j, "failing_since", d->failing_since);
	json_str(j, "last_success_at", d->success_at);
	json_str(j, "last_failure_at", d->failure_at);
	json_str(j, "last_failure", d->failure);
	json_str(j, "next_try_at", d->state == DESTINATION_ACTIVE ?
	    d->not_before : NULL);
	json_end(j);
}

static void
missed_write(struct json *j, struct req *r, const struct destination *d)
{
	if (d->missed_to == 0) {
		json_null(j, "missed");
		return;
	}
	json_object(j, "missed");
	json_str(j, "after", feed_cursor_write(r, d->missed_from - 1));
	json_str(j, "until", feed_cursor_write(r, d->missed_to));
	json_num(j, "count", d->missed_to - d->missed_from + 1);
	json_end(j);
}

static void
counts_write(struct json *j, const struct destination *d)
{
	json_object(j, "pushes");
	json_num(j, "waiting", d->waiting);
	json_num(j, "held", d->held);
	json_num(j, "dead", d->dead);
	json_end(j);
}

void
destination_write(struct service *cal, struct req *r, struct json *j,
    const struct destination *d, const char *secret)
{
	json_object(j, NULL);
	json_str(j, "id", d->id);
	json_str(j, "url", d->url);
	json_str(j, "description", d->description);
	texts_write(j, "types", d->types);
	json_str(j, "user_id", d->user_id);
	texts_write(j, "headers", destination_header_names(cal, r->mem, d));
	json_str(j, "state", destination_state_name(d->state));
	json_str(j, "reason", destination_reason_name(d->reason));
	json_str(j, "state_at", d->state_at);
	json_str(j, "cursor", feed_cursor_write(r, d->cursor));
	json_num(j, "lag", d->head > d->cursor ? d->head - d->cursor : 0);
	counts_write(j, d);
	missed_write(j, r, d);
	health_write(j, r->mem, d);
	json_str(j, "rotating_until", d->former_until);
	json_str(j, "created_at", d->created_at);
	json_str(j, "updated_at", d->updated_at);
	if (secret != NULL)
		json_str(j, "secret", secret);
	json_end(j);
}

/* Writes a number of which 0 means that there is none. */
static void
number_write(struct json *j, const char *key, int64_t n)
{
	if (n == 0)
		json_null(j, key);
	else
		json_num(j, key, n);
}

static void
attempts_write(struct json *j, const struct push_attempt *a, int n)
{
	int	 i;

	json_array(j, "failed_attempts");
	for (i = 0; i < n; i++) {
		json_object(j, NULL);
		json_str(j, "at", a[i].at);
		number_write(j, "status", a[i].answer_status);
		json_num(j, "ms", a[i].ms);
		json_str(j, "answer", a[i].answer);
		json_str(j, "error", a[i].error);
		json_end(j);
	}
	json_end(j);
}

void
push_write(struct json *j, const struct push *p,
    const struct push_attempt *attempts, int n)
{
	json_object(j, NULL);
	json_str(j, "id", p->id);
	json_str(j, "destination_id", p->destination_id);
	json_str(j, "event_id", p->event_id);
	json_str(j, "type", p->event_type);
	json_str(j, "user_id", p->user_id);
	json_str(j, "status", push_status_name(p->status));
	json_bool(j, "replay", p->replay);
	json_num(j, "attempts", p->attempts);
	json_str(j, "first_tried_at", p->first_at);
	json_str(j, "tried_at", p->tried_at);
	json_str(j, "next_try_at", p->next_at);
	number_write(j, "answer_status", p->answer_status);
	if (p->tried_at == NULL)
		json_null(j, "ms");
	else
		json_num(j, "ms", p->ms);
	json_str(j, "answer", p->answer);
	json_str(j, "error", p->error);
	json_str(j, "advice", p->error == NULL ? NULL :
	    push_advice((int)p->answer_status, p->error));
	if (attempts != NULL)
		attempts_write(j, attempts, n);
	json_end(j);
}
