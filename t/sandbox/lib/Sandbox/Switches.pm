package Sandbox::Switches;

# Switches: one for each question that Calendly's documents leave open, and a
# few for its limits and its failures.  Some of the tables are in files of their
# own.  The default is the answer that is thought likeliest or, if that cannot
# be said, the one that is harder for the client.

use Mojo::Base -base, -signatures;
use Mojo::JSON ();
use Sandbox::Switches::Bodies;
use Sandbox::Switches::Events;
use Sandbox::Switches::Subscriptions;

sub _one_of (@values) { return [one_of => @values] }
sub _count ()         { return ['count'] }
sub _bool ()          { return ['bool'] }

my @TABLE = (
[code_reuse => 'refused', _one_of(qw(refused revokes)),
    'A code presented twice: only refused, or the tokens it gave die too.'],
[consent_coop => 'none',
    _one_of(qw(none same-origin same-origin-allow-popups)),
    'The Cross-Origin-Opener-Policy of the consent page. Either of the '
    . 'two cuts a popup off from the window that opened it.'],
[conflict_scope => 'per_user', _one_of(qw(per_user per_organization global)),
    'Among whose subscriptions the same URL is a 409.'],
[conflict_wording => 'new', _one_of(qw(new old)),
    'Title of the 409: "Already Exists", or the older "conflict_error".'],
[foreign_subscriptions_visible => 1, _bool,
    'Lists hold subscriptions that other apps made for the same account.'],
[free_plan_webhooks => 1, _bool,
    'The Free plan may have webhooks (so since 2026-11-03).'],
[granted_scopes => '', ['scopes'],
    'If not empty: of the scopes asked for, only these are granted.'],
[id_style => 'uuid', _one_of(qw(uuid upper_uuid dashless short lower16 word
    punctuated twenty long longest slash)),
    'What the ids of new objects and people look like: a UUID in small or '
    . 'capital letters or without dashes, 16 characters, a word, 20, 200 or '
    . '255 characters; slash: URIs end with a slash.'],
[introspect => 'works', _one_of(qw(works refused odd)),
    'What /oauth/introspect says: the truth, a refusal, or a 200 that does '
    . 'not say it.'],
[invalid_grant_status => 400, _one_of(400, 401),
    'The status that comes with invalid_grant.'],
[iss_in_callback => 'absent', _one_of(qw(absent right wrong)),
    'The RFC 9207 "iss" parameter of the redirect.'],
[legacy_app => 0, _bool,
    'The app is from before 2026-03-03: needs no scopes, may do everything.'],
[new_grant_kills_older => 0, _bool,
    "A new authorization ends the same user's earlier tokens of this app."],
[no_show_deleted_has_uri => 0, _bool,
    'invitee_no_show.deleted still carries the no-show it deleted.'],
[old_access_dies_on_refresh => 1, _bool,
    'A refresh also ends the access token that came with the old pair.'],
[pages_without_end => 0, _bool,
    'The last page of a list leads back into it, so that it never ends.'],
[payment_amount_as_string => 0, _bool,
    'payment.amount comes as a string, not a number.'],
[pkce_required => 1, _bool,
    'An authorization without PKCE is refused.'],
[plan_wording => 'new', _one_of(qw(new old)),
    'Message of the 403 for the plan; the old one names Standard.'],
[prompt_accepted => 1, _bool,
    'The undocumented "prompt" parameter is let through, or refused.'],
[rate_limit_minute => 'plan', ['limit', 'plan'],
    'API calls per user and minute: "plan" (500 paid, 50 Free), a number, '
    . '0 for none.'],
[rate_limit_seconds => 60, ['positive'],
    'How long that minute is, in seconds of the settable clock.'],
[refresh_kills_on_reuse => 0, _bool,
    'A refresh token presented again after use ends the whole grant.'],
[refresh_lost_reply_grace => 0, ['limit', 'until_used'],
    'A used refresh token gets the same new pair again: for so many seconds, '
    . 'or "until_used" for as long as the new access token is unused. '
    . '0: never.'],
[refresh_rotates => 1, _bool,
    'A refresh brings a new refresh token; else its answer names none, and '
    . 'the one that was presented stays good.'],
[reschedule_order => 'canceled_first',
    _one_of(qw(canceled_first created_first)),
    'Which of the two deliveries of a reschedule is sent first.'],
[retry_after_on_429 => 0, _bool,
    'A 429 carries Retry-After.'],
[retry_after_form => 'seconds', _one_of(qw(seconds date)),
    'Retry-After says in how many seconds, or at what time of the machine.'],
[revoke_kills_all_tokens_of_user => 0, _bool,
    "Revoking one token ends every token this app has of that user."],
[revoke_refused => 'none', _one_of(qw(none 400 401 403)),
    'Every revocation is refused with this status, of live tokens too.'],
[revoke_removes_subscriptions => 0, _bool,
    'Revoking removes the subscriptions that the user made through the app.'],
[revoke_unknown_status => 200, _one_of(200, 400, 403),
    'The status for revoking a token that is unknown or already dead.'],
[sign_retries_afresh => 1, _bool,
    'A retry has a new t and v1; else the first signature is sent again.'],
[signature_clock => 'real', _one_of(qw(real sandbox)),
    'The t of a signature is the machine\'s time, or that of the settable '
    . 'clock.'],
[signing_key_returned => 'none', _one_of(qw(none app own)),
    'A created subscription shows no signing_key, the key of the app, or '
    . 'one of its own (with which it then signs).'],
[signing_key_sent => 'ignored', _one_of(qw(ignored used rejected)),
    'What becomes of a signing_key sent under OAuth.'],
[token_bom => 0, _bool,
    'A token answer begins with a byte order mark.'],
[token_error => '', ['error'],
    'If not empty: a status and an OAuth error, such as "400 '
    . 'invalid_request", that every refresh is answered with.'],
[token_expires_in => '', ['raw'],
    'If not empty: what a token answer says as expires_in, letter by letter '
    . '(null, "7200", 7199.5, -1), or "absent". Tokens live as ever.'],
[token_limit_minute => 8, _count,
    'Tokens per user and minute; 0 for no limit.'],
[token_names => 'snake', _one_of(qw(snake camel)),
    'How a token answer spells its members: access_token, or accessToken, '
    . 'which nobody expects.'],
[token_owner => 'uri', _one_of(qw(uri user null odd)),
    'The owner and organization of a token answer: their URIs, the user alone, '
    . 'null, or texts that name nobody.'],
[token_refusal => 'none',
    _one_of(qw(none unauthorized empty access_denied html)),
    'A refresh is refused without invalid_grant: 401 with a message alone, '
    . '401 without a body, 403 access_denied, an HTML 403.'],
[token_refusal_person => '', ['word'],
    'Whose refreshes token_refusal is for; empty: everybody\'s.'],
[token_scope_form => 'string', _one_of(qw(string commas array default)),
    'How a token answer names scopes: with spaces, with commas, as an array, '
    . 'or as the old word "default".'],
[token_scope_returned => 'always', _one_of(qw(always code_only never)),
    'When a token answer names the scopes.'],
[uri_base => 'https://api.calendly.com', ['base'],
    'What URIs of new objects begin with: an https URL, or "self".'],
[user_names_null => 0, _bool,
    'users/me has null for the name and the time zone.'],
[user_uri_odd => 0, _bool,
    'users/me has a text that names nobody for the URI of the user.'],
[zoom_kind => 'zoom', _one_of(qw(zoom zoom_conference)),
    'What location.type says for Zoom.'],
);

