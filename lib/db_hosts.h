/*
 * db_hosts: the order in which the hosts of a connection string are tried.
 * For lib/db*.c alone.
 */
#ifndef LIB_DB_HOSTS_H
#define LIB_DB_HOSTS_H

struct db_hosts {
	char	*host;		/* each a list of as many parts, or NULL */
	char	*hostaddr;
	char	*port;
};

/*
 * libpq tries a connection string's hosts in their order, and waits some
 * seconds for each that does not answer.  One that has stalled should come
 * last, or every process would pay for it with every connection.  All NULL: the
 * order stays as it is.  To be freed.
 */
void	db_hosts_order(const char *url, const char *last_host,
	    struct db_hosts *);
void	db_hosts_free(struct db_hosts *);

#endif
