/*
 * unread: see unread.h.
 */
#include "app/calendly/content.h"
#include "app/calendly/payload.h"
#include "app/domain/event_kind.h"
#include "app/service/webhook/unread.h"

const char *
unread_members(struct arena *mem, const struct payload *p)
{
	if (event_kind_about(p->kind) != ABOUT_INVITEE)
		return NULL;
	return content_unread(mem, p->root, content_delivery);
}

const char *
unread_in(struct arena *mem, struct bytes body)
{
	struct payload	 p;

	payload_read(mem, body, &p);
	return unread_members(mem, &p);
}
