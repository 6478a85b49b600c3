/*
 * json: writes a meeting as host apps see it, in answers of the API and in
 * meeting.changed alike.
 *
 * {id, user_id, status, name, start_time, end_time, calendly_uri,
 * event_type_uri, location, hosts, guests, invitees_counter, notes, created_at,
 * updated_at, host_timezone, cancellation, rescheduled, invitees,
 * invitees_more}; see openapi.yaml.
 */
#ifndef APP_SERVICE_MEETING_JSON_H
#define APP_SERVICE_MEETING_JSON_H

struct json;
struct meeting;

/*
 * Writes a meeting with at most MEETING_INVITEES_MAX invitees, and no more
 * after they fill 256 KiB.  "invitees_more" says whether some are left out.
 */
void	meeting_write(struct json *, const char *key, const struct meeting *);
/*
 * Writes a meeting for meeting.changed: the first MEETING_INVITEES_TOLD
 * invitees, and the one whom the change is about.  With all invitees a group
 * event of hundreds would be written out hundreds of times.
 */
void	meeting_tell(struct json *, const char *key, const struct meeting *,
	    const char *invitee_id);

#endif
