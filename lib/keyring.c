/*
 * keyring: see keyring.h.
 */
#include <sys/stat.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/keyring.h"
#include "lib/keyring_file.h"
#include "lib/log.h"
#include "lib/secret.h"

enum {
	VERSION = 1,
	HEADSZ = 5,		/* version and key id */
	EXTRA = HEADSZ + CRYPTO_NONCESZ + CRYPTO_TAGSZ,
	MEM_MAX = 1 << 20,
};

struct master {
	uint32_t	id;
	unsigned char	key[CRYPTO_KEYSZ];
};

/* The keys, in guarded, locked memory that is read-only once it is filled. */
struct ring {
	size_t		n;
	struct master	master[KEYRING_KEYS];	/* the last one seals */
	char		deployment[CRYPTO_UUIDSZ + 1];
};

struct keyring {
	char		*path;
	struct stat	 seen;		/* file as last read */
	struct ring	*ring;
};

static struct ring *
ring_from_file(const struct keyring_file *f)
{
	struct ring	*r;
	size_t		 i;

	r = crypto_guarded_new(sizeof(*r));
	memcpy(r->deployment, f->deployment, sizeof(r->deployment));
	for (i = 0; i < f->nkeys; i++) {
		r->master[i].id = f->key[i].id;
		memcpy(r->master[i].key, f->key[i].key.p, CRYPTO_KEYSZ);
	}
	r->n = f->nkeys;
	crypto_guarded_readonly(r);
	return r;
}

/* "seen" is set to the state of the file. */
static enum cal_err
ring_read(const char *path, struct ring **out, struct stat *seen)
{
	struct keyring_file	*f;
	struct arena		*mem;
	enum cal_err		 rc;

	*out = NULL;
	mem = arena_new(MEM_MAX);
	f = arena_alloc(mem, sizeof(*f));
	if ((rc = keyring_file_read(mem, path, f)) == CAL_OK)
		*out = ring_from_file(f);
	*seen = f->st;
	arena_free(mem);
	return rc;
}

enum cal_err
keyring_open(const char *path, struct keyring **out)
{
	struct keyring	*k;
	struct stat	 seen;
	struct ring	*ring;
	enum cal_err	 rc;

	*out = NULL;
	if ((rc = ring_read(path, &ring, &seen)) != CAL_OK)
		return rc;
	if ((k = malloc(sizeof(*k))) == NULL || (k->path = strdup(path)) ==
	    NULL)
		err_nomem("the keyring");
	k->seen = seen;
	k->ring = ring;
	*out = k;
	return CAL_OK;
}

void
keyring_close(struct keyring *k)
{
	if (k == NULL)
		return;
	crypto_guarded_free(k->ring);
	free(k->path);
	free(k);
}

const char *
keyring_deployment(const struct keyring *k)
{
	return k->ring->deployment;
}

uint32_t
keyring_current(const struct keyring *k)
{
	return k->ring->master[k->ring->n - 1].id;
}

size_t
keyring_count(const struct keyring *k)
{
	return k->ring->n;
}

uint32_t
keyring_id(const struct keyring *k, size_t i)
{
	return k->ring->master[i].id;
}

