/*
 * migrate_files: the files of migrations, as they are on this machine.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/ctl/ctl.h"
#include "app/ctl/migrate.h"
#include "app/repo/ops_schema.h"
#include "app/version.h"
#include "lib/arena.h"
#include "lib/crypto.h"

#ifndef DATADIR
#define DATADIR		"/usr/local/share/calendlyd"
#endif

enum {
	DIGITS = 4,		/* "0001_name.sql" */
	FILES_MAX = 9999,
	SQL_MAX = 4 * 1024 * 1024,
};

static const char *
directory(struct ctl *c)
{
	const char	*dir = ctl_value(c, "dir");
	struct stat	 st;

	if (dir != NULL)
		return dir;
	if (stat(DATADIR "/migrations", &st) == 0 && S_ISDIR(st.st_mode))
		return DATADIR "/migrations";
	return "migrations";
}

static int
is_migration(const struct dirent *d)
{
	const size_t	 n = strlen(d->d_name);

	return n > DIGITS + 5 && strcmp(d->d_name + n - 4, ".sql") == 0 &&
	    strspn(d->d_name, "0123456789") == DIGITS &&
	    d->d_name[DIGITS] == '_';
}

/* The whole of a file that was opened. */
static bool
read_all(struct arena *mem, int fd, const char **text)
{
	struct stat	 st;
	char		*p;
	size_t		 n = 0, size;
	ssize_t		 got;

	if (fstat(fd, &st) == -1)
		return false;
	if (!S_ISREG(st.st_mode) || st.st_size > SQL_MAX) {
		errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
		return false;
	}
	size = (size_t)st.st_size;
	p = arena_alloc(mem, size + 1);
	while (n < size && (got = read(fd, p + n, size - n)) != 0) {
		if (got == -1 && errno != EINTR)
			return false;
		n += got == -1 ? 0 : (size_t)got;
	}
	*text = p;
	return true;
}

static enum cal_err
read_file(struct ctl *c, const char *dir, const char *name,
    struct migration_file *f)
{
	const char	*path;
	bool		 ok;
	int		 fd, why;

	path = arena_printf(c->mem, "%s/%s", dir, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return ctl_fail(CAL_UNAVAILABLE, "%s: cannot open: %s", path,
		    strerror(errno));
	ok = read_all(c->mem, fd, &f->sql);
	why = errno;
	(void)close(fd);
	if (!ok)
		return ctl_fail(CAL_UNAVAILABLE, "%s: cannot read: %s", path,
		    strerror(why));
	f->version = strtol(name, NULL, 10);
	f->name = arena_dup(c->mem, name);
	f->checksum = crypto_hex(c->mem, crypto_hash_text(c->mem, f->sql));
	return CAL_OK;
}

/* One file for each number from 1 to this program's. */
static enum cal_err
check_numbers(const char *dir, const struct migration_file *f, int n)
{
	int	 i;

	for (i = 0; i < n; i++) {
		if (f[i].version == i + 1)
			continue;
		if (i > 0 && f[i].version == f[i - 1].version)
			return ctl_fail(CAL_INVALID, "%s: %s and %s have the "
			    "same number: is this a mixture of releases?",
			    dir, f[i - 1].name, f[i].name);
		return ctl_fail(CAL_INVALID, "%s: there is no migration "
		    "%04d, but %s: install the release whole", dir, i + 1,
		    f[i].name);
	}
	if (n == SCHEMA_VERSION)
		return CAL_OK;
	return ctl_fail(CAL_INVALID, "%s: migrations up to %04d are there, "
	    "and this calendlyctl was built for %04d: they are of different "
	    "releases; --dir names another directory", dir, n,
	    SCHEMA_VERSION);
}

static enum cal_err
read_files(struct ctl *c, const char *dir, struct dirent **entry, int n,
    struct migration_file *files)
{
	enum cal_err	 rc = CAL_OK;
	int		 i;

	for (i = 0; i < n && rc == CAL_OK; i++)
		rc = read_file(c, dir, entry[i]->d_name, &files[i]);
	return rc;
}

enum cal_err
migration_files(struct ctl *c, struct migration_file **out, int *n)
{
	const char	*dir = directory(c);
	struct dirent	**entry;
	enum cal_err	 rc;
	int		 i;

	if ((*n = scandir(dir, &entry, is_migration, alphasort)) == -1)
		return ctl_fail(CAL_NOTFOUND, "cannot read the directory of "
		    "migrations: %s: %s; --dir names another", dir,
		    strerror(errno));
	if (*n > FILES_MAX)
		*n = FILES_MAX;
	*out = arena_array(c->mem, (size_t)*n, sizeof(**out));
	rc = read_files(c, dir, entry, *n, *out);
	for (i = 0; i < *n; i++)
		free(entry[i]);
	free(entry);
	if (rc != CAL_OK)
		return rc;
	return check_numbers(dir, *out, *n);
}

enum cal_err
migration_compare(const struct migration_file *f, int nfiles,
    const struct migration *applied, int napplied)
{
	int	 i;

	for (i = 0; i < napplied; i++) {
		if (applied[i].version != i + 1)
			return ctl_fail(CAL_CONFLICT, "the database has no "
			    "migration %04d, but %s: it was not made by "
			    "calendlyctl migrate alone; restore it from a "
			    "backup", i + 1, applied[i].name);
		if (i >= nfiles)
			return ctl_fail(CAL_CONFLICT, "the database has %s, "
			    "which this release does not know: a newer one "
			    "was here; use that one", applied[i].name);
		if (strcmp(applied[i].checksum, f[i].checksum) != 0)
			return ctl_fail(CAL_CONFLICT, "%s is not what was "
			    "applied to the database as %s: its file was "
			    "edited since; put back the file as it was "
			    "released (SHA-256 %s)", f[i].name,
			    applied[i].name, applied[i].checksum);
	}
	return CAL_OK;
}
