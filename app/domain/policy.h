/*
 * policy: durations and limits that several parts of the program must agree on.
 *
 * The statements of app/repo get these as parameters, so that no statement
 * holds such a number itself.  Durations are in seconds unless they say
 * otherwise.
 */
#ifndef APP_DOMAIN_POLICY_H
#define APP_DOMAIN_POLICY_H

enum {
	POLICY_MINUTE = 60,
	POLICY_HOUR = 60 * POLICY_MINUTE,
	POLICY_DAY = 24 * POLICY_HOUR,

	/*
	 * The time for all calls to Calendly during one visit of a browser, in
	 * milliseconds.  It is shorter than the 60 s for which nginx waits.
	 */
	POLICY_VISIT_MS = 50 * 1000,
	/*
	 * How long a link to connect is valid, in minutes: from when it was
	 * minted, and again from when it was first opened.
	 */
	POLICY_SESSION_MINUTES = 30,

	/*
	 * How long the answer to a request with an Idempotency-Key is given
	 * again.
	 */
	POLICY_IDEMPOTENCY = POLICY_DAY,

	/*
	 * How long a replaced subscription drains.  Calendly sends a failed
	 * delivery again for a day; the hour more is because the time of a
	 * failure is stored to the hour.  A replaced subscription has to drain
	 * if its endpoint answered with an error within this time, and the
	 * endpoint of one that is gone without having drained accepts
	 * deliveries for as long.
	 */
	POLICY_RETRIED = POLICY_DAY + POLICY_HOUR,
	/*
	 * How long an endpoint still accepts deliveries after its subscription
	 * had drained and was deleted; then it is retired.
	 */
	POLICY_DRAINED = POLICY_MINUTE,
	/*
	 * How long a connection may be without its first subscription before
	 * the time without it counts as a gap.
	 */
	POLICY_FIRST_SUBSCRIPTION = POLICY_MINUTE,
	/*
	 * How many of a connection's newest events are searched for one that
	 * came through a subscription.
	 */
	POLICY_GAP_EVENTS = 20,
	/*
	 * How many endpoints of one grant, with their subscriptions, are read
	 * at most.
	 */
	POLICY_ENDPOINTS_MOST = 500,

	/*
	 * How long a teardown is tried before the grant is erased without
	 * having ended everything at Calendly.
	 */
	POLICY_TEARDOWN = POLICY_DAY,
	/*
	 * A token that Calendly has refused without giving a reason for this
	 * long is taken to be refused for good.
	 */
	POLICY_REFUSALS_LASTING = POLICY_HOUR,
	/*
	 * A token that was refreshed less than this ago is taken to work
	 * without a call that proves it.
	 */
	POLICY_FRESH = POLICY_MINUTE,

	/*
	 * The pause after a failed try to apply a delivery is doubled with each
	 * try, at most this often.  This is a count, not a duration.
	 */
	POLICY_DELIVERY_DOUBLINGS = 10,
	/*
	 * The books of a minute should be closed within this time; older ones
	 * mean that no runner closes them.
	 */
	POLICY_BOOKS_CURRENT = 10 * POLICY_MINUTE,
	/* How long operators are told of deliveries that were lost. */
	POLICY_LOST_TOLD = 7 * POLICY_DAY,
	/*
	 * Waiting deliveries are counted up to this many, because counting more
	 * takes too long.
	 */
	POLICY_BACKLOG_MOST = 100000,

	/*
	 * A read of Calendly's API shows what was true this long before the
	 * call began, or later: the API may lag behind.
	 */
	POLICY_READ_LAG = POLICY_MINUTE,
	/*
	 * A change that is older, and of which no webhook has told, is one that
	 * webhooks have missed.
	 */
	POLICY_WEBHOOK_LAG = 5 * POLICY_MINUTE,
	/* The pause between polls, and the longest that it grows to. */
	POLICY_POLL = 15 * POLICY_MINUTE,
	POLICY_POLL_MOST = 2 * POLICY_HOUR,
	/*
	 * After how long the room of a conference, which was still being made,
	 * is looked for: first, then after the first and the second look
	 * without it.  The first pause is longer than POLICY_READ_LAG: what is
	 * read then counts as later than the webhook that told of the booking.
	 */
	POLICY_LOOK = 2 * POLICY_MINUTE,
	POLICY_LOOK_SECOND = 10 * POLICY_MINUTE,
	POLICY_LOOK_THIRD = POLICY_HOUR,
	/*
	 * A connection that webhooks serve is looked at again if its last walk
	 * began longer ago than this, which is a little less than the shortest
	 * time between two of its daily visits.
	 */
	POLICY_WINDOW = 19 * POLICY_HOUR,
	/*
	 * Polls and windows begin with events that started this long ago.
	 * Because no-shows are set after a meeting, and alter nothing in the
	 * list of events, the invitees of these events are read again after
	 * POLICY_REREAD.
	 */
	POLICY_RECENT = 2 * POLICY_DAY,
	POLICY_REREAD = POLICY_HOUR,

	/*
	 * If nothing could be read for this long, it may be because of the
	 * events that a walk reads next, so it goes on with others.
	 */
	POLICY_LONG_UNREACHABLE = POLICY_HOUR / 2,

	/*
	 * A request that has made a call to Calendly is over within this time.
	 */
	POLICY_REQUEST = 10 * POLICY_MINUTE,
	/*
	 * After a database was adopted, all its connections are checked, spread
	 * over this time.
	 */
	POLICY_ADOPT_SPREAD = 10 * POLICY_MINUTE,

	/*
	 * A push is given up when it was tried for this long while its
	 * destination answered others.  A destination counts as answering until
	 * so long after its last success.
	 */
	POLICY_PUSH_TRIED = 72 * POLICY_HOUR,
	POLICY_PUSH_ANSWERING = POLICY_HOUR,
	/*
	 * How long a destination fails until the tenant is told so, and until
	 * it is disabled.  Longer pauses in which nothing was tried do not
	 * count; this one is longer than any pause between two tries.
	 */
	POLICY_PUSH_FAILING = POLICY_HOUR,
	POLICY_PUSH_DISABLED = 5 * POLICY_DAY,
	POLICY_PUSH_UNTRIED = 6 * POLICY_HOUR,
	/* Bounds of the pause that a destination may ask for. */
	POLICY_PUSH_HOLD_LEAST = 1,
	POLICY_PUSH_HOLD_MOST = POLICY_HOUR,
};

#endif
