/* metrics: /metrics, for Prometheus. */
#include "app/route/router.h"
#include "app/service/health/scrape.h"
#include "lib/buf.h"
#include "lib/metrics.h"
#include "lib/req.h"

static enum cal_err
metrics_show(struct service *cal, struct req *r)
{
	const struct metrics_view	*v = scrape_run(cal, r->mem);
	struct buf			 b;

	if (v == NULL)
		return CAL_NOTFOUND;
	buf_init(&b, r->mem, 0);
	metrics_write(v, &b);
	req_answer(r, 200, "text/plain; version=0.0.4; charset=utf-8", b.p,
	    b.n);
	return CAL_OK;
}

const struct route metrics_routes[] = {
	{ "GET", "/metrics", metrics_show, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};
