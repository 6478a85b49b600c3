/*
 * pieces: work that is done in pieces, as app/service/calls/together.h does it:
 * a Calendly that answers many requests at the same time, and what a runner
 * does for the task that the pieces belong to.
 */
#ifndef T_UNIT_PIECES_H
#define T_UNIT_PIECES_H

#include <stdatomic.h>

#include <poll.h>

#include "t/unit/calendly_server.h"

#include "app/calendly/scheduled_list.h"
#include "app/service/calls/split.h"
#include "app/service/calls/together.h"
#include "app/service/service.h"
#include "lib/clock.h"
#include "lib/http_loop.h"
#include "lib/log.h"
#include "lib/task.h"

enum { MANY = 10, LATE_MS = 100, HANG_MS = 60 * 1000, MINUTE_MS = 60 * 1000 };

/* How the server answers about an event: its id is "E" and a number. */
struct manner {
	const char	*status;	/* NULL: 200 */
	int		 ms;		/* until then it keeps silent */
};

/* What the server and the test share. */
struct crowd {
	atomic_int	 now;		/* requests that wait for an answer */
	atomic_int	 most;
};

static struct crowd	*crowd;
static struct manner	 manner[MANY];
static struct http_loop	*loop;
static struct service	 process, *job;
static struct task	*root;
static size_t		 n_pieces, at_once;
static enum cal_err	 result;
static size_t		 begun, ended;
static bool		 over;

static inline void
answer_in_time(int fd)
{
	struct manner	 m;
	char		 head[4096];
	const char	*id;
	ssize_t		 n = recv(fd, head, sizeof(head) - 1, 0);
	int		 now;

	if (n <= 0)
		return;
	head[n] = '\0';
	id = strstr(head, "/E");
	if (id == NULL)
		return;
	m = manner[id[2] - '0'];
	now = atomic_fetch_add(&crowd->now, 1) + 1;
	if (now > atomic_load(&crowd->most))
		atomic_store(&crowd->most, now);
	(void)poll(NULL, 0, m.ms);
	(void)atomic_fetch_sub(&crowd->now, 1);
	say(fd, "HTTP/1.1 ");
	say(fd, m.status == NULL ? "200 OK" : m.status);
	say(fd, "\r\nConnection: close\r\nContent-Length: 15\r\n\r\n"
	    "{\"resource\":{}}");
}

/* Every request is answered by a process of its own. */
static inline void
answer_beside(int fd)
{
	const pid_t	 parent = getpid();

	(void)signal(SIGCHLD, SIG_IGN);
	if (fork() == 0) {
		end_with(parent);
		answer_in_time(fd);
		_exit(0);
	}
}

/* Calls Calendly about the event of this number. */
static inline enum cal_err
ask_about(const struct errand *e, size_t i)
{
	struct scheduled_entry	 entry;

	/* Both need a database. */
	client_guard(e->cal->api, NULL, NULL);
	client_observe(e->cal->api, NULL, NULL);
	return scheduled_find(errand_behalf(e), token, arena_printf(e->mem,
	    API "/scheduled_events/E%zu", i), &entry);
}

static inline enum cal_err
call_piece(const struct errand *e, size_t i, void *arg)
{
	enum cal_err	 rc;

	(void)arg;
	assert_int_equal(begun, i);
	begun++;
	rc = ask_about(e, i);
	ended++;
	return rc;
}

static inline enum cal_err
sleep_piece(const struct errand *e, size_t i, void *arg)
{
	(void)arg;
	begun++;
	task_sleep(LATE_MS);
	assert_string_equal(log_request_id(), "job-7");
	e->cal->was_answered = i == 1;
	e->cal->had_to_wait = i == 2;
	ended++;
	return CAL_OK;
}

static inline void
work(void *piece)
{
	const struct errand	 e = errand_for(job, mem, "7");
	together_piece		*const *p = piece;

	log_request("job-7");
	result = together(&e, n_pieces, at_once, *p, NULL);
	assert_string_equal(log_request_id(), "job-7");
	log_request(NULL);
	over = true;
}

static together_piece	*piece;

/* Begins to answer as "manner" says. */
static inline void
begin_serving(void)
{
	stop_server();
	serve(answer_beside);
	settings = (struct settings){ .api_url = url("") };
	token = secret_from_text(mem, "the token");
	process = (struct service){ .set = &settings, .mem = mem };
}

static inline void
start(together_piece *p, size_t n, size_t most)
{
	begin_serving();
	job = split_new(&process, mem, loop);
	n_pieces = n;
	at_once = most;
	piece = p;
	root = task_new(work, &piece);
	assert_true(task_resume(root));
}

static inline void
resume_root(void)
{
	if (!task_resume(root))
		root = NULL;
}

static inline void
turn(void)
{
	const struct task	*t;

	http_loop_turn(loop, 10, -1);
	while ((t = http_loop_landed(loop)) != NULL) {
		assert_ptr_equal(t, root);
		resume_root();
	}
	if (root != NULL && task_due(root) <= clock_ms())
		resume_root();
}

static inline void
finish(void)
{
	const int64_t	 until = clock_ms() + MINUTE_MS;

	while (root != NULL && clock_ms() < until)
		turn();
	assert_true(over);
	assert_null(job->parts);
	assert_int_equal(http_loop_calls(loop), 0);
	split_free(job);
}

static inline int
pieces_setup(void **state)
{
	const int	 rc = http_setup(state);

	crowd = mmap(NULL, sizeof(*crowd), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(manner, 0, sizeof(manner));
	loop = http_loop_new();
	begun = ended = 0;
	over = false;
	return crowd == MAP_FAILED ? -1 : rc;
}

static inline int
pieces_teardown(void **state)
{
	http_loop_free(loop);
	(void)munmap(crowd, sizeof(*crowd));
	return http_teardown(state);
}

static inline void
all_are_late(int ms)
{
	int	 i;

	for (i = 0; i < MANY; i++)
		manner[i].ms = ms;
}

#define crew(f)	cmocka_unit_test_setup_teardown(f, pieces_setup, \
		    pieces_teardown)

#endif
