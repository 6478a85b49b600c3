/*
 * redact: see redact.h.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "app/calendly/redact.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/json.h"
#include "lib/secret.h"
#include "lib/uri.h"

enum { SHORTEST = 4 };		/* bytes of a secret; a shorter text
				 * would be found in ordinary words */

static const char MARK[] = "[redacted]";

/*
 * Members and form fields that are secret whatever they hold.  "code" and
 * "state" are not: in Calendly's errors "code" says what is wrong.
 */
static const char *const SECRET_NAMES[] = {
	"access_token", "refresh_token", "id_token", "token",
	"code_verifier", "client_secret", "signing_key", "secret", "password",
	"accessToken", "refreshToken", "idToken", "clientSecret", "signingKey",
};

#define TOKEN_ALPHABET \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

static const char *
replace_all(struct arena *mem, const char *text, const char *what)
{
	struct buf	 b;
	const char	*hit;
	size_t		 n = strlen(what);

	if (n < SHORTEST || strstr(text, what) == NULL)
		return text;
	buf_init(&b, mem, 0);
	while ((hit = strstr(text, what)) != NULL) {
		(void)buf_add(&b, text, (size_t)(hit - text));
		(void)buf_puts(&b, MARK);
		text = hit + n;
	}
	(void)buf_puts(&b, text);
	return b.p;
}

static const char *
escape_slashes(struct arena *mem, const char *s)
{
	struct buf	 b;

	buf_init(&b, mem, 0);
	for (; *s != '\0'; s++)
		(void)buf_puts(&b, *s == '/' ? "\\/" :
		    (const char[]){ *s, '\0' });
	return b.n == 0 ? "" : b.p;
}

static const char *
hide_forms(struct arena *mem, const char *text, const char *what)
{
	text = replace_all(mem, text, what);
	text = replace_all(mem, text, uri_encode(mem, what));
	return replace_all(mem, text, escape_slashes(mem, what));
}

/*
 * The Base64 digits that depend only on the secret, when "before" bytes of
 * something else stand before it (as the client's id does in HTTP Basic).
 */
static const char *
base64_core(struct arena *mem, const struct secret *s, size_t before, bool url)
{
	size_t		 n = before + secret_len(s);
	size_t		 first = (before * 8 + 5) / 6, end = n * 8 / 6;
	char		*joined = arena_alloc(mem, n + 1);
	struct bytes	 raw = { joined, n };

	memcpy(joined + before, secret_text(s), secret_len(s));
	return arena_ndup(mem, (url ? crypto_base64url(mem, raw) :
	    crypto_base64(mem, raw)) + first, end - first);
}

static const char *
hide_secret(struct arena *mem, const char *text, const struct secret *s)
{
	size_t	 before;

	text = hide_forms(mem, text, secret_text(s));
	for (before = 0; before < 3; before++) {
		text = hide_forms(mem, text, base64_core(mem, s, before,
		    false));
		text = replace_all(mem, text, base64_core(mem, s, before,
		    true));
	}
	return text;
}

/*
 * Where the text goes on behind a quote, escaped or not; NULL if there is no
 * quote here.
 */
static const char *
past_quote(const char *s)
{
	s += strspn(s, "\\");
	return *s == '"' ? s + 1 : NULL;
}

/*
 * Given the end of a name, finds where its value begins; NULL if no value
 * follows.  This also works in JSON that is itself a JSON string
 * (\"name\":\"value\"), and in forms (name=value).
 */
static const char *
value_start(const char *s)
{
	const char	*closed = past_quote(s);

	if (closed == NULL)
		return *s == '=' ? s + 1 : NULL;
	s = closed + strspn(closed, " \t\r\n");
	if (*s++ != ':')
		return NULL;
	return past_quote(s + strspn(s, " \t\r\n"));
}

static const char *
value_end(const char *s)
{
	if (s[-1] != '"' || s[-2] == '\\')
		return s + strcspn(s, "\"\\&,;}<> \t\r\n");
	for (; *s != '\0' && *s != '"'; s++)
		if (*s == '\\' && s[1] != '\0')
			s++;
	return s;
}

