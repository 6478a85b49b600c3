/*
 * metrics: a table of metrics to test with, and the text that shows them.
 */
#ifndef T_UNIT_METRICS_H
#define T_UNIT_METRICS_H

#include "lib/buf.h"
#include "lib/metrics.h"
#include "t/unit/helper.h"

enum { HITS, WAITING, TOOK, KNOWN, TABLE };

static const struct metrics_label	COLOUR = {
	.name = "colour",
	.values = (const char *const []){ "red", "a\"b\\c\nd", "other", NULL },
};
static const struct metrics_label	SIZE = {
	.name = "size",
	.values = (const char *const []){ "s", "l", NULL },
};
static const int64_t	BOUNDS[] = { -1500, 0, 500, 2000, METRICS_INF };

static const struct metric	table[TABLE] = {
	[HITS] = { .name = "hits_total", .help = "Two\nlines \\ \"here\".",
	  .type = METRICS_COUNTER, .label = { &COLOUR, &SIZE },
	  .sparse = true },
	[WAITING] = { .name = "waiting", .help = "Who waits.",
	  .type = METRICS_GAUGE },
	[TOOK] = { .name = "took_seconds", .help = "How long.",
	  .type = METRICS_HISTOGRAM, .bounds = BOUNDS, .per = 1000 },
	[KNOWN] = { .name = "known", .help = "By look-up.",
	  .type = METRICS_GAUGE, .label = { &SIZE }, .scraped = true },
};

static inline int
open_table(void **state)
{
	metrics_open(table, TABLE);
	return mem_setup(state);
}

static inline int
close_table(void **state)
{
	metrics_close();
	return mem_teardown(state);
}

static inline const char *
text_of(const struct metrics_view *v)
{
	struct buf	 b;

	buf_init(&b, mem, 0);
	metrics_write(v, &b);
	return b.p;
}

static inline const char *
text_now(void)
{
	return text_of(metrics_look(mem));
}

#define counted(f)	cmocka_unit_test_setup_teardown(f, open_table, \
			    close_table)

#endif
