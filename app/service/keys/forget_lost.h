/*
 * forget_lost: what is sealed with keys that are gone for good, let go of.
 *
 * What cannot be opened is of no use to anybody: it is erased, and who is
 * concerned has to consent anew (needs_reauth, reason key_lost).
 */
#ifndef APP_SERVICE_KEYS_FORGET_LOST_H
#define APP_SERVICE_KEYS_FORGET_LOST_H

#include <stdint.h>

#include "app/repo/sealed.h"
#include "lib/err.h"

struct arena;
struct service;

struct lost {
	const char	*const *keys;	/* that are there: names, see repo */
	const char	*actor;		/* for the audit */
	int64_t		 grants;	/* let go of */
	int64_t		 connections;	/* that need a new consent by now */
};

/* Needs the owner's connection and the keyring in "cal". */
enum cal_err	forget_lost(struct service *, struct lost *) ERR_CHECK;

#endif
