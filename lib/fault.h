/*
 * fault: the points at which a test may kill a process.
 *
 * Compiled in with FAULT_POINTS alone (make FAULT=1); else the macros are
 * nothing.  A point is before or after a commit, a statement outside of a
 * transaction, or a call to another server, and is named by who passes it,
 * when, and what it is:
 *
 *	app before call POST /oauth/token
 *	runner after commit grant_erase
 *	runner, idle before statement job_claim
 *
 * "idle" is what serves no request or job.  FAULT_TRACE=FILE appends each
 * point that is passed while FILE exists.  FAULT_KILL=FILE: while that file
 * exists and holds "N NAME", the N-th passing of that point, counted over all
 * processes, removes the file and ends the process with SIGKILL.
 */
#ifndef LIB_FAULT_H
#define LIB_FAULT_H

#include <stdbool.h>

/* Within a transaction it is no point; the last of them names the commit. */
void	fault_statement(const char *when, const char *name,
	    bool in_transaction);
void	fault_commit(const char *when);
/* Named without origin, query and identifiers. */
void	fault_call(const char *when, const char *method, const char *url);

#ifdef FAULT_POINTS
#define FAULT(point)	point
#else
#define FAULT(point)	((void)0)
#endif

#endif
