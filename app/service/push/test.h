/*
 * test: sends one event to a destination, now, and waits for what becomes of
 * it.
 */
#ifndef APP_SERVICE_PUSH_TEST_H
#define APP_SERVICE_PUSH_TEST_H

#include <stdint.h>

#include "app/service/push/outcome.h"
#include "lib/err.h"

struct arena;
struct destination;
struct service;

/*
 * Sends an event of the type "destination.test", signed as all are, which is in
 * no feed and of no consequence.  No transaction may be open, as this takes up
 * to ten seconds.  CAL_UNAVAILABLE: nothing may be sent now, as "why" says.
 */
enum cal_err	destination_test(struct service *, struct arena *,
		    const char *tenant_id, const struct destination *,
		    struct outcome *, int64_t *ms, const char **why) ERR_CHECK;

#endif
