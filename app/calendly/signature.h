/*
 * signature: reads and checks the header Calendly-Webhook-Signature.
 *
 *	t=<unix seconds>,v1=<hex of HMAC-SHA256(key, t "." body)>
 *
 * Items may come in any order, with blanks around them.  But there must be
 * exactly one t, of digits, and at least one v1, of 64 hex digits.
 */
#ifndef APP_CALENDLY_SIGNATURE_H
#define APP_CALENDLY_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/err.h"

struct secret;

enum { SIGNATURE_MACS = 4 };	/* the most v1 that a header may have */

struct signature {
	char		 t[16];		/* as it came, because
					 * the MAC covers it */
	int64_t		 at;		/* the same as a number: Unix seconds */
	size_t		 nmacs;
	uint8_t		 mac[SIGNATURE_MACS][CRYPTO_HASHSZ];
};

/* CAL_INVALID: the header does not have that form. */
enum cal_err	signature_parse(const char *, struct signature *) ERR_CHECK;
/*
 * Says whether one of the MACs was made with this key.  The time that this
 * takes depends only on the body's length and the number of MACs.
 */
bool		signature_matches(const struct signature *,
		    const struct secret *key, struct bytes body);

#endif
