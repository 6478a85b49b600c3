/* slot: a place for one process, and when its next process may start. */
#ifndef APP_PROCESS_SLOT_H
#define APP_PROCESS_SLOT_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "app/service/service.h"

struct slot {
	enum service_role	 role;
	int			 index;		/* number within its role */
	char			 name[24];	/* "app/3": name in the log */
	pid_t			 pid;		/* 0: no process runs */
	int			 metrics;	/* its slot in the metrics */
	int			 failures;	/* failures in a row */
	int64_t			 started;	/* last start, by clock_ms() */
	int64_t			 due;		/* next start, by clock_ms() */
};

void	slot_init(struct slot *, enum service_role, int index);
/* Called before the fork: reserves the metrics slot for the new process. */
void	slot_prepare(struct slot *);
/* Called in the child: makes it known as this slot's process. */
void	slot_enter(const struct slot *);
/* Notes the result of fork(2); "error" is its errno if "pid" is -1. */
void	slot_started(struct slot *, pid_t, int error);
/*
 * Notes that the process has ended.  "leaving": the master had told it to stop,
 * so its end is expected.
 */
void	slot_ended(struct slot *, int status, bool leaving);
/*
 * Returns the pause in milliseconds before the next start.  It is 0 after the
 * first failure, because most failures are accidents, and grows with each
 * further one, because a process that cannot start must not use up the machine.
 * "lived" is how many milliseconds the last process ran.
 */
int64_t	slot_pause(struct slot *, int64_t lived);

#endif
