/*
 * log_pipe: log lines reach stderr through a process of their own.
 *
 * Whoever reads our stderr may stop reading: a pager, a terminal after ^S, a
 * log collector whose disk is full.  A plain write(2) would then block every
 * process that has something to say.  With a log pipe each line is a message on
 * a socket that never blocks its sender.  One process does nothing but write
 * these messages to stderr, and it is the only one that waits.  Lines for which
 * the socket has no room are dropped and counted by the sender.
 *
 * stderr itself is not made non-blocking, because that would change it for
 * every other program that has it open, too.
 */
#ifndef LIB_LOG_PIPE_H
#define LIB_LOG_PIPE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

/*
 * Must be called once, before any other process is started.  Does nothing if
 * stderr is a file, because writing to a file does not block.  CAL_UNAVAILABLE:
 * it failed; errno says why.
 */
enum cal_err	log_pipe_open(void) ERR_CHECK;
/*
 * Starts the process that writes, also after it has died.  Returns its pid; 0
 * if none is needed; -1 if it failed, with errno set.
 */
pid_t		log_pipe_start(void);
/*
 * Sends a line to stderr, through the pipe if one is open.  Waits for room for
 * at most a tenth of a second, and only if the line before was not dropped.
 * Returns false if the line was dropped.
 */
bool		log_pipe_write(const char *line, size_t n);
/*
 * Lets the writer write what it has and end; kills it after "ms" milliseconds.
 * From then on lines go to stderr directly.
 */
void		log_pipe_close(pid_t writer, int ms);

#endif
