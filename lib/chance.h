/*
 * chance: random spreading of what would otherwise happen at the same time on
 * many processes.
 */
#ifndef LIB_CHANCE_H
#define LIB_CHANCE_H

/*
 * Returns "n" changed at random by up to "percent" in either direction. 0 stays
 * 0.
 */
long	chance_spread(long n, int percent);

#endif
