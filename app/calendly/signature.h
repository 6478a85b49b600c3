/*
 * signature: the header Calendly-Webhook-Signature.
 *
 *	t=<unix seconds>,v1=<hex of HMAC-SHA256(key, t "." body)>
 *
 * Read leniently in order and blanks, strictly in substance: exactly one t
 * of digits, at least one v1 of 64 hex digits.
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

enum { SIGNATURE_MACS = 4 };	/* v1 at most */

struct signature {
	char		 t[16];		/* as it came, for the MAC */
	int64_t		 at;		/* unix seconds */
	size_t		 nmacs;
	uint8_t		 mac[SIGNATURE_MACS][CRYPTO_HASHSZ];
};

/* CAL_INVALID if it is not such a header. */
enum cal_err	signature_parse(const char *, struct signature *) ERR_CHECK;
/* In a time that depends on the body's length alone. */
bool		signature_matches(const struct signature *,
		    const struct secret *key, struct bytes body);

#endif
