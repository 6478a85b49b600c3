/*
 * pools: how many processes of each kind fit this machine.
 */
#ifndef APP_SETTINGS_POOLS_H
#define APP_SETTINGS_POOLS_H

struct arena;
struct settings;

/*
 * Replaces each number of processes that is CONF_AUTO by one that fits the
 * processors that this process may use.
 */
void		 pools_choose(struct settings *);
/* The same for so many processors. */
void		 pools_choose_for(struct settings *, long processors);
/* The numbers of processes, and of processors, in words. */
const char	*pools_words(struct arena *, const struct settings *);

#endif
