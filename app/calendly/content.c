/*
 * content: see content.h.
 */
#include <inttypes.h>

#include "app/calendly/content.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/when.h"

enum {
	TEXT_MAX = 16 * 1024,
	LIST_MAX = 100,
	LIST_BYTES = 64 * 1024,
};

enum form {
	TEXT,
	TIME,
	WHOLE,			/* number */
	TRUTH,
	OBJECT,
	LIST,			/* of objects */
};

struct content_field {
	const char	*name;		/* ours */
	const char	*path;		/* Calendly's */
	enum form	 form;
	const struct content_field *part;	/* OBJECT, LIST */
};

static const struct content_field LOCATION[] = {
	{ "type", "type", TEXT, NULL },
	{ "status", "status", TEXT, NULL },
	{ "join_url", "join_url", TEXT, NULL },
	{ "location", "location", TEXT, NULL },
	{ "additional_info", "additional_info", TEXT, NULL },
	{ .name = NULL },
};

static const struct content_field HOSTS[] = {
	{ "user_uri", "user", TEXT, NULL },
	{ "email", "user_email", TEXT, NULL },
	{ "name", "user_name", TEXT, NULL },
	{ .name = NULL },
};

static const struct content_field GUESTS[] = {
	{ "email", "email", TEXT, NULL },
	{ .name = NULL },
};

static const struct content_field COUNTER[] = {
	{ "total", "total", WHOLE, NULL },
	{ "active", "active", WHOLE, NULL },
	{ "limit", "limit", WHOLE, NULL },
	{ .name = NULL },
};

static const struct content_field MEETING[] = {
	{ "name", "name", TEXT, NULL },
	{ "start_time", "start_time", TIME, NULL },
	{ "end_time", "end_time", TIME, NULL },
	{ "event_type_uri", "event_type", TEXT, NULL },
	{ "location", "location", OBJECT, LOCATION },
	{ "hosts", "event_memberships", LIST, HOSTS },
	{ "guests", "event_guests", LIST, GUESTS },
	{ "invitees_counter", "invitees_counter", OBJECT, COUNTER },
	{ "notes", "meeting_notes_plain", TEXT, NULL },
	{ "created_at", "created_at", TIME, NULL },
	{ "updated_at", "updated_at", TIME, NULL },
	{ .name = NULL },
};

static const struct content_field ANSWERS[] = {
	{ "question", "question", TEXT, NULL },
	{ "answer", "answer", TEXT, NULL },
	{ "position", "position", WHOLE, NULL },
	{ .name = NULL },
};

static const struct content_field TRACKING[] = {
	{ "utm_campaign", "utm_campaign", TEXT, NULL },
	{ "utm_source", "utm_source", TEXT, NULL },
	{ "utm_medium", "utm_medium", TEXT, NULL },
	{ "utm_content", "utm_content", TEXT, NULL },
	{ "utm_term", "utm_term", TEXT, NULL },
	{ "salesforce_uuid", "salesforce_uuid", TEXT, NULL },
	{ .name = NULL },
};

/* The amount is a text, so that nobody rounds it. */
static const struct content_field PAYMENT[] = {
	{ "external_id", "external_id", TEXT, NULL },
	{ "provider", "provider", TEXT, NULL },
	{ "amount", "amount", TEXT, NULL },
	{ "currency", "currency", TEXT, NULL },
	{ "terms", "terms", TEXT, NULL },
	{ "successful", "successful", TRUTH, NULL },
	{ .name = NULL },
};

static const struct content_field RECONFIRMATION[] = {
	{ "created_at", "created_at", TIME, NULL },
	{ "confirmed_at", "confirmed_at", TIME, NULL },
	{ .name = NULL },
};

