/*
 * waiting: requests that wait for their answer without holding their worker.
 *
 * A handler that cannot answer yet, because another request or process is about
 * to bring what it needs, puts its request off with req_later().  The worker
 * gives the request a seat here, serves others meanwhile, and dispatches it
 * again, from the start, when its time has come.
 */
#ifndef APP_PROCESS_WAITING_H
#define APP_PROCESS_WAITING_H

#include <stdbool.h>

struct service;
struct req;
struct waiting;

struct waiting	*waiting_new(void);
/* Frees the seats; no request may be waiting any more. */
void		 waiting_free(struct waiting *);
bool		 waiting_has_room(const struct waiting *);
/* Takes over the request and its arena, which is freed with the answer. */
void		 waiting_add(struct waiting *, const struct req *);
/* Returns the milliseconds until the next request is due; -1: none waits. */
int		 waiting_ms(const struct waiting *);
/*
 * Dispatches every request that is due and returns how many of them are now
 * answered.
 */
long		 waiting_serve(struct waiting *, struct service *);

#endif
