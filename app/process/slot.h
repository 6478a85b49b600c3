/*
 * slot: a place that one process at a time fills, and when the next may.
 */
#ifndef APP_PROCESS_SLOT_H
#define APP_PROCESS_SLOT_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "app/service/service.h"

struct slot {
	enum service_role	 role;
	int			 index;		/* among those of its role */
	char			 name[24];	/* "app/3": who speaks */
	pid_t			 pid;		/* 0: none */
	int			 metrics;	/* where it counts */
	int			 failures;	/* in a row */
	int64_t			 started;	/* clock_ms, as below */
	int64_t			 due;		/* when the next may start */
};

void	slot_init(struct slot *, enum service_role, int index);
/* Before the fork: where its process will count, and what as. */
void	slot_prepare(struct slot *);
/* In the child: this is the slot's process now. */
void	slot_enter(const struct slot *);
/* What came of fork(2); "error" if its pid is -1. */
void	slot_started(struct slot *, pid_t, int error);
/* Its process has ended; "leaving": it had been let go. */
void	slot_ended(struct slot *, int status, bool leaving);
/*
 * At once after the first failure: most are accidents.  Then with growing
 * pauses: a process that cannot start must not eat the machine.  The pause
 * in milliseconds; "lived": how long the process did.
 */
int64_t	slot_pause(struct slot *, int64_t lived);

#endif
