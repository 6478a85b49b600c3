/*
 * task: pieces of work that take turns in one process.
 *
 * A task is a function with a stack of its own.  It runs from task_resume()
 * until it rests or ends, and whoever resumed it waits meanwhile: no two of
 * them ever run at the same time.  So what tasks share needs no locks, and
 * between two rests a task may behave as if the process were its own.
 *
 * A task may make tasks, too, and then it is the one that resumes them: it is
 * resumed for them, and passes that on to those that can go on.
 *
 * Each task is a thread, because debuggers and sanitizers understand threads;
 * but the threads take turns.
 */
#ifndef LIB_TASK_H
#define LIB_TASK_H

#include <stdbool.h>
#include <stdint.h>

struct task;

/*
 * Makes a task, which does not run yet.  NULL if the system has no thread left;
 * that is logged.
 */
struct task	*task_new(void (*run)(void *), void *arg);
/*
 * Runs the task until it rests or ends.  Returns false if it has ended; it is
 * freed then.
 */
bool		 task_resume(struct task *);
/*
 * Returns when a resting task wants to be resumed, as clock_ms(); INT64_MAX:
 * only when somebody decides to.
 */
int64_t		 task_due(const struct task *);

/* Returns the task that runs, or NULL outside of tasks. */
struct task	*task_self(void);
/*
 * Returns the task that must be resumed for the running one to go on: itself,
 * or the one that made it, or the one that made that; NULL outside of tasks.
 */
struct task	*task_outermost(void);
/*
 * Rests until somebody resumes this task, which may be sooner than what it
 * waits for.  To be called within a task only.
 */
void		 task_rest(void);
/* Does the same, and wants to be resumed at "due" (as clock_ms()) at latest. */
void		 task_rest_until(int64_t due);
/* Rests for "ms" milliseconds; outside of a task it sleeps. */
void		 task_sleep(long ms);
/*
 * Sets a function that is called before each rest, for the whole process; it
 * can assert that nothing is left open that must not be.  NULL: none.
 */
void		 task_before_rest(void (*)(void *), void *arg);

#endif
