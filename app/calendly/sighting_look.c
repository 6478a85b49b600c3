/*
 * sighting_look: see sighting_look.h.
 */
#include <string.h>

#include "app/calendly/id.h"
#include "app/calendly/scheduled.h"
#include "app/calendly/sighting_look.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/json.h"
#include "lib/when.h"

enum { HASHSZ = 16 };		/* bytes of a text's hash
				 * that its version holds */

/*
 * Stands in a version for an unknown time.  It sorts before every time, which
 * an empty text followed by "|" would not.
 */
static const char	no_time[] = "-";

bool
look_is_kind(const struct look *l, const char *kind)
{
	return l->src->kind != NULL && strcmp(l->src->kind, kind) == 0;
}

const char *
look_time(const struct look *l, const struct json_node *n, const char *path)
{
	return when_read_loose(l->mem, json_text(n, path));
}

const char *
look_hash(const struct look *l, const char *text)
{
	struct bytes	 hash = crypto_hash_text(l->mem, text);

	hash.n = HASHSZ;
	/*
	 * Quotes within texts are escaped, so this finds only the member
	 * "unreadable" itself (content.h).
	 */
	return arena_printf(l->mem, "%s%s",
	    strstr(text, "\"unreadable\":[") == NULL ? "" : "!",
	    crypto_hex(l->mem, hash));
}

const char *
look_own_since(const struct look *l, const struct json_node *n)
{
	const char	*at = look_time(l, n, "updated_at");

	return at != NULL ? at : look_time(l, n, "created_at");
}

const char *
look_since(const struct look *l, const struct json_node *n,
    const char *sent_at)
{
	const char	*at = look_own_since(l, n);

	if (at == NULL)
		at = sent_at;
	return at != NULL ? at : l->src->received_at;
}

const char *
look_known(const char *at)
{
	return at == NULL ? no_time : at;
}

const char *
look_later(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return look_known(a != NULL ? a : b);
	return strcmp(a, b) < 0 ? b : a;
}

void
look_put_link(const struct look *l, struct json *j, const char *name,
    const char *uri)
{
	const char	*connection = l->src->connection_id;
	const char	*id = id_from_uri(l->mem, uri), *event;

	if (id == NULL) {
		json_null(j, name);
		return;
	}
	event = id_from_uri(l->mem, scheduled_uri_from_path(l->mem, uri));
	json_object(j, name);
	json_str(j, "meeting_id", event == NULL ? NULL :
	    sighting_id(l->mem, "meeting", connection, event));
	json_str(j, "invitee_id",
	    sighting_id(l->mem, "invitee", connection, id));
	json_str(j, "calendly_uri", uri);
	json_end(j);
}
