/*
 * pools: see pools.h.
 */
#include <sched.h>
#include <unistd.h>

#include "app/settings/pools.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/conf.h"

/*
 * Together they need at most 40 connections to PostgreSQL, so that its default
 * of 100 is enough even during a reload, in which there are twice as many.
 */
enum {
	/*
	 * An app worker waits for Calendly and for the database and computes
	 * little.  A quarter of them may hold requests that wait for events.
	 */
	APP_LEAST = 8, APP_MOST = 24, APP_PER_PROCESSOR = 4,
	/*
	 * An ingest worker and its backend work at the same time, so that they
	 * use two processors.  With more of them batches become smaller, and a
	 * webhook costs more (docs/performance.md).
	 */
	INGEST_LEAST = 1, INGEST_MOST = 8, PROCESSORS_PER_INGEST = 2,
	/* The first runner runs no jobs, see app/process/generation.c. */
	RUNNERS_LEAST = 2, RUNNERS_MOST = 4, PROCESSORS_PER_RUNNER = 2,
	/* A pusher has hundreds of calls in flight. */
	PUSHERS_LEAST = 1, PUSHERS_MOST = 2, PROCESSORS_PER_PUSHER = 4,
};

static long
processors(void)
{
	cpu_set_t	 set;
	long		 n;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return CPU_COUNT(&set);
	n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? n : 1;
}

static void
choose(long *number, long fits, long least, long most)
{
	if (*number == CONF_AUTO)
		*number = fits < least ? least : fits > most ? most : fits;
}

void
pools_choose_for(struct settings *s, long n)
{
	choose(&s->app_workers, n * APP_PER_PROCESSOR, APP_LEAST, APP_MOST);
	choose(&s->ingest_workers, n / PROCESSORS_PER_INGEST, INGEST_LEAST,
	    INGEST_MOST);
	choose(&s->runners, n / PROCESSORS_PER_RUNNER, RUNNERS_LEAST,
	    RUNNERS_MOST);
	choose(&s->pushers, n / PROCESSORS_PER_PUSHER, PUSHERS_LEAST,
	    PUSHERS_MOST);
}

void
pools_choose(struct settings *s)
{
	pools_choose_for(s, processors());
}

const char *
pools_words(struct arena *mem, const struct settings *s)
{
	return arena_printf(mem, "%ld app workers, %ld ingest workers, "
	    "%ld runners, %ld pushers on %ld processors", s->app_workers,
	    s->ingest_workers, s->runners, s->pushers, processors());
}