static bool
begins_word(const char *start, const char *hit)
{
	return hit == start || (!isalnum((unsigned char)hit[-1]) &&
	    hit[-1] != '_');
}

static const char *
hide_member(struct arena *mem, const char *text, const char *name)
{
	const char	*hit, *value, *done = text;
	const char	*const start = text;
	struct buf	 b;

	buf_init(&b, mem, 0);
	while ((hit = strstr(text, name)) != NULL) {
		text = hit + strlen(name);
		if (!begins_word(start, hit) ||
		    (value = value_start(text)) == NULL)
			continue;
		(void)buf_add(&b, done, (size_t)(value - done));
		(void)buf_puts(&b, MARK);
		text = done = value_end(value);
	}
	if (b.n == 0)
		return done;
	(void)buf_puts(&b, done);
	return b.p;
}

/*
 * The length of a slash that may be URL-encoded, or escaped any number of times
 * as in JSON within JSON; 0: there is none here.
 */
static size_t
slash_len(const char *s)
{
	size_t	 n = strspn(s, "\\");

	if (s[n] == '/')
		return n + 1;
	return strncasecmp(s, "%2F", 3) == 0 ? 3 : 0;
}

/*
 * Where the text goes on behind "webhooks/calendly/"; NULL if that does not
 * stand here.
 */
static const char *
endpoint_start(const char *s)
{
	static const char *const	parts[] = { "webhooks", "calendly" };
	size_t				 i, n;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		n = strlen(parts[i]);
		if (strncmp(s, parts[i], n) != 0 ||
		    slash_len(s + n) == 0)
			return NULL;
		s += n + slash_len(s + n);
	}
	return s;
}

/*
 * Hides the last part of callback URLs, because whoever knows an endpoint can
 * send requests to it.
 */
static const char *
hide_endpoints(struct arena *mem, const char *text)
{
	const char	*hit, *start, *done = text;
	struct buf	 b;

	buf_init(&b, mem, 0);
	while ((hit = strstr(text, "webhooks")) != NULL) {
		text = hit + 1;
		if ((start = endpoint_start(hit)) == NULL)
			continue;
		(void)buf_add(&b, done, (size_t)(start - done));
		(void)buf_puts(&b, MARK);
		text = done = start + strspn(start, TOKEN_ALPHABET);
	}
	if (b.n == 0)
		return done;
	(void)buf_puts(&b, done);
	return b.p;
}

const char *
redact(struct arena *mem, const char *text, size_t n,
    const struct secret *const *hide, size_t nhide)
{
	size_t	 i;
	char	*s;
	bool	 cut;

	/*
	 * Secrets are hidden before the text is cut, because a cut through a
	 * secret would leave half of it visible.  But a hostile reply of
	 * megabytes is not searched to its end.
	 */
	cut = n > 16 * (size_t)REDACT_MAX;
	text = arena_ndup(mem, text, cut ? 16 * (size_t)REDACT_MAX : n);
	for (i = 0; i < nhide; i++)
		if (hide[i] != NULL)
			text = hide_secret(mem, text, hide[i]);
	for (i = 0; i < sizeof(SECRET_NAMES) / sizeof(SECRET_NAMES[0]); i++)
		text = hide_member(mem, text, SECRET_NAMES[i]);
	text = hide_endpoints(mem, text);
	cut = cut || strlen(text) > REDACT_MAX;
	s = arena_printf(mem, "%.*s%s", REDACT_MAX, text, cut ? " [cut]" : "");
	for (i = 0; s[i] != '\0'; i++)
		if (iscntrl((unsigned char)s[i]) && s[i] != '\n')
			s[i] = ' ';
	return s;
}

bool
redact_keeps(const struct json_node *member, void *arg)
{
	(void)arg;
	return member->key == NULL ||
	    (strcasestr(member->key, "password") == NULL &&
	    strcasestr(member->key, "passcode") == NULL);
}
