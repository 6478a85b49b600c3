/* table: the table of metrics.  For metric.c only. */
#ifndef APP_METRIC_TABLE_H
#define APP_METRIC_TABLE_H

#include "app/metric/metric.h"
#include "lib/metrics.h"

extern const struct metric	metric_table[METRIC__MAX];
/*
 * The label "route"; metric_open() fills in its values, because only the router
 * knows them.
 */
extern struct metrics_label	metric_routes;

#endif
