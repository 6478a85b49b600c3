/*
 * claims: how long a runner holds the jobs that it has claimed.
 *
 * Not for long, so that those of a runner that has died are soon another's; and
 * as long as it is there it renews them, however long a job takes.
 */
#ifndef APP_JOB_CLAIMS_H
#define APP_JOB_CLAIMS_H

#include <stdint.h>

struct arena;
struct service;

enum { CLAIM_SECONDS = 60 };

/*
 * Every 20 s, while jobs are in hand.  "next" is when to do it again (clock_ms()), 0 at first.
 */
void	claims_renew(struct service *, struct arena *, int64_t *next);

#endif
