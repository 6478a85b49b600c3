/*
 * generation: the processes that one configuration has started.
 *
 * A generation is a configuration, its processes (app workers, ingest workers,
 * runners, pushers, one process that answers health checks, the watcher) and
 * their leash: a pipe whose only writer is the master.  When the master closes the
 * pipe, or dies, the processes finish their current work and exit.  A reload
 * starts a new generation before it lets the old one go.
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

/* The listening sockets, which all generations share. */
struct listeners {
	int	app;
	int	ingest;
	int	health;
};

struct generation {
	struct arena		*mem;		/* owned by this struct */
	const struct settings	*settings;	/* lives in "mem" */
	int			 leash[2];	/* pipe; [1]: -1 once let go */
	int64_t			 kill_at;	/* clock_ms(); 0: not let go */
	int			 killed;	/* processes killed as late */
	struct slot		*slots;
	size_t			 nslots;
	struct generation	*next;
};

/* What becomes of requests that still wait when processes are let go. */
enum pool_parting {
	POOL_SUCCEEDED,		/* a newer generation serves them: leave now */
	POOL_LAST,		/* no generation follows: serve them, leave */
};

/*
 * Makes a generation without processes.  Takes over the arena, and frees it on
 * an error; "settings" must live in that arena.
 */
enum cal_err		 generation_new(struct arena *,
			    const struct settings *, struct generation **)
			    ERR_CHECK;
void			 generation_free(struct generation *);
/*
 * Starts every process whose slot is empty and due.  "all" lists every
 * generation, so that a child can close the leashes that it inherited: the
 * master must stay their only writer.
 */
void			 generation_start(struct generation *,
			    const struct generation *all,
			    const struct listeners *);
/*
 * Notes that the child "pid" has ended.  False: the child does not belong to
 * this generation.
 */
bool			 generation_ended(struct generation *, pid_t,
			    int status);
void			 generation_let_go(struct generation *,
			    enum pool_parting, int grace_ms);
/* Sends SIGKILL to every process that still runs. */
void			 generation_kill(struct generation *);
bool			 generation_alive(const struct generation *);
/*
 * Returns the clock_ms() at which generation_start() or generation_kill() is
 * due; INT64_MAX if neither is.
 */
int64_t			 generation_due(const struct generation *);

#endif
