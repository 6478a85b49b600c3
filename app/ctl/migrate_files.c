/* migrate_files: reads the files of migrations from a directory. */
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
#include "app/repo/schema.h"
#include "lib/arena.h"
#include "lib/crypto.h"

#ifndef DATADIR
#define DATADIR		"/usr/local/share/calendlyd"
#endif

enum { SQL_MAX = 4 * 1024 * 1024 };

static const char *
migrations_directory(struct ctl *c)
{
	const char	*dir = ctl_value(c, "dir");
	struct stat	 st;

	if (dir != NULL)
		return dir;
	if (stat(DATADIR "/migrations", &st) == 0 && S_ISDIR(st.st_mode))
		return DATADIR "/migrations";
	return "migrations";
}

static bool
is_ours(const char *name)
{
	int	 i;

	for (i = 0; i < schema_nfiles; i++)
		if (strcmp(schema_files[i].name, name) == 0)
			return true;
	return false;
}

/*
 * Whether a file of tables, that is a numbered one, is unknown to this program.
 */
static int
is_strange(const struct dirent *d)
{
	const size_t	 n = strlen(d->d_name);

	return d->d_name[0] >= '0' && d->d_name[0] <= '9' && n > 4 &&
	    strcmp(d->d_name + n - 4, ".sql") == 0 && !is_ours(d->d_name);
}

/* Reads the whole of an open file. */
static bool
read_sql(struct arena *mem, int fd, const char **text)
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

/*
 * Reads a file into "sql" and checks that it is the one that this program was
 * built with.
 */
static enum cal_err
read_file(struct ctl *c, const char *dir, const struct schema_file *f,
    const char **sql)
{
	const char	*path, *checksum;
	bool		 ok;
	int		 fd, why;

	path = arena_printf(c->mem, "%s/%s", dir, f->name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return ctl_fail(CAL_UNAVAILABLE, "%s: cannot open: %s; "
		    "install the release whole, or name another directory by "
		    "--dir", path, strerror(errno));
	ok = read_sql(c->mem, fd, sql);
	why = errno;
	(void)close(fd);
	if (!ok)
		return ctl_fail(CAL_UNAVAILABLE, "%s: cannot read: %s", path,
		    strerror(why));
	checksum = crypto_hex(c->mem, crypto_hash_text(c->mem, *sql));
	if (strcmp(checksum, f->checksum) == 0)
		return CAL_OK;
	return ctl_fail(CAL_INVALID, "%s is not the file that this calendlyctl "
	    "was built with: it was edited, or they are of different "
	    "releases; install the release whole, or name another directory "
	    "by --dir", path);
}

/*
 * Fails if the directory holds a numbered file that this program does not know.
 * An unknown file of functions does no harm: it may be a file of an earlier
 * release that stayed when this one was installed.
 */
static enum cal_err
check_directory(struct ctl *c, const char *dir)
{
	struct dirent	**entry;
	const char	 *strange;
	int		  i, n;

	if ((n = scandir(dir, &entry, is_strange, alphasort)) == -1)
		return ctl_fail(CAL_NOTFOUND, "cannot read the directory of "
		    "migrations: %s: %s; --dir names another", dir,
		    strerror(errno));
	strange = n > 0 ? arena_dup(c->mem, entry[0]->d_name) : NULL;
	for (i = 0; i < n; i++)
		free(entry[i]);
	free(entry);
	if (strange == NULL)
		return CAL_OK;
	return ctl_fail(CAL_INVALID, "%s/%s is no file of the release that "
	    "this calendlyctl is of: install this release again, which removes "
	    "the files of others, or name another directory by --dir", dir,
	    strange);
}

enum cal_err
migration_files(struct ctl *c, const char *const **out)
{
	const char	*dir = migrations_directory(c);
	const char	**sql;
	enum cal_err	 rc;
	int		 i;

	if ((rc = check_directory(c, dir)) != CAL_OK)
		return rc;
	sql = arena_array(c->mem, (size_t)schema_nfiles, sizeof(*sql));
	for (i = 0; i < schema_nfiles && rc == CAL_OK; i++)
		rc = read_file(c, dir, &schema_files[i], &sql[i]);
	*out = sql;
	return rc;
}
