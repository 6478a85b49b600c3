/*
 * keyring_file: the keyring's text; for lib/keyring.c alone.
 *
 * What is wrong is logged here, with the file's name and the line's number,
 * never with any of the text.
 */
#ifndef LIB_KEYRING_FILE_H
#define LIB_KEYRING_FILE_H

#include <sys/stat.h>

#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"

struct arena;

enum { KEYRING_KEYS = 64 };	/* at most */

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

/* As keyring_open(); all in the arena. */
enum cal_err	keyring_file_read(struct arena *, const char *path,
		    struct keyring_file *) ERR_CHECK;

#endif
