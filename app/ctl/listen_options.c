/*
 * listen_options: reads what "calendlyctl listen" was asked for.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/ctl/ctl.h"
#include "app/ctl/listen.h"
#include "app/service/push/sign.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/secret.h"
#include "lib/text.h"
#include "lib/uri.h"
#include "lib/words.h"

#define ENV_URL		"CALENDLYD_URL"
#define ENV_KEY		"CALENDLYD_API_KEY"
#define ENV_KEY_FILE	ENV_KEY "_FILE"

enum { KEY_MAX = 1024 };	/* bytes */

/* Returns a variable of the environment, or NULL if it is unset or empty. */
static const char *
variable(const char *name)
{
	const char	*value = getenv(name);

	return value == NULL || *value == '\0' ? NULL : value;
}

static enum cal_err
read_url(struct ctl *c, struct listen *l)
{
	const char	*text = ctl_value(c, "url");
	struct uri	 u;

	if (text == NULL)
		text = variable(ENV_URL);
	if (text == NULL)
		return ctl_misuse(c, "which calendlyd? give its address with "
		    "--url https://calendly.example.com or in " ENV_URL);
	if (!uri_parse(c->mem, text, &u))
		return ctl_misuse(c, "the address of calendlyd is not a valid "
		    "one: write it like https://calendly.example.com");
	if (u.path[0] != '\0' && strcmp(u.path, "/") != 0)
		return ctl_misuse(c, "write the address of calendlyd without a "
		    "path: %s", u.origin);
	if (strcmp(u.scheme, "https") != 0 && !uri_is_loopback(&u))
		return ctl_misuse(c, "the API key is sent by https only: write "
		    "https://%s", u.host);
	l->url = u.origin;
	return CAL_OK;
}

/* Takes a key, which must be one word; nothing of it is ever quoted. */
static enum cal_err
take_key(struct ctl *c, const char *key, struct listen *l)
{
	const struct text	 t = text_trimmed(key, strlen(key));
	size_t			 i;

	for (i = 0; i < t.n; i++)
		if (t.p[i] <= ' ' || t.p[i] > '~')
			break;
	if (t.n == 0 || i < t.n)
		return ctl_misuse(c, "the API key is not one word of letters, "
		    "digits and signs: is it the right text?");
	l->key = secret_new(c->mem, t.p, t.n);
	return CAL_OK;
}

static enum cal_err
read_key_file(struct ctl *c, const char *path, struct listen *l)
{
	char	 text[KEY_MAX + 1];
	ssize_t	 n;
	int	 fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return ctl_fail(CAL_INVALID, "cannot read the API key: %s: %s",
		    path, strerror(errno));
	n = read(fd, text, sizeof(text));
	(void)close(fd);
	if (n == -1)
		return ctl_fail(CAL_INVALID, "cannot read the API key: %s: %s",
		    path, strerror(errno));
	if (n == sizeof(text) || memchr(text, '\0', (size_t)n) != NULL)
		return ctl_fail(CAL_INVALID, "%s does not hold an API key: is "
		    "it the right file?", path);
	return take_key(c, arena_ndup(c->mem, text, (size_t)n), l);
}

static enum cal_err
read_key(struct ctl *c, struct listen *l)
{
	const char	*key = ctl_value(c, "key");
	const char	*file = ctl_value(c, "key-file");

	if (key != NULL && file != NULL)
		return ctl_misuse(c, "give either --key or --key-file");
	if (key != NULL) {
		ctl_say("other users of this machine can see a key on the "
		    "command line: --key-file FILE or " ENV_KEY " hides it");
		return take_key(c, key, l);
	}
	if (file == NULL && (key = variable(ENV_KEY)) != NULL)
		return take_key(c, key, l);
	if (file == NULL)
		file = variable(ENV_KEY_FILE);
	if (file != NULL)
		return read_key_file(c, file, l);
	return ctl_misuse(c, "which API key? give it with --key-file FILE or "
	    "in " ENV_KEY "; your operator makes one with \"calendlyctl key "
	    "add TENANT\"");
}

static enum cal_err
read_secret(struct ctl *c, struct listen *l)
{
	const char	*text = ctl_value(c, "secret"), *why;

	if (text == NULL) {
		l->secret = push_secret_new(c->mem);
		l->new_secret = true;
		return CAL_OK;
	}
	l->secret = secret_from_text(c->mem, text);
	(void)push_key(c->mem, l->secret, &why);
	return why == NULL ? CAL_OK : ctl_misuse(c, "--secret: %s", why);
}

static enum cal_err
read_forward(struct ctl *c, struct listen *l)
{
	struct uri	 u;

	l->forward = ctl_value(c, "forward");
	if (l->forward == NULL)
		return !ctl_has(c, "secret") ? CAL_OK :
		    ctl_misuse(c, "--secret goes with --forward");
	if (!uri_parse(c->mem, l->forward, &u))
		return ctl_misuse(c, "--forward is not a valid address: write "
		    "it like http://localhost:3000/hook");
	if (strcmp(u.scheme, "https") != 0 && !uri_is_loopback(&u))
		return ctl_misuse(c, "--forward takes http only for addresses "
		    "of this machine (localhost, 127.0.0.1, [::1]), and https "
		    "for all others");
	return read_secret(c, l);
}

static enum cal_err
read_print(struct ctl *c, struct listen *l)
{
	const char	*how = ctl_value(c, "print");

	l->json = c->json;
	if (how == NULL)
		return CAL_OK;
	l->json = l->json || strcmp(how, "json") == 0;
	if (l->json || strcmp(how, "text") == 0)
		return CAL_OK;
	return ctl_misuse(c, "--print is \"%s\": write text or json", how);
}

static enum cal_err
read_rest(struct ctl *c, struct listen *l)
{
	const char *const	*types = ctl_values(c, "type");
	const char		*since = ctl_value(c, "since");

	if (types[0] != NULL)
		l->types = words_join(c->mem, types, ",");
	l->user = ctl_value(c, "user");
	l->ca_file = ctl_value(c, "ca-file");
	if (l->ca_file != NULL && access(l->ca_file, R_OK) == -1)
		return ctl_fail(CAL_INVALID, "cannot read the authorities: %s: "
		    "%s", l->ca_file, strerror(errno));
	if (!listen_since_read(c->mem, since, &l->since))
		return ctl_misuse(c, "--since is \"%s\": write now, oldest, a "
		    "time (2026-11-22T17:00:00Z), how long ago (90s, 15m, 1h, "
		    "2d), or a cursor of the API", since);
	return CAL_OK;
}

enum cal_err
listen_options(struct ctl *c, struct listen *l)
{
	enum cal_err	 rc;

	l->c = c;
	if ((rc = read_url(c, l)) != CAL_OK ||
	    (rc = read_print(c, l)) != CAL_OK ||
	    (rc = read_rest(c, l)) != CAL_OK ||
	    (rc = read_forward(c, l)) != CAL_OK)
		return rc;
	return read_key(c, l);
}
