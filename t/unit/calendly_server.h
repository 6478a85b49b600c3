/*
 * calendly_server: a Calendly that answers each request with what a test has
 * written down for its page, and a client that calls it.
 */
#ifndef T_UNIT_CALENDLY_SERVER_H
#define T_UNIT_CALENDLY_SERVER_H

#include "t/unit/http_server.h"

#include "app/calendly/client.h"
#include "app/settings/settings.h"
#include "lib/buf.h"
#include "lib/secret.h"

#define API	"https://api.calendly.com"

/*
 * The answer to requests whose first line holds "asked".  Of several that fit,
 * the first counts.
 */
struct canned {
	const char	*asked;
	const char	*status;	/* such as "200 OK" */
	const char	*body;
};

static const struct canned	*canned;	/* ends with a NULL "asked" */
static struct settings		 settings;
static struct behalf		 by;
static const struct secret	*token;

static inline void
answer_canned(int fd)
{
	const struct canned	*c;
	char			 head[256];

	if (!hear(fd))
		return;
	*strstr(seen->request, "\r\n") = '\0';
	for (c = canned; c->asked != NULL; c++)
		if (strstr(seen->request, c->asked) != NULL)
			break;
	if (c->asked == NULL)
		return;
	(void)snprintf(head, sizeof(head), "HTTP/1.1 %s\r\nContent-Type: "
	    "application/json\r\nConnection: close\r\nContent-Length: %zu"
	    "\r\n\r\n", c->status, strlen(c->body));
	say(fd, head);
	say(fd, c->body);
}

/*
 * Begins to answer, or answers otherwise from now on; the replies must be made
 * before.
 */
static inline void
answer_with(const struct canned *all)
{
	client_free(by.api);
	canned = all;
	serve(answer_canned);
	settings = (struct settings){
		.api_url = url(""),
		.auth_url = url(""),
		.client_secret = secret_from_text(mem, "client secret"),
	};
	token = secret_from_text(mem, "the token");
	by = (struct behalf){
		.api = client_new(mem, &settings), .mem = mem
	};
}

static inline int
calendly_teardown(void **state)
{
	client_free(by.api);
	by.api = NULL;
	return http_teardown(state);
}

#define calendly(f)	cmocka_unit_test_setup_teardown(f, http_setup, \
			    calendly_teardown)

#endif
