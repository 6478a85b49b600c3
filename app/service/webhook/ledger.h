/*
 * ledger: keeps the books of deliveries.
 *
 * Some seconds after a minute is over, the deliveries accepted in it are
 * counted by what became of them.  The numbers come from the rows themselves,
 * so that ingest and apply need not count.  A minute is counted again once the
 * deliveries that were still waiting have been applied.  One process does this
 * at a time, over all hosts; it may die at any point.
 */
#ifndef APP_SERVICE_WEBHOOK_LEDGER_H
#define APP_SERVICE_WEBHOOK_LEDGER_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct service;

/*
 * To be called often: every few seconds it audits for about a second and logs
 * deliveries that are missing.  "worked": there may be more to do at once.
 */
enum cal_err	ledger_keep(struct service *, struct arena *, bool *worked)
		    ERR_CHECK;

#endif
