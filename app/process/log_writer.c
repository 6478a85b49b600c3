/*
 * log_writer: see log_writer.h.
 */
#include <errno.h>
#include <string.h>

#include "app/process/log_writer.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "lib/log_pipe.h"

enum {
	PAUSE_MS = 1000,	/* at least, between two starts of a writer */
	LAST_LINES_MS = 1000,	/* for the writer to write the last lines */
};

void
log_writer_start(struct log_writer *w)
{
	const int64_t	 now = clock_ms();

	if (w->pid > 0 || w->due > now)
		return;
	w->due = now + PAUSE_MS;
	w->pid = log_pipe_start();
	if (w->pid == -1)
		log_warn("cannot start the log's writer: fork: %s: trying "
		    "again in %d ms", strerror(errno), PAUSE_MS);
	else if (w->pid == 0)
		w->due = INT64_MAX;	/* no writer needed: stderr is a file */
}

bool
log_writer_ended(struct log_writer *w, pid_t pid)
{
	if (w->pid <= 0 || w->pid != pid)
		return false;
	w->pid = 0;
	log_warn("the log's writer ended (pid %ld): starting another: a line "
	    "may be cut", (long)pid);
	return true;
}

int64_t
log_writer_due(const struct log_writer *w)
{
	return w->pid > 0 ? INT64_MAX : w->due;
}

void
log_writer_stop(struct log_writer *w)
{
	log_finish();
	log_pipe_close(w->pid, LAST_LINES_MS);
	w->pid = 0;
}
