/*
 * vitals: what this host's processes together know about the state of their
 * database, so that a health check is answered at once and truly, without
 * asking the database.
 *
 * One process, the watcher, checks the database once a second and puts a report
 * here.  All other processes note the trouble that they meet between two
 * checks, and since when they have been waiting for the database.  A report is
 * valid until it is too old, or until a process met trouble after the report's
 * check had begun.
 *
 * All this lives in one shared mapping that is made before the first fork, as
 * for metrics.  A program without the mapping (a test, a tool) notes nothing,
 * and its calls do no harm.
 */
#ifndef APP_METRIC_VITALS_H
#define APP_METRIC_VITALS_H

#include <stdbool.h>
#include <stdint.h>

/* Trouble that a process may meet between two of the watcher's checks. */
enum vitals_trouble {
	VITALS_NO_CONNECTION,
	VITALS_READ_ONLY,
	VITALS_FULL,		/* the server's disk has no room left */
	VITALS_NO_ANSWER,	/* the server did not answer in time */
	VITALS__MAX
};

/* Each text is "" if all is well, else it says what is wrong and what to do. */
struct vitals_report {
	char	database[256];
	char	migrations[256];
	char	newer[256];	/* how the database is newer than this program,
				 * which is no fault */
	char	keys[512];
	char	deployment[512];
};

/* Called once, by the master, before it starts other processes. */
void	vitals_open(void);
void	vitals_close(void);
/* Called in the child after the fork; "slot" is its slot in the metrics. */
void	vitals_use(int slot);
/* Called in the master once that child has ended. */
void	vitals_release(int slot);

/* Returns text for an operator: what is wrong, and what to do. */
const char	*vitals_words(enum vitals_trouble);

/*
 * Notes that this process begins (true) or stops (false) waiting for the
 * database.
 */
void	vitals_waiting(bool);
/* Notes that this process met trouble just now. */
void	vitals_met(enum vitals_trouble);
/*
 * Returns how often any process met VITALS_NO_ANSWER.  This is a single shared
 * number rather than a sum over processes, because each process reads it before
 * each of its statements.
 */
int64_t	vitals_stalls(void);

/*
 * Makes this process the watcher: trouble that it meets itself goes into its
 * reports instead of being noted, except VITALS_NO_ANSWER, which is both.
 */
void	vitals_watch(void);
/*
 * Stores the watcher's report; "begun" is the clock_ms() at which its check
 * began.
 */
void	vitals_tell(const struct vitals_report *, int64_t begun);
/* True if any process met trouble at or after this clock_ms(). */
bool	vitals_doubted(int64_t since);

/* Gives the state at this moment: the last report, and what was noted since. */
void	vitals_read(struct vitals_report *);

#endif
