/*
 * fuzz conf: whatever a file holds, accepted values are within their limits, a
 * refusal says why, each message is one line of text, and the same file always
 * gives the same values.
 */
#include <sys/mman.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/conf.h"
#include "lib/secret.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct filled {
	const char		*text;
	struct secret		*secret;
	long			 number;
	int			 choice;
	const char *const	*words;
	struct secret *const	*secrets;
};

#define AT(field)	.offset = offsetof(struct filled, field)

static const char *const	choices[] = { "warn", "info", NULL };

static const struct conf_item	items[] = {
	{ .name = "THE_TEXT", .type = CONF_TEXT, AT(text) },
	{ .name = "APP_SECRET", .type = CONF_SECRET, AT(secret) },
	{ .name = "APP_NUMBER", .type = CONF_NUMBER, AT(number), .min = -3,
	  .max = 300, .fallback = "1" },
	{ .name = "APP_LEVEL", .type = CONF_CHOICE, AT(choice),
	  .choices = choices, .fallback = "info" },
	{ .name = "APP_WORDS", .type = CONF_WORDS, AT(words) },
	{ .name = "APP_SECRETS", .type = CONF_SECRETS, AT(secrets) },
};

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
check_values(const struct filled *f)
{
	size_t	i;

	must(f->number >= -3 && f->number <= 300);
	must(f->choice == 0 || f->choice == 1);
	must(f->text == NULL || *f->text != '\0');
	for (i = 0; f->words != NULL && f->words[i] != NULL; i++)
		must(*f->words[i] != '\0' &&
		    strpbrk(f->words[i], ", \t") == NULL);
	for (i = 0; f->secrets != NULL && f->secrets[i] != NULL; i++)
		must(secret_len(f->secrets[i]) > 0);
}

static void
check_messages(const struct conf_message *m, bool faulty)
{
	bool	fault = false;

	for (; m != NULL; m = m->next) {
		fault = fault || m->fault;
		must(*m->text != '\0' && strchr(m->text, '\n') == NULL);
	}
	must(fault == faulty);
}

static void
load(struct arena *mem, const char *path, struct filled *f)
{
	const struct conf_source	source = {
		.file = path, .prefix = "APP_", .items = items,
		.nitems = sizeof(items) / sizeof(items[0]),
	};
	const struct conf_message	*said;
	enum cal_err			 rc;

	memset(f, 0, sizeof(*f));
	rc = conf_load(mem, &source, f, &said);
	must(rc == CAL_OK || rc == CAL_INVALID);
	check_messages(said, rc == CAL_INVALID);
	if (rc == CAL_OK)
		check_values(f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena	*mem;
	struct filled	 a, b;
	char		 path[64];
	int		 fd;

	/*
	 * Inputs that contain _FILE are skipped, because a setting NAME_FILE
	 * would make the fuzzer read files of this machine.
	 */
	if (n > 8192 || memmem(p, n, "_FILE", 5) != NULL)
		return 0;
	if ((fd = memfd_create("conf", MFD_CLOEXEC)) == -1)
		abort();
	must(write(fd, p, n) == (ssize_t)n);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	mem = arena_new((size_t)16 << 20);
	load(mem, path, &a);
	load(mem, path, &b);
	must(conf_fixed_changes(mem, items, 6, &a, &b) == NULL);
	arena_free(mem);
	(void)close(fd);
	return 0;
}
