/*
 * refusal: a refresh that was refused without invalid_grant (401 or 403 with
 * no known error), and what becomes of a connection whose tokens are taken no
 * longer.  For refresh.c alone.
 *
 * Whose fault such a refusal is can only be told by comparison: while other
 * accounts refresh it is about this grant, else it may be about all of us.
 */
#ifndef APP_SERVICE_TOKEN_REFUSAL_H
#define APP_SERVICE_TOKEN_REFUSAL_H

#include "app/domain/status.h"
#include "lib/err.h"

struct tx;
struct errand;
struct grant;

/*
 * One more refusal; the next try is later each time.  CAL_UNAVAILABLE: tried
 * again.  CAL_DENIED: it has gone on for an hour while others refreshed, so
 * only a new consent helps.
 */
enum cal_err	refusal_note(const struct errand *, const struct grant *,
		    const char *owner) ERR_CHECK;
/*
 * In the transaction that found it out: the grant's connection, if it still
 * stands on it, needs a new consent, and the host is told so.
 */
enum cal_err	refusal_tell(struct tx *,
		    const struct grant *, enum connection_reason) ERR_CHECK;

#endif
