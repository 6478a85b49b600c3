/*
 * generation: the processes that one configuration has started.
 *
 * A generation is a configuration, its processes (app workers, ingest
 * workers, runners, one that answers health checks, the watcher) and their
 * leash: a pipe whose only writer is the master.
 * When the master closes it, or dies, they finish what they have in hand and
 * leave.  A reload starts a new generation before it lets the old one go.
 */
#ifndef APP_PROCESS_GENERATION_H
#define APP_PROCESS_GENERATION_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "app/process/slot.h"
#include "app/settings/settings.h"
#include "lib/err.h"

struct arena;

/* What all generations share. */
struct listeners {
	int	app;
	int	ingest;
	int	health;
};

struct generation {
	struct arena		*mem;		/* ours */
	const struct settings	*settings;	/* in "mem" */
	int			 leash[2];	/* [1] is -1 once let go */
	int64_t			 kill_at;	/* clock_ms; 0: not let go yet */
	int			 killed;	/* that did not leave in time */
	struct slot		*slots;
	size_t			 nslots;
	struct generation	*next;
};

/* How processes are let go. */
enum pool_parting {
	POOL_SUCCEEDED,		/* others take what waits: leave at once */
	POOL_LAST,		/* nobody comes after: empty the queue first */
};

/* Takes the arena in any case; "settings" must live in it. */
enum cal_err		 generation_new(struct arena *,
			    const struct settings *, struct generation **)
			    ERR_CHECK;
void			 generation_free(struct generation *);
/*
 * Start every process that is due.  "all" is the list of generations, whose
 * leashes a child must not hold on to.
 */
void			 generation_start(struct generation *,
			    const struct generation *all,
			    const struct listeners *);
/* A child has ended: false if it is none of this generation's. */
bool			 generation_ended(struct generation *, pid_t,
			    int status);
void			 generation_let_go(struct generation *,
			    enum pool_parting, int grace_ms);
/* SIGKILL to all that are left. */
void			 generation_kill(struct generation *);
bool			 generation_alive(const struct generation *);
/* When it next needs generation_start or _kill; INT64_MAX: it does not. */
int64_t			 generation_due(const struct generation *);

#endif
