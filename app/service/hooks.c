/*
 * hooks: see hooks.h.
 */
#include <string.h>

#include "app/calendly/id.h"
#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/repo/tenant.h"
#include "app/service/calendly.h"
#include "app/service/hooks.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/log.h"

enum {
	PAGES_MAX = 10,		/* of 100 each, for one organization */
	ORGANIZATIONS_MAX = 8,
};

static const struct hook *
match(struct arena *mem, const struct hooks *h, const char *callback_url)
{
	const char	*last = strrchr(callback_url, '/');
	struct bytes	 hash;
	int		 i;

	if (last == NULL)
		return NULL;
	hash = crypto_hash_text(mem, last + 1);
	for (i = 0; i < h->nknown; i++)
		if (h->known[i].hash.n == hash.n && crypto_equal(hash.p,
		    h->known[i].hash.p, hash.n))
			return &h->known[i];
	return NULL;
}

static void
add_page(struct arena *mem, struct hooks *h,
    const struct subscription_page *page)
{
	size_t	 i;

	h->found = arena_grow(mem, h->found, h->nfound * sizeof(*h->found),
	    (h->nfound + page->n) * sizeof(*h->found));
	for (i = 0; i < page->n; i++)
		h->found[h->nfound++] = (struct found){
			.sub = page->all[i],
			.ours = match(mem, h, page->all[i].callback_url),
		};
}

static enum cal_err
look_in(struct calendly *cal, struct arena *mem, const struct grant *g,
    const struct secret *token, const char *organization, struct hooks *h)
{
	struct subscription_page page = { .next = NULL };
	const char		*at = NULL;
	enum cal_err		 rc;
	int			 i;

	for (i = 0; i < PAGES_MAX; i++) {
		rc = subscription_page(cal->api, mem, token, organization,
		    g->user_uri, at, &page);
		if (rc != CAL_OK)
			return rc;
		add_page(mem, h, &page);
		if (page.next == NULL)
			return CAL_OK;
		if (at != NULL && strcmp(at, page.next) == 0)
			break;
		at = page.next;
	}
	log_warn("calendly: subscription_list: grant %s: the listing does not "
	    "end: given up after %d pages", g->id, i);
	return CAL_UPSTREAM;
}

/* The organizations to look in, without repeats; the grant's own first. */
static size_t
organizations(struct arena *mem, const struct grant *g, const struct hooks *h,
    const char *list[ORGANIZATIONS_MAX])
{
	const char	*uri;
	size_t		 n = 0, k;
	int		 i;

	list[n++] = g->organization_uri;
	for (i = 0; i < h->nknown && n < ORGANIZATIONS_MAX; i++) {
		uri = h->known[i].organization_uri;
		if (uri == NULL || strcmp(h->known[i].state, "deleted") == 0)
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
load_known(struct calendly *cal, struct arena *mem, const struct grant *g,
    struct hooks *h)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, hook_list(cal->db, mem, g->id, &h->known,
	    &h->nknown));
}

enum cal_err
hooks_look(struct calendly *cal, struct arena *mem, const struct grant *g,
    const struct secret *token, struct hooks *h)
{
	const char	*orgs[ORGANIZATIONS_MAX];
	enum cal_err	 rc;
	size_t		 i, n;

	memset(h, 0, sizeof(*h));
	if ((rc = load_known(cal, mem, g, h)) != CAL_OK)
		return rc;
	n = organizations(mem, g, h, orgs);
	for (i = 0; i < n; i++) {
		rc = look_in(cal, mem, g, token, orgs[i], h);
		/* A former organization may be closed to us: nothing of ours
		 * can be called from there then. */
		if (i > 0 && (rc == CAL_DENIED || rc == CAL_NOTFOUND))
			rc = CAL_OK;
		if (rc != CAL_OK)
			return rc;
	}
	return CAL_OK;
}

bool
hooks_finds(const struct hooks *h, const struct hook *known)
{
	size_t	 i;

	for (i = 0; i < h->nfound; i++)
		if (h->found[i].ours == known)
			return true;
	return false;
}
