/*
 * keyring_file: see keyring_file.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/keyring_file.h"
#include "lib/log.h"

enum { FILE_MAX = 64 * 1024 };

static enum cal_err
err_from_errno(int e)
{
	switch (e) {
	case ENOENT:
		return CAL_NOTFOUND;
	case EACCES:
	case EPERM:
		return CAL_DENIED;
	default:
		return CAL_UNAVAILABLE;
	}
}

/* A file that others can read is refused, because the keys open every token. */
static enum cal_err
check_access(const char *path, const struct stat *st)
{
	uid_t	me = geteuid();

	if (!S_ISREG(st->st_mode)) {
		log_warn("keyring refused: %s: not a regular file", path);
		return CAL_INVALID;
	}
	if ((st->st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		log_warn("keyring refused: %s: others may use it (mode %04o): "
		    "chmod 600 it, and see that nobody has read it", path,
		    (unsigned int)st->st_mode & 07777);
		return CAL_DENIED;
	}
	if (me != 0 && st->st_uid != me && st->st_uid != 0) {
		log_warn("keyring refused: %s: belongs to user %ld: it must "
		    "belong to user %ld, who runs this, or to root", path,
		    (long)st->st_uid, (long)me);
		return CAL_DENIED;
	}
	if (st->st_size > FILE_MAX) {
		log_warn("keyring refused: %s: over %d bytes: is it the right "
		    "file?", path, FILE_MAX);
		return CAL_INVALID;
	}
	return CAL_OK;
}

/*
 * Returns the whole text of a small file; NULL, with errno set, on a failure.
 */
static const char *
read_text(struct arena *mem, int fd)
{
	struct buf	b;
	char		part[4096];
	ssize_t		n;

	buf_init(&b, mem, FILE_MAX);
	while ((n = read(fd, part, sizeof(part))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			break;
		if (!buf_add(&b, part, (size_t)n)) {
			errno = EFBIG;
			break;
		}
	}
	explicit_bzero(part, sizeof(part));
	return n == 0 ? b.p : NULL;
}

static enum cal_err
open_text(struct arena *mem, const char *path, struct keyring_file *f)
{
	enum cal_err	rc = CAL_OK;
	int		fd;

	/*
	 * O_NONBLOCK keeps a named pipe in place of the file from blocking the
	 * start.
	 */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1 || fstat(fd, &f->st) == -1) {
		rc = err_from_errno(errno);
		log_warn("cannot open the keyring: %s: %s", path,
		    strerror(errno));
	} else if ((rc = check_access(path, &f->st)) == CAL_OK &&
	    (f->text = read_text(mem, fd)) == NULL) {
		log_warn("cannot read the keyring: %s: %s", path,
		    strerror(errno));
		rc = CAL_UNAVAILABLE;
	}
	if (fd != -1)
		(void)close(fd);
	return rc;
}

/*
 * Returns the next word of a line and puts a NUL behind it; NULL if there is
 * none.
 */
static char *
next_word(char **line)
{
	char	*word;

	while ((word = strsep(line, " \t\r")) != NULL)
		if (*word != '\0')
			return word;
	return NULL;
}

static bool
is_uuid(const char *s)
{
	static const char	form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t			i;

	if (strlen(s) != sizeof(form) - 1)
		return false;
	for (i = 0; form[i] != '\0'; i++)
		if (form[i] == '-' ? s[i] != '-' :
		    strchr("0123456789abcdef", s[i]) == NULL)
			return false;
	return true;
}

/* Reads a key's number: 1 to 2^32 - 1, in digits only. */
static bool
parse_id(const char *s, uint32_t *out)
{
	unsigned long long	v;

	if (*s < '1' || *s > '9' || strlen(s) > 10 ||
	    s[strspn(s, "0123456789")] != '\0')
		return false;
	v = strtoull(s, NULL, 10);
	*out = (uint32_t)v;
	return v <= UINT32_MAX;
}

/*
 * Each of these returns NULL if the line is good, else what is wrong with it.
 */
static const char *
parse_deployment(struct keyring_file *f, const char *id)
{
	if (f->deployment != NULL)
		return "a second \"deployment\" line";
	if (id == NULL || !is_uuid(id))
		return "\"deployment\" must be followed by a UUID in lower "
		    "case";
	f->deployment = id;
	return NULL;
}

static const char *
parse_key(struct arena *mem, struct keyring_file *f, const char *id,
    const char *text)
{
	struct keyring_line	*k = &f->key[f->nkeys];
	size_t			 i;

	if (f->nkeys == KEYRING_KEYS)
		return "too many keys: 64 at most";
	if (id == NULL || !parse_id(id, &k->id))
		return "\"key\" must be followed by its number, 1 or more";
	for (i = 0; i < f->nkeys; i++)
		if (f->key[i].id == k->id)
			return "the number of this key is taken by a key "
			    "above";
	if (text == NULL || !crypto_unbase64url(mem, text, &k->key) ||
	    k->key.n != CRYPTO_KEYSZ)
		return "the key must be 43 characters of base64url (32 bytes)";
	f->nkeys++;
	return NULL;
}

static const char *
keyring_parse_line(struct arena *mem, struct keyring_file *f, char *line)
{
	const char	*what, *first, *second = NULL, *why;

	if ((what = next_word(&line)) == NULL || *what == '#')
		return NULL;
	first = next_word(&line);
	if (strcmp(what, "deployment") == 0) {
		why = parse_deployment(f, first);
	} else if (strcmp(what, "key") == 0) {
		second = next_word(&line);
		why = parse_key(mem, f, first, second);
	} else {
		return "a line must begin with \"deployment\" or \"key\"";
	}
	if (why == NULL && next_word(&line) != NULL)
		return "something follows at the end of the line";
	return why;
}

static enum cal_err
keyring_parse_text(struct arena *mem, const char *path, struct keyring_file *f)
{
	char		*rest, *line;
	const char	*why;
	size_t		 n;

	rest = arena_dup(mem, f->text);
	for (n = 1; (line = strsep(&rest, "\n")) != NULL; n++) {
		if ((why = keyring_parse_line(mem, f, line)) != NULL) {
			log_warn("keyring refused: %s: line %zu: %s", path, n,
			    why);
			return CAL_INVALID;
		}
	}
	if (f->deployment != NULL && f->nkeys > 0)
		return CAL_OK;
	log_warn("keyring refused: %s: it has no \"%s\" line", path,
	    f->nkeys == 0 ? "key" : "deployment");
	return CAL_INVALID;
}

enum cal_err
keyring_file_read(struct arena *mem, const char *path, struct keyring_file *f)
{
	enum cal_err	rc;

	*f = (struct keyring_file){ .nkeys = 0 };
	if ((rc = open_text(mem, path, f)) != CAL_OK)
		return rc;
	return keyring_parse_text(mem, path, f);
}
