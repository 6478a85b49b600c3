/*
 * out: see out.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/domain/status.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/words.h"

enum {
	GAP = 2,		/* blanks between columns */
	SECONDS = 19,		/* characters of an RFC 3339 time up to its
				 * seconds */
};

#define FIELD(row, col, type)						\
	(*(type const *)(const void *)((const char *)(row) + (col)->offset))

static const struct names *const	names_of[OUT_TYPE__MAX] = {
	[OUT_CONNECTION_STATUS] = &connection_status_names,
	[OUT_CONNECTION_REASON] = &connection_reason_names,
	[OUT_CAPABILITY] = &capability_names,
	[OUT_GRANT_TROUBLE] = &grant_trouble_names,
	[OUT_SUBSCRIPTION_STATE] = &subscription_state_names,
	[OUT_SUBSCRIPTION_TROUBLE] = &subscription_trouble_names,
	[OUT_WEBHOOK_STATE] = &webhook_state_names,
	[OUT_SESSION_STATUS] = &session_status_names,
	[OUT_SESSION_RESULT] = &session_result_names,
	[OUT_DELIVERY_STATE] = &delivery_state_names,
	[OUT_EVENT_OUTCOME] = &event_outcome_names,
	[OUT_JOB_STATE] = &job_state_names,
	[OUT_SYNC_STATE] = &sync_state_names,
	[OUT_SYNC_PURPOSE] = &sync_purpose_names,
	[OUT_SYNC_PHASE] = &sync_phase_names,
	[OUT_SYNC_TROUBLE] = &sync_trouble_names,
	[OUT_FED_BY] = &fed_by_names,
	[OUT_DESTINATION_STATE] = &destination_state_names,
	[OUT_DESTINATION_REASON] = &destination_reason_names,
	[OUT_PUSH_STATUS] = &push_status_names,
	[OUT_CHECK_RESULT] = &check_result_names,
};

static const char *
name_in(const struct out_column *col, const void *row)
{
	return names_at(names_of[col->type], FIELD(row, col, unsigned));
}

static const char *
join_cells(struct arena *mem, const char *const *list)
{
	const char	*joined = words_join(mem, list, " ");

	return joined[0] != '\0' ? joined : NULL;
}

const char *
out_time(struct arena *mem, const char *text)
{
	char	*s;

	if (text == NULL || strlen(text) < SECONDS)
		return text;
	s = arena_ndup(mem, text, SECONDS);
	s[10] = ' ';
	return s;
}

static const char *
cell_text(struct arena *mem, const struct out_column *col, const void *row)
{
	switch (col->type) {
	case OUT_TEXT:
	case OUT_DIGITS:
		return FIELD(row, col, const char *);
	case OUT_TIME:
		return out_time(mem, FIELD(row, col, const char *));
	case OUT_NUMBER:
		return arena_printf(mem, "%" PRId64, FIELD(row, col, int64_t));
	case OUT_BOOL:
		return FIELD(row, col, bool) ? "yes" : "no";
	case OUT_LIST:
		return join_cells(mem, FIELD(row, col, const char *const *));
	default:
		return name_in(col, row);
	}
}

const char *
out_plain(struct arena *mem, const char *text)
{
	char	*plain, *s;

	if (text == NULL || *text == '\0')
		return "-";
	plain = arena_dup(mem, text);
	for (s = plain; *s != '\0'; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
		/* U+0080 to U+009F are control characters, too. */
		if ((unsigned char)*s == 0xc2 &&
		    (unsigned char)s[1] >= 0x80 && (unsigned char)s[1] < 0xa0)
			*s = *(s + 1) = '?';
	}
	return plain;
}

static const char *
cell_plain(struct arena *mem, const struct out_column *col, const void *row)
{
	return out_plain(mem, cell_text(mem, col, row));
}

