/*
 * page: see page.h.
 */
#include <string.h>

#include "app/route/page.h"
#include "lib/accept.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/req.h"

/*
 * The %s stand for title, icon, title again, then the paragraphs and buttons.
 */
static const char	layout[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "\t<meta charset=\"utf-8\">\n"
    "\t<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n"
    "\t<meta name=\"color-scheme\" content=\"light dark\">\n"
    "\t<meta name=\"robots\" content=\"noindex\">\n"
    "\t<title>%s</title>\n"
    "\t<link rel=\"stylesheet\" href=\"/pages/style.css\">\n"
    "\t<script src=\"/pages/page.js\" defer></script>\n"
    "</head>\n"
    "<body data-result=\"\">\n"
    "\t<main class=\"card\">\n"
    "\t\t<svg class=\"icon calm\" viewBox=\"0 0 48 48\" aria-hidden=\"true\" "
    "focusable=\"false\"><circle cx=\"24\" cy=\"24\" r=\"22\"/>"
    "<path d=\"%s\"/></svg>\n"
    "\t\t<h1 tabindex=\"-1\">%s</h1>\n"
    "%s"
    "\t</main>\n"
    "</body>\n"
    "</html>\n";

static const char	question_mark[] =
    "M18 18.5a6 6 0 1 1 8.5 5.5c-1.7.8-2.5 2-2.5 3.5v1M24 34.5v.5";
static const char	clock_hands[] = "M24 14v10.5l7 4";

#define BUTTONS(more)							\
    "\t\t<div class=\"actions\">\n"					\
    more								\
    "\t\t\t<button class=\"button\" type=\"button\" id=\"close\" "	\
    "hidden>Close this window</button>\n"				\
    "\t\t</div>\n"

static const struct {
	int		 status;
	const char	*title;
	const char	*body;
} pages[] = {
	[PAGE_NOT_FOUND] = { 404, "There is nothing here",
	    "\t\t<p>This address leads nowhere. It may have been cut off, or "
	    "have a slip in it.</p>\n"
	    "\t\t<p>Did you want to connect Calendly? Go back to the app and "
	    "click <strong>Connect</strong> once more.</p>\n"
	    BUTTONS("") },
	[PAGE_BAD_METHOD] = { 405, "This address is for programs",
	    "\t\t<p>It does not take what your browser has sent. Nothing was "
	    "changed.</p>\n"
	    "\t\t<p>Go back to the app, and begin there once more.</p>\n"
	    BUTTONS("") },
	[PAGE_START_AGAIN] = { 405, "Please begin once more",
	    "\t\t<p>Your browser came here in a way that does not work. "
	    "Nothing was changed.</p>\n"
	    "\t\t<p>Go back to the app and click <strong>Connect</strong> "
	    "once more.</p>\n"
	    BUTTONS("\t\t\t<a class=\"button\" href=\"/connect/back\">Back to "
	    "the app</a>\n") },
	[PAGE_TRY_AGAIN] = { 503, "That did not work",
	    "\t\t<p>We have a problem at the moment. It is nothing that you "
	    "did, and what was connected before still is.</p>\n"
	    "\t\t<p>Wait a minute, then try again.</p>\n"
	    BUTTONS("\t\t\t<a class=\"button\" href=\"\">Try again</a>\n") },
};

bool
page_wanted(const struct req *r, bool browser)
{
	const char	*accept = req_param(r, "HTTP_ACCEPT");
	const int	 page = accept_weight(accept, "text/html");
	int		 doc, json;

	doc = accept_weight(accept, "application/problem+json");
	json = accept_weight(accept, "application/json");
	if (json > doc)
		doc = json;
	return page > doc || (browser && page == doc && page > 0);
}

static void
write_page(struct req *r, int status, const char *title, const char *icon,
    const char *body)
{
	const char	*text;

	text = arena_printf(r->mem, layout, title, icon, title, body);
	req_answer(r, status, "text/html; charset=utf-8", text, strlen(text));
}

void
page_answer(struct req *r, enum page which)
{
	req_header(r, "Vary", "Accept");
	write_page(r, pages[which].status, pages[which].title, question_mark,
	    pages[which].body);
}

/* Escapes "&" for HTML; URLs of ours hold no other character that needs it. */
static const char *
for_html(struct arena *mem, const char *url)
{
	struct buf	 b;

	buf_init(&b, mem, 0);
	for (; *url != '\0'; url++)
		(void)buf_printf(&b, *url == '&' ? "&amp;" : "%c", *url);
	return b.p;
}

/* The link is for browsers that ignore the Refresh header. */
void
page_go_on(struct req *r, int seconds, const char *url)
{
	req_header(r, "Refresh", arena_printf(r->mem, "%d; url=%s", seconds,
	    url));
	write_page(r, 200, "One moment", clock_hands, arena_printf(r->mem,
	    "\t\t<p>Calendly is being connected. This page goes on by "
	    "itself.</p>\n" BUTTONS("\t\t\t<a class=\"quiet\" "
	    "href=\"%s\">Go on</a>\n"), for_html(r->mem, url)));
}
