/*
 * failing: tells the host app when deliveries to a connection's webhook fail,
 * and when they arrive again.
 *
 * A subscription counts as failing only if Calendly says so: it has disabled
 * the subscription, or is retrying deliveries.  Bad requests do not count,
 * because anybody can send them.  It no longer counts as failing when a rightly
 * signed delivery comes through it, when Calendly says that all is well, or
 * when a healthy subscription has replaced it.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_FAILING_H
#define APP_SERVICE_SUBSCRIPTION_FAILING_H

#include <stddef.h>

#include "lib/err.h"

struct arena;
struct errand;
struct service;
struct delivery;
struct grant;
struct inventory;

/*
 * Notes what Calendly says of the current subscription, and tells the host app
 * if that is news.
 */
enum cal_err	failing_note(const struct errand *, const struct grant *,
		    const char *user_id, const struct inventory *) ERR_CHECK;
/*
 * Notes that deliveries no longer fail, if a healthy subscription has replaced
 * those for which they did; tells the host app if that is news.
 */
enum cal_err	failing_settle(const struct errand *, const struct grant *)
		    ERR_CHECK;
/*
 * Notes that deliveries arrive again through the subscriptions that brought
 * these ones, which were rightly signed and are stored; tells the host app if
 * that is news.
 */
void		failing_heard(struct service *, struct arena *,
		    const struct delivery *, size_t n);

#endif
