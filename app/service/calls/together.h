/*
 * together: several pieces of one errand at the same time, so that their calls
 * to Calendly overlap.
 */
#ifndef APP_SERVICE_CALLS_TOGETHER_H
#define APP_SERVICE_CALLS_TOGETHER_H

#include <stddef.h>

#include "app/service/errand.h"
#include "lib/err.h"

/*
 * Does one piece of the work, the one with this number.  It is a task of its
 * own (lib/task.h) with a service of its own, so it may call Calendly, wait,
 * and run transactions, all of them by the errand that it is given.
 */
typedef enum cal_err	 together_piece(const struct errand *, size_t i,
			    void *arg);

/*
 * Does the pieces 0 to n-1, in this order, at most "at_once" of them at the
 * same time, and returns when those that were begun are over.  CAL_OK: all were
 * done.  After the first error no more are begun, and those under way are
 * waited for; of several errors the one of the lowest number is returned.
 *
 * In a process without a loop (http_loop.h) they are done one after the other.
 * In a runner that has very many calls under way there may be fewer at once.
 *
 * No transaction may be open.  The pieces never run at the same instant, so
 * they need no locks for what they share, which includes the errand's arena:
 * what a piece leaves there stays.  A piece that needs much memory may make an
 * arena of its own.
 */
enum cal_err	 together(const struct errand *e, size_t n, size_t at_once,
		    together_piece *work, void *arg) ERR_CHECK;

#endif
