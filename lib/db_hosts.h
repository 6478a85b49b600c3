/*
 * db_hosts: the order in which the hosts of a connection string are tried.
 * For lib/db*.c alone.
 */
#ifndef LIB_DB_HOSTS_H
#define LIB_DB_HOSTS_H

struct db_hosts {
	char	*host;		/* each a list of all parts, or NULL */
	char	*hostaddr;
	char	*port;
};

/*
 * Puts the hosts of a connection string into another order. libpq tries them in
 * the order given, and waits some seconds for each that does not answer.  A
 * host that has stalled should come last, because otherwise every process would
 * wait for it at every connection.  If all members are NULL the order stays as
 * it is.  The members are to be freed.
 */
void	db_hosts_order(const char *url, const char *last_host,
	    struct db_hosts *);
void	db_hosts_free(struct db_hosts *);

#endif
