/*
 * interim: see interim.h.
 */
#include <string.h>

#include "app/route/interim.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/req.h"

/* Our URLs hold nothing that HTML would read otherwise, but for "&". */
static const char *
for_html(struct arena *mem, const char *url)
{
	struct buf	 b;

	buf_init(&b, mem, 0);
	for (; *url != '\0'; url++)
		(void)buf_printf(&b, *url == '&' ? "&amp;" : "%c", *url);
	return b.p;
}

/* The link is for browsers that do not go on by themselves. */
static void
answer(struct req *r, int seconds, const char *url)
{
	const char	*page;

	page = arena_printf(r->mem,
	    "<!DOCTYPE html>\n"
	    "<html lang=\"en\">\n"
	    "<head>\n"
	    "\t<meta charset=\"utf-8\">\n"
	    "\t<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "\t<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "\t<meta name=\"robots\" content=\"noindex\">\n"
	    "\t<title>One moment</title>\n"
	    "\t<link rel=\"stylesheet\" href=\"/pages/style.css\">\n"
	    "</head>\n"
	    "<body>\n"
	    "\t<main class=\"card\">\n"
	    "\t\t<h1>One moment</h1>\n"
	    "\t\t<p>Calendly is being connected. This page goes on by "
	    "itself.</p>\n"
	    "\t\t<div class=\"actions\"><a class=\"quiet\" "
	    "href=\"%s\">Go on</a></div>\n"
	    "\t</main>\n"
	    "</body>\n"
	    "</html>\n", for_html(r->mem, url));
	req_header(r, "Refresh", arena_printf(r->mem, "%d; url=%s", seconds,
	    url));
	req_answer(r, 200, "text/html; charset=utf-8", page, strlen(page));
}

void
interim_wait(struct req *r, const char *url)
{
	answer(r, 1, url);
}

void
interim_bounce(struct req *r, const char *url)
{
	answer(r, 0, url);
}
