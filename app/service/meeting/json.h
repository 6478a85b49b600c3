/*
 * json: a meeting as host apps see it, in answers and in
 * meeting.changed alike.
 *
 * {id, user_id, status, name, start_time, end_time, calendly_uri,
 * event_type_uri, location, hosts, guests, invitees_counter, notes,
 * created_at, updated_at, host_timezone, cancellation, rescheduled, invitees,
 * invitees_more}; see openapi.yaml.
 */
#ifndef APP_SERVICE_MEETING_JSON_H
#define APP_SERVICE_MEETING_JSON_H

struct json;
struct meeting;

/*
 * At most MEETING_INVITEES_MAX invitees, and no more once they fill 256 KiB;
 * "invitees_more" says so.
 */
void	meeting_write(struct json *, const char *key, const struct meeting *);
/*
 * As meeting.changed tells it: the first MEETING_INVITEES_TOLD, and the one
 * whom it is about.  A group of hundreds would else be told hundreds of times.
 */
void	meeting_tell(struct json *, const char *key, const struct meeting *,
	    const char *invitee_id);

#endif
