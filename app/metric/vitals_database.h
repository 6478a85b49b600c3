/*
 * vitals_database: callbacks for a database connection that count its errors
 * (metric.h) and note trouble (vitals.h).
 */
#ifndef APP_METRIC_VITALS_DATABASE_H
#define APP_METRIC_VITALS_DATABASE_H

struct db_watch;

extern const struct db_watch	vitals_database;
/*
 * Returns what is wrong with a database that failed with this SQLSTATE, and
 * what to do.  NULL: the error says nothing about other statements.
 */
const char	*vitals_database_fault(const char *sqlstate);

#endif
