/*
 * metrics_text: writing the numbers in Prometheus' text format 0.0.4.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/metrics.h"
#include "lib/metrics_view.h"

enum { NUMBER_MAX = 64 };	/* most digits, with room to spare */

static const char *const type_names[] = {
	[METRICS_COUNTER] = "counter",
	[METRICS_GAUGE] = "gauge",
	[METRICS_HISTOGRAM] = "histogram",
};

/* One series: a metric with one value for each of its labels. */
struct series {
	const struct metric	*m;
	size_t			 value[METRICS_LABELS];
};

void
metrics_put(struct metrics_view *v, int id, int a, int b, int64_t value)
{
	v->number[metrics_at(&v->place[id], (size_t)a, (size_t)b)] = value;
}

/* Writes a number exactly, as a decimal fraction: 1500 ms become 1.5 s. */
static const char *
put_decimal(char *out, int64_t value, int64_t per)
{
	const uint64_t	 size = value < 0 ? 0 - (uint64_t)value :
	    (uint64_t)value;
	const uint64_t	 unit = per == 0 ? 1 : (uint64_t)per;
	uint64_t	 rest = size % unit;
	int		 n;

	n = snprintf(out, NUMBER_MAX, "%s%" PRIu64 "%s", value < 0 ? "-" : "",
	    size / unit, rest != 0 ? "." : "");
	for (; rest != 0 && n < NUMBER_MAX - 1; rest %= unit) {
		rest *= 10;
		out[n++] = (char)('0' + rest / unit);
	}
	out[n] = '\0';
	return out;
}

/* "special" are the characters that get a backslash before them. */
static void
label_put_escaped(struct buf *b, const char *s, const char *special)
{
	size_t	 n;

	for (;;) {
		n = strcspn(s, special);
		(void)buf_add(b, s, n);
		if (s[n] == '\0')
			return;
		(void)buf_add(b, "\\", 1);
		(void)buf_add(b, s[n] == '\n' ? "n" : &s[n], 1);
		s += n + 1;
	}
}

/* "le" is a histogram's bound, or NULL. */
static void
put_labels(struct buf *b, const struct series *s, const char *le)
{
	const char	*before = "{";
	size_t		 i;

	for (i = 0; i < METRICS_LABELS && s->m->label[i] != NULL; i++) {
		(void)buf_printf(b, "%s%s=\"", before, s->m->label[i]->name);
		label_put_escaped(b, s->m->label[i]->values[s->value[i]],
		    "\\\"\n");
		(void)buf_puts(b, "\"");
		before = ",";
	}
	if (le != NULL) {
		(void)buf_printf(b, "%sle=\"%s\"", before, le);
		before = ",";
	}
	if (before[0] == ',')
		(void)buf_puts(b, "}");
}

static void
put_series(struct buf *b, const struct series *s, const char *suffix,
    const char *le, int64_t value, int64_t per)
{
	char	 text[NUMBER_MAX];

	(void)buf_printf(b, "%s%s", s->m->name, suffix);
	put_labels(b, s, le);
	(void)buf_printf(b, " %s\n", put_decimal(text, value, per));
}

static void
put_histogram(struct buf *b, const struct series *s, const int64_t *number)
{
	const int64_t	*bound;
	char		 le[NUMBER_MAX];
	int64_t		 count = 0;

	for (bound = s->m->bounds; *bound != METRICS_INF; bound++) {
		count += *number++;
		put_series(b, s, "_bucket", put_decimal(le, *bound, s->m->per),
		    count, 1);
	}
	count += *number++;
	put_series(b, s, "_bucket", "+Inf", count, 1);
	put_series(b, s, "_sum", NULL, *number, s->m->per);
	put_series(b, s, "_count", NULL, count, 1);
}

static bool
is_shown(const struct metric *m, const int64_t *number, size_t n)
{
	if (number[0] == METRICS_UNKNOWN)
		return false;
	while (m->sparse && n > 0 && number[n - 1] == 0)
		n--;
	return n > 0;
}

static void
put_head(struct buf *b, const struct metric *m)
{
	(void)buf_printf(b, "# HELP %s ", m->name);
	label_put_escaped(b, m->help, "\\\n");
	(void)buf_printf(b, "\n# TYPE %s %s\n", m->name, type_names[m->type]);
}

static void
put_metric(struct buf *b, const struct metric *m,
    const struct metrics_place *p, const int64_t *number)
{
	struct series	 s = { .m = m };
	bool		 headed = false;

	for (s.value[0] = 0; s.value[0] < p->values[0]; s.value[0]++)
		for (s.value[1] = 0; s.value[1] < p->values[1]; s.value[1]++,
		    number += p->width) {
			if (!is_shown(m, number, p->width))
				continue;
			if (!headed)
				put_head(b, m);
			headed = true;
			if (m->type == METRICS_HISTOGRAM)
				put_histogram(b, &s, number);
			else
				put_series(b, &s, "", NULL, *number, m->per);
		}
}

void
metrics_write(const struct metrics_view *v, struct buf *b)
{
	size_t	 i;

	for (i = 0; i < v->n; i++)
		put_metric(b, &v->table[i], &v->place[i],
		    &v->number[v->place[i].at]);
}
