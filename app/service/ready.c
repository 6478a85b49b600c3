/*
 * ready: see ready.h.
 */
#include "app/repo/tenant.h"
#include "app/service/calendly.h"
#include "app/service/deployment.h"
#include "app/service/gate.h"
#include "app/service/keys.h"
#include "app/service/ready.h"
#include "app/version.h"
#include "lib/arena.h"

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

void
ready_look(struct calendly *cal, struct arena *mem, struct ready *out)
{
	struct deployment	 d = { .id = NULL };

	*out = (struct ready){
		.migrations = UNKNOWN,
		.keys = UNKNOWN,
		.deployment = UNKNOWN,
	};
	switch (deployment_find(cal->db, mem, &d)) {
	case CAL_OK:
		out->migrations = fault_in_schema(mem, &d);
		out->keys = deployment_fault(cal->keys, mem, &d);
		if (out->keys == NULL && out->migrations == NULL)
			out->keys = keys_missing(cal, mem);
		out->deployment = gate_shut(cal, mem);
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
	    out->keys == NULL && out->deployment == NULL;
}
