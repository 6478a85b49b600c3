/*
 * replay: gives every file of a corpus to a fuzz target, as a test (TAP).
 *
 *	build/t/fuzz/NAME [DIRECTORY | FILE ...]
 *
 * Without arguments the corpus is t/fuzz/corpus/NAME.  When a target finds a
 * fault, it aborts the process, so the test fails because its TAP plan is not
 * fulfilled.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static int	nrun, nbad;

static bool
run(const char *path)
{
	FILE	*f;
	uint8_t	*p;
	long	 n;
	bool	 ok;

	if ((f = fopen(path, "rb")) == NULL)
		return false;
	ok = fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0;
	rewind(f);
	/*
	 * The block is exactly as long as the input, so that a sanitizer finds
	 * any read beyond its end.
	 */
	if (!ok || (p = malloc(n == 0 ? 1 : (size_t)n)) == NULL) {
		(void)fclose(f);
		return false;
	}
	ok = fread(p, 1, (size_t)n, f) == (size_t)n;
	if (ok)
		(void)LLVMFuzzerTestOneInput(p, (size_t)n);
	free(p);
	(void)fclose(f);
	return ok;
}

static void
replay_file(const char *path)
{
	bool	ok;

	(void)printf("# %s\n", path);
	(void)fflush(stdout);
	ok = run(path);
	nbad += !ok;
	(void)printf("%sok %d - %s\n", ok ? "" : "not ", ++nrun, path);
}

static int
not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void
replay_dir(const char *path)
{
	struct dirent	**entry;
	char		  file[4096];
	int		  i, n;

	if ((n = scandir(path, &entry, not_hidden, alphasort)) == -1) {
		replay_file(path);
		return;
	}
	for (i = 0; i < n; i++) {
		(void)snprintf(file, sizeof(file), "%s/%s", path,
		    entry[i]->d_name);
		replay_file(file);
		free(entry[i]);
	}
	free(entry);
}

int
main(int argc, char *argv[])
{
	char	path[4096];
	int	i;

	(void)snprintf(path, sizeof(path), "t/fuzz/corpus/%s",
	    basename(argv[0]));
	if (argc == 1)
		replay_dir(path);
	for (i = 1; i < argc; i++)
		replay_dir(argv[i]);
	(void)printf("1..%d\n", nrun);
	return nbad == 0 && nrun > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
