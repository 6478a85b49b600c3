# The master key is rotated while everything runs: no request fails, nothing
# stays sealed with the old key, and the next rotation finishes one that was
# killed.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Books;
use Cal::Test::Load;
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json);

my $USERS = 8;
my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited($USERS);
my $ring = path($c->stack->run . '/keyring');
my @COLUMN = ('grants.access_sealed', 'grants.refresh_sealed',
    'grants.unread_reply_sealed',
    'endpoints.signing_key_sealed', 'oauth_states.verifier_sealed',
    'deployment.canary_sealed');

# Each with a key of its own at Calendly, which we store sealed.
$books->switch(signing_key_returned => 'own');
$c->connect("u$_", person => "p$_") for 1 .. $USERS;
$c->new_browser->visit($c->session('later')->{url});	# waits for consent

sub keys_in_file { return join ' ', $ring->slurp =~ /^key (\d+)/mg }

# How many values each key has sealed: { 1 => 7, 2 => 40 }.
sub sealed_by
{
	my %n;
	for my $column (@COLUMN) {
		my ($table, $name) = split /\./, $column;
		my $rows = $c->db->selectall_arrayref(
			"SELECT get_byte($name, 4), count(*) FROM $table" .
			" WHERE $name IS NOT NULL GROUP BY 1");
		$n{ $_->[0] } += $_->[1] for @$rows;
	}
	return \%n;
}

# Silently, which refreshes and so seals a new pair.
sub reconnects ($user)
{
	my ($at, $calls) = (consents(), $books->calls('POST /oauth/token'));
	$c->db->do('UPDATE grants SET refreshed_at = NULL WHERE id =' .
	    ' (SELECT grant_id FROM connections WHERE user_id = ?)', undef,
	    $user);
	my $browser = $c->connect($user, browser => $c->new_browser);
	is $c->api(GET => "/v1/connect-sessions/$browser->{session}{id}")
	    ->json('/result'), 'reconnected', "$user reconnects";
	is $books->calls('POST /oauth/token'), $calls + 1, 'by one refresh';
	return is consents(), $at, 'without being asked';
}

sub consents
{
	my $visits = $books->consents;
	return ref $visits ? scalar @$visits : $visits;
}

# A delivery that only a user's own signing key can have signed.
sub signed_delivery ($user)
{
	my ($url, $body) = ($c->endpoint($user), delivery('invitee.created',
		uri => invitee_uri(uuid(7, int rand 1e9))));
	for my $key (grep { $_ ne $Cal::Test::Stack::OAUTH{key} }
	    @{ $c->sandbox(GET => '/sandbox/state?secrets=1')
		->{secrets}{signing_keys} }) {
		my $header = { 'Calendly-Webhook-Signature' =>
		    $c->sign($body, key => $key) };
		return ($url, $body, $header)
		    if $c->deliver($url, $body, $header)->code == 200;
	}
	die "no key signs for $user";
}

