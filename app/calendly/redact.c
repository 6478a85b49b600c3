/*
 * redact: see redact.h.
 */
#include <ctype.h>
#include <string.h>

#include "app/calendly/redact.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/secret.h"
#include "lib/uri.h"

static const char MARK[] = "[redacted]";

/* JSON members that are secret whatever they hold. */
static const char *const SECRET_NAMES[] = {
	"access_token", "refresh_token", "id_token", "token", "code",
	"code_verifier", "client_secret", "signing_key", "secret", "password",
	"state",
};

static const char *
replace_all(struct arena *mem, const char *text, const char *what)
{
	struct buf	 b;
	const char	*hit;
	size_t		 n = strlen(what);

	if (n < 4 || strstr(text, what) == NULL)
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
hide_secret(struct arena *mem, const char *text, const struct secret *s)
{
	const char	*plain = secret_text(s);
	struct bytes	 raw = { plain, secret_len(s) };

	text = replace_all(mem, text, plain);
	text = replace_all(mem, text, uri_encode(mem, plain));
	text = replace_all(mem, text, escape_slashes(mem, plain));
	text = replace_all(mem, text, crypto_base64(mem, raw));
	return replace_all(mem, text, crypto_base64url(mem, raw));
}

/* Past the blanks and the colon after a member's name: its string value. */
static const char *
value_start(const char *s)
{
	s += strspn(s, " \t\r\n");
	if (*s++ != ':')
		return NULL;
	s += strspn(s, " \t\r\n");
	return *s == '"' ? s + 1 : NULL;
}

static const char *
value_end(const char *s)
{
	for (; *s != '\0' && *s != '"'; s++)
		if (*s == '\\' && s[1] != '\0')
			s++;
	return s;
}

static const char *
hide_member(struct arena *mem, const char *text, const char *name)
{
	const char	*quoted = arena_printf(mem, "\"%s\"", name);
	const char	*hit, *value, *done = text;
	struct buf	 b;

	buf_init(&b, mem, 0);
	while ((hit = strstr(text, quoted)) != NULL) {
		text = hit + strlen(quoted);
		if ((value = value_start(text)) == NULL)
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

const char *
redact(struct arena *mem, const char *text, size_t n,
    const struct secret *const *hide, size_t nhide)
{
	size_t	 i;
	char	*s;
	bool	 cut;

	/* A secret across the cut must not leave half of itself: hide first,
	 * but do not search through megabytes of a hostile reply. */
	cut = n > 16 * (size_t)REDACT_MAX;
	text = arena_ndup(mem, text, cut ? 16 * (size_t)REDACT_MAX : n);
	for (i = 0; i < nhide; i++)
		if (hide[i] != NULL)
			text = hide_secret(mem, text, hide[i]);
	for (i = 0; i < sizeof(SECRET_NAMES) / sizeof(SECRET_NAMES[0]); i++)
		text = hide_member(mem, text, SECRET_NAMES[i]);
	cut = cut || strlen(text) > REDACT_MAX;
	s = arena_printf(mem, "%.*s%s", REDACT_MAX, text, cut ? " [cut]" : "");
	for (i = 0; s[i] != '\0'; i++)
		if (iscntrl((unsigned char)s[i]) && s[i] != '\n')
			s[i] = ' ';
	return s;
}
