/*
 * service: what every function of app/service needs: settings, keys, database
 * connection and Calendly client.
 *
 * There is one struct service in each process, made after the fork.
 */
#ifndef APP_SERVICE_SERVICE_H
#define APP_SERVICE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/repo/delivery.h"
#include "app/service/pace.h"
#include "lib/err.h"

struct arena;
struct client;
struct db;
struct http_loop;
struct keyring;
struct recent;
struct refused;
struct settings;

enum {
	/*
	 * A call to Calendly that takes longer than this counts as hanging;
	 * other work must not wait for it.
	 */
	SLOW_CALL_MS = 1500,
	/*
	 * After a call hung, its Calendly account counts as slow for this time,
	 * because its next calls are likely to hang too.
	 */
	SLOW_ACCOUNT_SECONDS = 10 * 60,
};

enum service_role {
	SERVICE_APP,
	SERVICE_INGEST,	/* never calls anything but PostgreSQL */
	SERVICE_RUNNER,
	SERVICE_PUSHER,	/* never calls Calendly */
	SERVICE_HEALTH,	/* answers health checks; never
			 * waits for the database */
	SERVICE_WATCH,		/* probes the database: see health/ready.h */
	SERVICE_CTL,
};

struct service {
	const struct settings	*set;
	struct keyring		*keys;
	struct db		*db;
	struct client		*api;		/* NULL for SERVICE_INGEST and
						 * SERVICE_PUSHER */
	const char		*owner;		/* UUID that names this
						 * process in leases */
	struct arena		*mem;		/* lives as long
						 * as this struct */
	bool			 keys_proven;	/* the keyring opened the
						 * database's canary: see
						 * keys/check.h */
	/*
	 * The next eight are for work that runs beside others in one process:
	 * see calls/split.h.
	 */
	struct http_loop	*loop;		/* NULL: its calls block */
	struct service		*parts;		/* of work that was split again:
						 * the first of a list */
	struct service		*next_part;
	bool			(*must_wait)(void *);
	void			*must_wait_arg;
	bool			 had_to_wait;
	bool			 was_answered;	/* Calendly has answered a call,
						 * with whatever status */
	struct pace		 pace;		/* of its calls */
	int			 leash;		/* descriptor of the master's
						 * pipe; it becomes readable
						 * when the master releases
						 * this worker; -1: none */
	bool			 others_wait;	/* other requests wait in this
						 * worker for their answer:
						 * see app/process/waiting.h */
	struct refused		*refused;	/* what an ingest worker
						 * refused and has not written
						 * down; NULL: nothing yet */
	struct recent		*held;		/* tenants with locked rows:
						 * see webhook/held.h; NULL:
						 * none yet */
	int64_t			 next_sweep;	/* when a runner sweeps
						 * next, as clock_ms() */
	int64_t			 next_audit;	/* when a runner audits the
						 * ledger next, as clock_ms() */
	struct delivery_place	 queue;		/* how far this runner has read
						 * the queue of deliveries */
};

/*
 * Closes what service_open() of calls/open.h opened, and frees the struct.
 * NULL is allowed.
 */
void		service_close(struct service *);

/*
 * Tells whether a call that changes something would be held back now, because
 * too many such calls are under way.  If so, that the work had to wait is
 * noted: see calls/split.h.
 */
bool		service_must_wait(struct service *);

#endif
