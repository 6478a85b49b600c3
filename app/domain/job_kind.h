/*
 * job_kind: the kinds of background work.
 *
 * How each is done is in app/job/kinds.c.
 */
#ifndef APP_DOMAIN_JOB_KIND_H
#define APP_DOMAIN_JOB_KIND_H

#include "lib/names.h"

enum job_kind {
	JOB_UNKNOWN,		/* one that another version has asked for */
	JOB_RECONCILE,		/* a connection's subscription */
	JOB_TEARDOWN,		/* of a grant */
	JOB_ERASE,		/* a connection with all that belongs to it */
	JOB_KIND__MAX
};

NAMES_OF(job_kind)

#endif
