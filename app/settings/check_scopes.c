/*
 * check_scopes: checks that scopes and kinds of events exist and fit together.
 *
 * One unknown scope makes Calendly refuse every authorization, and an event
 * kind whose scope is missing makes it refuse every subscription.  Both must be
 * found here, before a user meets them.
 */
#include <stdbool.h>
#include <string.h>

#include "app/domain/event_kind.h"
#include "app/domain/scope.h"
#include "app/settings/check.h"
#include "app/settings/settings.h"
#include "lib/arena.h"

/* The scopes that Calendly has documented since 2026-03-03. */
static const char *const	scopes[] = {
	"users:read", "organizations:read", "organizations:write",
	"scheduled_events:read", "scheduled_events:write", "webhooks:read",
	"webhooks:write", "event_types:read", "event_types:write",
	"routing_forms:read", "contacts:read", "contacts:write",
	"meeting_recaps:read", "meeting_recaps:write", "groups:read",
	"availability:read", "availability:write", "locations:read",
	"shares:write", "scheduling_links:write", "activity_log:read",
	"data_compliance:write", "outgoing_communications:read", NULL,
};

/* The scopes without which calendlyd cannot work. */
static const char *const	needed[] = {
	"users:read", "webhooks:write", "scheduled_events:read", NULL,
};

static bool
is_scope(const char *word, size_t n)
{
	size_t	 i;

	for (i = 0; scopes[i] != NULL; i++)
		if (strlen(scopes[i]) == n && memcmp(scopes[i], word, n) == 0)
			return true;
	return false;
}

static const char *
scope_list(struct arena *mem)
{
	const char	*list = "";
	size_t		 i;

	for (i = 0; scopes[i] != NULL; i++)
		list = arena_printf(mem, "%s%s%s", list, i > 0 ? " " : "",
		    scopes[i]);
	return list;
}

static const char *
kind_list(struct arena *mem)
{
	const struct event_kind	*k;
	const char		*list = "";

	for (k = event_kinds; k->name != NULL; k++)
		if (k->of_user)
			list = arena_printf(mem, "%s%s%s", list,
			    k > event_kinds ? " " : "", k->name);
	return list;
}

const char *
check_scopes(struct arena *mem, const char *value)
{
	const char	*p;
	size_t		 n;

	for (p = value; *p != '\0'; p += n) {
		p += strspn(p, ", \t");
		n = strcspn(p, ", \t");
		if (n > 0 && !is_scope(p, n))
			return arena_printf(mem, "Calendly has no scope "
			    "\"%.*s\"; write some of: %s", (int)n, p,
			    scope_list(mem));
	}
	return NULL;
}

static const char *
kind_fault(struct arena *mem, const char *word, size_t n)
{
	const struct event_kind	*k = event_kind_find(word, n);

	if (k == NULL)
		return arena_printf(mem, "Calendly has no event \"%.*s\"; "
		    "write some of: %s", (int)n, word, kind_list(mem));
	if (!k->of_user)
		return arena_printf(mem, "leave \"%s\" out: Calendly sends "
		    "it only for a whole organization, and calendlyd "
		    "subscribes for one user at a time", k->name);
	return NULL;
}

const char *
check_events(struct arena *mem, const char *value)
{
	const char	*p, *fault;
	size_t		 n;

	for (p = value; *p != '\0'; p += n) {
		p += strspn(p, ", \t");
		n = strcspn(p, ", \t");
		if (n > 0 && (fault = kind_fault(mem, p, n)) != NULL)
			return fault;
	}
	return NULL;
}

static bool
is_needed(const char *scope)
{
	size_t	 i;

	for (i = 0; needed[i] != NULL; i++)
		if (strcmp(needed[i], scope) == 0)
			return true;
	return false;
}

static void
check_kinds_granted(struct check_list *list, const struct settings *s)
{
	const struct event_kind	*k;
	size_t			 i;

	for (i = 0; s->webhook_events[i] != NULL; i++) {
		k = event_kind_find(s->webhook_events[i],
		    strlen(s->webhook_events[i]));
		if (k == NULL || is_needed(k->scope) ||
		    scope_covers(s->scopes, k->scope))
			continue;
		check_say(list, true, "CALENDLY_WEBHOOK_EVENTS: \"%s\" needs "
		    "the scope %s: add it to CALENDLY_SCOPES, or leave the "
		    "event out", k->name, k->scope);
	}
}

void
check_scopes_fit(struct check_list *list, const struct settings *s)
{
	size_t	 i;

	if (s->scopes[0] == NULL)
		return;		/* the fault is already in the list */
	for (i = 0; needed[i] != NULL; i++)
		if (!scope_covers(s->scopes, needed[i]))
			check_say(list, true, "CALENDLY_SCOPES: add %s: "
			    "calendlyd cannot work without it", needed[i]);
	check_kinds_granted(list, s);
}
