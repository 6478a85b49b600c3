/* startup: loads a configuration and checks it against this machine. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/process/startup.h"
#include "lib/arena.h"
#include "lib/keyring.h"
#include "lib/log.h"

enum {
	MEMORY_MAX = 4 * 1024 * 1024,	/* that a configuration may take */
	MESSAGE_MAX = 2048,
};

static int
say_all(const struct conf_message *m, void (*say)(const char *))
{
	char	 line[MESSAGE_MAX];
	int	 faults = 0;

	for (; m != NULL; m = m->next) {
		faults += m->fault ? 1 : 0;
		(void)snprintf(line, sizeof(line), "%s%s",
		    m->fault ? "" : "warning: ", m->text);
		say(line);
	}
	return faults;
}

/* keyring_open() itself logs what is wrong with the keyring. */
static enum cal_err
startup_check_keyring(const struct settings *s)
{
	struct keyring	*ring;
	enum cal_err	 rc;

	if (s->keyring_file == NULL)
		return CAL_INVALID;
	if ((rc = keyring_open(s->keyring_file, &ring)) == CAL_OK)
		keyring_close(ring);
	return rc;
}

static enum cal_err
check_ca_file(const struct settings *s, void (*say)(const char *))
{
	char	 line[MESSAGE_MAX];

	if (s->ca_file == NULL || access(s->ca_file, R_OK) == 0)
		return CAL_OK;
	(void)snprintf(line, sizeof(line), "CALENDLYD_CA_FILE: cannot read "
	    "%s: %s", s->ca_file, strerror(errno));
	say(line);
	return CAL_INVALID;
}

/*
 * Checks both files even if the first is bad, so that one run names every
 * fault.
 */
static enum cal_err
check_files(const struct settings *s, void (*say)(const char *))
{
	const enum cal_err	 keys = startup_check_keyring(s);
	const enum cal_err	 ca = check_ca_file(s, say);

	return keys != CAL_OK ? keys : ca;
}

enum cal_err
startup_load(const char *file, void (*say)(const char *), struct arena **mem,
    struct settings **out)
{
	const struct conf_message	*messages;
	struct arena			*a = arena_new(MEMORY_MAX);
	struct settings			*s = arena_alloc(a, sizeof(*s));
	enum cal_err			 rc, files;

	*mem = NULL;
	*out = NULL;
	rc = settings_load(a, file, s, &messages);
	if (rc == CAL_OK)
		log_configure((enum log_level)s->log_level,
		    (enum log_format)s->log_format);
	if (say_all(messages, say) > 0 && rc == CAL_OK)
		rc = CAL_INVALID;
	files = check_files(s, say);
	if (rc == CAL_OK)
		rc = files;
	if (rc != CAL_OK) {
		arena_free(a);
		return rc;
	}
	*mem = a;
	*out = s;
	return CAL_OK;
}

void
startup_keep_fixed(struct arena *mem, const struct settings *old,
    struct settings *fresh)
{
	const char	*names;

	names = conf_fixed_changes(mem, settings_items, settings_nitems, old,
	    fresh);
	if (names != NULL)
		log_warn("reload: only a restart changes %s: keeping the old "
		    "value", names);
	fresh->app_socket = arena_dup(mem, old->app_socket);
	fresh->ingest_socket = arena_dup(mem, old->ingest_socket);
}

void
startup_say_plain(const char *line)
{
	(void)fprintf(stderr, "calendlyd: %s\n", line);
}

void
startup_say_log(const char *line)
{
	log_warn("configuration: %s", line);
}