static const struct master *
master_find(const struct ring *r, uint32_t id)
{
	size_t	i;

	for (i = 0; i < r->n; i++)
		if (r->master[i].id == id)
			return &r->master[i];
	return NULL;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/*
 * Returns NULL if the new content of the file may replace the old keys, else
 * the reason why not.  An older copy of the file, or half of one, must not make
 * a process forget the key that seals.
 */
static const char *
fault_in_successor(const struct ring *old, const struct ring *fresh)
{
	const struct master	*m;
	size_t			 i;

	if (strcmp(old->deployment, fresh->deployment) != 0)
		return "it belongs to another deployment";
	if (master_find(fresh, old->master[old->n - 1].id) == NULL)
		return "it lacks the key that seals now";
	for (i = 0; i < old->n; i++) {
		m = master_find(fresh, old->master[i].id);
		if (m != NULL && !crypto_equal(m->key, old->master[i].key,
		    CRYPTO_KEYSZ))
			return "one of its keys is another than before";
	}
	return NULL;
}

static void
keyring_take_over(struct keyring *k, struct ring *fresh)
{
	const char	*fault;

	if ((fault = fault_in_successor(k->ring, fresh)) != NULL) {
		log_warn("keyring not read again: %s: %s: this process goes "
		    "on with the keys that it has", k->path, fault);
		crypto_guarded_free(fresh);
		return;
	}
	crypto_guarded_free(k->ring);
	k->ring = fresh;
	log_info("keyring: %s changed: key %lu seals now", k->path,
	    (unsigned long)keyring_current(k));
}

void
keyring_look_again(struct keyring *k)
{
	struct stat	 now;
	struct ring	*fresh;
	enum cal_err	 rc;

	if (stat(k->path, &now) == -1 || same_file(&now, &k->seen))
		return;
	/*
	 * The file's state is noted even if its content is bad, so that the
	 * fault is logged only once.
	 */
	if ((rc = ring_read(k->path, &fresh, &k->seen)) == CAL_OK)
		keyring_take_over(k, fresh);
	else if (rc != CAL_UNAVAILABLE)
		k->seen = now;
}

static void
head_write(unsigned char head[HEADSZ], uint32_t id)
{
	head[0] = VERSION;
	head[1] = (unsigned char)(id >> 24);
	head[2] = (unsigned char)(id >> 16);
	head[3] = (unsigned char)(id >> 8);
	head[4] = (unsigned char)id;
}

static uint32_t
head_id(const unsigned char *head)
{
	return (uint32_t)head[1] << 24 | (uint32_t)head[2] << 16 |
	    (uint32_t)head[3] << 8 | head[4];
}

/*
 * Returns the associated data of a ciphertext: its head and its place.  The
 * length of each part is included, so that no two places give the same bytes.
 */
static struct bytes
bound_to(struct arena *mem, const unsigned char *head,
    const struct seal_place *at)
{
	struct buf	b;

	buf_init(&b, mem, 0);
	buf_add(&b, head, HEADSZ);
	buf_printf(&b, "%zu:%s,%zu:%s,%zu:%s,%lld", strlen(at->table),
	    at->table, strlen(at->row), at->row, strlen(at->column),
	    at->column, (long long)at->generation);
	return (struct bytes){ b.p, b.n };
}

struct bytes
keyring_seal(struct keyring *k, struct arena *mem,
    const struct seal_place *at, const struct secret *secret)
{
	const struct master	*m;
	struct bytes		 text;
	unsigned char		*out, *nonce;

	/*
	 * The keyring file is looked at first, so that a new key seals from the
	 * moment when it is added.
	 */
	keyring_look_again(k);
	m = &k->ring->master[k->ring->n - 1];
	text = (struct bytes){ secret_text(secret), secret_len(secret) };
	out = arena_alloc(mem, text.n + EXTRA);
	nonce = out + HEADSZ;
	head_write(out, m->id);
	crypto_random(nonce, CRYPTO_NONCESZ);
	crypto_seal(nonce + CRYPTO_NONCESZ, m->key, nonce, text,
	    bound_to(mem, out, at));
	return (struct bytes){ out, text.n + EXTRA };
}

/* The key may have been added since the file was read. */
static const struct master *
master_learn(struct keyring *k, uint32_t id)
{
	const struct master	*m;

	if ((m = master_find(k->ring, id)) != NULL)
		return m;
	keyring_look_again(k);
	return master_find(k->ring, id);
}

enum cal_err
keyring_unseal(struct keyring *k, struct arena *mem,
    const struct seal_place *at, struct bytes sealed, struct secret **out)
{
	const unsigned char	*p = sealed.p, *nonce;
	const struct master	*m;
	struct bytes		 rest;
	unsigned char		*text;

	*out = NULL;
	if (sealed.n < EXTRA || p[0] != VERSION)
		return CAL_INVALID;
	if ((m = master_learn(k, head_id(p))) == NULL)
		return CAL_NOTFOUND;
	nonce = p + HEADSZ;
	rest = (struct bytes){ nonce + CRYPTO_NONCESZ,
	    sealed.n - HEADSZ - CRYPTO_NONCESZ };
	text = arena_alloc(mem, sealed.n - EXTRA);
	if (!crypto_unseal(text, m->key, nonce, rest, bound_to(mem, p, at)))
		return CAL_INVALID;
	*out = secret_new(mem, text, sealed.n - EXTRA);
	return CAL_OK;
}
