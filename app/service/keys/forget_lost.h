/*
 * forget_lost: erases what is sealed with keys that are lost for good.
 *
 * What cannot be opened is of no use to anybody.  Users whose tokens are erased
 * must consent again (their connections become needs_reauth, reason key_lost).
 */
#ifndef APP_SERVICE_KEYS_FORGET_LOST_H
#define APP_SERVICE_KEYS_FORGET_LOST_H

#include <stdint.h>

#include "app/repo/sealed.h"
#include "lib/err.h"

struct db;

struct lost {
	const char	*const *keys;	/* names of the keys that are not
					 * lost, as sealed_key_name()
					 * writes them; ends with NULL */
	const char	*actor;		/* who asks, for the audit log */
	int64_t		 grants;	/* result: grants from which
					 * something was erased */
	int64_t		 connections;	/* result: connections
					 * that need a new consent */
};

/* Run on a connection of the owner of the tables. */
enum cal_err	forget_lost(struct db *, struct lost *) ERR_CHECK;

#endif
