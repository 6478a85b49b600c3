/*
 * log_pipe: log lines reach stderr through a process of their own.
 *
 * Whoever reads our stderr may stop reading: a pager, a terminal after ^S, a
 * log collector whose disk is full.  A plain write(2) would then wait for
 * ever, in every process that has something to say.  With a log pipe each line
 * is a message on a socket that never makes its sender wait, and one process,
 * which does nothing else, writes the messages to stderr and waits there
 * instead of everybody.  Lines for which there is no room are dropped, and
 * counted by whoever wanted to say them.
 *
 * stderr itself is not made non-blocking: that would change it for everybody
 * else who has it open, too.
 */
#ifndef LIB_LOG_PIPE_H
#define LIB_LOG_PIPE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

/*
 * Once, before any other process is started.  Does nothing if stderr is a file,
 * whose writers wait for nobody.  CAL_UNAVAILABLE: no, see errno.
 */
enum cal_err	log_pipe_open(void) ERR_CHECK;
/*
 * Start the process that writes, and again when it has died.  0: none is
 * needed; -1: see errno.
 */
pid_t		log_pipe_start(void);
/*
 * To stderr, by way of the pipe if one is open; this never waits for longer
 * than a tenth of a second, and that only when the lines before went through.
 * False: the line is dropped.
 */
bool		log_pipe_write(const char *line, size_t n);
/*
 * The last lines are written, then the writer ends: within "ms", or it is
 * killed.  From then on lines go to stderr directly.
 */
void		log_pipe_close(pid_t writer, int ms);

#endif
