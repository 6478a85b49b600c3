/*
 * keyring: the master keys, and sealing with them.
 *
 * The keyring is a file of lines, mode 0600 or stricter:
 *
 *	deployment 0f0e…-uuid		which deployment these keys belong to
 *	key 1 <base64url of 32 bytes>	opens what was sealed with it
 *	key 2 <base64url of 32 bytes>	the last one also seals
 *
 * A sealed value consists of version (1 byte), key id (4 bytes, big endian),
 * nonce (24 bytes), ciphertext and tag of XChaCha20-Poly1305.  The associated
 * data is the place where the value is stored, so that a ciphertext which was
 * copied to another place does not open.  The keys are kept in locked, guarded
 * memory.
 *
 * A running process takes up a new key by itself: it checks whether the file
 * has changed before it seals, and when it meets a key id that it does not
 * know.
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

/* The place where a sealed value is stored. */
struct seal_place {
	const char	*table;
	const char	*row;		/* the row's primary key, as text */
	const char	*column;
	int64_t		 generation;
};

/*
 * Reads the keyring.  If others could read the file, or if it is malformed, the
 * reason is logged and it fails.
 */
enum cal_err	 keyring_open(const char *path, struct keyring **) ERR_CHECK;
void		 keyring_close(struct keyring *);
/* Returns the deployment's id, a UUID. */
const char	*keyring_deployment(const struct keyring *);
/* Returns the id of the key that seals. */
uint32_t	 keyring_current(const struct keyring *);
/*
 * The number of keys, and the id of each by its index from 0.  The last one
 * seals.
 */
size_t		 keyring_count(const struct keyring *);
uint32_t	 keyring_id(const struct keyring *, size_t);
/*
 * Reads the file again if it has changed.  If the new content is bad, or lacks
 * the key that seals now, this is logged and the keys in memory stay.
 */
void		 keyring_look_again(struct keyring *);

/* Makes a new file with one key.  CAL_CONFLICT if the file exists. */
enum cal_err	 keyring_create(const char *path) ERR_CHECK;
/*
 * Adds a key to the file: writes a new file beside it, syncs it and renames it.
 */
enum cal_err	 keyring_add(const char *path, uint32_t *id) ERR_CHECK;

struct bytes	 keyring_seal(struct keyring *, struct arena *,
		    const struct seal_place *, const struct secret *);
/*
 * Opens a sealed value.  CAL_NOTFOUND: sealed with a key that this keyring does
 * not hold.  CAL_INVALID: damaged, or copied from another place.  The caller
 * logs either.
 */
enum cal_err	 keyring_unseal(struct keyring *, struct arena *,
		    const struct seal_place *, struct bytes,
		    struct secret **) ERR_CHECK;

#endif
