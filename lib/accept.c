/*
 * accept: see accept.h.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "lib/accept.h"
#include "lib/text.h"

enum { WHOLE = 1000 };

/* How closely a range matches a type; the closest match decides. */
enum closeness { NOT, ANY, KIND, EXACTLY };

static bool
same_name(struct text t, const char *p, size_t n)
{
	return t.n == n && strncasecmp(t.p, p, n) == 0;
}

static enum closeness
closeness_of(struct text range, const char *type)
{
	const size_t	 kind = strcspn(type, "/") + 1;	/* with the slash */

	if (same_name(range, type, strlen(type)))
		return EXACTLY;
	if (range.n == kind + 1 && range.p[kind] == '*' &&
	    strncasecmp(range.p, type, kind) == 0)
		return KIND;
	return same_name(range, "*/*", 3) ? ANY : NOT;
}

/* Reads "0.5" as 500; returns -1 if the text is malformed. */
static int
weight_of(struct text t)
{
	int	 weight, unit = WHOLE / 10;
	size_t	 i;

	if (t.n == 0 || t.n > strlen("0.000") || (*t.p != '0' && *t.p != '1'))
		return -1;
	weight = (*t.p - '0') * WHOLE;
	if (t.n > 1 && t.p[1] != '.')
		return -1;
	for (i = 2; i < t.n; i++, unit /= 10) {
		if (!isdigit((unsigned char)t.p[i]))
			return -1;
		weight += (t.p[i] - '0') * unit;
	}
	return weight > WHOLE ? -1 : weight;
}

/* Returns the value of "q" among parameters separated by ";". */
static int
weight_among(const char *p, const char *end)
{
	struct text	 t;
	size_t		 n;
	int		 weight = WHOLE;

	while (p < end) {
		p++;				/* the semicolon */
		n = 0;
		while (p + n < end && p[n] != ';')
			n++;
		t = text_trimmed(p, n);
		if (t.n >= 2 && strncasecmp(t.p, "q=", 2) == 0)
			weight = weight_of((struct text){ t.p + 2, t.n - 2 });
		p += n;
	}
	return weight;
}

int
accept_weight(const char *accept, const char *type)
{
	enum closeness	 best = NOT, is;
	const char	*end, *range_end;
	int		 weight = 0, its;

	if (accept == NULL)
		return WHOLE;
	for (; *accept != '\0'; accept = *end == ',' ? end + 1 : end) {
		end = accept + strcspn(accept, ",");
		range_end = accept + strcspn(accept, ",;");
		is = closeness_of(text_trimmed(accept,
		    (size_t)(range_end - accept)), type);
		if (is <= best || (its = weight_among(range_end, end)) == -1)
			continue;
		best = is;
		weight = its;
	}
	return weight;
}
