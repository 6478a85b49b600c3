/*
 * claims: how long a runner holds the jobs that it has claimed.
 *
 * A claim is short, so that the jobs of a runner that died soon go to another
 * one.  A runner that lives renews its claims, however long a job takes.
 */
#ifndef APP_JOB_CLAIMS_H
#define APP_JOB_CLAIMS_H

#include <stdint.h>

struct arena;
struct service;

enum { CLAIM_SECONDS = 60 };

/*
 * Renews all claims of this process if 20 s have passed; call it often while
 * jobs are in hand.  "next" is the clock_ms() of the next renewal; set it to 0
 * at first.
 */
void	claims_renew(struct service *, struct arena *, int64_t *next);

#endif
