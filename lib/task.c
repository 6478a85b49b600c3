/*
 * task: see task.h.
 */
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/task.h"

/*
 * The size of a stack.  Only pages that are touched use memory: a call that
 * hangs takes 50 KiB, with its job's stack and everything else, and as much
 * again for TLS.  Under AddressSanitizer everything is several times as big.
 */
#if defined(__SANITIZE_ADDRESS__)
enum { STACK = 1024 * 1024 };
#else
enum { STACK = 256 * 1024 };
#endif

struct task {
	pthread_t	 thread;
	sem_t		 go;		/* posted: the task may run */
	sem_t		 back;		/* posted: the task rests or ended */
	void		(*run)(void *);
	void		*arg;
	struct task	*by;		/* the task that resumed it last;
					 * NULL: none, but the process */
	int64_t		 due;
	bool		 ended;
};

static _Thread_local struct task	*self;

static struct {
	void	(*call)(void *);
	void	*arg;
} before_rest;

/*
 * sem_wait(3) is repeated when a signal interrupts it: our processes block all
 * signals, but some tests do not.
 */
static void
wait_for_turn(sem_t *turn)
{
	while (sem_wait(turn) == -1)
		;
}

static void *
task_begin(void *arg)
{
	struct task	*t = arg;

	self = t;
	wait_for_turn(&t->go);
	t->run(t->arg);
	t->ended = true;
	(void)sem_post(&t->back);
	return NULL;
}

static int
start_thread(struct task *t)
{
	pthread_attr_t	 attr;
	int		 error;

	if ((error = pthread_attr_init(&attr)) != 0)
		return error;
	if ((error = pthread_attr_setstacksize(&attr, STACK)) == 0)
		error = pthread_create(&t->thread, &attr, task_begin, t);
	(void)pthread_attr_destroy(&attr);
	return error;
}

static void
task_free(struct task *t)
{
	(void)sem_destroy(&t->go);
	(void)sem_destroy(&t->back);
	free(t);
}

struct task *
task_new(void (*run)(void *), void *arg)
{
	struct task	*t;
	int		 error;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		err_nomem("a task");
	t->run = run;
	t->arg = arg;
	(void)sem_init(&t->go, 0, 0);
	(void)sem_init(&t->back, 0, 0);
	if ((error = start_thread(t)) == 0)
		return t;
	log_warn("work: no thread for it: %s", strerror(error));
	task_free(t);
	return NULL;
}

bool
task_resume(struct task *t)
{
	t->by = self;
	t->due = INT64_MAX;
	(void)sem_post(&t->go);
	wait_for_turn(&t->back);
	if (!t->ended)
		return true;
	(void)pthread_join(t->thread, NULL);
	task_free(t);
	return false;
}

int64_t
task_due(const struct task *t)
{
	return t->due;
}

struct task *
task_self(void)
{
	return self;
}

struct task *
task_outermost(void)
{
	struct task	*t = self;

	while (t != NULL && t->by != NULL)
		t = t->by;
	return t;
}

void
task_rest(void)
{
	struct task	*t = self;

	assert(t != NULL);
	if (before_rest.call != NULL)
		before_rest.call(before_rest.arg);
	(void)sem_post(&t->back);
	wait_for_turn(&t->go);
}

void
task_rest_until(int64_t due)
{
	self->due = due;
	task_rest();
}

void
task_sleep(long ms)
{
	if (self == NULL) {
		(void)poll(NULL, 0, (int)ms);
		return;
	}
	task_rest_until(clock_ms() + ms);
}

void
task_before_rest(void (*call)(void *), void *arg)
{
	before_rest.call = call;
	before_rest.arg = arg;
}
