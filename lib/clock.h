/*
 * clock: a clock that never jumps, for waits and durations.
 */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

#include <stdint.h>

/* Milliseconds since some moment in the past. */
int64_t	clock_ms(void);
/* Microseconds since that moment. */
int64_t	clock_us(void);
/* Let that much time pass, less if a signal comes. */
void	clock_pause(long ms);

#endif
