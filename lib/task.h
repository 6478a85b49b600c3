/*
 * task: pieces of work that take turns in one process.
 *
 * A task is a function with a stack of its own.  It runs from task_resume()
 * until it rests or ends, and whoever resumed it does nothing meanwhile: no
 * two of them ever run at once.  So what tasks share needs no locks, and
 * between two rests a task is as alone as if the process were its own.
 *
 * Each is a thread, because that is what debuggers and sanitizers understand;
 * but threads that take turns.
 */
#ifndef LIB_TASK_H
#define LIB_TASK_H

#include <stdbool.h>
#include <stdint.h>

struct task;

/* Does not run yet.  NULL if the system is short of threads; that is logged. */
struct task	*task_new(void (*run)(void *), void *arg);
/* False: it has ended, and is no more. */
bool		 task_resume(struct task *);
/* When a task that rests wants to go on: clock_ms(); INT64_MAX: when told. */
int64_t		 task_due(const struct task *);

/* The task that runs, or NULL. */
struct task	*task_self(void);
/* Rest, until somebody resumes us: in a task alone. */
void		 task_rest(void);
/* Rest for so long; outside of a task, sleep. */
void		 task_sleep(long ms);
/* Before each rest this is called: what must not be left open, may be asked
 * for there.  For the whole process; NULL: nothing. */
void		 task_before_rest(void (*)(void *), void *arg);

#endif