/* Returns the number of characters in UTF-8 text. */
static size_t
text_width(const char *s)
{
	size_t	 n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void
print_cell(const char *text, size_t wide, bool last)
{
	(void)fputs(text, stdout);
	if (last)
		(void)fputc('\n', stdout);
	else
		(void)printf("%*s", (int)(wide - text_width(text) + GAP), "");
}

static void
print_table(struct ctl *c, const struct out_column *cols, const void *rows,
    size_t size, int n)
{
	const struct out_column	*col;
	const char		**cell;
	size_t			*wide, ncol = 0, i, k, all;

	while (cols[ncol].name != NULL)
		ncol++;
	all = (size_t)(n + 1) * ncol;	/* including the titles */
	cell = arena_array(c->mem, all, sizeof(*cell));
	wide = arena_array(c->mem, ncol, sizeof(*wide));
	for (i = 0; i < all; i++) {
		col = &cols[i % ncol];
		cell[i] = i < ncol ? col->title : cell_plain(c->mem, col,
		    (const char *)rows + (i / ncol - 1) * size);
		k = text_width(cell[i]);
		if (wide[i % ncol] < k)
			wide[i % ncol] = k;
	}
	for (i = 0; i < all; i++)
		print_cell(cell[i], wide[i % ncol], i % ncol == ncol - 1);
}

static void
json_list(struct json *j, const char *name, const char *const *list)
{
	json_array(j, name);
	for (; *list != NULL; list++)
		json_str(j, NULL, *list);
	json_end(j);
}

static void
json_cell(struct json *j, const struct out_column *col, const void *row)
{
	switch (col->type) {
	case OUT_TEXT:
	case OUT_TIME:
		json_str(j, col->name, FIELD(row, col, const char *));
		break;
	case OUT_DIGITS:
		json_raw(j, col->name, FIELD(row, col, const char *));
		break;
	case OUT_NUMBER:
		json_num(j, col->name, FIELD(row, col, int64_t));
		break;
	case OUT_BOOL:
		json_bool(j, col->name, FIELD(row, col, bool));
		break;
	case OUT_LIST:
		json_list(j, col->name, FIELD(row, col, const char *const *));
		break;
	default:
		json_str(j, col->name, name_in(col, row));
		break;
	}
}

static void
json_row(struct json *j, const struct out_column *cols, const void *row)
{
	for (; cols->name != NULL; cols++)
		json_cell(j, cols, row);
}

void
out_begin(struct ctl *c)
{
	if (!c->json)
		return;
	c->doc = json_new(c->mem);
	json_object(c->doc, NULL);
}

enum cal_err
out_end(struct ctl *c)
{
	const char	*text;
	size_t		 n;

	if (c->doc != NULL) {
		json_end(c->doc);
		text = json_done(c->doc, &n);
		(void)fwrite(text, 1, n, stdout);
		(void)fputc('\n', stdout);
		c->doc = NULL;
	}
	if (fflush(stdout) == 0 && !ferror(stdout))
		return CAL_OK;
	return ctl_fail(CAL_UNAVAILABLE, "the answer could not be written to "
	    "standard output: %s", strerror(errno));
}

void
out_list(struct ctl *c, const char *name, const char *heading,
    const struct out_column *cols, const void *rows, size_t size, int n)
{
	int	 i;

	if (c->doc != NULL) {
		json_array(c->doc, name);
		for (i = 0; i < n; i++) {
			json_object(c->doc, NULL);
			json_row(c->doc, cols,
			    (const char *)rows + (size_t)i * size);
			json_end(c->doc);
		}
		json_end(c->doc);
		return;
	}
	if (heading != NULL)
		(void)printf("%s%s:%s\n", c->printed ? "\n" : "", heading,
		    n == 0 ? " none" : "");
	if (n > 0)
		print_table(c, cols, rows, size, n);
	else if (heading == NULL)
		(void)puts("none");
	c->printed = true;
}

void
out_more(struct ctl *c, bool more, int limit)
{
	if (c->doc != NULL)
		json_bool(c->doc, "more", more);
	else if (more)
		ctl_say("these are the first %d, there are more: --limit "
		    "shows them", limit);
}

enum cal_err
out_done(struct ctl *c)
{
	out_begin(c);
	if (c->doc != NULL)
		json_bool(c->doc, "done", true);
	return out_end(c);
}

void
out_paragraph(struct ctl *c)
{
	if (c->doc == NULL)
		(void)puts("");
}

void
out_fields(struct ctl *c, const struct out_column *cols, const void *row)
{
	size_t	 wide = 0, i;

	if (c->doc != NULL) {
		json_row(c->doc, cols, row);
		return;
	}
	for (i = 0; cols[i].name != NULL; i++)
		if (wide < text_width(cols[i].title))
			wide = text_width(cols[i].title);
	for (i = 0; cols[i].name != NULL; i++) {
		print_cell(cols[i].title, wide, false);
		print_cell(cell_plain(c->mem, &cols[i], row), 0, true);
	}
	c->printed = true;
}
