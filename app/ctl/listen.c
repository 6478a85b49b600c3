/*
 * listen: see listen.h.  This file runs the task and ends it.
 */
#include <sys/signalfd.h>

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "app/ctl/ctl.h"
#include "app/ctl/listen.h"
#include "app/version.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/http.h"
#include "lib/http_loop.h"
#include "lib/json.h"
#include "lib/secret.h"
#include "lib/task.h"

enum {
	CONNECT_MS = 5 * 1000,
	PUSH_MS = 15 * 1000,	/* as for a destination */
	REPLY_MAX = 4 * 1024 * 1024,	/* of a receiver: a long page that tells
					 * of an error is not a further error */
	PAGE_MEMORY = 512 * 1024 * 1024,
	PUSH_MEMORY = 64 * 1024 * 1024,
	LOOK_MS = 500,		/* between looks at the reader of our output */
};

/* The task and what it left. */
struct run {
	struct listen	*l;
	enum cal_err	 rc;
};

static void
run_task(void *arg)
{
	struct run	*run = arg;

	run->rc = listen_follow(run->l);
}

/*
 * Blocks the signals that end the command and returns a descriptor that tells
 * of them; -1 on a failure.
 */
static int
open_signals(void)
{
	sigset_t	 set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Ends the call under way if a signal came or nobody reads our output. */
static void
look_for_end(struct listen *l, int signals)
{
	struct signalfd_siginfo	 info;

	if (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		l->over = true;
	listen_watch_reader(l);
	if (!l->over)
		return;
	http_give_up(l->api, "interrupted");
	http_give_up(l->receiver, "interrupted");
}

static int
time_to(int64_t due)
{
	const int64_t	 now = clock_ms();

	if (due <= now)
		return 0;
	return due - now < LOOK_MS ? (int)(due - now) : LOOK_MS;
}

static enum cal_err
turn_until_over(struct listen *l, int signals)
{
	struct run	 run = { l, CAL_OK };
	struct task	*task = task_new(run_task, &run);
	bool		 alive;

	if (task == NULL)
		return ctl_fail(CAL_UNAVAILABLE, "the system has no thread "
		    "left");
	alive = task_resume(task);
	while (alive) {
		http_loop_turn(l->loop, time_to(task_due(task)), signals);
		look_for_end(l, signals);
		if (l->over || http_loop_landed(l->loop) != NULL ||
		    task_due(task) <= clock_ms())
			alive = task_resume(task);
	}
	return run.rc;
}

static struct http *
new_client(const struct listen *l, long ms, size_t reply_max,
    const char *agent)
{
	const struct http_limits	 most = {
		.connect_ms = CONNECT_MS,
		.total_ms = ms,
		.reply_max = reply_max,
		.user_agent = agent,
		.ca_file = l->ca_file,
	};
	struct http			*h = http_new(&most);

	http_use_loop(h, l->loop);
	return h;
}

static void
sum_up(const struct listen *l)
{
	const char	*pushed = "";

	if (l->forward != NULL)
		pushed = arena_printf(l->c->mem, ", %" PRId64 " delivered, %"
		    PRId64 " given up", l->taken, l->given_up);
	ctl_say("%" PRId64 " event%s%s; --since %s goes on from here%s",
	    l->shown, l->shown == 1 ? "" : "s", pushed,
	    l->after[0] == '\0' ? "oldest" : l->after,
	    l->within ? ", beginning with some that were done" : "");
}

/* Returns how the command ends: by a signal it ends well. */
static enum cal_err
listen_end(const struct listen *l, enum cal_err rc)
{
	if (l->answered)
		sum_up(l);
	if (l->unread)
		return ctl_fail(CAL_UNAVAILABLE, "nobody reads the output any "
		    "more");
	return l->over ? CAL_OK : rc;
}

static enum cal_err
listen_run(struct listen *l, int signals)
{
	enum cal_err	 rc;

	l->page_mem = arena_new(PAGE_MEMORY);
	l->push_mem = arena_new(PUSH_MEMORY);
	l->loop = http_loop_new();
	l->api = new_client(l, CONNECT_MS, LISTEN_PAGE_MAX,
	    "calendlyctl/" CALENDLYD_VERSION);
	l->receiver = new_client(l, PUSH_MS, REPLY_MAX,
	    "calendlyd/" CALENDLYD_VERSION);
	if (l->new_secret && l->forward != NULL)
		ctl_say("the secret of this run, for your receiver: %s",
		    secret_text(l->secret));
	rc = listen_end(l, turn_until_over(l, signals));
	http_free(l->api);
	http_free(l->receiver);
	http_loop_free(l->loop);
	arena_free(l->page_mem);
	arena_free(l->push_mem);
	return rc;
}

enum cal_err
ctl_listen(struct ctl *c)
{
	struct listen	 l;
	enum cal_err	 rc;
	int		 signals;

	memset(&l, 0, sizeof(l));
	if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
		return ctl_fail(CAL_INVALID, "standard output is closed");
	if ((rc = listen_options(c, &l)) != CAL_OK ||
	    (rc = http_global_init()) != CAL_OK)
		return rc;
	if (!json_selftest())
		return ctl_fail(CAL_INTERNAL, "this library for JSON (yajl) "
		    "must not be used, see above");
	if ((signals = open_signals()) == -1)
		return ctl_fail(CAL_UNAVAILABLE, "no descriptor for signals");
	rc = listen_run(&l, signals);
	(void)close(signals);
	return rc;
}
