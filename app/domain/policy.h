/*
 * policy: how long and how often, where more than one part must agree.
 */
#ifndef APP_DOMAIN_POLICY_H
#define APP_DOMAIN_POLICY_H

enum {
	/* All calls to Calendly of one browser's visit: nginx waits 60 s. */
	POLICY_VISIT_MS = 50 * 1000,
};

#endif
