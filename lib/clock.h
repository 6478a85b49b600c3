/*
 * clock: a clock that never jumps, for waits and durations.
 */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

#include <stdint.h>

/*
 * Milliseconds since a moment in the past that stays the same, for all
 * processes of the host, until it is rebooted (CLOCK_MONOTONIC).
 */
int64_t	clock_ms(void);
/* Microseconds since the moment from which clock_ms() counts. */
int64_t	clock_us(void);
/* Sleeps for "ms" milliseconds, or until a signal comes. */
void	clock_pause(long ms);

#endif
