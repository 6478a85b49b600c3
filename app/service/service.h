/*
 * service: the one shared service: what every deed of app/service needs.
 *
 * One per process, made after the fork.
 */
#ifndef APP_SERVICE_SERVICE_H
#define APP_SERVICE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/repo/delivery.h"
#include "lib/err.h"

struct arena;
struct client;
struct db;
struct keyring;
struct recent;
struct refused;
struct settings;

enum {
	/* A call that takes longer hangs: it must not keep others waiting. */
	SLOW_CALL_MS = 1500,
	/* For so long what follows for its account is taken to hang, too. */
	SLOW_ACCOUNT_SECONDS = 10 * 60,
};

enum service_role {
	SERVICE_APP,
	SERVICE_INGEST,	/* never calls anything but PostgreSQL */
	SERVICE_RUNNER,
	SERVICE_HEALTH,	/* answers health checks; waits for nobody */
	SERVICE_WATCH,		/* looks after the database: see health/ready.h */
	SERVICE_CTL,
};

struct service {
	const struct settings	*set;
	struct keyring		*keys;
	struct db		*db;
	struct client		*api;		/* NULL for SERVICE_INGEST */
	const char		*owner;		/* this process, in leases */
	struct arena		*mem;		/* as long-lived as this */
	bool			 keys_proven;	/* see keys/check.h */
	/* Of one of several at once: see calls/split.h. */
	bool			 in_loop;
	bool			(*must_wait)(void *);
	void			*must_wait_arg;
	bool			 had_to_wait;
	bool			 was_answered;	/* by Calendly, whatever it was */
	int			 leash;		/* a worker's: says something
						 * when it is let go; or -1 */
	bool			 others_wait;	/* in this worker, for an
						 * answer: see
						 * app/process/waiting.h */
	struct refused		*refused;	/* an ingest worker's; NULL:
						 * nothing as yet */
	struct recent		*held;		/* tenants whose rows are; NULL:
						 * nobody's */
	int64_t			 next_sweep;	/* a runner's, clock_ms() */
	int64_t			 next_audit;	/* the same, of the ledger */
	struct delivery_place	 queue;		/* a runner's */
};

/* What calls/open.h has opened; NULL is fine. */
void		service_close(struct service *);

/*
 * Would a call that must not be given up not be sent now, because too many of
 * them are under way?  Then the work had to wait: see calls/split.h.
 */
bool		service_must_wait(struct service *);

#endif
