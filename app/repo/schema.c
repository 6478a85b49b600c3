/*
 * schema: see schema.h.
 */
#include <ctype.h>
#include <string.h>

#include "app/repo/rows.h"
#include "app/repo/schema.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

enum { DIGITS = 4 };		/* leading digits, as in "0001_roles.sql" */

#define SCHEMA_FILE(name, checksum)	{ name, checksum },
#define SCHEMA_ALL(checksum)
const struct schema_file	schema_files[] = {
#include "migrations/checksums"
};
const int			schema_nfiles =
    sizeof(schema_files) / sizeof(schema_files[0]);

/* What a comparison has found so far.  "lacks" is indexed like "files". */
struct comparison {
	const struct schema_file	*files;
	int				 nfiles;
	const struct schema_applied	*applied;
	int				 napplied;
	bool				*lacks;
	int				 nlacks;
	const char			*lacking;	/* the first file that
							 * is lacking */
	const char			*newer;		/* the file that shows
							 * that the database is
							 * newer; or NULL */
	const char			*other;		/* why the state is
							 * SCHEMA_OTHER; or
							 * NULL */
};

bool
schema_is_numbered(const struct schema_file *f)
{
	return isdigit((unsigned char)f->name[0]) != 0;
}

static bool
is_same(const struct schema_file *a, const struct schema_file *b)
{
	return strcmp(a->name, b->name) == 0 &&
	    strcmp(a->checksum, b->checksum) == 0;
}

static void
find_lacking(struct comparison *c, int i)
{
	c->lacks[i] = true;
	c->nlacks++;
	if (c->lacking == NULL)
		c->lacking = c->files[i].name;
}

/* Compares a numbered file (tables), which is applied once and in its order. */
static void
compare_numbered(struct comparison *c, struct arena *mem, int i)
{
	const struct schema_file	*f = &c->files[i], *had;
	int				 k;

	for (k = 0; k < c->napplied; k++) {
		had = &c->applied[k].file;
		if (strcmp(had->name, f->name) != 0)
			continue;
		if (strcmp(had->checksum, f->checksum) != 0)
			c->other = arena_printf(mem, "%s is not what was "
			    "applied to the database under that name (SHA-256 "
			    "%.12s...): use the release that migrated it",
			    f->name, had->checksum);
		else if (c->lacking != NULL)
			c->other = arena_printf(mem, "the database has %s but "
			    "not %s: calendlyctl migrate alone did not make "
			    "it; restore it from a backup", f->name,
			    c->lacking);
		return;
	}
	find_lacking(c, i);
}

static void
compare_functions(struct comparison *c, int i)
{
	const struct schema_file	*f = &c->files[i];
	bool				 had = false;
	int				 k;

	for (k = 0; k < c->napplied; k++)
		if (is_same(f, &c->applied[k].file)) {
			if (c->applied[k].latest)
				return;
			had = true;
		}
	if (had)
		c->newer = f->name;
	else
		find_lacking(c, i);
}

/*
 * Judges a numbered file that the database has.  If this program does not know
 * it, it is of a later release when its number is higher than all of ours; else
 * the database was made by another line of releases.
 */
static void
compare_unknown(struct comparison *c, struct arena *mem,
    const struct schema_file *had)
{
	const char	*last = "";
	int		 i;

	if (!schema_is_numbered(had))
		return;
	for (i = 0; i < c->nfiles; i++) {
		if (strcmp(c->files[i].name, had->name) == 0)
			return;
		if (schema_is_numbered(&c->files[i]))
			last = c->files[i].name;
	}
	if (strncmp(had->name, last, DIGITS) > 0)
		c->newer = had->name;
	else
		c->other = arena_printf(mem, "the database has %s, which is "
		    "not of this release: use the release that migrated it",
		    had->name);
}

static void
conclude_comparison(const struct comparison *c, struct arena *mem,
    struct schema *out)
{
	*out = (struct schema){ .state = SCHEMA_SAME, .lacks = c->lacks };
	if (c->other != NULL) {
		out->state = SCHEMA_OTHER;
		out->why = c->other;
	} else if (c->newer != NULL && c->nlacks > 0) {
		out->state = SCHEMA_OTHER;
		out->why = arena_printf(mem, "the database has a later %s than "
		    "this program, but lacks its %s: it is of another line of "
		    "releases; use one that came after both", c->newer,
		    c->lacking);
	} else if (c->nlacks > 0) {
		out->state = SCHEMA_OLDER;
		out->why = arena_printf(mem, "the database is older than this "
		    "program, it lacks %d of its files (%s): run \"calendlyctl "
		    "migrate\"", c->nlacks, c->lacking);
	} else if (c->newer != NULL) {
		out->state = SCHEMA_NEWER;
		out->why = arena_printf(mem, "the database is newer than this "
		    "program (%s), which may run until it is upgraded: finish "
		    "the upgrade of this host", c->newer);
	}
}

