/*
 * certificate: keys and certificates for tests, made by the openssl command.
 */
#ifndef T_UNIT_CERTIFICATE_H
#define T_UNIT_CERTIFICATE_H

#include "t/unit/http_server.h"

static char	dir[] = "/tmp/cal-tls-XXXXXX";
static char	key[64], cert[64];

/*
 * Starts the openssl command with its output sent to the descriptor "out", and
 * returns its process id.
 */
static inline pid_t
openssl(int out, const char *const *args)
{
	char	*argv[24] = { NULL };
	pid_t	 test = getpid(), pid;
	size_t	 i;

	for (i = 0; args[i] != NULL; i++)
		argv[i] = strdup(args[i]);
	if ((pid = fork()) == 0) {
		end_with(test);
		(void)dup2(open("/dev/null", O_RDWR), STDIN_FILENO);
		(void)dup2(out, STDOUT_FILENO);
		(void)dup2(open("/dev/null", O_RDWR), STDERR_FILENO);
		(void)execvp("openssl", argv);
		_exit(127);
	}
	while (i-- > 0)
		free(argv[i]);
	return pid;
}

/* Makes a key and a self-signed certificate for the alternative name "name". */
static inline void
make_certificate(const char *name)
{
	const char	*args[] = { "openssl", "req", "-x509", "-newkey", "ec",
			    "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
			    "-days", "2", "-subj", "/CN=test", "-addext", NULL,
			    "-keyout", key, "-out", cert, NULL };
	int		 status;

	args[13] = arena_printf(mem, "subjectAltName=%s", name);
	assert_int_not_equal(waitpid(openssl(STDERR_FILENO, args), &status,
	    0), -1);
	assert_int_equal(status, 0);
}

static inline int
certificate_start(void **state)
{
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(key, sizeof(key), "%s/key.pem", dir);
	(void)snprintf(cert, sizeof(cert), "%s/cert.pem", dir);
	return http_start(state);
}

/* Removes what was made; other files in the directory must be gone. */
static inline int
certificate_stop(void **state)
{
	(void)state;
	(void)unlink(key);
	(void)unlink(cert);
	return rmdir(dir);
}

#endif
