/*
 * apply_batch: tries to apply a batch of deliveries, in one transaction.
 */
#ifndef APP_SERVICE_WEBHOOK_APPLY_BATCH_H
#define APP_SERVICE_WEBHOOK_APPLY_BATCH_H

#include <stdbool.h>

#include "app/repo/tx.h"
#include "lib/err.h"

struct arena;
struct service;
struct delivery;
struct group;

struct batch {
	struct arena	*mem;
	struct arena	*scratch;
	struct delivery	*all;
	const struct delivery **sorted;	/* "all", ordered by tenant */
	int		 n;
	struct group	*groups;
	int		 ngroups;
	struct tx	 tx;		/* the transaction, of the current
					 * tenant */
};

void		 batch_init(struct batch *);
void		 batch_release(struct batch *);
/*
 * Takes up to "most" deliveries from the queue and applies them.  After an
 * error nothing is changed.
 */
enum cal_err	 batch_run(struct batch *, struct service *, int most)
		    ERR_CHECK;
/*
 * Says whether the batch failed because another process holds a row of one of
 * its tenants.  This is remembered (held.h), so that the next batches put off
 * this tenant's deliveries.
 */
bool		 batch_is_held(const struct batch *, struct service *,
		    enum cal_err);

#endif
