/* meeting: the API's meetings: list and show. */
#include <assert.h>
#include <string.h>

#include "app/repo/meeting.h"
#include "app/repo/tx.h"
#include "app/route/answer.h"
#include "app/route/query.h"
#include "app/route/router.h"
#include "app/service/meeting/json.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/json.h"
#include "lib/req.h"
#include "lib/when.h"

enum { CURSOR = 'm' };

/*
 * A cursor holds the id of the last meeting that was shown, a blank, and its
 * start, which is empty if it is not known.
 */
static const char *
cursor_after(struct req *r, const struct meeting *last)
{
	if (last == NULL)
		return NULL;
	return cursor_write(r, CURSOR, arena_printf(r->mem, "%s %s", last->id,
	    last->start_at == NULL ? "" : last->start_at));
}

static enum cal_err
read_after(struct req *r, struct meeting_filter *f)
{
	const char	*last, *blank;
	enum cal_err	 rc;

	if ((rc = cursor_read(r, CURSOR, &last)) != CAL_OK || last == NULL)
		return rc;
	if ((blank = strchr(last, ' ')) == NULL)
		return cursor_refuse(r);
	f->after_id = arena_ndup(r->mem, last, (size_t)(blank - last));
	f->after_start = blank[1] == '\0' ? NULL : when_read(r->mem,
	    blank + 1);
	if (!crypto_is_uuid(f->after_id) ||
	    (blank[1] != '\0' && f->after_start == NULL))
		return cursor_refuse(r);
	return CAL_OK;
}

static enum cal_err
read_filter(struct req *r, struct meeting_filter *f)
{
	static const char *const	known[] = {
		"user_id", "from", "to", "status", "limit", "after", NULL
	};
	unsigned			 status;
	enum cal_err			 rc;

	memset(f, 0, sizeof(*f));
	rc = query_known(r, known);
	rc = fail_also(rc, query_user(r, &f->user_id));
	rc = fail_also(rc, query_time(r, "from", &f->from));
	rc = fail_also(rc, query_time(r, "to", &f->to));
	rc = fail_also(rc, query_name(r, "status", &meeting_status_names,
	    &status));
	f->status = (enum meeting_status)status;
	rc = fail_also(rc, query_limit(r, &f->limit));
	rc = fail_also(rc, read_after(r, f));
	if (f->from != NULL && f->to != NULL && strcmp(f->from, f->to) > 0)
		rc = req_fail_field(r, "to", "must not be before \"from\"");
	return rc;
}

/*
 * Returns how many meetings go onto this page: at most "limit", and only those
 * before the first whose content was left out for its size.  The first meeting
 * always has its content.
 */
static int
page_size(const struct meeting *all, int n, int limit)
{
	int	 i;

	for (i = 0; i < n && i < limit && all[i].content.text != NULL; i++)
		;
	return i;
}

static enum cal_err
meetings_list(struct service *cal, struct tx *tx, struct req *r)
{
	struct meeting_filter	 f;
	struct meeting		*all;
	struct json		*j;
	enum cal_err		 rc;
	int			 i, n, shown;

	(void)cal;
	if ((rc = read_filter(r, &f)) != CAL_OK)
		return rc;
	/* One row more than asked for tells whether another page follows. */
	f.limit++;
	if ((rc = meeting_list(tx, &f, &all, &n)) != CAL_OK)
		return rc;
	shown = page_size(all, n, f.limit - 1);
	assert(shown > 0 || n == 0);
	j = list_open(r);
	for (i = 0; i < shown; i++)
		meeting_write(j, NULL, &all[i]);
	list_answer(r, j, cursor_after(r, shown < n ? &all[shown - 1] :
	    NULL));
	return CAL_OK;
}

static enum cal_err
meeting_show(struct service *cal, struct tx *tx, struct req *r)
{
	struct meeting	 m;
	struct json	*j;
	const char	*id;
	enum cal_err	 rc;

	(void)cal;
	if ((rc = path_uuid(r, &id)) != CAL_OK ||
	    (rc = meeting_find(tx, id, &m)) != CAL_OK)
		return rc;
	j = json_new(r->mem);
	meeting_write(j, NULL, &m);
	answer_json(r, 200, j);
	return CAL_OK;
}

const struct route meeting_routes[] = {
	{ "GET", "/v1/meetings", NULL, meetings_list, ROUTE_KEY | ROUTE_QUERY },
	{ "GET", "/v1/meetings/{id}", NULL, meeting_show, ROUTE_KEY },
	{ NULL, NULL, NULL, NULL, 0 },
};
