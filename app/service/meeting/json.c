/*
 * json: see json.h.
 *
 * What Calendly said was normalised when it was seen (app/calendly/sighting)
 * and is only put together here.
 */
#include <string.h>

#include "app/repo/meeting.h"
#include "app/service/meeting/json.h"
#include "lib/json.h"

static const char	not_canceled[] =
    "{\"cancellation\":null,\"rescheduled\":false}";
static const char	not_canceled_invitee[] =
    "{\"cancellation\":null,\"rescheduled\":false,\"rescheduled_to\":null}";

static const char *
status_of(bool gone, const struct reg *canceled)
{
	if (gone)
		return meeting_status_name(MEETING_STATUS_GONE);
	return meeting_status_name(canceled->text == NULL ?
	    MEETING_STATUS_ACTIVE : MEETING_STATUS_CANCELED);
}

static void
write_invitee(struct json *j, const struct meeting *m, const struct invitee *v)
{
	json_object(j, NULL);
	json_str(j, "id", v->id);
	json_str(j, "status", status_of(presence_is_gone(&m->presence) ||
	    presence_is_gone(&v->presence), &v->canceled));
	json_members(j, v->content.text);
	json_members(j, v->canceled.text != NULL ? v->canceled.text :
	    not_canceled_invitee);
	json_raw(j, "no_show", v->no_show.text);
	json_end(j);
}

static size_t
size_of_invitee(const struct invitee *v)
{
	return strlen(v->content.text) + (v->canceled.text == NULL ? 0 :
	    strlen(v->canceled.text));
}

/*
 * Writes the first invitees that fit, and the one with id "about" (or NULL)
 * even if it does not.  Returns how many.
 */
static int
write_invitees(struct json *j, const struct meeting *m, int most,
    const char *about)
{
	const struct invitee	*v;
	size_t			 n = 0;
	int			 shown = 0;

	json_array(j, "invitees");
	for (v = m->invitees; v < m->invitees + m->ninvitees; v++) {
		n += size_of_invitee(v);
		if (v > m->invitees && (shown >= most ||
		    n > MEETING_INVITEES_BYTES) &&
		    (about == NULL || strcmp(v->id, about) != 0))
			continue;
		write_invitee(j, m, v);
		shown++;
	}
	json_end(j);
	return shown;
}

static void
write_some(struct json *j, const char *key, const struct meeting *m, int most,
    const char *about)
{
	int	 shown;

	json_object(j, key);
	json_str(j, "id", m->id);
	json_str(j, "user_id", m->user_id);
	json_str(j, "status", status_of(presence_is_gone(&m->presence),
	    &m->canceled));
	json_members(j, m->content.text);
	json_str(j, "host_timezone", m->host_timezone);
	json_members(j, m->canceled.text != NULL ? m->canceled.text :
	    not_canceled);
	shown = write_invitees(j, m, most, about);
	json_bool(j, "invitees_more", m->invitees_more ||
	    shown < m->ninvitees);
	json_end(j);
}

void
meeting_write(struct json *j, const char *key, const struct meeting *m)
{
	write_some(j, key, m, MEETING_INVITEES_MAX, NULL);
}

void
meeting_tell(struct json *j, const char *key, const struct meeting *m,
    const char *invitee_id)
{
	write_some(j, key, m, MEETING_INVITEES_TOLD, invitee_id);
}
