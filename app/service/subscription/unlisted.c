/*
 * unlisted: see unlisted.h.
 */
#include "app/calendly/id.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/repo/upkeep.h"
#include "app/service/errand.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/unlisted.h"
#include "app/service/subscription/uris.h"
#include "app/service/subscription/work_lease.h"
#include "lib/arena.h"
#include "lib/log.h"

enum {
	ASKS_MAX = 20,		/* the most calls in one unlisted_ask() */
};

static bool
is_deleted(const struct known *k)
{
	return k->subscription_id == NULL || k->state == SUBSCRIPTION_DELETED;
}

/*
 * The calls of one unlisted_ask().  They are made one after the other, and the
 * work lease is renewed before each.
 */
struct asking {
	const struct work	*w;
	const struct secret	*token;
	int			 asked;
};

/*
 * Asks Calendly for one subscription.  CAL_INVALID: Calendly refuses, or there
 * have been ASKS_MAX calls already.
 */
static enum cal_err
ask_by_uri(const struct errand *e, struct asking *a, const char *uri,
    struct subscription *s)
{
	enum cal_err	 rc;

	if (a->asked++ >= ASKS_MAX)
		return CAL_INVALID;
	if ((rc = work_lease_check(e, a->w)) != CAL_OK)
		return rc;
	return subscription_find(errand_behalf(e), a->token, uri, s);
}

/*
 * Says whether Calendly leaves it open if the subscription exists.  An unusable
 * answer about one that is not current must not stop the others.
 */
static bool
is_unsaid(enum cal_err rc, const struct known *k)
{
	return rc == CAL_DENIED || rc == CAL_INVALID ||
	    (rc == CAL_UPSTREAM && k->state != SUBSCRIPTION_ACTIVE);
}

static enum cal_err
ask_one(const struct errand *e, struct asking *a, struct inventory *h,
    struct known *k, const char *uri)
{
	struct found	 f = {
		.sub.uri = uri,
		.ours = k,
		.unlisted = true,
	};
	enum cal_err	 rc;

	rc = ask_by_uri(e, a, uri, &f.sub);
	if (rc == CAL_NOTFOUND) {
		inventory_add(e->mem, &h->gone, &h->ngone, f);
		return CAL_OK;
	}
	/* The list has it already, under another URI. */
	if (rc == CAL_OK && inventory_shows(e->mem, h, &f.sub))
		return CAL_OK;
	if (is_unsaid(rc, k)) {
		log_warn("reconcile: %s: it is in no list, and Calendly will "
		    "not say whether it is there: taken as being there", uri);
		f.unknown = true;
		rc = CAL_OK;
	}
	if (rc == CAL_OK) {
		f.sub.uri = uri;
		inventory_add(e->mem, &h->found, &h->nfound, f);
	}
	return rc;
}

/*
 * The list shows a subscription that Calendly once called gone.  Asks for it by
 * its URI, and marks it as removed if it is gone, or as unknown if Calendly
 * does not say.
 */
static enum cal_err
ask_again(const struct errand *e, struct asking *a, struct found *f)
{
	const char	*uri = f->sub.uri;
	enum cal_err	 rc;

	rc = ask_by_uri(e, a, uri, &f->sub);
	f->sub.uri = uri;
	f->removed = rc == CAL_NOTFOUND;
	f->unknown = is_unsaid(rc, f->ours);
	return f->removed || f->unknown ? CAL_OK : rc;
}

static enum cal_err
ask_for_revived(const struct errand *e, struct asking *a, struct inventory *h)
{
	struct found	*f;
	enum cal_err	 rc;
	size_t		 i;

	for (i = 0; i < h->nfound; i++) {
		f = &h->found[i];
		if (f->ours == NULL || !is_deleted(f->ours) ||
		    f->sub.uri == NULL)
			continue;
		if ((rc = ask_again(e, a, f)) != CAL_OK)
			return rc;
	}
	return CAL_OK;
}

enum cal_err
unlisted_ask(const struct errand *e, const struct work *w,
    const struct secret *token, struct inventory *h)
{
	struct asking	 a = { .w = w, .token = token };
	const char	*const *u;
	enum cal_err	 rc;
	int		 i;

	for (i = 0; i < h->nknown; i++) {
		if (is_deleted(&h->known[i]))
			continue;
		for (u = uris_of(e->mem, &h->known[i]); *u != NULL; u++) {
			if (inventory_lists(e->mem, h, *u))
				continue;
			rc = ask_one(e, &a, h, &h->known[i], *u);
			if (rc != CAL_OK)
				return rc;
		}
	}
	return ask_for_revived(e, &a, h);
}

enum cal_err
unlisted_note(const struct errand *e, const struct inventory *h)
{
	enum cal_err	 rc;
	size_t		 i;

	for (i = 0; i < h->ngone; i++) {
		rc = uris_note_gone(e, h, h->gone[i].ours, h->gone[i].sub.uri);
		if (rc != CAL_OK)
			return rc;
	}
	return CAL_OK;
}

static enum cal_err
note_missing(const struct errand *e, struct known *k, bool missing)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((k->missing_for >= 0) == missing)
		return CAL_OK;
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	k->missing_for = missing ? 0 : -1;
	return tx_end(&tx, subscription_set_missing(&tx, k->subscription_id,
	    missing));
}

/*
 * Says whether Calendly does not show us the list of this row's organization.
 */
static bool
is_closed(struct arena *mem, const struct inventory *h, const struct known *k)
{
	size_t	 i;

	for (i = 0; i < h->nclosed; i++)
		if (id_same(mem, h->closed[i], k->organization_uri))
			return true;
	return false;
}

/*
 * Says whether this row's subscription was found, but only in the sense that
 * Calendly neither confirms nor denies that it exists.
 */
static bool
is_hidden(const struct inventory *h, const struct known *k)
{
	bool	 hidden = false;
	size_t	 i;

	for (i = 0; i < h->nfound; i++) {
		if (h->found[i].ours != k || h->found[i].removed)
			continue;
		if (!h->found[i].unknown)
			return false;
		hidden = true;
	}
	return hidden;
}

enum cal_err
unlisted_wait(const struct errand *e, const struct inventory *h, bool forget,
    int *waiting)
{
	struct known	*k;
	enum cal_err	 rc = CAL_OK;
	int		 i;

	*waiting = 0;
	for (i = 0; i < h->nknown && rc == CAL_OK; i++) {
		k = &h->known[i];
		if (is_deleted(k))
			continue;
		if (uris_of(e->mem, k)[0] != NULL)
			rc = note_missing(e, k, is_hidden(h, k));
		else if (inventory_finds(h, k))
			rc = note_missing(e, k, false);
		else if (!forget && k->missing_for < UNLISTED_MAX) {
			rc = note_missing(e, k, true);
			++*waiting;
		} else if (!is_closed(e->mem, h, k))
			rc = uris_note_gone(e, h, k, NULL);
	}
	return rc;
}
