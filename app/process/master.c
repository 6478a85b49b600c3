/*
 * master: opens the sockets, keeps the pools full, and handles the signals.
 *
 * All signals stay blocked for good, in the master and in every child.  The
 * master takes them one by one with sigtimedwait(2), so no system call is ever
 * interrupted and no signal handler exists.
 */
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/metric/metric.h"
#include "app/metric/vitals.h"
#include "app/process/generation.h"
#include "app/process/log_writer.h"
#include "app/process/master.h"
#include "app/process/sockets.h"
#include "app/process/startup.h"
#include "app/route/router.h"
#include "app/settings/pools.h"
#include "app/version.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "lib/log_pipe.h"

enum {
	GRACE_MS = 65000,	/* longer than any client waits for an answer */
	MEMORY_MAX = 64 * 1024,	/* for the master's own data */
};

struct master {
	const char		*file;
	struct sockets		 sockets;
	struct generation	*all;		/* the newest first */
	struct log_writer	 writer;
	bool			 stopping;
	int			 killed;
	sigset_t		 signals;
};

static struct listeners
open_listeners(const struct master *m)
{
	return (struct listeners){
		.app = m->sockets.app.fd,
		.ingest = m->sockets.ingest.fd,
		.health = m->sockets.health.fd,
	};
}

static void
block_signals(struct master *m)
{
	(void)sigemptyset(&m->signals);
	(void)sigaddset(&m->signals, SIGTERM);
	(void)sigaddset(&m->signals, SIGINT);
	(void)sigaddset(&m->signals, SIGHUP);
	(void)sigaddset(&m->signals, SIGUSR1);
	(void)sigaddset(&m->signals, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &m->signals, NULL);
	/*
	 * A peer that has gone away makes write(2) fail instead of killing us.
	 */
	(void)signal(SIGPIPE, SIG_IGN);
}

static void
start_due(struct master *m)
{
	struct listeners	 l = open_listeners(m);
	struct generation	*g;

	log_writer_start(&m->writer);
	for (g = m->all; g != NULL; g = g->next)
		generation_start(g, m->all, &l);
}

static void
reap_children(struct master *m)
{
	struct generation	*g;
	pid_t			 pid;
	int			 status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (g = m->all; g != NULL &&
		    !log_writer_ended(&m->writer, pid); g = g->next)
			if (generation_ended(g, pid, status))
				break;
}

/* Frees the generations that were let go and whose last process has ended. */
static void
bury_generations(struct master *m)
{
	struct generation	**at = &m->all, *g;

	while ((g = *at) != NULL) {
		if (g->kill_at == 0 || generation_alive(g)) {
			at = &g->next;
			continue;
		}
		*at = g->next;
		m->killed += g->killed;
		generation_free(g);
	}
}

static void
kill_late(struct master *m)
{
	struct generation	*g;
	int64_t			 now = clock_ms();

	for (g = m->all; g != NULL; g = g->next)
		if (g->kill_at != 0 && g->kill_at <= now)
			generation_kill(g);
}

static void
adopt_generation(struct master *m, struct generation *g)
{
	struct generation	*old;

	g->next = m->all;
	m->all = g;
	start_due(m);
	for (old = g->next; old != NULL; old = old->next)
		if (old->kill_at == 0)
			generation_let_go(old, POOL_SUCCEEDED, GRACE_MS);
}

static enum cal_err
load_anew(struct master *m)
{
	struct generation	*g;
	struct settings		*s;
	struct arena		*mem;
	enum cal_err		 rc;

	rc = startup_load(m->file, startup_say_log, &mem, &s);
	if (rc != CAL_OK) {
		log_warn("reload refused: everything runs on as before: mend "
		    "what is said above, then send SIGHUP again");
		return rc;
	}
	startup_keep_fixed(mem, m->all->settings, s);
	if ((rc = generation_new(mem, s, &g)) != CAL_OK)
		return rc;
	adopt_generation(m, g);
	log_info("reloaded: new workers serve, the old ones finish");
	return CAL_OK;
}

static void
reload_settings(struct master *m)
{
	if (m->stopping)
		return;
	log_info("reloading the configuration");
	metric_count(METRIC_RELOADS, load_anew(m) == CAL_OK ? "ok" :
	    "refused", NULL);
}

static void
stop_generations(struct master *m)
{
	struct generation	*g;
	const bool		 again = m->stopping;

	log_info(again ? "stopping now" :
	    "stopping: finishing what is in hand");
	m->stopping = true;
	sockets_unlink(&m->sockets);
	for (g = m->all; g != NULL; g = g->next) {
		if (again)
			generation_kill(g);
		else if (g->kill_at == 0)
			generation_let_go(g, POOL_LAST, GRACE_MS);
	}
}

static int64_t
master_next_due(const struct master *m)
{
	const struct generation	*g;
	int64_t			 due = log_writer_due(&m->writer), one;

	for (g = m->all; g != NULL; g = g->next)
		if ((one = generation_due(g)) < due)
			due = one;
	return due;
}

/* Waits for the next signal; 0 when something else is due first. */
static int
next_signal(const struct master *m)
{
	struct timespec	 ts;
	int64_t		 wait = master_next_due(m);
	int		 sig;

	if (wait == INT64_MAX)
		sig = sigwaitinfo(&m->signals, NULL);
	else {
		wait -= clock_ms();
		if (wait < 0)
			wait = 0;
		ts.tv_sec = (time_t)(wait / 1000);
		ts.tv_nsec = (long)(wait % 1000) * 1000000;
		sig = sigtimedwait(&m->signals, NULL, &ts);
	}
	return sig == -1 ? 0 : sig;
}

static void
supervise_generations(struct master *m)
{
	while (m->all != NULL) {
		switch (next_signal(m)) {
		case SIGHUP:
			reload_settings(m);
			break;
		case SIGTERM:
		case SIGINT:
			stop_generations(m);
			break;
		default:
			break;
		}
		reap_children(m);
		kill_late(m);
		bury_generations(m);
		start_due(m);
		metric_log_dropped();
	}
}

static int
master_serve(struct master *m, struct arena *mem, struct settings *s)
{
	struct arena		*own = arena_new(MEMORY_MAX);
	struct generation	*g;

	log_info("calendlyd %s: %s", CALENDLYD_VERSION, pools_words(own, s));
	metric_open(route_names(own));
	vitals_open();
	if (generation_new(mem, s, &g) == CAL_OK)
		adopt_generation(m, g);
	supervise_generations(m);
	metrics_close();
	vitals_close();
	arena_free(own);
	sockets_close(&m->sockets);
	log_info("stopped");
	return m->stopping && m->killed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
master_run(const char *file, struct arena *mem, struct settings *s)
{
	struct master	 m = { .file = file };
	int		 status = EXIT_FAILURE;

	block_signals(&m);
	if (log_pipe_open() != CAL_OK) {
		log_warn("cannot start the log's writer: socketpair: %s",
		    strerror(errno));
		arena_free(mem);
		return EXIT_FAILURE;
	}
	log_writer_start(&m.writer);
	if (sockets_open(&m.sockets, s) == CAL_OK)
		status = master_serve(&m, mem, s);
	else
		arena_free(mem);
	log_writer_stop(&m.writer);
	return status;
}
