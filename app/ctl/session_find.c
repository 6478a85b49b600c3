/*
 * session_find: see session_find.h.
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/session_find.h"
#include "app/repo/ops_session.h"
#include "lib/arena.h"

enum {
	DIGITS = 32,		/* hex digits of a session's id */
	DIGITS_LEAST = 8,	/* in a reference */
};

/*
 * Returns the hex digits of a reference as a person may have copied it: in
 * capitals, with blanks or other dashes, perhaps only its beginning.  NULL: it
 * cannot be a reference.
 */
static const char *
digits_of(struct arena *mem, const char *ref)
{
	char	*digits = arena_alloc(mem, DIGITS + 1);
	size_t	 n = 0;

	for (; *ref != '\0'; ref++) {
		if (isxdigit((unsigned char)*ref) && n < DIGITS)
			digits[n++] = (char)tolower((unsigned char)*ref);
		else if (isalnum((unsigned char)*ref))
			return NULL;
	}
	digits[n] = '\0';
	return n < DIGITS_LEAST ? NULL : digits;
}

/*
 * Returns the first ("with" is '0') or last ('f') id that begins with these
 * digits.
 */
static const char *
fill_digits(struct arena *mem, const char *digits, char with)
{
	char	*id = arena_alloc(mem, DIGITS + 1);

	memset(id, with, DIGITS);
	id[DIGITS] = '\0';
	memcpy(id, digits, strlen(digits));
	return id;
}

static void
say_ambiguous(const struct ops_session *found, int n)
{
	int	 i;

	for (i = 0; i < n && i < OPS_SESSION_FOUND; i++)
		ctl_say("%s  %s  %s", found[i].id, found[i].tenant,
		    found[i].user_id);
	ctl_say("the ids of %s%d sessions begin so: give more of the "
	    "reference", n > OPS_SESSION_FOUND ? "more than " : "", i);
}

enum cal_err
session_find_quoted(struct ctl *c, struct ops_session *s)
{
	const char		*digits = digits_of(c->mem, c->arg[0]);
	struct ops_session	*found;
	enum cal_err		 rc;
	int			 n;

	if (digits == NULL)
		return ctl_misuse(c, "\"%s\" is no reference: write the %d "
		    "digits and letters a to f that the page shows, or the "
		    "first %d of them or more", c->arg[0], DIGITS,
		    DIGITS_LEAST);
	if ((rc = ctl_open(c)) != CAL_OK || (rc = ops_session_find(c->db,
	    c->mem, fill_digits(c->mem, digits, '0'), fill_digits(c->mem,
	    digits, 'f'), &found, &n)) != CAL_OK)
		return rc;
	if (n == 1) {
		*s = found[0];
		return CAL_OK;
	}
	if (n > 1)
		say_ambiguous(found, n);
	else
		ctl_say("there is no session \"%s\": check that it is copied "
		    "right, and that this is the deployment whose page "
		    "showed it; sessions are kept for 7 days after they "
		    "expire, and go when their user is erased. A request id "
		    "is looked up in the log instead", c->arg[0]);
	return CAL_NOTFOUND;
}
