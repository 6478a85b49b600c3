/*
 * ready: see ready.h.
 */
#include <string.h>

#include "app/repo/tenant.h"
#include "app/service/calendly.h"
#include "app/service/ready.h"
#include "app/version.h"
#include "lib/arena.h"
#include "lib/keyring.h"

static const char UNKNOWN[] = "not looked at: the database did not answer";

static const char *
fault_in_schema(struct arena *mem, const struct deployment *d)
{
	if (d->schema_version < SCHEMA_VERSION)
		return arena_printf(mem, "the database is at migration %ld, "
		    "this version needs %d: run \"calendlyctl migrate\"",
		    d->schema_version, SCHEMA_VERSION);
	return NULL;
}

/* The canary was sealed by "calendlyctl migrate" with the right keyring. */
static const char *
fault_in_keys(struct calendly *cal, struct arena *mem,
    const struct deployment *d)
{
	const struct seal_place	 place = {
		.table = "deployment",
		.row = "deployment",
		.column = "canary_sealed",
	};
	struct secret		*canary;

	if (d->id == NULL)
		return "the database has no deployment yet: run \"calendlyctl "
		    "migrate\"";
	if (strcmp(d->id, keyring_deployment(cal->keys)) != 0 ||
	    keyring_unseal(cal->keys, mem, &place, d->canary, &canary) !=
	    CAL_OK)
		return "the keyring is not the one that sealed this database: "
		    "check CALENDLYD_KEYRING_FILE, restore the right file";
	return NULL;
}

void
ready_look(struct calendly *cal, struct arena *mem, struct ready *out)
{
	struct deployment	 d = { .id = NULL };

	*out = (struct ready){ .migrations = UNKNOWN, .keys = UNKNOWN };
	switch (deployment_find(cal->db, mem, &d)) {
	case CAL_OK:
		out->migrations = fault_in_schema(mem, &d);
		out->keys = fault_in_keys(cal, mem, &d);
		break;
	case CAL_INTERNAL:
		/* It answers, but knows nothing of us. */
		out->migrations = "the database is empty, or this role may "
		    "not read it: run \"calendlyctl migrate\"";
		break;
	default:
		out->database = "cannot be reached: check DATABASE_URL and "
		    "that PostgreSQL is up";
		break;
	}
	out->ready = out->database == NULL && out->migrations == NULL &&
	    out->keys == NULL;
}