void
schema_compare(struct arena *mem, const struct schema_file *files, int nfiles,
    const struct schema_applied *applied, int napplied, struct schema *out)
{
	struct comparison	 c = { .files = files, .nfiles = nfiles,
				    .applied = applied, .napplied = napplied };
	int			 i;

	c.lacks = arena_array(mem, (size_t)nfiles, sizeof(*c.lacks));
	for (i = 0; i < nfiles; i++)
		if (schema_is_numbered(&files[i]))
			compare_numbered(&c, mem, i);
		else
			compare_functions(&c, i);
	for (i = 0; i < napplied; i++)
		compare_unknown(&c, mem, &applied[i].file);
	conclude_comparison(&c, mem, out);
}

static const struct row_column	schema_applied_columns[] = {
	COLUMN_AS("name", struct schema_applied, file.name),
	COLUMN_AS("checksum", struct schema_applied, file.checksum),
	COLUMN(struct schema_applied, latest),
};
const struct row	schema_applied_row =
    ROW(struct schema_applied, schema_applied_columns);

static enum cal_err
compare_applied(struct db *db, struct arena *mem, struct schema *out)
{
	struct schema_applied	*applied;
	struct db_rows		 rows;
	enum cal_err		 rc;
	int			 n;

	rc = db_run(db, mem, STMT0(STMT_SCHEMA_FILE_LIST), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &schema_applied_row, &applied, &n);
	if (rc == CAL_OK)
		schema_compare(mem, schema_files, schema_nfiles, applied, n,
		    out);
	return rc;
}

/* Which of the tables that note what was applied the database has. */
struct schema_exists {
	bool	 noted;
	bool	 noted_before;		/* the table in use before the first
					 * release */
};

static const struct row_column	schema_exists_columns[] = {
	COLUMN(struct schema_exists, noted),
	COLUMN(struct schema_exists, noted_before),
};
const struct row	schema_exists_row =
    ROW(struct schema_exists, schema_exists_columns);

enum cal_err
schema_look(struct db *db, struct arena *mem, struct schema *out)
{
	struct schema_exists	 is;
	struct db_rows		 rows;
	enum cal_err		 rc;

	rc = db_one(db, mem, STMT0(STMT_SCHEMA_EXISTS), &rows);
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &schema_exists_row, &is);
	if (rc != CAL_OK)
		return rc;
	if (is.noted)
		return compare_applied(db, mem, out);
	if (is.noted_before) {
		*out = (struct schema){ .state = SCHEMA_OTHER, .why =
		    "the database was made before the first release and "
		    "cannot be upgraded: drop it, create an empty one and run "
		    "\"calendlyctl migrate\"; the demo does all of that: sh "
		    "deploy/demo.sh" };
		return CAL_OK;
	}
	schema_compare(mem, schema_files, schema_nfiles, NULL, 0, out);
	out->state = SCHEMA_NONE;
	out->why = "the database is empty: run \"calendlyctl migrate\"";
	return CAL_OK;
}

enum cal_err
schema_lock(struct db *db, struct arena *mem)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT0(STMT_OPS_SCHEMA_LOCK), &rows);
	if (rc != CAL_OK)
		return rc;
	return only_bool(&rows) ? CAL_OK : CAL_CONFLICT;
}

enum cal_err
schema_begin(struct db *db, struct arena *mem)
{
	return db_run(db, mem, STMT0(STMT_OPS_SCHEMA_ADD), NULL);
}

/*
 * Runs a file of functions.  Functions call others that are created by a later
 * file, so bodies are not checked here; tests check them when all are there.
 * Creating functions that belong to calendlyd_definer takes a right that is
 * granted for this moment alone.
 */
static enum cal_err
run_functions(struct db *db, const char *sql, const char *name)
{
	static const char	 begin[] =
	    "SET LOCAL check_function_bodies = off;"
	    "GRANT CREATE ON SCHEMA public TO calendlyd_definer";
	static const char	 end[] =
	    "REVOKE CREATE ON SCHEMA public FROM calendlyd_definer";
	enum cal_err		 rc;

	if ((rc = db_script(db, begin, name)) != CAL_OK ||
	    (rc = db_script(db, sql, name)) != CAL_OK)
		return rc;
	return db_script(db, end, name);
}

enum cal_err
schema_apply(struct db *db, struct arena *mem, const struct schema_file *f,
    const char *sql)
{
	enum cal_err	 rc;

	rc = schema_is_numbered(f) ? db_script(db, sql, f->name) :
	    run_functions(db, sql, f->name);
	if (rc != CAL_OK)
		return rc;
	return db_run(db, mem, STMT(STMT_OPS_SCHEMA_FILE_ADD,
	    db_text(f->name), db_text(f->checksum)), NULL);
}
