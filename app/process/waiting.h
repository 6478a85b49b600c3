/*
 * waiting: requests that wait for their answer without holding their worker.
 *
 * A handler that can't answer yet, because somebody else is about to bring
 * what it needs, puts its request off (req_later()).  The worker gives it a
 * seat here, serves others, and dispatches it again, from the start, when its
 * time has come.
 */
#ifndef APP_PROCESS_WAITING_H
#define APP_PROCESS_WAITING_H

#include <stdbool.h>

struct service;
struct req;
struct waiting;

struct waiting	*waiting_new(void);
/* Nobody may wait any more. */
void		 waiting_free(struct waiting *);
bool		 waiting_has_room(const struct waiting *);
/* Takes over what the request lives in: its arena is freed with it. */
void		 waiting_add(struct waiting *, const struct req *);
/* Until the next of them is due; -1: nobody waits. */
int		 waiting_ms(const struct waiting *);
/* Dispatch all that are due, and say how many of them are answered. */
long		 waiting_serve(struct waiting *, struct service *);

#endif