@TABLE = sort { $a->[0] cmp $b->[0] } @TABLE,
    Sandbox::Switches::Bodies::rows(), Sandbox::Switches::Events::rows(),
    Sandbox::Switches::Subscriptions::rows();

my %KNOWN = map { $_->[0] => $_ } @TABLE;

my %CHECK = (
	bool  => sub ($v) { "$v" =~ /\A(?:0|1|true|false)?\z/ },
	count => sub ($v) { $v =~ /\A\d{1,6}\z/ },
	positive => sub ($v) { $v =~ /\A[1-9]\d{0,5}\z/ },
	limit => sub ($v, $word) { $v eq $word || $v =~ /\A\d{1,6}\z/ },
	base  => sub ($v) { $v =~ m{\A(?:self|https?://[^/\s]+)\z} },
	error => sub ($v) { $v =~ /\A(?:[2-5]\d\d [a-z_]+)?\z/ },
	raw   => sub ($v) { $v =~ /\A[^\r\n]{0,200}\z/ },
	word  => sub ($v) { $v =~ /\A[\w.-]*\z/a },
	scopes => sub ($v) { $v =~ /\A[a-z_: ]*\z/ },
	one_of => sub ($v, @values) { grep { $_ eq $v } @values },
);

my %MEANT = (
	bool   => 'true or false',
	count  => 'a number',
	positive => 'a number above 0',
	base   => '"self" or a URL without a path',
	error  => 'a status and an error, or nothing',
	raw    => 'up to 200 characters on one line',
	word   => 'the key of a person, or nothing',
	scopes => 'scopes separated by spaces',
);

sub new ($class) {
	return $class->SUPER::new({ map { $_->[0] => $_->[1] } @TABLE });
}

sub _meant ($check, @values) {
	return "one of: @values" if $check eq 'one_of';
	return "a number or \"$values[0]\"" if $check eq 'limit';
	return $MEANT{$check};
}

# Returns undef if the change is well-formed, else what is wrong with it.
sub fault ($self, $name, $value) {
	my $row = $KNOWN{$name}
	    or return "there is no switch \"$name\"; GET /sandbox/switches "
	    . 'lists them';
	my ($check, @more) = @{ $row->[2] };
	return undef if defined $value && !(ref $value && $check ne 'bool')
	    && $CHECK{$check}->($value, @more);
	return "switch \"$name\" takes " . _meant($check, @more);
}

sub set ($self, $name, $value) {
	my $bool = $KNOWN{$name}[2][0] eq 'bool';
	$value = $value && "$value" ne 'false' ? 1 : 0 if $bool;
	return $self->{$name} = $value;
}

sub _shown ($self, $row) {
	my ($name, $default, $check) = @$row;
	my ($value, $bool) = ($self->{$name}, $check->[0] eq 'bool');
	return {
		name    => $name,
		about   => $row->[3],
		takes   => _meant(@$check),
		value   => $bool ? ($value ? \1 : \0) : $value,
		default => $bool ? ($default ? \1 : \0) : $default,
	};
}

sub list ($self) { return [map { $self->_shown($_) } @TABLE] }

1;
