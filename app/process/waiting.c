/*
 * waiting: see waiting.h.
 */
#include <assert.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include "app/process/waiting.h"
#include "app/route/router.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/req.h"

/*
 * A worker keeps one place free, so that it can always take another request
 * besides those that wait.
 */
enum { SEATS = REQ_HELD - 1 };

struct seat {
	struct req	 r;
	int64_t		 due;		/* by clock_ms(); 0: the seat is free */
};

struct waiting {
	struct seat	 seat[SEATS];
	int		 n;
};

struct waiting *
waiting_new(void)
{
	struct waiting	*w = calloc(1, sizeof(*w));

	if (w == NULL)
		err_nomem("requests that wait");
	return w;
}

void
waiting_free(struct waiting *w)
{
	assert(w == NULL || w->n == 0);
	free(w);
}

bool
waiting_has_room(const struct waiting *w)
{
	return w->n < SEATS;
}

void
waiting_add(struct waiting *w, const struct req *r)
{
	int	 i;

	for (i = 0; i < SEATS - 1 && w->seat[i].due != 0; i++)
		;
	assert(w->seat[i].due == 0);
	w->seat[i].r = *r;
	w->seat[i].due = clock_ms() + r->later_ms;
	w->n++;
}

int
waiting_ms(const struct waiting *w)
{
	const int64_t	 now = clock_ms();
	int64_t		 first = INT64_MAX;
	int		 i;

	if (w->n == 0)
		return -1;
	for (i = 0; i < SEATS; i++)
		if (w->seat[i].due != 0 && w->seat[i].due < first)
			first = w->seat[i].due;
	if (first <= now)
		return 0;
	return first - now > INT_MAX ? INT_MAX : (int)(first - now);
}

/*
 * Dispatches the request again.  True: it is answered and its seat is free;
 * false: the handler put it off once more.
 */
static bool
serve_seat(struct waiting *w, struct seat *s, struct service *cal)
{
	req_again(&s->r);
	route_dispatch(cal, &s->r);
	log_about(NULL, NULL);
	if (s->r.later_ms > 0) {
		s->due = clock_ms() + s->r.later_ms;
		log_request(NULL);
		return false;
	}
	req_finish(&s->r);
	log_request(NULL);
	arena_free(s->r.mem);
	s->due = 0;
	w->n--;
	return true;
}

long
waiting_serve(struct waiting *w, struct service *cal)
{
	const int64_t	 now = clock_ms();
	long		 served = 0;
	int		 i;

	for (i = 0; w->n > 0 && i < SEATS; i++)
		if (w->seat[i].due != 0 && w->seat[i].due <= now &&
		    serve_seat(w, &w->seat[i], cal))
			served++;
	return served;
}
