/*
 * keyring_write: making and extending the keyring's file.
 *
 * A key must be safely on the disk before anything is sealed with it, so file
 * and directory are synced before the functions here return success.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/fd.h"
#include "lib/keyring.h"
#include "lib/keyring_file.h"
#include "lib/log.h"

enum { MEM_MAX = 1 << 20 };

/* Syncs the directory that holds the name of the file. */
static int
sync_dir(struct arena *mem, const char *path)
{
	int	fd, rc, saved;

	fd = open(dirname(arena_dup(mem, path)),
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	rc = fsync(fd);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return rc;
}

/*
 * Writes a new file of mode 0600 and syncs it.  Returns -1 and sets errno on a
 * failure.  "owner" says to whom it is to belong, if not to us.
 */
static int
write_new(const char *path, const char *text, const struct stat *owner)
{
	int	fd, rc, saved;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return -1;
	rc = fchmod(fd, 0600);
	if (rc == 0 && owner != NULL && owner->st_uid != geteuid())
		rc = fchown(fd, owner->st_uid, owner->st_gid);
	if (rc == 0)
		rc = fd_write_all(fd, text, strlen(text));
	if (rc == 0)
		rc = fsync(fd);
	saved = errno;
	if (close(fd) == -1 && rc == 0) {
		saved = errno;
		rc = -1;
	}
	if (rc == -1)
		(void)unlink(path);
	errno = saved;
	return rc;
}

/* Returns a line with a new random key. */
static const char *
key_line(struct arena *mem, uint32_t id)
{
	unsigned char	*raw;

	raw = arena_alloc(mem, CRYPTO_KEYSZ);
	crypto_random(raw, CRYPTO_KEYSZ);
	return arena_printf(mem, "key %lu %s\n", (unsigned long)id,
	    crypto_base64url(mem, (struct bytes){ raw, CRYPTO_KEYSZ }));
}

static enum cal_err
create_file(struct arena *mem, const char *path)
{
	const char	*text;

	text = arena_printf(mem, "deployment %s\n%s", crypto_uuid(mem),
	    key_line(mem, 1));
	if (write_new(path, text, NULL) == 0 && sync_dir(mem, path) == 0)
		return CAL_OK;
	if (errno == EEXIST) {
		log_warn("no keyring made: %s: there is a file already, and "
		    "keys in use must not be lost: move it away if it is "
		    "not needed", path);
		return CAL_CONFLICT;
	}
	log_warn("cannot make the keyring: %s: %s", path, strerror(errno));
	return CAL_UNAVAILABLE;
}

enum cal_err
keyring_create(const char *path)
{
	struct arena	*mem;
	enum cal_err	 rc;

	mem = arena_new(MEM_MAX);
	rc = create_file(mem, path);
	arena_free(mem);
	return rc;
}

/*
 * A new key's number is one above the highest, because numbers are never used
 * again.
 */
static enum cal_err
next_id(const char *path, const struct keyring_file *f, uint32_t *out)
{
	uint32_t	max = 0;
	size_t		i;

	for (i = 0; i < f->nkeys; i++)
		if (f->key[i].id > max)
			max = f->key[i].id;
	if (f->nkeys < KEYRING_KEYS && max < UINT32_MAX) {
		*out = max + 1;
		return CAL_OK;
	}
	log_warn("no key added: %s: it is full: remove the lines of keys that "
	    "nothing is sealed with any more", path);
	return CAL_INVALID;
}

static enum cal_err
replace_file(struct arena *mem, const char *path, const char *text,
    const struct stat *owner)
{
	const char	*beside;

	beside = arena_printf(mem, "%s.new", path);
	if (write_new(beside, text, owner) == -1) {
		if (errno == EEXIST) {
			log_warn("no key added: %s is there: another command "
			    "is at it, or one was killed: if none runs, "
			    "remove that file", beside);
			return CAL_CONFLICT;
		}
		log_warn("cannot write %s: %s", beside, strerror(errno));
		return CAL_UNAVAILABLE;
	}
	if (rename(beside, path) == -1) {
		log_warn("cannot replace the keyring: %s: %s", path,
		    strerror(errno));
		(void)unlink(beside);
		return CAL_UNAVAILABLE;
	}
	if (sync_dir(mem, path) == -1) {
		log_warn("cannot sync the directory of %s: %s", path,
		    strerror(errno));
		return CAL_UNAVAILABLE;
	}
	return CAL_OK;
}

static enum cal_err
keyring_add_key(struct arena *mem, const char *path, uint32_t *id)
{
	struct keyring_file	*f;
	const char		*text;
	size_t			 n;
	uint32_t		 next;
	enum cal_err		 rc;

	f = arena_alloc(mem, sizeof(*f));
	if ((rc = keyring_file_read(mem, path, f)) != CAL_OK)
		return rc;
	if ((rc = next_id(path, f, &next)) != CAL_OK)
		return rc;
	n = strlen(f->text);
	text = arena_printf(mem, "%s%s%s", f->text,
	    n == 0 || f->text[n - 1] == '\n' ? "" : "\n",
	    key_line(mem, next));
	if ((rc = replace_file(mem, path, text, &f->st)) == CAL_OK)
		*id = next;
	return rc;
}

enum cal_err
keyring_add(const char *path, uint32_t *id)
{
	struct arena	*mem;
	char		*real;
	enum cal_err	 rc;

	/*
	 * If the path is a symbolic link, the file that it points to is
	 * replaced.
	 */
	if ((real = realpath(path, NULL)) == NULL) {
		log_warn("cannot open the keyring: %s: %s", path,
		    strerror(errno));
		return errno == ENOENT ? CAL_NOTFOUND : CAL_UNAVAILABLE;
	}
	mem = arena_new(MEM_MAX);
	rc = keyring_add_key(mem, real, id);
	arena_free(mem);
	free(real);
	return rc;
}