static const struct content_field INVITEE[] = {
	{ "calendly_uri", "uri", TEXT, NULL },
	{ "name", "name", TEXT, NULL },
	{ "first_name", "first_name", TEXT, NULL },
	{ "last_name", "last_name", TEXT, NULL },
	{ "email", "email", TEXT, NULL },
	{ "timezone", "timezone", TEXT, NULL },
	{ "questions_and_answers", "questions_and_answers", LIST, ANSWERS },
	{ "tracking", "tracking", OBJECT, TRACKING },
	{ "payment", "payment", OBJECT, PAYMENT },
	{ "text_reminder_number", "text_reminder_number", TEXT, NULL },
	{ "reconfirmation", "reconfirmation", OBJECT, RECONFIRMATION },
	{ "scheduling_method", "scheduling_method", TEXT, NULL },
	{ "scheduled_by", "invitee_scheduled_by", TEXT, NULL },
	{ "routing_form_submission", "routing_form_submission", TEXT, NULL },
	{ "cancel_url", "cancel_url", TEXT, NULL },
	{ "reschedule_url", "reschedule_url", TEXT, NULL },
	{ "created_at", "created_at", TIME, NULL },
	{ "updated_at", "updated_at", TIME, NULL },
	{ .name = NULL },
};

static const struct content_field CANCELLATION[] = {
	{ "canceled_by", "canceled_by", TEXT, NULL },
	{ "canceler_type", "canceler_type", TEXT, NULL },
	{ "reason", "reason", TEXT, NULL },
	{ "canceled_at", "created_at", TIME, NULL },
	{ .name = NULL },
};

const struct content_field *const content_meeting = MEETING;
const struct content_field *const content_invitee = INVITEE;
const struct content_field *const content_cancellation = CANCELLATION;

/* At a character's end. */
static const char *
cut(struct arena *mem, const char *s)
{
	int	 n = TEXT_MAX;

	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return arena_printf(mem, "%.*s\xe2\x80\xa6", n, s);
}

/* A text may hold a NUL, which only json_node writes. */
static void
put_text(struct json *j, struct arena *mem, const char *name,
    const struct json_node *n)
{
	struct json_node	 text;

	if (n == NULL || (n->type != JSON_STRING && n->type != JSON_NUMBER)) {
		json_null(j, name);
	} else if (n->textsz > TEXT_MAX) {
		json_str(j, name, cut(mem, n->text));
	} else {
		text = *n;
		text.type = JSON_STRING;
		json_node(j, name, &text, NULL, NULL);
	}
}

static void
put_whole(struct json *j, const char *name, const struct json_node *n)
{
	int64_t	 v;

	if (json_int(n, "", &v))
		json_num(j, name, v);
	else
		json_null(j, name);
}

static void
put_truth(struct json *j, const char *name, const struct json_node *n)
{
	if (n != NULL && n->type == JSON_BOOL)
		json_bool(j, name, n->truth);
	else
		json_null(j, name);
}

static size_t
weight(const struct json_node *n)
{
	size_t	 sum = 0;

	for (n = n->child; n != NULL; n = n->next)
		sum += n->textsz < TEXT_MAX ? n->textsz : TEXT_MAX;
	return sum;
}

static void
put_list(struct json *j, struct arena *mem, const char *name,
    const struct json_node *n, const struct content_field *part)
{
	size_t	 bytes = 0;
	int	 most = LIST_MAX;

	json_array(j, name);
	n = n == NULL || n->type != JSON_ARRAY ? NULL : n->child;
	for (; n != NULL && most > 0; n = n->next) {
		if (n->type != JSON_OBJECT)
			continue;
		if ((bytes += weight(n)) > LIST_BYTES)
			break;
		content_put_object(j, mem, NULL, n, part);
		most--;
	}
	json_end(j);
}

void
content_put_object(struct json *j, struct arena *mem, const char *name,
    const struct json_node *n, const struct content_field *part)
{
	if (n == NULL || n->type != JSON_OBJECT) {
		json_null(j, name);
		return;
	}
	json_object(j, name);
	content_put(j, mem, n, part);
	json_end(j);
}

void
content_put(struct json *j, struct arena *mem, const struct json_node *node,
    const struct content_field *f)
{
	const struct json_node	*n;

	for (; f->name != NULL; f++) {
		n = json_find(node, f->path);
		switch (f->form) {
		case TEXT:
			put_text(j, mem, f->name, n);
			break;
		case TIME:
			json_str(j, f->name, when_read_loose(mem,
			    json_text(n, "")));
			break;
		case WHOLE:
			put_whole(j, f->name, n);
			break;
		case TRUTH:
			put_truth(j, f->name, n);
			break;
		case OBJECT:
			content_put_object(j, mem, f->name, n, f->part);
			break;
		case LIST:
			put_list(j, mem, f->name, n, f->part);
			break;
		}
	}
}
