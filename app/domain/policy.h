/*
 * policy: how long and how often, where more than one part must agree.
 *
 * The statements of app/repo get these as parameters: no statement says such a
 * number itself.
 */
#ifndef APP_DOMAIN_POLICY_H
#define APP_DOMAIN_POLICY_H

enum {
	POLICY_MINUTE = 60,
	POLICY_HOUR = 60 * POLICY_MINUTE,
	POLICY_DAY = 24 * POLICY_HOUR,

	/* ms: all calls to Calendly of one browser's visit: nginx waits 60 s */
	POLICY_VISIT_MS = 50 * 1000,
	/* A link to connect, from its making and again from its opening. */
	POLICY_SESSION_MINUTES = 30,

	/* s: for so long a replaced subscription drains.  Calendly sends a
	 * delivery that failed again for a day; an hour more, for what is noted
	 * to the hour.  A replaced subscription has to drain if its endpoint
	 * answered with an error within this time, and the endpoint of one that
	 * is gone without having drained accepts deliveries for as long. */
	POLICY_RETRIED = POLICY_DAY + POLICY_HOUR,
	/* s: for so long an endpoint still accepts deliveries after its
	 * subscription had drained and was deleted; then it is retired. */
	POLICY_DRAINED = POLICY_MINUTE,
	/* s: so long the first subscription of a connection may take before
	 * that counts as a gap. */
	POLICY_FIRST_SUBSCRIPTION = POLICY_MINUTE,
	/* Of so many of its newest events it is looked which came through a
	 * subscription. */
	POLICY_GAP_EVENTS = 20,
	/* Endpoints and subscriptions of a grant, at most looked at. */
	POLICY_ENDPOINTS_MOST = 500,

	/* s: then a teardown erases what it could not end. */
	POLICY_TEARDOWN = POLICY_DAY,
	/* s: refusals without a reason that go on for so long are final. */
	POLICY_REFUSALS_LASTING = POLICY_HOUR,
	/* s: a token that was refreshed just now need not be proven. */
	POLICY_FRESH = POLICY_MINUTE,

	/* s: the pauses of a delivery that fails double up to 2 to this. */
	POLICY_DELIVERY_DOUBLINGS = 10,
	/* s: runners close the books of a minute within this. */
	POLICY_BOOKS_CURRENT = 10 * POLICY_MINUTE,
	/* s: operators are told of lost deliveries for so long. */
	POLICY_LOST_TOLD = 7 * POLICY_DAY,
	/* What waits is counted up to this. */
	POLICY_BACKLOG_MOST = 100000,

	/* s: within this, a request has ended that made a call to Calendly. */
	POLICY_REQUEST = 10 * POLICY_MINUTE,
	/* s: over this, the checks of all connections are spread that are due
	 * once a database was adopted. */
	POLICY_ADOPT_SPREAD = 10 * POLICY_MINUTE,
};

#endif
