/*
 * refused: see refused.h.
 */
#include <stdio.h>
#include <string.h>

#include "app/calendly/id.h"
#include "app/calendly/payload.h"
#include "app/metric/metric.h"
#include "app/repo/delivery.h"
#include "app/repo/refused.h"
#include "app/service/service.h"
#include "app/service/webhook/refused.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/json.h"
#include "lib/log.h"

enum {
	ENDPOINTS_MAX = 128,	/* in one batch; further ones are not noted */
	USERS_MAX = 16,		/* Calendly's users that are
				 * kept between two writes */
	IDSZ = 256,		/* longest id of a user, with its NUL */
	LOST_PAUSE_MS = 1000,	/* shortest time between two
				 * writes of lost deliveries */
	LIMIT_MS = 2000,	/* longest time for the writes */
	SCRATCH_MAX = 128 * 1024 * 1024,	/* memory to parse one body,
						 * which may be hostile */
};

struct refused {
	/* Endpoints that refused one of the requests in hand. */
	const char	*endpoint[ENDPOINTS_MAX];
	bool		 wrong[ENDPOINTS_MAX];
	size_t		 nendpoints;
	/*
	 * "unstored": some were refused because the database was unavailable.
	 * "now": that happened in this batch, so trying to write would be
	 * useless.
	 */
	bool		 unstored;
	bool		 now;
	/*
	 * Number of rightly signed deliveries for unknown endpoints, and the
	 * users who made their subscriptions.
	 */
	int64_t		 lost;
	char		 user[USERS_MAX][IDSZ];
	size_t		 nusers;
	int64_t		 lost_next;	/* when they are written
					 * next, as clock_ms() */
};

static struct refused *
refused_of(struct service *cal)
{
	if (cal->refused == NULL)
		cal->refused = arena_alloc(cal->mem, sizeof(*cal->refused));
	return cal->refused;
}

void
refused_endpoint(struct service *cal, const struct endpoint *e, bool wrong)
{
	struct refused	*r = refused_of(cal);

	if (!(e->note_refused || (wrong && e->note_wrong)) ||
	    r->nendpoints == ENDPOINTS_MAX)
		return;
	r->endpoint[r->nendpoints] = e->id;
	r->wrong[r->nendpoints++] = wrong;
}

void
refused_unstored(struct service *cal)
{
	struct refused	*r = refused_of(cal);

	r->unstored = r->now = true;
}

/* Adds a user, once, if there is room. */
static void
remember_user(struct refused *r, const char *id)
{
	size_t	 i;

	if (id == NULL || strlen(id) >= IDSZ || r->nusers == USERS_MAX)
		return;
	for (i = 0; i < r->nusers; i++)
		if (strcmp(r->user[i], id) == 0)
			return;
	(void)snprintf(r->user[r->nusers++], IDSZ, "%s", id);
}

void
refused_lost(struct service *cal, struct bytes body)
{
	struct arena	*scratch = arena_new(SCRATCH_MAX);
	struct refused	*r = refused_of(cal);
	struct payload	 p;
	const char	*by;

	metric_count(METRIC_WEBHOOKS_LOST, NULL, NULL);
	r->lost++;
	payload_read(scratch, body, &p);
	if ((by = json_text(p.root, "created_by")) != NULL)
		remember_user(r, id_from_uri(scratch, by));
	arena_free(scratch);
}

static void
write_endpoints(struct service *cal, struct arena *mem, struct refused *r)
{
	const char *const	*suspected;
	int			 i, n = 0;

	if (r->nendpoints > 0 && endpoints_refused(cal->db, mem, r->endpoint,
	    r->wrong, r->nendpoints, &suspected, &n) == CAL_OK)
		for (i = 0; i < n; i++)
			log_warn("ingest: endpoint %s: several deliveries with "
			    "a wrong signature, and none with a right one "
			    "between: if they came from Calendly, check "
			    "CALENDLY_WEBHOOK_SIGNING_KEY; a reconcile looks "
			    "into it", suspected[i]);
	r->nendpoints = 0;
}

static void
write_lost(struct service *cal, struct arena *mem, struct refused *r)
{
	const char	*user[USERS_MAX];
	size_t		 i;
	bool		 tell;

	for (i = 0; i < r->nusers; i++)
		user[i] = r->user[i];
	r->lost_next = clock_ms() + LOST_PAUSE_MS;
	if (deliveries_lost(cal->db, mem, r->lost, user, r->nusers, &tell) !=
	    CAL_OK)
		return;
	if (tell)
		log_warn("ingest: rightly signed for endpoints that nobody "
		    "knows: %lld webhooks: was an older database restored, or "
		    "were rows lost?  Their users are looked at now, all "
		    "others within the hour", (long long)r->lost);
	r->lost = 0;
	r->nusers = 0;
}

/* The log lines carry no request id, because they are about many requests. */
void
refused_write(struct service *cal, struct arena *mem)
{
	struct refused	*r = cal->refused;
	const bool	 now = r != NULL && r->now;
	long		 limit;

	if (r == NULL)
		return;
	r->now = false;
	if (now) {
		r->nendpoints = 0;
		return;
	}
	log_request(NULL);
	limit = db_hurry(cal->db, LIMIT_MS);
	write_endpoints(cal, mem, r);
	if (r->unstored && deployment_refused(cal->db, mem) == CAL_OK)
		r->unstored = false;
	if (r->lost > 0 && clock_ms() >= r->lost_next)
		write_lost(cal, mem, r);
	(void)db_set_limit(cal->db, limit);
}

bool
refused_is_noted(const struct service *cal)
{
	const struct refused	*r = cal->refused;

	return r != NULL && (r->now || r->nendpoints > 0 || r->unstored ||
	    r->lost > 0);
}

bool
refused_waits(const struct service *cal)
{
	const struct refused	*r = cal->refused;

	return r != NULL && (r->unstored || r->lost > 0);
}
