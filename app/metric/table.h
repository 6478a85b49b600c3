/*
 * table: for metric.c alone.
 */
#ifndef APP_METRIC_TABLE_H
#define APP_METRIC_TABLE_H

#include "app/metric/metric.h"
#include "lib/metrics.h"

extern const struct metric	metric_table[METRIC__MAX];
/* Its values are known once the routes are. */
extern struct metrics_label	metric_routes;

#endif
