/*
 * ledger: keeping the books of deliveries.
 *
 * A minute is closed some seconds after it is over: what was accepted in it is
 * counted by what became of it, from the rows themselves, so that ingest and
 * apply need not keep count.  A minute is counted again once what waited is
 * through.  One process at a time does it, over all hosts; it may die at any
 * point.
 */
#ifndef APP_SERVICE_WEBHOOK_LEDGER_H
#define APP_SERVICE_WEBHOOK_LEDGER_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct service;

/*
 * Every few seconds: audit for about a second, and say in the log what is
 * missing.  "worked": there may be more to do at once.
 */
enum cal_err	ledger_keep(struct service *, struct arena *, bool *worked)
		    ERR_CHECK;

#endif
