/*
 * keyring: the master keys, and sealing with them.
 *
 * The keyring is a file of lines, mode 0600 or stricter:
 *
 *	deployment 0f0e…-uuid		which deployment these keys belong to
 *	key 1 <base64url of 32 bytes>	opens what was sealed with it
 *	key 2 <base64url of 32 bytes>	the last one also seals
 *
 * A sealed value is XChaCha20-Poly1305: version (1 byte), key id (4, big
 * endian), nonce (24), ciphertext and tag.  Associated data is the place it
 * is stored in, so that a ciphertext moved elsewhere does not open.  Keys
 * live in locked, guarded memory.
 *
 * A running process learns of a new key by itself: before it seals, and when
 * it meets a key that it does not hold, it looks whether the file changed.
 */
#ifndef LIB_KEYRING_H
#define LIB_KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct keyring;
struct secret;

/* Where a sealed value is stored. */
struct seal_place {
	const char	*table;
	const char	*row;		/* its primary key, as text */
	const char	*column;
	int64_t		 generation;
};

/* Fails, saying why in the log, on a file that others could read. */
enum cal_err	 keyring_open(const char *path, struct keyring **) ERR_CHECK;
void		 keyring_close(struct keyring *);
/* The deployment's id, a UUID. */
const char	*keyring_deployment(const struct keyring *);
/* The id of the key that seals now. */
uint32_t	 keyring_current(const struct keyring *);
/* The ids of all keys, from 0 to the count less one; the last one seals. */
size_t		 keyring_count(const struct keyring *);
uint32_t	 keyring_id(const struct keyring *, size_t);
/*
 * Read the file anew if it changed.  A state that is not good, or lacks the
 * key that seals now, is logged and left alone.
 */
void		 keyring_look_again(struct keyring *);

/* Make a new file with one key; CAL_CONFLICT if there is a file already. */
enum cal_err	 keyring_create(const char *path) ERR_CHECK;
/* Add a key to the file (written anew beside it, synced, renamed). */
enum cal_err	 keyring_add(const char *path, uint32_t *id) ERR_CHECK;

struct bytes	 keyring_seal(struct keyring *, struct arena *,
		    const struct seal_place *, const struct secret *);
/*
 * CAL_NOTFOUND: sealed with a key that this keyring does not hold;
 * CAL_INVALID: damaged, or moved from another place.  The caller logs.
 */
enum cal_err	 keyring_unseal(struct keyring *, struct arena *,
		    const struct seal_place *, struct bytes,
		    struct secret **) ERR_CHECK;

#endif
