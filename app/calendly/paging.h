/*
 * paging: how Calendly says where a list goes on.
 */
#ifndef APP_CALENDLY_PAGING_H
#define APP_CALENDLY_PAGING_H

struct arena;
struct json_node;
struct settings;

/*
 * Sets "next" to the token of the next page; NULL: this page is the last.
 *
 * Only "next_page_token" decides.  Where a reply has just the URL of the next
 * page, the token is taken out of that URL, if it is the API's or
 * calendly.com's; the URL itself is never called.
 *
 * Returns NULL, or why the reply can't be used: it names a next page in a way
 * that is not understood.  To take such a page for the last one would lose all
 * that follows.
 */
const char	*paging_next(struct arena *, const struct settings *,
		    const struct json_node *reply, const char **next);

#endif
