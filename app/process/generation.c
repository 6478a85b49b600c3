/*
 * generation: the processes that one configuration has started.
 */
#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/process/generation.h"
#include "app/process/pusher.h"
#include "app/process/runner.h"
#include "app/process/slot.h"
#include "app/process/watch.h"
#include "app/process/worker.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/log.h"

enum { ALWAYS = 2 };	/* processes in every generation: health, watcher */

static void
add_slots(struct generation *g, enum service_role role, long n)
{
	long	 i;

	for (i = 0; i < n; i++)
		slot_init(&g->slots[g->nslots++], role, (int)i);
}

enum cal_err
generation_new(struct arena *mem, const struct settings *s,
    struct generation **out)
{
	struct generation	*g = arena_alloc(mem, sizeof(*g));

	*out = NULL;
	g->mem = mem;
	g->settings = s;
	if (pipe2(g->leash, O_CLOEXEC | O_NONBLOCK) == -1) {
		log_warn("cannot start workers: pipe: %s", strerror(errno));
		arena_free(mem);
		return CAL_UNAVAILABLE;
	}
	g->slots = arena_array(mem, (size_t)(s->app_workers +
	    s->ingest_workers + s->runners + s->pushers + ALWAYS),
	    sizeof(*g->slots));
	add_slots(g, SERVICE_APP, s->app_workers);
	add_slots(g, SERVICE_INGEST, s->ingest_workers);
	add_slots(g, SERVICE_RUNNER, s->runners);
	add_slots(g, SERVICE_PUSHER, s->pushers);
	add_slots(g, SERVICE_HEALTH, 1);
	add_slots(g, SERVICE_WATCH, 1);
	*out = g;
	return CAL_OK;
}

static void
drop_writer(struct generation *g)
{
	if (g->leash[1] != -1)
		(void)close(g->leash[1]);
	g->leash[1] = -1;
}

void
generation_free(struct generation *g)
{
	if (g == NULL)
		return;
	drop_writer(g);
	(void)close(g->leash[0]);
	arena_free(g->mem);
}

/*
 * Called in the child: closes the leashes' writing ends, other generations'
 * leashes and other roles' listeners.  A child that kept a writing end open
 * would keep everybody from seeing that the master let go.
 */
static void
keep_only(const struct generation *mine, const struct generation *all,
    const struct listeners *l, enum service_role role)
{
	const struct generation	*g;

	for (g = all; g != NULL; g = g->next) {
		if (g->leash[1] != -1)
			(void)close(g->leash[1]);
		if (g != mine)
			(void)close(g->leash[0]);
	}
	if (role != SERVICE_APP)
		(void)close(l->app);
	if (role != SERVICE_INGEST)
		(void)close(l->ingest);
	if (role != SERVICE_HEALTH)
		(void)close(l->health);
}

static int
listener_of(const struct listeners *l, enum service_role role)
{
	if (role == SERVICE_APP)
		return l->app;
	return role == SERVICE_INGEST ? l->ingest : l->health;
}

static _Noreturn void
be_child(const struct generation *g, const struct slot *slot,
    const struct listeners *l)
{
	int	 rc;

	slot_enter(slot);
	/*
	 * With several runners, the first runs no jobs: it never waits for
	 * Calendly, so deliveries are always applied without delay.
	 */
	if (slot->role == SERVICE_RUNNER)
		rc = runner_run(g->settings, slot->index > 0 ||
		    g->settings->runners == 1, g->leash[0]);
	else if (slot->role == SERVICE_PUSHER)
		rc = pusher_run(g->settings, g->leash[0]);
	else if (slot->role == SERVICE_WATCH)
		rc = watch_run(g->settings, g->leash[0]);
	else
		rc = worker_run(g->settings, slot->role,
		    listener_of(l, slot->role), g->leash[0]);
	exit(rc);
}

static void
start_one(struct slot *slot, const struct generation *g,
    const struct generation *all, const struct listeners *l)
{
	pid_t	 pid;

	slot_prepare(slot);
	if ((pid = fork()) == 0) {
		keep_only(g, all, l, slot->role);
		be_child(g, slot, l);
	}
	slot_started(slot, pid, pid == -1 ? errno : 0);
}

void
generation_start(struct generation *g, const struct generation *all,
    const struct listeners *l)
{
	int64_t	 now = clock_ms();
	size_t	 i;

	if (g->kill_at != 0)
		return;
	for (i = 0; i < g->nslots; i++)
		if (g->slots[i].pid == 0 && g->slots[i].due <= now)
			start_one(&g->slots[i], g, all, l);
}

bool
generation_ended(struct generation *g, pid_t pid, int status)
{
	size_t	 i;

	for (i = 0; i < g->nslots; i++) {
		if (g->slots[i].pid != pid)
			continue;
		slot_ended(&g->slots[i], status, g->kill_at != 0);
		return true;
	}
	return false;
}

/*
 * For POOL_LAST the master writes a byte into the pipe before closing it.  The
 * workers never read the byte: poll(2) showing POLLIN tells them that no
 * generation follows.
 */
void
generation_let_go(struct generation *g, enum pool_parting parting,
    int grace_ms)
{
	if (g->leash[1] != -1 && parting == POOL_LAST &&
	    write(g->leash[1], "", 1) == -1)
		log_warn("workers may leave requests behind: pipe: %s",
		    strerror(errno));
	drop_writer(g);
	g->kill_at = clock_ms() + grace_ms;
}

void
generation_kill(struct generation *g)
{
	size_t	 i;

	for (i = 0; i < g->nslots; i++) {
		if (g->slots[i].pid == 0)
			continue;
		log_warn("killing %s (pid %ld): it has not finished",
		    g->slots[i].name, (long)g->slots[i].pid);
		(void)kill(g->slots[i].pid, SIGKILL);
		g->killed++;
	}
	g->kill_at = INT64_MAX;
}

bool
generation_alive(const struct generation *g)
{
	size_t	 i;

	for (i = 0; i < g->nslots; i++)
		if (g->slots[i].pid != 0)
			return true;
	return false;
}

int64_t
generation_due(const struct generation *g)
{
	int64_t	 due = INT64_MAX;
	size_t	 i;

	if (g->kill_at != 0)
		return g->kill_at;
	for (i = 0; i < g->nslots; i++)
		if (g->slots[i].pid == 0 && g->slots[i].due < due)
			due = g->slots[i].due;
	return due;
}
