/*
 * budget: see budget.h.
 */
#include "app/repo/budget.h"
#include "app/service/calls/budget.h"
#include "app/service/errand.h"
#include "app/service/service.h"

enum cal_err
budget_wait(const struct errand *e, int64_t *ms)
{
	return budget_look(e->cal->db, e->mem, &(struct budget_user){
	    e->connection_id, e->grant_id, e->background }, ms);
}
