/*
 * keyring: the master keys, and sealing with them.
 */
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

/* In guarded, locked memory, read-only once it is filled. */
struct keyring {
	size_t		n;
	struct master	master[KEYRING_KEYS];	/* the last one seals */
	char		deployment[CRYPTO_UUIDSZ + 1];
};

static struct keyring *
keyring_from_file(const struct keyring_file *f)
{
	struct keyring	*k;
	size_t		 i;

	k = crypto_guarded_new(sizeof(*k));
	memcpy(k->deployment, f->deployment, sizeof(k->deployment));
	for (i = 0; i < f->nkeys; i++) {
		k->master[i].id = f->key[i].id;
		memcpy(k->master[i].key, f->key[i].key.p, CRYPTO_KEYSZ);
	}
	k->n = f->nkeys;
	crypto_guarded_readonly(k);
	return k;
}

enum cal_err
keyring_open(const char *path, struct keyring **out)
{
	struct keyring_file	*f;
	struct arena		*mem;
	enum cal_err		 rc;

	*out = NULL;
	mem = arena_new(MEM_MAX);
	f = arena_alloc(mem, sizeof(*f));
	if ((rc = keyring_file_read(mem, path, f)) == CAL_OK)
		*out = keyring_from_file(f);
	arena_free(mem);
	return rc;
}

void
keyring_close(struct keyring *k)
{
	crypto_guarded_free(k);
}

const char *
keyring_deployment(const struct keyring *k)
{
	return k->deployment;
}

uint32_t
keyring_current(const struct keyring *k)
{
	return k->master[k->n - 1].id;
}

static const struct master *
master_find(const struct keyring *k, uint32_t id)
{
	size_t	i;

	for (i = 0; i < k->n; i++)
		if (k->master[i].id == id)
			return &k->master[i];
	return NULL;
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
 * What the ciphertext is bound to: its head and its place.  Each part goes
 * with its length, so that no two places read the same.
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
keyring_seal(const struct keyring *k, struct arena *mem,
    const struct seal_place *at, const struct secret *secret)
{
	const struct master	*m = &k->master[k->n - 1];
	struct bytes		 text;
	unsigned char		*out, *nonce;

	text = (struct bytes){ secret_text(secret), secret_len(secret) };
	out = arena_alloc(mem, text.n + EXTRA);
	nonce = out + HEADSZ;
	head_write(out, m->id);
	crypto_random(nonce, CRYPTO_NONCESZ);
	crypto_seal(nonce + CRYPTO_NONCESZ, m->key, nonce, text,
	    bound_to(mem, out, at));
	return (struct bytes){ out, text.n + EXTRA };
}

enum cal_err
keyring_unseal(const struct keyring *k, struct arena *mem,
    const struct seal_place *at, struct bytes sealed, struct secret **out)
{
	const unsigned char	*p = sealed.p, *nonce;
	const struct master	*m;
	struct bytes		 rest;
	unsigned char		*text;

	*out = NULL;
	if (sealed.n < EXTRA || p[0] != VERSION)
		return CAL_INVALID;
	if ((m = master_find(k, head_id(p))) == NULL)
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
