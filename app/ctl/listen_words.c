/*
 * listen_words: see listen_words.h.
 *
 * Whatever a server has sent is shortened, and printed without control
 * characters.
 */
#include <string.h>

#include "app/ctl/listen_page.h"
#include "app/ctl/listen_words.h"
#include "app/ctl/out.h"
#include "lib/arena.h"
#include "lib/http.h"
#include "lib/json.h"
#include "lib/text.h"
#include "lib/utf8.h"

enum {
	SHOWN = 120,		/* bytes of what a server says */
	PROBLEM_MAX = 64 * 1024,
};

static const struct json_caps	problem_caps = {
	.size = PROBLEM_MAX, .depth = 10, .count = 1000,
};

/* Returns the beginning of a text, cut between two characters. */
static const char *
shortened(struct arena *mem, const char *s)
{
	size_t	 n = strlen(s);

	if (!utf8_valid(s, n))
		return "(bytes that are no text)";
	if (n <= SHOWN)
		return out_plain(mem, s);
	for (n = SHOWN; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
		;
	return out_plain(mem, arena_printf(mem, "%.*s...", (int)n, s));
}

const char *
listen_line(struct arena *mem, const struct listen_event *ev, const char *rest)
{
	const char	*what = out_plain(mem, ev->type);
	char		*line;
	size_t		 n;

	if (ev->change != NULL)
		what = arena_printf(mem, "%s %s", what,
		    shortened(mem, ev->change));
	line = arena_printf(mem, "%s%s  %-26s  %-16s  %s",
	    ev->received_at == NULL ? "-" : out_time(mem, ev->received_at),
	    ev->received_at == NULL ? "" : "Z", what,
	    out_plain(mem, ev->user_id), rest);
	for (n = strlen(line); n > 0 && line[n - 1] == ' '; n--)
		line[n - 1] = '\0';
	return line;
}

/* Returns the first words of a text in the body; "" if it is none. */
static const char *
words_of(struct arena *mem, const struct http_reply *r)
{
	const struct text	 t = text_trimmed(r->body, strlen(r->body));

	if (t.n == 0 || *t.p == '<' || !utf8_valid(t.p, t.n))
		return "";
	return arena_printf(mem, "it says \"%s\"", shortened(mem,
	    arena_ndup(mem, t.p, t.n)));
}

static const char *
redirected(struct arena *mem, const struct http_reply *r, const char *option)
{
	const char	*to = http_header(r, "location");

	return arena_printf(mem, "a redirect%s%s is not followed: give %s the "
	    "address that answers", to == NULL ? "" : " to ",
	    to == NULL ? "" : shortened(mem, to), option);
}

const char *
listen_refused(struct arena *mem, const struct http_reply *r)
{
	if (r->fate != HTTP_ANSWERED)
		return shortened(mem, r->error);
	switch (r->status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return redirected(mem, r, "--forward");
	case 401:
	case 403:
		return "does it verify with the secret of this command?";
	case 404:
		return "it has nothing at the path that --forward names";
	case 405:
		return "it takes no POST at the path that --forward names";
	case 410:
		return "this answer would pause a destination";
	default:
		return words_of(mem, r);
	}
}

const char *
listen_reach(const char *error)
{
	if (strstr(error, "certificate") != NULL)
		return "; --ca-file FILE names the authority of a private "
		    "certificate";
	if (strstr(error, "resolve") != NULL)
		return "; is the host's name right?";
	return "";
}

/* Returns the first of the fields that the API finds wrong, or its detail. */
static const char *
fault_of(struct arena *mem, const struct json_node *doc)
{
	const struct json_node	*errors = json_find(doc, "errors");
	const struct json_node	*one = errors == NULL ? NULL : errors->child;
	const char		*field = json_text(one, "field");
	const char		*message = json_text(one, "message");

	if (field == NULL || message == NULL) {
		message = json_text(doc, "detail");
		return message == NULL ? "" : shortened(mem, message);
	}
	if (strcmp(field, "user_id") == 0)
		field = "--user";
	else if (strcmp(field, "type") == 0)
		field = "--type";
	else if (strcmp(field, "after") == 0)
		field = "--since";
	return arena_printf(mem, "%s %s", shortened(mem, field),
	    shortened(mem, message));
}

static const struct json_node *
problem_of(struct arena *mem, const struct http_reply *r)
{
	const struct json_node	*doc;
	const char		*why;

	if (json_parse(mem, r->body, r->bodysz, &problem_caps, &doc, &why) !=
	    CAL_OK)
		return NULL;
	return doc;
}

const char *
listen_denied(struct arena *mem, const struct http_reply *r)
{
	switch (r->status) {
	case 400:
		return arena_printf(mem, "it refuses what was asked for: %s",
		    fault_of(mem, problem_of(mem, r)));
	case 401:
		return "it does not know this API key, or the key was revoked: "
		    "ask your operator for one (\"calendlyctl key add "
		    "TENANT\")";
	case 403:
		return "it does not let this machine call its API: nginx lets "
		    "in private addresses only, until your operator allows "
		    "yours (docs/integration.md, \"Developing against it on "
		    "your own machine\")";
	default:
		if (r->status >= 300 && r->status < 400)
			return redirected(mem, r, "--url");
		return arena_printf(mem, "it answers %d where the feed of "
		    "events should be: --url must be the address of calendlyd, "
		    "its BACKEND_URL", r->status);
	}
}

const char *
listen_trouble(struct arena *mem, const struct http_reply *r)
{
	const char	*code;

	if (r->fate != HTTP_ANSWERED)
		return shortened(mem, r->error);
	code = json_text(problem_of(mem, r), "code");
	return code == NULL ? arena_printf(mem, "it answers %d", r->status) :
	    arena_printf(mem, "it answers %d, %s", r->status,
	    shortened(mem, code));
}
