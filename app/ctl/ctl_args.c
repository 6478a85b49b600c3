/*
 * ctl_args: parses the words and options of a command line.
 *
 * --json and -c may stand anywhere, a command's own options anywhere after its
 * words.  "--" ends the options, for users whose id begins with "-".
 */
#include <stdlib.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "lib/arena.h"

const char *
ctl_value(const struct ctl *c, const char *option)
{
	const char	*value = NULL;
	size_t		 i;

	for (i = 0; i < c->ngiven; i++)
		if (strcmp(c->given[i].option->name, option) == 0)
			value = c->given[i].value;
	return value;
}

bool
ctl_has(const struct ctl *c, const char *option)
{
	return ctl_value(c, option) != NULL;
}

const char *const *
ctl_values(struct ctl *c, const char *option)
{
	const char	**list;
	size_t		 i, n = 0;

	list = arena_array(c->mem, c->ngiven + 1, sizeof(*list));
	for (i = 0; i < c->ngiven; i++)
		if (strcmp(c->given[i].option->name, option) == 0)
			list[n++] = c->given[i].value;
	return list;
}

enum cal_err
ctl_number(struct ctl *c, const char *option, int fallback, int most, int *out)
{
	const char	*text = ctl_value(c, option);
	char		*end;
	long		 n;

	*out = fallback;
	if (text == NULL)
		return CAL_OK;
	n = strtol(text, &end, 10);
	if (*text == '\0' || *end != '\0' || n < 1 || n > most)
		return ctl_misuse(c, "--%s is \"%s\": write a whole number "
		    "from 1 to %d", option, text, most);
	*out = (int)n;
	return CAL_OK;
}

/*
 * Takes -c and --json out of argv, in place.  It stops at "--", and keeps that,
 * because what follows belongs to the command.
 */
static bool
take_globals(struct ctl *c, char **argv)
{
	char	**to = argv;

	for (; *argv != NULL && strcmp(*argv, "--") != 0; argv++) {
		if (strcmp(*argv, "--json") == 0)
			c->json = true;
		else if (strcmp(*argv, "-c") == 0) {
			if (argv[1] == NULL) {
				(void)ctl_misuse(c, "-c needs the path of a "
				    "configuration file behind it");
				return false;
			}
			c->file = *++argv;
		} else if (strncmp(*argv, "-c", 2) == 0)
			c->file = *argv + 2;
		else
			*to++ = *argv;
	}
	while (*argv != NULL)
		*to++ = *argv++;
	*to = NULL;
	return true;
}

/* Finds the command that these words name, and how many of them do. */
static const struct ctl_command *
find_command(char **words, const struct ctl_command *table, size_t *nwords)
{
	const struct ctl_command	*t, *one = NULL;

	for (t = table; words[0] != NULL && t->word[0] != NULL; t++) {
		if (strcmp(words[0], t->word[0]) != 0)
			continue;
		if (t->word[1] == NULL)
			one = t;
		else if (words[1] != NULL &&
		    strcmp(words[1], t->word[1]) == 0) {
			*nwords = 2;
			return t;
		}
	}
	*nwords = 1;
	return one;
}

static const struct ctl_option *
find_option(const struct ctl *c, const char *name, size_t n)
{
	const struct ctl_option	*o;

	for (o = c->command->options; o != NULL && o->name != NULL; o++)
		if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
			return o;
	return NULL;
}

/*
 * Takes "--name", "--name value" or "--name=value", and moves "argv" past the
 * value if that was a word of its own.
 */
static bool
take_option(struct ctl *c, char ***argv)
{
	const struct ctl_option	*o = NULL;
	const char		*word = **argv, *value = "";
	size_t			 n = 0;

	if (strncmp(word, "--", 2) == 0) {
		n = strcspn(word + 2, "=");
		o = find_option(c, word + 2, n);
	}
	if (o == NULL || (!o->value && word[2 + n] == '=')) {
		(void)ctl_misuse(c, "%s: there is no such option here", word);
		return false;
	}
	if (o->value && word[2 + n] == '=')
		value = word + 2 + n + 1;
	else if (o->value && (value = *++*argv) == NULL) {
		(void)ctl_misuse(c, "--%s needs a value behind it", o->name);
		return false;
	}
	if (c->ngiven == CTL_OPTIONS) {
		(void)ctl_misuse(c, "more than %d options: use several "
		    "commands", CTL_OPTIONS);
		return false;
	}
	c->given[c->ngiven++] = (struct ctl_given){ o, value };
	return true;
}

static bool
take_rest(struct ctl *c, char **argv)
{
	size_t	 n = 0;
	bool	 options = true;

	for (; *argv != NULL; argv++) {
		if (options && strcmp(*argv, "--") == 0)
			options = false;
		else if (options && (*argv)[0] == '-' && (*argv)[1] != '\0') {
			if (!take_option(c, &argv))
				return false;
		} else if (n == c->command->most) {
			(void)ctl_misuse(c, "%s: one argument too many",
			    *argv);
			return false;
		} else
			c->arg[n++] = *argv;
	}
	if (n < c->command->least)
		(void)ctl_misuse(c, "an argument is missing");
	return n >= c->command->least;
}

bool
ctl_parse(struct ctl *c, char **argv, const struct ctl_command *table)
{
	size_t	 nwords;

	if (!take_globals(c, argv))
		return false;
	if ((c->command = find_command(argv, table, &nwords)) == NULL) {
		if (argv[0] == NULL)
			(void)ctl_misuse(c, "which command?");
		else
			(void)ctl_misuse(c, "%s%s%s: there is no such command",
			    argv[0], argv[1] == NULL ? "" : " ",
			    argv[1] == NULL ? "" : argv[1]);
		return false;
	}
	return take_rest(c, argv + nwords);
}
