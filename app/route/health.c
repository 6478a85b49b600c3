/* health: /healthz and /readyz, for monitoring. */
#include "app/route/answer.h"
#include "app/route/router.h"
#include "app/service/health/ready.h"
#include "app/version.h"
#include "lib/json.h"
#include "lib/req.h"

static enum cal_err
health_show(struct service *cal, struct req *r)
{
	struct json	*j = json_new(r->mem);

	(void)cal;
	json_object(j, NULL);
	json_bool(j, "ok", true);
	json_str(j, "version", CALENDLYD_VERSION);
	json_end(j);
	answer_json(r, 200, j);
	return CAL_OK;
}

/*
 * "fault" is what is wrong, or NULL; "note" is what to know although nothing is
 * wrong, or NULL.
 */
static void
check_write(struct json *j, const char *name, const char *fault,
    const char *note)
{
	json_object(j, name);
	json_bool(j, "ok", fault == NULL);
	json_str(j, "detail", fault != NULL ? fault : note);
	json_end(j);
}

static enum cal_err
ready_show(struct service *cal, struct req *r)
{
	struct json	*j = json_new(r->mem);
	struct ready	 now;

	(void)cal;
	ready_read(r->mem, &now);
	json_object(j, NULL);
	json_bool(j, "ready", now.ready);
	json_object(j, "checks");
	check_write(j, "database", now.database, NULL);
	check_write(j, "migrations", now.migrations, now.newer);
	check_write(j, "keys", now.keys, NULL);
	check_write(j, "deployment", now.deployment, NULL);
	json_end(j);
	json_end(j);
	if (!now.ready)
		req_header(r, "Retry-After", "5");
	answer_json(r, now.ready ? 200 : 503, j);
	return CAL_OK;
}

const struct route health_routes[] = {
	{ "GET", "/healthz", health_show, NULL, 0 },
	{ "GET", "/readyz", ready_show, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};
