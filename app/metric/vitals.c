/*
 * vitals: see vitals.h.
 */
#include <sys/mman.h>

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "app/metric/vitals.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/metrics.h"

enum {
	SLOTS = 4096,		/* as many slots as the metrics have */
	REPORTS = 8,		/* a reader is done before 8 more come */
	OLD_MS = 2500,		/* an older report is not trusted */
	FULL_MS = 3000,		/* how long trouble is shown after a full disk,
				 * because small writes may succeed meanwhile */
	LONG_MS = 1000,		/* a process that waits longer hangs */
};

static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "numbers must be lock-free");

/* A report and its times by clock_ms(); 0: never. */
struct report {
	struct vitals_report	text;
	int64_t			begun;
	int64_t			ended;
};

struct page {
	struct report		report[REPORTS];
	atomic_uint		next;		/* number of reports so far */
	_Atomic(struct report *) last;
	_Atomic int64_t		met[VITALS__MAX];
	_Atomic int64_t		stalls;
	/*
	 * clock_ms() of the first good report after the last VITALS_NO_ANSWER.
	 */
	_Atomic int64_t		answers;
	atomic_int		reached;	/* number of slots ever used */
	_Atomic int64_t		waits[SLOTS];	/* each slot's wait began */
};

static struct page	*page;
static _Atomic int64_t	*mine;
static bool		 watcher;

static const char *const	texts[VITALS__MAX] = {
	[VITALS_NO_CONNECTION] = "cannot be reached by every process: check "
	    "that PostgreSQL is up and has connections left",
	[VITALS_READ_ONLY] = "takes no writes: is it a standby, or "
	    "default_transaction_read_only on?",
	[VITALS_FULL] = "has no room: free some on the disk of PostgreSQL",
	[VITALS_NO_ANSWER] = "gave no answer in time: check PostgreSQL and "
	    "its storage",
};

const char *
vitals_words(enum vitals_trouble t)
{
	return texts[t];
}

void
vitals_open(void)
{
	page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (page == MAP_FAILED)
		err_nomem("vitals");
}

void
vitals_close(void)
{
	if (page != NULL)
		(void)munmap(page, sizeof(*page));
	page = NULL;
	mine = NULL;
}

void
vitals_use(int slot)
{
	mine = NULL;
	if (page == NULL || slot == METRICS_NO_SLOT)
		return;
	mine = &page->waits[slot];
	if (slot >= atomic_load(&page->reached))
		atomic_store(&page->reached, slot + 1);
}

void
vitals_release(int slot)
{
	if (page != NULL && slot != METRICS_NO_SLOT)
		atomic_store(&page->waits[slot], 0);
}

void
vitals_waiting(bool now)
{
	if (mine != NULL)
		atomic_store_explicit(mine, now ? clock_ms() : 0,
		    memory_order_relaxed);
}

void
vitals_met(enum vitals_trouble t)
{
	if (page != NULL && t == VITALS_NO_ANSWER)
		atomic_fetch_add(&page->stalls, 1);
	if (page != NULL && (!watcher || t == VITALS_NO_ANSWER))
		atomic_store(&page->met[t], clock_ms());
}

int64_t
vitals_stalls(void)
{
	return page == NULL ? 0 : atomic_load(&page->stalls);
}

void
vitals_watch(void)
{
	watcher = true;
}

bool
vitals_doubted(int64_t since)
{
	int	 t;

	for (t = 0; page != NULL && t < VITALS__MAX; t++)
		if (atomic_load(&page->met[t]) >= since)
			return true;
	return false;
}

/*
 * Two watchers may report at the same time, because a reload runs both for a
 * while; hence the atomic counter.
 */
void
vitals_tell(const struct vitals_report *text, int64_t begun)
{
	struct report	*r;
	const int64_t	 now = clock_ms();

	if (page == NULL)
		return;
	if (text->database[0] == '\0' && atomic_load(&page->answers) <
	    atomic_load(&page->met[VITALS_NO_ANSWER]))
		atomic_store(&page->answers, now);
	r = &page->report[atomic_fetch_add(&page->next, 1) % REPORTS];
	*r = (struct report){ .text = *text, .begun = begun, .ended = now };
	atomic_store(&page->last, r);
}

/*
 * After a stall the server answers again, but a process may still be waiting
 * for the answer on its old connection; it serves nobody until it gives up.
 */
static bool
somebody_hangs(int64_t now)
{
	const int64_t	 answers = atomic_load(&page->answers);
	int64_t		 since;
	int		 i;

	for (i = 0; i < atomic_load(&page->reached); i++) {
		since = atomic_load(&page->waits[i]);
		if (since != 0 && since < answers && now - since > LONG_MS)
			return true;
	}
	return false;
}

/*
 * Returns what is wrong although the last report found nothing; NULL: nothing.
 */
static const char *
fault_since(const struct report *r, int64_t now)
{
	int	 t;

	if (now - r->ended > OLD_MS)
		return texts[VITALS_NO_ANSWER];
	for (t = 0; t < VITALS__MAX; t++)
		if (atomic_load(&page->met[t]) >= r->begun)
			return texts[t];
	if (atomic_load(&page->met[VITALS_FULL]) != 0 &&
	    now - atomic_load(&page->met[VITALS_FULL]) < FULL_MS)
		return texts[VITALS_FULL];
	return somebody_hangs(now) ? texts[VITALS_NO_ANSWER] : NULL;
}

void
vitals_read(struct vitals_report *out)
{
	const struct report	*last = page == NULL ? NULL :
				    atomic_load(&page->last);
	struct report		 r = { .begun = 0 };
	const char		*fault = "was not looked at yet";

	if (last != NULL) {
		r = *last;
		fault = r.text.database[0] != '\0' ? NULL :
		    fault_since(&r, clock_ms());
	}
	*out = r.text;
	if (fault != NULL)
		(void)snprintf(out->database, sizeof(out->database), "%s",
		    fault);
}
