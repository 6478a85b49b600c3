/*
 * log_writer: the master keeps the process that writes the log alive.
 */
#ifndef APP_PROCESS_LOG_WRITER_H
#define APP_PROCESS_LOG_WRITER_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

struct log_writer {
	pid_t	 pid;		/* 0: none runs */
	int64_t	 due;		/* by clock_ms(): when one may start */
};

/* Start it if none runs, one is needed, and it is time. */
void	log_writer_start(struct log_writer *);
/* Was it this one that ended? */
bool	log_writer_ended(struct log_writer *, pid_t);
/* By clock_ms(): when to call log_writer_start(); INT64_MAX: not at all. */
int64_t	log_writer_due(const struct log_writer *);
/* The last lines are written and the writer ends, or is killed. */
void	log_writer_stop(struct log_writer *);

#endif
