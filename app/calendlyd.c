/*
 * calendlyd: the daemon's main: reads its options, then either checks the
 * configuration (-t) or runs the master.
 */
#include <sys/prctl.h>
#include <sys/resource.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/process/master.h"
#include "app/process/startup.h"
#include "app/settings/pools.h"
#include "app/version.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"

static int
calendlyd_usage(void)
{
	(void)fputs("usage: calendlyd [-tV] [-c file]\n", stderr);
	return 2;
}

/*
 * Forbids core files and debuggers, because either could take secrets out of
 * memory.  A build with the address sanitizer skips this: its leak checker
 * attaches to the process as a debugger does.
 */
static void
guard_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
	const struct rlimit	 none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		log_warn("memory not guarded: a core file might hold secrets");
#endif
}

static int
check_file(const char *file)
{
	struct settings	*s;
	struct arena	*mem;

	if (startup_load(file, startup_say_plain, &mem, &s) != CAL_OK) {
		startup_say_plain("configuration is not good");
		return EXIT_FAILURE;
	}
	startup_say_plain("configuration is good");
	startup_say_plain(pools_words(mem, s));
	arena_free(mem);
	return EXIT_SUCCESS;
}

static int
run_daemon(const char *file)
{
	struct settings	*s;
	struct arena	*mem;

	if (startup_load(file, startup_say_log, &mem, &s) != CAL_OK) {
		log_warn("not started: mend the configuration; calendlyd -t "
		    "checks it");
		return EXIT_FAILURE;
	}
	return master_run(file, mem, s);
}

int
main(int argc, char *argv[])
{
	const char	*file = NULL;
	bool		 test = false;
	int		 c;

	while ((c = getopt(argc, argv, "c:tV")) != -1) {
		switch (c) {
		case 'c':
			file = optarg;
			break;
		case 't':
			test = true;
			break;
		case 'V':
			(void)puts("calendlyd " CALENDLYD_VERSION);
			return EXIT_SUCCESS;
		default:
			return calendlyd_usage();
		}
	}
	if (optind != argc)
		return calendlyd_usage();
	log_speaker("master");
	guard_memory();
	if (crypto_init() != CAL_OK)
		return EXIT_FAILURE;
	return test ? check_file(file) : run_daemon(file);
}
