/*
 * route: tests of app/route/router_match.h, which finds the route of a request,
 * and of app/route/problem.h, which says what went wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/route/problem.h"
#include "app/route/router_match.h"
#include "lib/arena.h"
#include "lib/req.h"

static const struct route	things[] = {
	{ "GET",    "/v1/things",		NULL, NULL, ROUTE_KEY },
	{ "POST",   "/v1/things",		NULL, NULL, ROUTE_KEY },
	{ "GET",    "/v1/things/again",		NULL, NULL, ROUTE_KEY },
	{ "GET",    "/v1/things/{id}",		NULL, NULL, ROUTE_KEY },
	{ "DELETE", "/v1/things/{id}",		NULL, NULL, ROUTE_KEY },
	{ "GET",    "/v1/things/{id}/of/{of}",	NULL, NULL, ROUTE_KEY },
	{ "GET",    "/visit/{id}",		NULL, NULL, ROUTE_BROWSER },
	{ NULL, NULL, NULL, NULL, 0 },
};

static const struct route	hooks[] = {
	{ "POST",   "/hooks/{id}",		NULL, NULL, ROUTE_INGEST },
	{ NULL, NULL, NULL, NULL, 0 },
};

static const struct route *const	tables[] = { hooks, things, NULL };

static struct req	 r;
static struct route_miss	 miss;

static int
make_arena(void **state)
{
	*state = arena_new(1 << 20);
	return 0;
}

static int
free_arena(void **state)
{
	arena_free(*state);
	return 0;
}

static const struct route *
ask_pool(void **state, const char *method, const char *path, bool ingest)
{
	memset(&r, 0, sizeof(r));
	r.mem = *state;
	r.method = method;
	r.head = strcmp(method, "HEAD") == 0;
	r.path = path;
	return route_match(tables, &r, ingest, &miss);
}

static const struct route *
ask(void **state, const char *method, const char *path)
{
	return ask_pool(state, method, path, false);
}

static void
method_and_path_find_the_route(void **state)
{
	assert_ptr_equal(ask(state, "GET", "/v1/things"), &things[0]);
	assert_ptr_equal(ask(state, "POST", "/v1/things"), &things[1]);
	assert_null(r.arg[0]);
}

static void
parameters_match_one_whole_segment(void **state)
{
	assert_ptr_equal(ask(state, "DELETE", "/v1/things/a|b"), &things[4]);
	assert_string_equal(r.arg[0], "a|b");
	assert_null(r.arg[1]);
	assert_ptr_equal(ask(state, "GET", "/v1/things/1/of/2"), &things[5]);
	assert_string_equal(r.arg[0], "1");
	assert_string_equal(r.arg[1], "2");
}

static void
the_first_that_fits_counts(void **state)
{
	assert_ptr_equal(ask(state, "GET", "/v1/things/again"), &things[2]);
	assert_ptr_equal(ask(state, "GET", "/v1/things/agai"), &things[3]);
	assert_ptr_equal(ask(state, "GET", "/v1/things/again2"), &things[3]);
	/*
	 * The literal route does not take DELETE, but the one with a parameter
	 * does.
	 */
	assert_ptr_equal(ask(state, "DELETE", "/v1/things/again"),
	    &things[4]);
}

static void
what_is_not_there_is_not_found(void **state)
{
	static const char *const	 paths[] = { "", "/", "v1/things",
		"/v1", "/v1/", "/v1/thing", "/v1/thingss", "/v1/things/",
		"/v1/things//", "/v1/things/1/", "/v1/things/1/of",
		"/v1/things/1/of/", "/v1/things/1/of/2/3", "//v1/things",
		"/V1/things", "/v1/things/{id}/x", NULL };
	size_t				 i;

	for (i = 0; paths[i] != NULL; i++) {
		assert_null(ask(state, "GET", paths[i]));
		assert_null(miss.allow);
	}
}

static void
other_methods_are_told_which_are_taken(void **state)
{
	assert_null(ask(state, "PATCH", "/v1/things"));
	assert_string_equal(miss.allow, "GET, HEAD, POST");
	assert_null(ask(state, "OPTIONS", "/v1/things/1/of/2"));
	assert_string_equal(miss.allow, "GET, HEAD");
	assert_null(ask(state, "get", "/v1/things"));
	assert_null(ask(state, "", "/v1/things"));
}

static void
a_method_that_two_routes_take_is_named_once(void **state)
{
	assert_null(ask(state, "PUT", "/v1/things/again"));
	assert_string_equal(miss.allow, "GET, HEAD, DELETE");
}

/*
 * A miss says whether the path is meant for browsers, so that a person who
 * comes there gets a page instead of JSON.
 */
static void
a_miss_says_whose_the_path_is(void **state)
{
	assert_null(ask(state, "POST", "/visit/1"));
	assert_string_equal(miss.allow, "GET, HEAD");
	assert_int_equal(miss.flags, ROUTE_BROWSER);
	assert_null(ask(state, "PUT", "/v1/things"));
	assert_int_equal(miss.flags, ROUTE_KEY);
	assert_null(ask(state, "POST", "/visit"));
	assert_null(miss.allow);
	assert_int_equal(miss.flags, 0);
}

static void
head_is_taken_where_get_is(void **state)
{
	assert_ptr_equal(ask(state, "HEAD", "/v1/things/7"), &things[3]);
	assert_null(ask_pool(state, "HEAD", "/hooks/1", true));
	assert_string_equal(miss.allow, "POST");
}

static void
each_pool_serves_its_own(void **state)
{
	assert_null(ask_pool(state, "POST", "/hooks/1", false));
	assert_null(miss.allow);
	assert_ptr_equal(ask_pool(state, "POST", "/hooks/1", true), hooks);
	assert_null(ask_pool(state, "GET", "/v1/things", true));
	assert_null(miss.allow);
}

static void
every_error_has_a_problem_of_its_own_status(void **state)
{
	static const int	 status[CAL_ERR__MAX] = {
		[CAL_OK] = 500, [CAL_INVALID] = 400,
		[CAL_UNAUTHORIZED] = 401, [CAL_DENIED] = 403,
		[CAL_NOTFOUND] = 404, [CAL_CONFLICT] = 409, [CAL_GONE] = 410,
		[CAL_TOOLARGE] = 413, [CAL_UPSTREAM] = 502,
		[CAL_UNAVAILABLE] = 503, [CAL_INTERNAL] = 500,
	};
	enum cal_err		 rc;

	(void)ask(state, "GET", "/");
	for (rc = CAL_OK; rc < CAL_ERR__MAX; rc++)
		assert_int_equal(problem_find(&r, rc)->status, status[rc]);
}

static void
the_code_that_a_handler_names_wins(void **state)
{
	(void)ask(state, "GET", "/");
	r.code = "endpoint_retired";
	assert_int_equal(problem_find(&r, CAL_INVALID)->status, 410);
	r.code = "no_such_code";
	assert_string_equal(problem_find(&r, CAL_INVALID)->code, "internal");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(method_and_path_find_the_route),
		cmocka_unit_test(parameters_match_one_whole_segment),
		cmocka_unit_test(the_first_that_fits_counts),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(other_methods_are_told_which_are_taken),
		cmocka_unit_test(a_method_that_two_routes_take_is_named_once),
		cmocka_unit_test(a_miss_says_whose_the_path_is),
		cmocka_unit_test(head_is_taken_where_get_is),
		cmocka_unit_test(each_pool_serves_its_own),
		cmocka_unit_test(every_error_has_a_problem_of_its_own_status),
		cmocka_unit_test(the_code_that_a_handler_names_wins),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
