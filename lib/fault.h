/*
 * fault: points in the program at which a test may kill a process.
 *
 * They are compiled in only with FAULT_POINTS (make FAULT=1); otherwise the
 * macros expand to nothing.  A point lies before or after a commit, a statement
 * outside of a transaction, or a call to another server.  Its name says which
 * kind of process passes it, when, and what the operation is:
 *
 *	app before call POST /oauth/token
 *	runner after commit grant_erase
 *	runner, idle before statement job_claim
 *
 * "idle" means that the process serves no request or job.  Two variables of the
 * environment name files.  While the file of FAULT_TRACE exists, the name of
 * each point that is passed is appended to it.  While the file of FAULT_KILL
 * exists and holds "N NAME", the N-th passing of that point, counted over all
 * processes, removes the file and kills the process with SIGKILL.
 */
#ifndef LIB_FAULT_H
#define LIB_FAULT_H

#include <stdbool.h>

/*
 * A statement within a transaction is no point of its own; the transaction's
 * last statement gives the commit its name.
 */
void	fault_statement(const char *when, const char *name,
	    bool in_transaction);
void	fault_commit(const char *when);
/* The name leaves out the URL's origin, query and identifiers. */
void	fault_call(const char *when, const char *method, const char *url);

#ifdef FAULT_POINTS
#define FAULT(point)	point
#else
#define FAULT(point)	((void)0)
#endif

#endif
