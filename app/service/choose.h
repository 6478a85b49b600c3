/*
 * choose: which of our subscriptions at Calendly to rely on.
 */
#ifndef APP_SERVICE_CHOOSE_H
#define APP_SERVICE_CHOOSE_H

struct arena;
struct calendly;
struct found;
struct hooks;

/*
 * The one that counts already, else the first that could; NULL: none is
 * healthy.  Healthy is what is active with the right URL and events; not yet
 * proven by a delivery counts, too.  One whose deliveries come with wrong
 * signatures does not, unless it was made within a day.
 */
const struct found	*choose(const struct calendly *, struct arena *,
			    const struct hooks *);
/* Why deliveries to it fail ("retrying", "signature_mismatch"), or NULL. */
const char		*choose_trouble(const struct found *);

#endif
