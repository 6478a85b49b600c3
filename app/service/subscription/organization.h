/*
 * organization: lets a connection follow its user into another organization at
 * Calendly.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_ORGANIZATION_H
#define APP_SERVICE_SUBSCRIPTION_ORGANIZATION_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct tx;
struct errand;
struct grant;
struct inventory;
struct secret;

/*
 * To be called when Calendly refuses a request in the grant's organization:
 * asks Calendly (users/me) which one the user belongs to now.  If it is
 * another, the grant and "g" are changed, the host app is told
 * (connection.organization_changed) and "moved" is true.
 *
 * CAL_OK with "moved" false: it is the same one, or Calendly does not say.
 * Other values: this could not be found out now.
 */
enum cal_err	organization_follow(const struct errand *,
		    const struct secret *token, struct grant *g,
		    const char *user_id, bool *moved) ERR_CHECK;
/*
 * Does what organization_follow() does, with an access token that it gets by
 * itself, in at most half of the time that is left for calls and at most 5 s.
 * Failures are only logged.
 */
void		organization_look(const struct errand *, const struct grant *,
		    const char *user_id);
/*
 * Tells the host app if "organization" is another one than that of "g".  To be
 * called in the transaction that changes it.
 */
enum cal_err	organization_tell(struct tx *, const struct grant *,
		    const char *organization, const char *user_id) ERR_CHECK;
/*
 * Marks subscriptions found in other organizations than the grant's
 * ("elsewhere"), which bring nothing of what happens where the user is now.
 */
void		organization_mark(struct arena *, const struct grant *,
		    struct inventory *);

#endif
