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

struct db;

struct lost {
	const char	*const *keys;	/* that are there: names, see repo */
	const char	*actor;		/* for the audit */
	int64_t		 grants;	/* let go of */
	int64_t		 connections;	/* that need a new consent by now */
};

/* In a connection of the owner of the tables. */
enum cal_err	forget_lost(struct db *, struct lost *) ERR_CHECK;

#endif
