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
 * proven by a delivery counts, too, and wrong signatures, which anybody can
 * make, are no sign.
 */
const struct found	*choose(const struct calendly *, struct arena *,
			    const struct hooks *);
/*
 * Why deliveries to it fail, by Calendly's own word: "retrying", or "disabled"
 * after a day of that; NULL: it does not say so.
 */
#define CHOOSE_DISABLED	"disabled"
const char		*choose_trouble(const struct found *);

#endif