sub webhooks ($user)
{
	my ($url, $body, $header) = signed_delivery($user);
	return Cal::Test::Load->start($c, clients => 2, request =>
	    [POST => $url =~ s{^https://[^/]+}{}r, $header, $body]);
}

sub rotation (@option)
{
	return Cal::Test::Proc->new(name => 'rotation',
		log => $c->stack->dir . '/rotation.log',
		argv => [$c->stack->build . '/calendlyctl', '-c',
		    $c->stack->conf, 'rotate-master-key', @option])->start;
}

my $all = $books->sealed + 1;

# Somebody has this user's grant in hand until the handle is rolled back.
sub hold ($user)
{
	my $lock = $c->cluster->db($c->stack->database);
	$lock->begin_work;
	$lock->do('SELECT FROM grants g JOIN connections c ON c.grant_id =' .
	    ' g.id WHERE c.user_id = ? FOR UPDATE OF g', undef, $user);
	return $lock;
}

subtest 'killed in the middle, with everything running' => sub {
	is_deeply sealed_by(), { 1 => $all }, 'at first there is one key';
	my $load = webhooks('u1');
	my $lock = hold('u8');
	my $rotation = rotation();
	$c->wait_for(sub { (sealed_by()->{1} // 0) == 2 },
		'all but what is locked to be sealed anew');
	reconnects('u2');
	is sealed_by()->{1}, 2, 'with the new key, which nobody told it of';
	ok $rotation->running, 'it waits for the last one';
	$rotation->kill9;
	$lock->rollback;
	reconnects('u3');
	my $count = $load->stop;
	is_deeply [keys %$count], [200], 'no webhook was refused'
	    or diag explain $count;
	is sealed_by()->{1}, 2, 'some is left';
};

subtest 'run again, it ends what was begun, and adds no key' => sub {
	my $load = webhooks('u4');
	my $r = $c->run_ctl('--json', 'rotate-master-key');
	is $r->{status}, 0, 'exit 0' or diag $r->{err};
	is_deeply decode_json($r->{out}), { key => 2, added => \0,
		resealed => 2, lost => 0, damaged => 0 }, 'what it did'
	    or diag $r->{out};
	like $r->{err}, qr/older keys may be removed.*once the last backup/s,
	    'and what can be done now';
	is_deeply sealed_by(), { 2 => $all }, 'one key has sealed everything';
	is keys_in_file(), '1 2', 'both are in the file';
	reconnects($_) for 'u8', 'u1';
	is_deeply sealed_by(), { 2 => $all }, 'and it stays so';
	is_deeply [keys %{ $load->stop }], [200], 'no webhook was refused';
};

subtest 'and again, there is nothing to do' => sub {
	my $r = $c->run_ctl('rotate-master-key');
	is $r->{status}, 0, 'exit 0';
	like $r->{err}, qr/nothing to do.*--new/, 'it says so';
	is keys_in_file(), '1 2', 'no key came';
};

subtest 'at once, with --new' => sub {
	my $r = $c->run_ctl('--json', 'rotate-master-key', '--new');
	is $r->{status}, 0, 'exit 0' or diag $r->{err};
	is decode_json($r->{out})->{resealed}, $all, 'all of them';
	is_deeply sealed_by(), { 3 => $all }, 'another key for everything';
	reconnects('u5');
};

subtest 'with the database gone in the middle' => sub {
	my $lock = hold('u3');
	my $rotation = rotation('--new');
	$c->wait_for(sub { (sealed_by()->{3} // 0) == 2 },
		'all but what is locked to be sealed anew');
	$c->db->do('SELECT pg_terminate_backend(pid) FROM pg_stat_activity' .
	    " WHERE application_name = 'calendlyctl'" .
	    ' AND datname = current_database()');
	$lock->rollback;
	$c->wait_for(sub { !$rotation->running }, 'it to end');
	my $r = $c->run_ctl('rotate-master-key');
	is $r->{status}, 0, 'it is run again' or diag $r->{err};
	is_deeply sealed_by(), { 4 => $all }, 'and all is done';
	is keys_in_file(), '1 2 3 4', 'with one key';
};

subtest 'old keys are of no use any more' => sub {
	my $text = $ring->slurp =~ s/^key [123] .*\n//mgr;
	$ring->spurt($text);
	$c->calendlyd->restart;
	$c->wait_ready;
	is keys_in_file(), '4', 'they are gone';
	reconnects("u$_") for 1 .. $USERS;
	my ($url, $body, $header) = signed_delivery('u6');
	is $c->deliver($url, $body, $header)->code, 200, 'webhooks verify';
	is $c->run_ctl('doctor')->{status}, 0, 'the doctor is content';
};

subtest 'many runs beside each other end well' => sub {
	my @run = map { rotation('--new') } 1 .. 3;
	$c->wait_for(sub { !grep { $_->running } @run }, 'them to end');
	is $c->run_ctl('rotate-master-key')->{status}, 0, 'and one more';
	my ($key) = keys_in_file() =~ /(\d+)$/;
	is_deeply sealed_by(), { $key => $all }, 'the newest has sealed all';
	reconnects('u7');
	is_deeply $c->api(GET => '/v1/connections?status=needs_reauth')
	    ->json('/data'), [], 'nobody had to consent anew';
	unlike $c->log_text(qr/^calendlyd/), qr/does not open/,
	    'nothing ever failed to open';
};

done_testing;
