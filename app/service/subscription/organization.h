/*
 * organization: the user of a connection has moved to another organization at
 * Calendly, and the connection follows.
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
 * Calendly refuses what was asked in the grant's organization: ask it
 * (users/me) which one the user is in now.  If it is another, the grant and
 * "g" are of that one from now on, the host is told
 * (connection.organization_changed), and "moved" is true.  CAL_OK with false:
 * the same one, or Calendly does not say.  Others: not now.
 */
enum cal_err	organization_follow(const struct errand *,
		    const struct secret *token, struct grant *g,
		    const char *user_id, bool *moved) ERR_CHECK;
/*
 * The same with a token of the grant's own, within a part of the time that is
 * left for calls; what fails is in the log, and is looked at another time.
 */
void		organization_look(const struct errand *, const struct grant *,
		    const char *user_id);
/*
 * Tell the host that "g" is of "organization" from now on, if it is another.
 * In the transaction that changes it.
 */
enum cal_err	organization_tell(struct tx *, const struct grant *,
		    const char *organization, const char *user_id) ERR_CHECK;
/*
 * Mark what was found in other organizations than the grant's: it does not
 * see what happens where the user is now.
 */
void		organization_mark(struct arena *, const struct grant *,
		    struct inventory *);

#endif
