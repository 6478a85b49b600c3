/* slot: a place for one process, and when its next process may start. */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/metric/metric.h"
#include "app/metric/vitals.h"
#include "app/process/slot.h"
#include "lib/clock.h"
#include "lib/log.h"

enum {
	STEADY_MS = 10000,	/* a process that lived so long started well */
	PAUSE_MS = 250,		/* after the second failure in a row */
	PAUSE_DOUBLINGS = 7,	/* at most, so the longest pause is 32 s */
	REASON_MAX = 64,
};

static const char *const	role_names[] = {
	[SERVICE_APP] = "app",
	[SERVICE_INGEST] = "ingest",
	[SERVICE_RUNNER] = "runner",
	[SERVICE_PUSHER] = "pusher",
	[SERVICE_HEALTH] = "health",
	[SERVICE_WATCH] = "watch",
};

void
slot_init(struct slot *slot, enum service_role role, int index)
{
	memset(slot, 0, sizeof(*slot));
	slot->role = role;
	slot->index = index;
	slot->metrics = METRICS_NO_SLOT;
	(void)snprintf(slot->name, sizeof(slot->name), "%s/%d",
	    role_names[role], index);
}

void
slot_prepare(struct slot *slot)
{
	if ((slot->metrics = metrics_take()) == METRICS_NO_SLOT)
		log_warn("metrics: too many processes: %s is not counted",
		    slot->name);
}

void
slot_enter(const struct slot *slot)
{
	metrics_use(slot->metrics);
	vitals_use(slot->metrics);
	metric_process(role_names[slot->role]);
	/* ps and top show the same name as the log. */
	(void)prctl(PR_SET_NAME, slot->name, 0, 0, 0);
	log_speaker(slot->name);
}

int64_t
slot_pause(struct slot *slot, int64_t lived)
{
	int	 doublings;

	if (lived >= STEADY_MS)
		slot->failures = 0;
	doublings = slot->failures++ - 1;
	if (doublings < 0)
		return 0;
	if (doublings > PAUSE_DOUBLINGS)
		doublings = PAUSE_DOUBLINGS;
	return (int64_t)PAUSE_MS << doublings;
}

void
slot_started(struct slot *slot, pid_t pid, int error)
{
	int64_t	 pause;

	slot->started = clock_ms();
	metric_count(METRIC_PROCESS_STARTS, role_names[slot->role],
	    pid == -1 ? "failed" : "ok");
	if (pid != -1) {
		slot->pid = pid;
		return;
	}
	metrics_release(slot->metrics);
	slot->failures++;	/* never retried at once: the system lacks the
				 * means for a fork */
	pause = slot_pause(slot, 0);
	slot->due = slot->started + pause;
	log_warn("cannot start %s: fork: %s: trying again in %lld ms",
	    slot->name, strerror(error), (long long)pause);
}

static const char *
end_kind(int status)
{
	if (WIFSIGNALED(status))
		return "killed";
	return WEXITSTATUS(status) == EXIT_SUCCESS ? "left" : "failed";
}

static void
end_reason(int status, char *out, size_t n)
{
	if (WIFSIGNALED(status))
		(void)snprintf(out, n, "killed by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		(void)snprintf(out, n, "exit status %d",
		    WEXITSTATUS(status));
}

void
slot_ended(struct slot *slot, int status, bool leaving)
{
	const long	 pid = slot->pid;
	const int64_t	 now = clock_ms();
	char		 reason[REASON_MAX];
	int64_t		 pause;

	slot->pid = 0;
	slot->due = now;
	vitals_release(slot->metrics);
	metrics_release(slot->metrics);
	metric_count(METRIC_PROCESS_EXITS, role_names[slot->role],
	    end_kind(status));
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS) {
		slot->failures = 0;
		log_debug("%s left (pid %ld)", slot->name, pid);
		return;
	}
	end_reason(status, reason, sizeof(reason));
	if (leaving) {
		log_warn("%s ended while leaving (pid %ld): %s", slot->name,
		    pid, reason);
		return;
	}
	pause = slot_pause(slot, now - slot->started);
	slot->due = now + pause;
	log_warn("%s ended (pid %ld): %s: starting another in %lld ms",
	    slot->name, pid, reason, (long long)pause);
}
