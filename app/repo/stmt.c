/*
 * stmt: the table of statements, in chapters.
 */
#include "app/repo/stmt.h"

const struct db_stmt stmt_table[STMT__MAX] = {
#include "app/repo/stmt_connection.inc"
#include "app/repo/stmt_event.inc"
#include "app/repo/stmt_failing.inc"
#include "app/repo/stmt_gap.inc"
#include "app/repo/stmt_grant.inc"
#include "app/repo/stmt_job.inc"
#include "app/repo/stmt_ledger.inc"
#include "app/repo/stmt_meeting.inc"
#include "app/repo/stmt_ops.inc"
#include "app/repo/stmt_refused.inc"
#include "app/repo/stmt_sealed.inc"
#include "app/repo/stmt_session.inc"
#include "app/repo/stmt_story.inc"
#include "app/repo/stmt_subscription.inc"
#include "app/repo/stmt_tally.inc"
#include "app/repo/stmt_teardown.inc"
#include "app/repo/stmt_tenant.inc"
#include "app/repo/stmt_upkeep.inc"
};
