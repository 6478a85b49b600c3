/*
 * damping: whether another subscription may be made now.
 *
 * One that was just made and yet seems wrong, or is not there, may be the
 * fault of a list that lags, or of a Calendly that does not do as asked.  Then
 * one more would be as wrong.  So the next ones for the same wish come after
 * 1, 10, 60 minutes, six hours, and then daily, until one is seen to be sound.
 * And there are never more than three of ours at Calendly.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_DAMPING_H
#define APP_SERVICE_SUBSCRIPTION_DAMPING_H

#include <stdbool.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct tx;
struct errand;
struct service;
struct grant;
struct inventory;

enum { DAMPING_ALIVE_MAX = 3 };

/* What is wished for: by it tries are counted. */
struct bytes	damping_wish(const struct service *, struct arena *,
		    const struct grant *);
/*
 * "trouble": why not now; "wait": s until it is worth asking
 * again.
 */
enum cal_err	damping_ask(const struct errand *,
		    const struct grant *, const struct inventory *,
		    enum subscription_trouble *, int *wait) ERR_CHECK;
/* Store why none is made, or that one is.  The operator hears of it once. */
enum cal_err	damping_note(const struct errand *,
		    const struct grant *, enum subscription_trouble) ERR_CHECK;
/*
 * In a transaction: one counts, so no other is needed.  If it is sound, the
 * count begins anew.
 */
enum cal_err	damping_clear(struct tx *, const struct grant *, bool sound)
		    ERR_CHECK;

#endif
