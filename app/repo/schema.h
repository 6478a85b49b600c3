/*
 * schema: the files of SQL that this program was built with, and what a
 * database has had of them.
 *
 * Checksums are compared, for a count would not tell an edited file.  The
 * program knows them from its own build (migrations/checksums) and not from
 * the files that are installed: while hosts are upgraded one by one, the files
 * of the next release may lie beside a program that is still of this one.
 *
 * A database keeps each version of each file that it ever had.  Numbered files
 * (tables) come once and never change.  Of a file of functions a database that
 * never had our version is older than we are, and one that had it, and has
 * another one now, is newer.
 */
#ifndef APP_REPO_SCHEMA_H
#define APP_REPO_SCHEMA_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct db;

struct schema_file {
	const char	*name;		/* below migrations/ */
	const char	*checksum;	/* SHA-256, hex */
};

/* All of them, in the order in which they are applied. */
extern const struct schema_file	schema_files[];
extern const int		schema_nfiles;

/* A file that a database had; "latest": of all of that name. */
struct schema_applied {
	struct schema_file	 file;
	bool			 latest;
};

enum schema_state {
	SCHEMA_SAME,
	SCHEMA_NONE,		/* nothing was ever applied */
	SCHEMA_OLDER,		/* than this program: it has to be migrated */
	SCHEMA_NEWER,		/* runs this program, too */
	SCHEMA_OTHER,		/* of another line of releases */
};

struct schema {
	enum schema_state	 state;
	const char		*why;	/* and what to do; NULL if the same */
	const bool		*lacks;	/* of each file: is it to be applied? */
};

/* Is it one of tables, which is applied once? */
bool		 schema_is_numbered(const struct schema_file *);
/* How a database that had "applied", in their order, compares with "files". */
void		 schema_compare(struct arena *, const struct schema_file *files,
		    int nfiles, const struct schema_applied *applied,
		    int napplied, struct schema *);

/* How this database compares. */
enum cal_err	 schema_look(struct db *, struct arena *, struct schema *)
		    ERR_CHECK;

/*
 * For the owner of the tables, in a transaction: keeps other migrations out
 * until it ends.  CAL_CONFLICT: another one is running.
 */
enum cal_err	 schema_lock(struct db *, struct arena *) ERR_CHECK;
/* Make the list of what was applied, where there is none. */
enum cal_err	 schema_begin(struct db *, struct arena *) ERR_CHECK;
/* Run a file and note that it was. */
enum cal_err	 schema_apply(struct db *, struct arena *,
		    const struct schema_file *, const char *sql) ERR_CHECK;

#endif
