/*
 * vitals_database: what a connection to the database tells of itself is
 * counted (metric.h), and noted if it is trouble (vitals.h).
 */
#ifndef APP_METRIC_VITALS_DATABASE_H
#define APP_METRIC_VITALS_DATABASE_H

struct db_watch;

extern const struct db_watch	vitals_database;
/*
 * What is wrong with a database that failed with this SQLSTATE, and what to do;
 * NULL: others may fare better.
 */
const char	*vitals_database_fault(const char *sqlstate);

#endif
