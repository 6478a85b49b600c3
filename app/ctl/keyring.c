/* keyring: the commands for the file of master keys. */
#include <stdint.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "lib/json.h"
#include "lib/keyring.h"

static const char *const	names[] = { "CALENDLYD_KEYRING_FILE", NULL };

static enum cal_err
print_file(struct ctl *c, uint32_t key)
{
	out_begin(c);
	if (c->json) {
		json_str(c->doc, "file", c->settings.keyring_file);
		json_num(c->doc, "key", key);
	}
	return out_end(c);
}

enum cal_err
ctl_keyring_new(struct ctl *c)
{
	enum cal_err	 rc;

	if ((rc = ctl_settings(c, names)) != CAL_OK)
		return rc;
	if ((rc = keyring_create(c->settings.keyring_file)) != CAL_OK)
		return ctl_fail(rc, "no keyring was made, see above");
	ctl_say("made %s: keep a copy apart from the database's backups; "
	    "without it the tokens in the database are lost",
	    c->settings.keyring_file);
	return print_file(c, 1);
}

enum cal_err
ctl_keyring_add(struct ctl *c)
{
	enum cal_err	 rc;
	uint32_t	 id;

	if ((rc = ctl_settings(c, names)) != CAL_OK)
		return rc;
	if ((rc = keyring_add(c->settings.keyring_file, &id)) != CAL_OK)
		return ctl_fail(rc, "no key was added, see above");
	ctl_say("added key %lu to %s: copy the file to every host now; what "
	    "runs takes the key up by itself and seals with it; older keys "
	    "still open what they sealed, until \"calendlyctl "
	    "rotate-master-key\" seals that anew", (unsigned long)id,
	    c->settings.keyring_file);
	return print_file(c, id);
}
