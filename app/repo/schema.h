/*
 * schema: the files of SQL that this program was built with, compared with
 * those that were applied to a database.
 *
 * Checksums are compared, because a version number would not reveal an edited
 * file.  The program has them built in (migrations/checksums) and does not read
 * the installed files: while hosts are upgraded one by one, files of the next
 * release may be installed beside a program that still runs this one.
 *
 * A database lists every version of every file that was ever applied to it.
 * Numbered files (tables) are applied once and never change.  For a file of
 * functions, a database that never had our version is older than this program;
 * one that had our version and now has another is newer.
 */
#ifndef APP_REPO_SCHEMA_H
#define APP_REPO_SCHEMA_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct db;

struct schema_file {
	const char	*name;		/* path below migrations/ */
	const char	*checksum;	/* SHA-256, hex */
};

/* All files, in the order in which they are applied. */
extern const struct schema_file	schema_files[];
extern const int		schema_nfiles;

/*
 * A version of a file that was applied; "latest": no later version of that file
 * was.
 */
struct schema_applied {
	struct schema_file	 file;
	bool			 latest;
};

enum schema_state {
	SCHEMA_SAME,
	SCHEMA_NONE,		/* no file was ever applied */
	SCHEMA_OLDER,		/* than this program; it must be migrated */
	SCHEMA_NEWER,		/* than this program, which can use it */
	SCHEMA_OTHER,		/* of another line of releases */
};

struct schema {
	enum schema_state	 state;
	const char		*why;	/* what differs and what to do; NULL if
					 * nothing does */
	const bool		*lacks;	/* indexed like the files: is this one
					 * still to be applied? */
};

/* Tells whether this is a numbered file, with tables, that is applied once. */
bool		 schema_is_numbered(const struct schema_file *);
/*
 * Compares "files" with what was applied to a database, in the order in which
 * it was applied.  The result lives in the arena.
 */
void		 schema_compare(struct arena *, const struct schema_file *files,
		    int nfiles, const struct schema_applied *applied,
		    int napplied, struct schema *);

/* Compares the database with schema_files[]. */
enum cal_err	 schema_look(struct db *, struct arena *, struct schema *)
		    ERR_CHECK;

/*
 * In a transaction of the owner of the tables: keeps other migrations out until
 * the transaction ends.  CAL_CONFLICT: another migration is running.
 */
enum cal_err	 schema_lock(struct db *, struct arena *) ERR_CHECK;
/* Creates the table that lists what was applied. */
enum cal_err	 schema_begin(struct db *, struct arena *) ERR_CHECK;
/* Runs the content of a file, "sql", and notes that it was applied. */
enum cal_err	 schema_apply(struct db *, struct arena *,
		    const struct schema_file *, const char *sql) ERR_CHECK;

#endif
