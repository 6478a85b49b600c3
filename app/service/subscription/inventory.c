/*
 * inventory: see inventory.h.
 */
#include <string.h>

#include "app/calendly/callback.h"
#include "app/calendly/id.h"
#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/organization.h"
#include "app/service/subscription/uris.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/crypto.h"

struct bytes
inventory_callback_hash(const struct service *cal, struct arena *mem,
    const char *callback_url)
{
	return crypto_hash_text(mem, arena_printf(mem, "%s\n%s",
	    cal->set->backend_url, callback_normal(mem, callback_url)));
}

const char *
inventory_masked(struct arena *mem, const char *callback_url)
{
	const char	*url, *last;

	url = callback_normal(mem, arena_ndup(mem, callback_url,
	    strcspn(callback_url, "?#")));
	last = strrchr(url, '/');
	return last == NULL ? "***" : arena_printf(mem, "%.*s/***",
	    (int)(last - url), url);
}

static bool
same_bytes(struct bytes a, struct bytes b)
{
	return a.n == b.n && a.n > 0 && crypto_equal(a.p, b.p, a.n);
}

static struct known *
match_uri(struct arena *mem, const struct inventory *h, struct subscription *s)
{
	const char	*const *u;
	int		 i;

	for (i = 0; s->uri != NULL && i < h->nknown; i++)
		for (u = uris_of(mem, &h->known[i]); *u != NULL; u++)
			if (id_same(mem, *u, s->uri)) {
				/*
				 * The row's spelling of the URI is used from
				 * here on.
				 */
				s->uri = *u;
				return &h->known[i];
			}
	return NULL;
}

static struct known *
match_callback(const struct service *cal, struct arena *mem,
    const struct inventory *h, const struct subscription *s)
{
	struct bytes	 endpoint, spelled;
	int		 i;

	if (s->callback_url == NULL)
		return NULL;
	endpoint = crypto_hash_text(mem, callback_last(mem, s->callback_url));
	spelled = inventory_callback_hash(cal, mem, s->callback_url);
	for (i = 0; i < h->nknown; i++)
		if (same_bytes(h->known[i].hash, endpoint) ||
		    same_bytes(h->known[i].callback_hash, spelled))
			return &h->known[i];
	return NULL;
}

void
inventory_add(struct arena *mem, struct found **list, size_t *n, struct found f)
{
	*list = arena_grow(mem, *list, *n * sizeof(**list),
	    (*n + 1) * sizeof(**list));
	(*list)[(*n)++] = f;
}

/*
 * Adds a page to what was found, without repeats: if the list grows while it is
 * read, the last entries of one page come again on the next.
 */
static void
add_page(const struct service *cal, struct arena *mem, struct inventory *h,
    const char *organization, const struct subscription_page *page)
{
	struct found	 f;
	size_t		 i;

	for (i = 0; i < page->n; i++) {
		f = (struct found){ .sub = page->all[i] };
		if (f.sub.organization == NULL)
			f.sub.organization = organization;
		if (inventory_lists(mem, h, f.sub.uri) ||
		    inventory_shows(mem, h, &f.sub))
			continue;
		if ((f.ours = match_uri(mem, h, &f.sub)) == NULL)
			f.ours = match_callback(cal, mem, h, &f.sub);
		inventory_add(mem, &h->found, &h->nfound, f);
	}
}

/*
 * A subscription of ours that was listed without its URI may be one whose URI
 * the row has: it gets the first of these that was not listed.
 */
static void
fill_uris(struct arena *mem, struct inventory *h)
{
	struct found	*f;
	const char	*const *u;
	size_t		 i;

	for (i = 0; i < h->nfound; i++) {
		f = &h->found[i];
		if (f->ours == NULL || f->sub.uri != NULL)
			continue;
		for (u = uris_of(mem, f->ours); *u != NULL; u++)
			if (!inventory_lists(mem, h, *u)) {
				f->sub.uri = *u;
				break;
			}
	}
}

static enum cal_err
look_in(const struct errand *e, const struct grant *g,
    const struct secret *token, const char *organization, struct inventory *h)
{
	struct subscription_page page = { .next = NULL };
	enum cal_err		 rc;

	do {
		rc = subscription_page(errand_behalf(e), token, organization,
		    g->user_uri, page.next, &page);
		if (rc != CAL_OK)
			return rc;
		add_page(e->cal, e->mem, h, organization, &page);
	} while (page.next != NULL);
	return CAL_OK;
}

/* The organizations to list, each once; the grant's own comes first. */
static size_t
inventory_organizations(struct arena *mem, const struct grant *g,
    const struct inventory *h, const char *list[INVENTORY_ORGANIZATIONS_MAX])
{
	const char	*uri;
	size_t		 n = 0, k;
	int		 i;

	list[n++] = g->organization_uri;
	for (i = 0; i < h->nknown && n < INVENTORY_ORGANIZATIONS_MAX; i++) {
		uri = h->known[i].organization_uri;
		if (uri == NULL || h->known[i].state == SUBSCRIPTION_DELETED)
			continue;
		for (k = 0; k < n; k++)
			if (id_same(mem, uri, list[k]))
				break;
		if (k == n)
			list[n++] = uri;
	}
	return n;
}

static enum cal_err
load_known(const struct errand *e, const struct grant *g, struct inventory *h)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_leave(&tx, subscription_known(&tx, g->id, &h->known,
	    &h->nknown));
}

enum cal_err
inventory_take(const struct errand *e, const struct grant *g,
    const struct secret *token, struct inventory *h)
{
	const char	*orgs[INVENTORY_ORGANIZATIONS_MAX];
	enum cal_err	 rc;
	size_t		 i, n;

	memset(h, 0, sizeof(*h));
	if ((rc = load_known(e, g, h)) != CAL_OK)
		return rc;
	n = inventory_organizations(e->mem, g, h, orgs);
	for (i = 0; i < n; i++) {
		rc = look_in(e, g, token, orgs[i], h);
		/*
		 * Calendly may not show a former organization's list, because
		 * the user has left it.  Nothing happens there any more that
		 * could be sent to us.
		 */
		if (i > 0 && (rc == CAL_DENIED || rc == CAL_NOTFOUND)) {
			h->closed[h->nclosed++] = orgs[i];
			rc = CAL_OK;
		}
		if (rc != CAL_OK)
			return rc;
	}
	fill_uris(e->mem, h);
	organization_mark(e->mem, g, h);
	return CAL_OK;
}

bool
inventory_lists(struct arena *mem, const struct inventory *h, const char *uri)
{
	size_t	 i;

	for (i = 0; i < h->nfound; i++)
		if (id_same(mem, h->found[i].sub.uri, uri))
			return true;
	return false;
}

bool
inventory_shows(struct arena *mem, const struct inventory *h,
    const struct subscription *s)
{
	const struct subscription	*other;
	size_t				 i;

	for (i = 0; i < h->nfound; i++) {
		other = &h->found[i].sub;
		if (s->created_at != NULL && other->created_at != NULL &&
		    strcmp(s->created_at, other->created_at) == 0 &&
		    callback_same(mem, s->callback_url, other->callback_url))
			return true;
	}
	return false;
}

bool
inventory_finds(const struct inventory *h, const struct known *known)
{
	size_t	 i;

	for (i = 0; i < h->nfound; i++)
		if (h->found[i].ours == known && !h->found[i].removed)
			return true;
	return false;
}
