/*
 * destination: see destination.h.
 */
#include <stddef.h>

#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "app/service/keys/seal.h"
#include "app/service/push/destination.h"
#include "app/service/push/sign.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/http.h"
#include "lib/json.h"
#include "lib/secret.h"

static const char *const	default_types[] = { "meeting.changed", NULL };

/* Seals headers as a JSON object; no bytes (p NULL) if there are none. */
static struct bytes
seal_headers(struct service *cal, struct arena *mem, const char *id,
    const struct http_header *h)
{
	const struct seal_place	 place = seal_at(SEALED_HEADERS,
				    id, 0);
	struct json		*j = json_new(mem);
	const char		*text;
	size_t			 n;

	if (h == NULL || h->name == NULL)
		return (struct bytes){ NULL, 0 };
	json_object(j, NULL);
	for (; h->name != NULL; h++)
		json_str(j, h->name, h->value);
	json_end(j);
	text = json_done(j, &n);
	return keyring_seal(cal->keys, mem, &place, secret_new(mem, text, n));
}

static struct bytes
seal_secret(struct service *cal, struct arena *mem, enum sealed what,
    const char *id, const struct secret *secret)
{
	const struct seal_place	 place = seal_at(what, id, 0);

	return keyring_seal(cal->keys, mem, &place, secret);
}

enum cal_err
destination_create(struct service *cal, struct tx *tx, const char *actor,
    const struct destination_wish *w, struct destination *out,
    struct secret **secret)
{
	const char			*id = crypto_uuid7(tx->mem);
	struct secret			*fresh = push_secret_new(tx->mem);
	const struct destination_new	 d = {
		.id = id,
		.url = w->url,
		.description = w->description == NULL ? "" : w->description,
		.types = w->types == NULL ? default_types : w->types,
		.user_id = w->user_id,
		.headers_sealed = seal_headers(cal, tx->mem, id, w->headers),
		.secret_sealed = seal_secret(cal, tx->mem,
		    SEALED_SECRET, id, fresh),
		.from_oldest = w->from_oldest,
	};
	enum cal_err			 rc;

	if ((rc = destination_add(tx, &d)) != CAL_OK ||
	    (rc = audit_add(tx, actor, "destination.create", id)) != CAL_OK ||
	    (rc = destination_find(tx, id, out)) != CAL_OK)
		return rc;
	*secret = fresh;
	return CAL_OK;
}

enum cal_err
destination_alter(struct service *cal, struct tx *tx, const char *actor,
    const char *id, const struct destination_wish *w, struct destination *out)
{
	const struct destination_change	 c = {
		.url = w->url,
		.description = w->description,
		.types = w->types,
		.set_user = w->set_user,
		.user_id = w->user_id,
		.set_headers = w->set_headers,
		.headers_sealed = seal_headers(cal, tx->mem, id, w->headers),
		.state = w->state,
	};
	enum cal_err			 rc;

	if ((rc = destination_change(tx, id, &c)) != CAL_OK ||
	    (rc = audit_add(tx, actor, "destination.change", id)) != CAL_OK)
		return rc;
	return destination_find(tx, id, out);
}

enum cal_err
destination_delete(struct tx *tx, const char *actor, const char *id)
{
	enum cal_err	 rc;

	if ((rc = destination_remove(tx, id)) != CAL_OK)
		return rc;
	return audit_add(tx, actor, "destination.delete", id);
}

/*
 * Seals the present secret for the place of the former one; no bytes (p NULL)
 * if it is not to be kept, or is lost.
 */
static enum cal_err
reseal_former(struct service *cal, struct tx *tx, const struct destination *d,
    int keep, struct bytes *out)
{
	const struct seal_place	 place = seal_at(SEALED_SECRET, d->id, 0);
	struct secret		*present;
	enum cal_err		 rc;

	*out = (struct bytes){ NULL, 0 };
	if (keep == 0 || d->secret_sealed.p == NULL)
		return CAL_OK;
	rc = unseal_value(cal, tx->mem, &place, d->secret_sealed, &present);
	if (rc == CAL_OK)
		*out = seal_secret(cal, tx->mem, SEALED_FORMER,
		    d->id, present);
	return rc;
}

enum cal_err
destination_renew_secret(struct service *cal, struct tx *tx, const char *actor,
    const char *id, int keep, struct secret **secret, const char **until)
{
	struct secret		*fresh = push_secret_new(tx->mem);
	struct destination	 d;
	struct bytes		 former;
	enum cal_err		 rc;

	if ((rc = destination_lock(tx, id, &d)) != CAL_OK ||
	    (rc = reseal_former(cal, tx, &d, keep, &former)) != CAL_OK)
		return rc;
	rc = destination_rotate(tx, id, seal_secret(cal, tx->mem,
	    SEALED_SECRET, id, fresh), former, keep);
	if (rc == CAL_OK)
		rc = audit_add(tx, actor, "destination.rotate", id);
	if (rc == CAL_OK)
		rc = destination_find(tx, id, &d);
	if (rc != CAL_OK)
		return rc;
	*secret = fresh;
	*until = d.former_until;
	return CAL_OK;
}

const char *const *
destination_header_names(struct service *cal, struct arena *mem,
    const struct destination *d)
{
	static const struct json_caps	 caps = { 64 * 1024, 2, 100 };
	static const char *const	 none[] = { NULL };
	const struct seal_place		 place = seal_at(SEALED_HEADERS, d->id,
					    0);
	const struct json_node		*object, *m;
	const char			**list, *why;
	struct secret			*text;
	size_t				 n = 0;

	if (d->headers_sealed.p == NULL || unseal_value(cal, mem, &place,
	    d->headers_sealed, &text) != CAL_OK || json_parse(mem,
	    secret_text(text), secret_len(text), &caps, &object,
	    &why) != CAL_OK)
		return none;
	for (m = object->child; m != NULL; m = m->next)
		n++;
	list = arena_array(mem, n + 1, sizeof(*list));
	for (n = 0, m = object->child; m != NULL; m = m->next)
		list[n++] = m->key;
	return list;
}
