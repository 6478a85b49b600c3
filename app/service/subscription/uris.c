/*
 * uris: see uris.h.
 */
#include "app/calendly/id.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/repo/upkeep.h"
#include "app/service/errand.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/uris.h"
#include "lib/arena.h"

enum { URIS_MAX = 20 };

/* The URIs of a row except "without", then "more"; both may be NULL. */
static const char *const *
list_uris(struct arena *mem, const struct known *k, const char *without,
    const char *more)
{
	const char	*const *u;
	const char	**all;
	size_t		 n = 0;

	for (u = k->other_uris; u != NULL && *u != NULL; u++)
		n++;
	all = arena_array(mem, n + 3, sizeof(*all));
	n = 0;
	if (k->uri != NULL && !id_same(mem, k->uri, without))
		all[n++] = k->uri;
	for (u = k->other_uris; u != NULL && *u != NULL; u++)
		if (!id_same(mem, *u, without))
			all[n++] = *u;
	if (more != NULL)
		all[n++] = more;
	return all;
}

const char *const *
uris_of(struct arena *mem, const struct known *k)
{
	return list_uris(mem, k, NULL, NULL);
}

/*
 * Says whether the row has this URI.  A row that has URIS_MAX of them takes no
 * more, so it counts as having any: a list that makes up URIs must not fill the
 * database.
 */
static bool
known_has(struct arena *mem, const struct known *k, const char *uri)
{
	const char	*const *all = uris_of(mem, k);
	size_t		 n;

	for (n = 0; all[n] != NULL; n++)
		if (id_same(mem, all[n], uri))
			return true;
	return n >= URIS_MAX;
}

static enum cal_err
store_uris(const struct errand *e, struct known *k, const char *const *all,
    const char *gone)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, subscription_set_uris(&tx, k->subscription_id, all[0],
	    all[0] == NULL ? all : all + 1, gone));
	if (rc != CAL_OK)
		return rc;
	k->uri = all[0];
	k->other_uris = all[0] == NULL ? NULL : all + 1;
	return CAL_OK;
}

enum cal_err
uris_note_seen(const struct errand *e, const struct inventory *h)
{
	const struct found	*f;
	enum cal_err		 rc;
	size_t			 i;

	for (i = 0; i < h->nfound; i++) {
		f = &h->found[i];
		if (f->ours == NULL || f->ours->subscription_id == NULL ||
		    f->sub.uri == NULL ||
		    known_has(e->mem, f->ours, f->sub.uri))
			continue;
		rc = store_uris(e, f->ours, list_uris(e->mem, f->ours, NULL,
		    f->sub.uri), NULL);
		if (rc != CAL_OK)
			return rc;
	}
	return CAL_OK;
}

/* Says whether a subscription of this row was found whose URI can't be read. */
static bool
is_seen_without_uri(const struct inventory *h, const struct known *k)
{
	size_t	 i;

	for (i = 0; i < h->nfound; i++)
		if (h->found[i].ours == k && h->found[i].sub.uri == NULL)
			return true;
	return false;
}

enum cal_err
uris_note_gone(const struct errand *e, const struct inventory *h,
    struct known *k, const char *uri)
{
	const char	*const *rest = list_uris(e->mem, k, uri, NULL);
	struct tx	 tx;
	enum cal_err	 rc;

	if (k->subscription_id == NULL)
		return CAL_OK;
	if (rest[0] != NULL || is_seen_without_uri(h, k))
		return store_uris(e, k, rest, uri);
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, subscription_mark_gone(&tx, k->subscription_id, uri));
	if (rc != CAL_OK)
		return rc;
	k->state = SUBSCRIPTION_DELETED;
	k->unconfirmed = false;
	return CAL_OK;
}
