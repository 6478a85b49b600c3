/*
 * removal: see removal.h.
 */
#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/service/errand.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/removal.h"
#include "app/service/subscription/restored.h"
#include "app/service/subscription/subscribe.h"
#include "app/service/subscription/unlisted.h"
#include "app/service/subscription/uris.h"
#include "lib/arena.h"
#include "lib/log.h"

const char *const *
removal_left(struct arena *mem, const struct removal *r)
{
	const char	**list = arena_array(mem, r->nleft + 1,
			    sizeof(*list));
	size_t		 i;

	for (i = 0; i < r->nleft; i++)
		list[i] = r->left[i];
	return list;
}

static void
leave_behind(struct arena *mem, struct removal *r, const char *name)
{
	r->left = arena_grow(mem, r->left, r->nleft * sizeof(*r->left),
	    (r->nleft + 1) * sizeof(*r->left));
	r->left[r->nleft++] = name;
}

/* Says whether Calendly refuses this one; the next is tried all the same. */
static bool
is_removal_refused(enum cal_err rc)
{
	return rc == CAL_DENIED || rc == CAL_INVALID;
}

static enum cal_err
remove_one(const struct errand *e, const struct secret *token,
    struct removal *r, const struct inventory *h, struct found *f)
{
	enum cal_err	 rc;

	if (f->sub.uri == NULL) {
		leave_behind(e->mem, r, inventory_masked(e->mem,
		    f->sub.callback_url));
		return CAL_OK;
	}
	rc = subscribe_remove(e, r->w, token, h, f);
	if (!is_removal_refused(rc))
		return rc;
	log_warn("teardown: grant %s: %s: Calendly refuses to delete it (%s)",
	    r->g->id, f->sub.uri, err_name(rc));
	leave_behind(e->mem, r, f->sub.uri);
	return CAL_OK;
}

/*
 * Adds the subscriptions of our rows that Calendly's list does not show, unless
 * Calendly has said that they are gone: they may still be there, so the
 * teardown deletes them by their URIs.
 */
static void
add_stored(struct arena *mem, struct inventory *h)
{
	const char	*const *u;
	struct known	*k;
	int		 i;

	for (i = 0; i < h->nknown; i++) {
		k = &h->known[i];
		if (k->subscription_id == NULL || !k->unconfirmed)
			continue;
		for (u = uris_of(mem, k); *u != NULL; u++)
			if (!inventory_lists(mem, h, *u))
				inventory_add(mem, &h->found, &h->nfound,
				    (struct found){ .sub.uri = *u, .ours = k,
				    .unlisted = true });
	}
}

/*
 * Goes on after a failure that concerns one subscription, but not if Calendly
 * cannot be reached at all.
 */
static enum cal_err
remove_each(const struct errand *e, const struct secret *token,
    struct removal *r, struct inventory *h)
{
	enum cal_err	 rc, failed = CAL_OK;
	size_t		 i;

	for (i = 0; i < h->nfound; i++) {
		if (h->found[i].ours == NULL)
			continue;
		rc = remove_one(e, token, r, h, &h->found[i]);
		if (rc == CAL_UPSTREAM)
			failed = rc;
		else if (rc != CAL_OK)
			return rc;
	}
	return failed;
}

enum cal_err
removal_run(const struct errand *e, const struct secret *token, void *arg)
{
	struct removal	*r = arg;
	struct inventory	 h;
	enum cal_err	 looked, rc;
	int		 waiting;

	r->nleft = 0;
	looked = inventory_take(e, r->g, token, &h);
	if (looked == CAL_UNAUTHORIZED)
		return looked;
	if ((rc = uris_note_seen(e, &h)) != CAL_OK ||
	    (rc = restored_adopt(e, r->g, &h)) != CAL_OK)
		return rc;
	add_stored(e->mem, &h);
	if ((rc = remove_each(e, token, r, &h)) != CAL_OK)
		return rc;
	if (looked == CAL_OK && (rc = unlisted_wait(e, &h, true, &waiting)) !=
	    CAL_OK)
		return rc;
	/*
	 * Refusals are tried again, like unanswered calls, until the teardown
	 * is overdue after a day.
	 */
	if (r->nleft > 0)
		return CAL_UPSTREAM;
	/*
	 * Calendly does not show the list, but the subscriptions in our rows
	 * have been deleted.  One that is in no row may remain: its endpoint
	 * answers 410, upon which Calendly deletes it, and the teardown names
	 * it in left_behind.
	 */
	if (is_removal_refused(looked) || looked == CAL_NOTFOUND) {
		log_warn("teardown: grant %s: Calendly does not list its "
		    "subscriptions (%s); those known here are deleted",
		    r->g->id, err_name(looked));
		return CAL_OK;
	}
	return looked;
}
