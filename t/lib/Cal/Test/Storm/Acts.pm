package Cal::Test::Storm::Acts;

# Cal::Test::Storm::Acts: what users, invitees, strangers and time do in a
# storm; each act has a weight. An act returns a few words for the trace; an act
# without effect is no failure.

use Mojo::Base -base, -signatures;

use Exporter 'import';

use Cal::Test::Stack;
use Cal::Test::Storm::Operators qw(operators_acts);

our @EXPORT_OK = qw(acts);

sub _one_of (@list) { return $list[rand @list] }

# -- what invitees and hosts do

sub _book ($s)
{
	my $person = _one_of(@{ $s->persons });
	my $made = $s->c->sandbox(POST => '/sandbox/book', { person => $person,
		wait => \1, questions_and_answers =>
		    [{ question => 'Why?', answer => 'So.' }] });
	push @{ $s->invitees }, $made->{invitee}{uri};
	return "$person " . _answers($made);
}

sub _answers ($made)
{
	return join ' ', map { $_->{last_status} // $_->{state} }
	    @{ $made->{deliveries} };
}

# Lets one of the last invitees do this; it may be too late for it.
sub _invitee ($s, $path, %field)
{
	my @some = @{ $s->invitees };
	splice @some, 0, -20 if @some > 20;
	my $uri = _one_of(@some) // return 'nobody';
	my $made = eval { $s->c->sandbox(POST => "/sandbox/$path",
		{ invitee => $uri, wait => \1, %field }) } or return 'not now';
	push @{ $s->invitees }, $made->{invitee}{uri}
	    if $path eq 'reschedule';
	return _answers($made);
}

sub _cancel ($s)     { return _invitee($s, 'cancel') }
sub _reschedule ($s) { return _invitee($s, 'reschedule') }
sub _no_show ($s)
{
	return _invitee($s, 'no-show', rand() < 0.4 ? (undo => \1) : ());
}

sub _again ($s)
{
	my $last = $s->deliveries_made or return 'none yet';
	my $id = $last - int rand($last < 30 ? $last : 30);
	my $made = eval { $s->c->sandbox(POST => '/sandbox/redeliver', {
		delivery => $id, wait => \1, rand() < 0.5 ? (changes => {
		    payload => { first_name => "Name $id" } }) : () }) };
	return "$id " . ($made ? _answers($made) : 'not now');
}

# -- what users do

sub _user_act ($s, $do)
{
	my $user = _one_of(@{ $s->users });
	eval { $do->($user); 1 } or return $user->user . ' ' .
	    $@ =~ s/\n.*//sr;
	return join ' ', $user->user, $user->person, $user->status;
}

sub _connect ($s, %arg)
{
	return _user_act($s, sub ($user) { $s->connecting($user);
		$user->connect(%arg) });
}

sub _reconnect ($s) { return _connect($s) }
sub _force ($s)     { return _connect($s, force => \1) }
sub _switch_account ($s)
{
	return _user_act($s, sub ($user) {
		$user->person(_one_of(@{ $s->persons }));
		$s->letting_go($user);
		$user->connect(force => \1);
	});
}

sub _disconnect ($s)
{
	return _user_act($s, sub ($user) {
		$s->letting_go($user);
		$user->api('DELETE');
	});
}

sub _erase ($s)
{
	return _user_act($s, sub ($user) {
		$s->letting_go($user, 1);
		$user->api(DELETE => '?erase=true');
	});
}

sub _reconcile ($s)
{
	return _user_act($s, sub ($user) {
		$user->api(POST => '/reconcile') });
}

sub _look ($s)
{
	return _user_act($s, sub ($user) { $user->api(GET => '/webhooks') });
}

# -- what happens without our knowledge

sub _behind ($s, $path)
{
	my $person = _one_of(@{ $s->persons });
	my $done = $s->c->sandbox(POST => "/sandbox/$path",
		{ person => $person });
	$s->not_ours(@{ $done->{subscriptions} });
	return join ' ', $person, scalar @{ $done->{subscriptions} };
}

sub _delete_behind ($s) { return _behind($s, 'delete-subscription') }
sub _disable ($s)	{ return _behind($s, 'disable') }

sub _move ($s)
{
	my ($person, $n) = (_one_of(@{ $s->persons }), $s->next_number);
	my $done = $s->c->sandbox(POST => '/sandbox/move', {
		person => $person, organization => "org$n" });
	$s->out_of_reach(@{ $done->{subscriptions} });
	return "$person to org$n";
}

sub _another_app ($s)
{
	my ($person, $n) = (_one_of(@{ $s->persons }), $s->next_number);
	my $made = $s->c->sandbox(POST => '/sandbox/foreign-subscription', {
		person => $person, events => ['event_type.created'],
		url => _one_of("https://other.example/$n",
		    $s->c->url('/webhooks/calendly/') . 'x' x 43 . $n) });
	$s->foreign->{ $made->{resource}{uri} } = $person;
	return $person;
}

# -- when we cannot accept deliveries

# Nobody answers Calendly while these bookings come.
sub _outage ($s)
{
	$s->c->nginx->stop;
	my $said = join ', ', map { _book($s) } 1 .. 1 + int rand 3;
	$s->c->stack->start_nginx;
	return $said;
}

# Calendly signs with another key for a while, so that we refuse what it sends.
sub _wrong_key ($s)
{
	my $key = $Cal::Test::Stack::OAUTH{key};
	$s->c->sandbox(POST => '/sandbox/signing-key', { key => 'another' });
	my $said = join ', ', map { _book($s) } 1 .. 1 + int rand 3;
	$s->c->sandbox(POST => '/sandbox/signing-key', { key => $key });
	return $said;
}

# -- what strangers do

sub _forge ($s)
{
	my $url = _one_of($s->callbacks) // return 'nowhere';
	my $res = $s->c->deliver($url, '{"event":"invitee.created"}', {
		'Calendly-Webhook-Signature' => $s->c->sign('x',
		    key => 'forged') });
	return $res->code;
}

sub _unknown_endpoint ($s)
{
	my $url = $s->c->url('/webhooks/calendly/') . 'y' x 43;
	return $s->c->deliver($url, '{"event":"invitee.created"}')->code;
}

# -- time, and what goes wrong at Calendly

# While Calendly lies, or something fails at it, only a little time passes: a
# subscription that lists have not shown for six hours is believed to be gone.
sub _minutes ($s)
{
	my $seconds = 10 + int rand 900;
	$s->age->pass($seconds);
	return $seconds;
}

sub _hours ($s)
{
	$s->weather->honest;
	my $seconds = int 3600 * (1 + rand 5);
	$s->age->pass($seconds);
	return $seconds;
}

sub _break ($s)  { return $s->weather->break }
sub _mend ($s)   { return $s->weather->mend }
sub _lie ($s)    { return $s->weather->lie }
sub _honest ($s) { return $s->weather->honest }

my @ACT = (
	[30 => book => \&_book], [7 => cancel => \&_cancel],
	[5 => reschedule => \&_reschedule], [6 => 'no-show' => \&_no_show],
	[4 => again => \&_again], [7 => connect => \&_reconnect],
	[3 => force => \&_force], [3 => switch => \&_switch_account],
	[3 => disconnect => \&_disconnect], [1 => erase => \&_erase],
	[9 => reconcile => \&_reconcile], [4 => look => \&_look],
	[3 => 'delete behind' => \&_delete_behind],
	[2 => disable => \&_disable], [1 => move => \&_move],
	[1 => 'another app' => \&_another_app],
	[1.5 => outage => \&_outage],
	[1.5 => 'wrong key' => \&_wrong_key], [4 => forge => \&_forge],
	[1 => 'unknown endpoint' => \&_unknown_endpoint],
	[8 => minutes => \&_minutes], [1 => hours => \&_hours],
	[10 => break => \&_break], [4 => mend => \&_mend],
	[7 => lie => \&_lie], [5 => honest => \&_honest],
);

# Returns all acts except those that are named.
sub acts (@without)
{
	my %without = map { $_ => 1 } @without;
	return grep { !$without{ $_->[1] } } @ACT, operators_acts();
}

1;
