/*
 * access: see access.h.
 */
#include <string.h>
#include <strings.h>

#include "app/repo/tenant.h"
#include "app/route/access.h"
#include "app/service/service.h"
#include "lib/crypto.h"
#include "lib/req.h"

#define KEY_PREFIX	"cal_"

/*
 * Returns the API key in the Authorization header; NULL unless it looks like
 * one of ours, so that other values cost no query.
 */
static const char *
bearer_key(const struct req *r)
{
	const char	*value = req_param(r, "HTTP_AUTHORIZATION");
	const size_t	 prefix = strlen(KEY_PREFIX);

	if (value == NULL || strncasecmp(value, "Bearer ", 7) != 0)
		return NULL;
	value += 7;
	value += strspn(value, " ");
	if (strncmp(value, KEY_PREFIX, prefix) != 0 ||
	    strlen(value) != prefix + CRYPTO_TOKENSZ)
		return NULL;
	return value;
}

enum cal_err
access_let_in(struct service *cal, struct req *r)
{
	struct api_key	*key;
	const char	*text;
	enum cal_err	 rc;

	if (req_param(r, "HTTP_ORIGIN") != NULL)
		return req_fail(r, CAL_DENIED, "browser_call", NULL);
	if ((text = bearer_key(r)) == NULL)
		return CAL_UNAUTHORIZED;
	rc = api_key_find(cal->db, r->mem, crypto_hash_text(r->mem, text),
	    &key);
	if (rc == CAL_NOTFOUND)
		return CAL_UNAUTHORIZED;
	if (rc == CAL_OK)
		r->caller = key;
	return rc;
}
