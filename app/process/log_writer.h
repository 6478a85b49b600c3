/* log_writer: how the master keeps the process alive that writes the log. */
#ifndef APP_PROCESS_LOG_WRITER_H
#define APP_PROCESS_LOG_WRITER_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

struct log_writer {
	pid_t	 pid;		/* 0: no writer runs */
	int64_t	 due;		/* clock_ms() of the next allowed start */
};

/* Starts the writer if none runs, one is needed, and its pause is over. */
void	log_writer_start(struct log_writer *);
/* True if "pid" was the writer, which is then noted as ended. */
bool	log_writer_ended(struct log_writer *, pid_t);
/*
 * Returns the clock_ms() at which to call log_writer_start(); INT64_MAX: never.
 */
int64_t	log_writer_due(const struct log_writer *);
/*
 * Lets the writer write the last lines and end; kills it if it takes too long.
 */
void	log_writer_stop(struct log_writer *);

#endif
