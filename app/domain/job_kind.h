/*
 * job_kind: the kinds of background work.
 *
 * app/job/kinds.c says how each is done.
 */
#ifndef APP_DOMAIN_JOB_KIND_H
#define APP_DOMAIN_JOB_KIND_H

#include "lib/names.h"

enum job_kind {
	JOB_UNKNOWN,		/* a kind that this program does not have: a
				 * newer release put the job into the
				 * database */
	JOB_RECONCILE,		/* bring a connection to what it should be */
	JOB_TEARDOWN,		/* tear down a grant */
	JOB_ERASE,		/* erase a connection with all that belongs to
				 * it */
	JOB_SYNC,		/* read a connection's meetings back */
	JOB_KIND__MAX
};

NAMES_OF(job_kind)

#endif
