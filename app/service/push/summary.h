/* summary: how a destination is doing, in words. */
#ifndef APP_SERVICE_PUSH_SUMMARY_H
#define APP_SERVICE_PUSH_SUMMARY_H

struct arena;
struct destination;

/* Returns one or two sentences. */
const char	*destination_summary(struct arena *,
		    const struct destination *);

#endif
