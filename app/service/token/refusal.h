/*
 * refusal: deals with refreshes that Calendly refuses without invalid_grant
 * (401 or 403 with no known error), and with connections whose tokens no longer
 * work.  For refresh.c alone.
 *
 * Such a refusal may be about one grant or about our whole OAuth app.  Only
 * comparison can tell: while other accounts refresh successfully, it is about
 * this grant.
 */
#ifndef APP_SERVICE_TOKEN_REFUSAL_H
#define APP_SERVICE_TOKEN_REFUSAL_H

#include "app/domain/status.h"
#include "lib/err.h"

struct tx;
struct errand;
struct grant;

/*
 * Counts one more refusal; the pause before the next try grows each time.
 * CAL_UNAVAILABLE: the refresh is to be tried again.  CAL_DENIED: the refusals
 * have gone on for an hour while other accounts refreshed, so only a new
 * consent helps.
 */
enum cal_err	refusal_note(const struct errand *, const struct grant *,
		    const char *owner) ERR_CHECK;
/*
 * In the transaction that found the grant dead: marks the connection as needing
 * a new consent and tells the host app, unless the connection has another grant
 * by now.
 */
enum cal_err	refusal_tell(struct tx *,
		    const struct grant *, enum connection_reason) ERR_CHECK;

#endif
