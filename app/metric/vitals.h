/*
 * vitals: what the processes of this host know together of their database, so
 * that one who asks is told the truth at once, without asking the database.
 *
 * One process, the watcher, looks at the database once a second and reports
 * here.  All others note what goes wrong for them between two looks, and since
 * when they wait.  A report counts until it is old, or somebody met trouble
 * after its look had begun.
 *
 * This lives in one shared mapping, made before the first fork, as metrics
 * do; it is the process's own, and without one (in tests, in tools) nothing is
 * noted and nothing fails.
 */
#ifndef APP_METRIC_VITALS_H
#define APP_METRIC_VITALS_H

#include <stdbool.h>
#include <stdint.h>

/* What a process may meet, whatever the watcher saw. */
enum vitals_trouble {
	VITALS_NO_CONNECTION,
	VITALS_READ_ONLY,
	VITALS_FULL,		/* no room on the server's disk */
	VITALS_NO_ANSWER,	/* in time: the server hangs */
	VITALS__MAX
};

/* Each is "" if all is well, else what is wrong and what to do. */
struct vitals_report {
	char	database[256];
	char	migrations[256];
	char	newer[256];	/* no fault: how the database is newer */
	char	keys[512];
	char	deployment[512];
};

/* Once, by the master, before it starts others. */
void	vitals_open(void);
void	vitals_close(void);
/* The child, after the fork: its number among the metrics' slots. */
void	vitals_use(int slot);
/* The master, once that child has ended. */
void	vitals_release(int slot);

/* What is wrong then, and what to do. */
const char	*vitals_words(enum vitals_trouble);

/* This process waits for the database from now on, or not any more. */
void	vitals_waiting(bool);
/* This process met trouble just now. */
void	vitals_met(enum vitals_trouble);
/*
 * How often anybody met VITALS_NO_ANSWER.  A process looks before each of its
 * statements, so it is one number, not the sum of what all have counted.
 */
int64_t	vitals_stalls(void);

/* This process is a watcher: what it meets itself is in its reports. */
void	vitals_watch(void);
/* The watcher has looked; "begun" is the clock_ms() before it did. */
void	vitals_tell(const struct vitals_report *, int64_t begun);
/* Has anybody met trouble since that moment? */
bool	vitals_doubted(int64_t since);

/* How it is at this moment. */
void	vitals_read(struct vitals_report *);

#endif
