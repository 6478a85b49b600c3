/*
 * keyring_file: parsing the keyring's text.  For lib/keyring.c alone.
 *
 * Faults are logged here with the file's name and the line's number, and never
 * with any of the text.
 */
#ifndef LIB_KEYRING_FILE_H
#define LIB_KEYRING_FILE_H

#include <sys/stat.h>

#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"

struct arena;

enum { KEYRING_KEYS = 64 };	/* the most keys a keyring may have */

struct keyring_line {
	uint32_t	id;
	struct bytes	key;		/* CRYPTO_KEYSZ bytes */
};

struct keyring_file {
	const char		*text;
	struct stat		 st;
	const char		*deployment;
	size_t			 nkeys;
	struct keyring_line	 key[KEYRING_KEYS];
};

/* Does what keyring_open() promises; the result lives in the arena. */
enum cal_err	keyring_file_read(struct arena *, const char *path,
		    struct keyring_file *) ERR_CHECK;

#endif
