/*
 * conf_value: see conf_value.h.
 *
 * Values are copied into and out of the struct as bytes, because only the table
 * knows where each member lies and of which type it is.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/conf_value.h"
#include "lib/secret.h"

#define BLANKS	" \t"

static void
put_value(void *out, const struct conf_item *it, const void *value, size_t size)
{
	memcpy((char *)out + it->offset, value, size);
}

static void
take_value(const void *from, const struct conf_item *it, void *value,
    size_t size)
{
	memcpy(value, (const char *)from + it->offset, size);
}

bool
conf_is_secret(const struct conf_item *it)
{
	return it->type == CONF_SECRET || it->type == CONF_SECRETS;
}

static void
store_number(struct conf_talk *t, const struct conf_item *it,
    const char *subject, const char *value, void *out)
{
	char	*end;
	long	 v;

	if (it->automatic && strcmp(value, "auto") == 0) {
		v = CONF_AUTO;
		put_value(out, it, &v, sizeof(v));
		return;
	}
	errno = 0;
	v = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || v < it->min ||
	    v > it->max)
		conf_fault(t, "%s is \"%.40s\": write a whole number from %ld "
		    "to %ld%s", subject, value, it->min, it->max,
		    it->automatic ? ", or auto" : "");
	else
		put_value(out, it, &v, sizeof(v));
}

static void
store_choice(struct conf_talk *t, const struct conf_item *it,
    const char *subject, const char *value, void *out)
{
	struct buf	b;
	int		i;

	buf_init(&b, t->mem, 0);
	for (i = 0; it->choices[i] != NULL; i++) {
		if (strcmp(it->choices[i], value) == 0) {
			put_value(out, it, &i, sizeof(i));
			return;
		}
		buf_printf(&b, "%s%s", i == 0 ? "" : ", ", it->choices[i]);
	}
	conf_fault(t, "%s is \"%.40s\": write one of: %s", subject, value,
	    b.p);
}

/*
 * Splits a text at separators.  Blanks at the ends of each part are removed and
 * empty parts are left out.  The list ends with NULL.
 */
static char **
split_words(struct arena *mem, const char *value, const char *separators)
{
	char	**part, *rest, *s;
	size_t	  n = 0, len;

	part = arena_array(mem, strlen(value) / 2 + 2, sizeof(*part));
	rest = arena_dup(mem, value);
	while ((s = strsep(&rest, separators)) != NULL) {
		s += strspn(s, BLANKS);
		for (len = strlen(s); len > 0; len--)
			if (strchr(BLANKS, s[len - 1]) == NULL)
				break;
		s[len] = '\0';
		if (len > 0)
			part[n++] = s;
	}
	return part;
}

static void
store_words(struct conf_talk *t, const struct conf_item *it,
    const char *value, void *out)
{
	char	**words;

	words = split_words(t->mem, value, ", \t");
	put_value(out, it, &words, sizeof(words));
}

static void
store_secrets(struct conf_talk *t, const struct conf_item *it,
    const char *value, void *out)
{
	struct secret	**list;
	char		**words;
	size_t		  i, n;

	words = split_words(t->mem, value, ",");
	for (n = 0; words[n] != NULL; n++)
		;
	list = arena_array(t->mem, n + 1, sizeof(*list));
	for (i = 0; i < n; i++)
		list[i] = secret_from_text(t->mem, words[i]);
	put_value(out, it, &list, sizeof(list));
}

static bool
has_control(const char *s)
{
	for (; *s != '\0'; s++)
		if (((unsigned char)*s < ' ' && *s != '\t') || *s == 0x7f)
			return true;
	return false;
}

static bool
check_value(struct conf_talk *t, const struct conf_item *it,
    const char *subject, const char *value)
{
	const char	*why;

	if (has_control(value)) {
		conf_fault(t, "%s: there is a line break or another control "
		    "character in the value: write it in one line", subject);
		return false;
	}
	if (it->check == NULL || (why = it->check(t->mem, value)) == NULL)
		return true;
	conf_fault(t, "%s: %s", subject, why);
	return false;
}

void
conf_value_store(struct conf_talk *t, const struct conf_item *it,
    const char *subject, const char *value, void *out)
{
	struct secret	*secret;
	const char	*text;

	if (!check_value(t, it, subject, value))
		return;
	switch (it->type) {
	case CONF_TEXT:
		text = arena_dup(t->mem, value);
		put_value(out, it, &text, sizeof(text));
		break;
	case CONF_SECRET:
		secret = secret_from_text(t->mem, value);
		put_value(out, it, &secret, sizeof(secret));
		break;
	case CONF_NUMBER:
		store_number(t, it, subject, value, out);
		break;
	case CONF_CHOICE:
		store_choice(t, it, subject, value, out);
		break;
	case CONF_WORDS:
		store_words(t, it, value, out);
		break;
	case CONF_SECRETS:
		store_secrets(t, it, value, out);
		break;
	}
}

static bool
same_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

static const char *
text_or_null(const struct secret *s)
{
	return s == NULL ? NULL : secret_text(s);
}

static bool
equal_lists(const char *const *a, const char *const *b)
{
	static const char *const	none[] = { NULL };

	if (a == NULL)
		a = none;
	if (b == NULL)
		b = none;
	for (; *a != NULL && *b != NULL; a++, b++)
		if (strcmp(*a, *b) != 0)
			return false;
	return *a == *b;
}

static bool
same_secrets(struct secret *const *a, struct secret *const *b)
{
	static struct secret *const	none[] = { NULL };

	if (a == NULL)
		a = none;
	if (b == NULL)
		b = none;
	for (; *a != NULL && *b != NULL; a++, b++)
		if (strcmp(secret_text(*a), secret_text(*b)) != 0)
			return false;
	return *a == *b;
}

bool
conf_value_equal(const struct conf_item *it, const void *a, const void *b)
{
	union {
		const char		*text;
		struct secret		*secret;
		long			 number;
		int			 choice;
		const char *const	*words;
		struct secret *const	*secrets;
	} x, y;

	switch (it->type) {
	case CONF_TEXT:
		take_value(a, it, &x.text, sizeof(x.text));
		take_value(b, it, &y.text, sizeof(y.text));
		return same_text(x.text, y.text);
	case CONF_SECRET:
		take_value(a, it, &x.secret, sizeof(x.secret));
		take_value(b, it, &y.secret, sizeof(y.secret));
		return same_text(text_or_null(x.secret),
		    text_or_null(y.secret));
	case CONF_NUMBER:
		take_value(a, it, &x.number, sizeof(x.number));
		take_value(b, it, &y.number, sizeof(y.number));
		return x.number == y.number;
	case CONF_CHOICE:
		take_value(a, it, &x.choice, sizeof(x.choice));
		take_value(b, it, &y.choice, sizeof(y.choice));
		return x.choice == y.choice;
	case CONF_WORDS:
		take_value(a, it, &x.words, sizeof(x.words));
		take_value(b, it, &y.words, sizeof(y.words));
		return equal_lists(x.words, y.words);
	case CONF_SECRETS:
		take_value(a, it, &x.secrets, sizeof(x.secrets));
		take_value(b, it, &y.secrets, sizeof(y.secrets));
		return same_secrets(x.secrets, y.secrets);
	}
	return false;
}
