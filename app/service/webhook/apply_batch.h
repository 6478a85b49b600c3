/*
 * apply_batch: one try at a batch of deliveries, in one transaction.
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
	const struct delivery **sorted;	/* by tenant */
	int		 n;
	struct group	*groups;
	int		 ngroups;
	struct tx	 tx;		/* of the tenant that is worked for */
};

void		 batch_init(struct batch *);
void		 batch_release(struct batch *);
/* Take up to "most" and apply them; if that fails, nothing is done. */
enum cal_err	 batch_run(struct batch *, struct service *, int most)
		    ERR_CHECK;
/*
 * It failed because somebody holds a row of one of its tenants.  That is noted:
 * the next batches put this tenant's deliveries off.
 */
bool		 batch_is_held(const struct batch *, struct service *,
		    enum cal_err);

#endif
