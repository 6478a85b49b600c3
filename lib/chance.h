/*
 * chance: spreading in time what would else happen at once.
 */
#ifndef LIB_CHANCE_H
#define LIB_CHANCE_H

/* "n" more or less up to "percent"; 0 stays 0. */
long	chance_spread(long n, int percent);

#endif
