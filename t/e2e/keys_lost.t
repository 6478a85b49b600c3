# A sealed value opens only where it was sealed and only with its key; a wrong
# keyring seals nothing; and what is sealed with a lost key is given up only
# when an operator says so.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Books;
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json);

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(6);
my $ring = path($c->stack->run . '/keyring');
my $first = $ring->slurp;
$books->switch(signing_key_returned => 'own');
$c->connect("u$_", person => "p$_") for 1 .. 4;

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

sub restart_with ($text)
{
	$ring->spurt($text);
	$c->calendlyd->restart;
	$c->wait_for(sub { $c->agent->get($c->url('/readyz'))->res
	    ->json('/checks') }, 'an answer');
	return;
}


# How many requests Calendly has had from us.
sub heard
{
	my $by = $books->state('api_calls_count')->{api_calls_count};
	my $n = 0;
	$n += $_->{calls} for values %$by;
	return $n;
}

sub visits_without_a_refresh ($user)
{
	$c->db->do('UPDATE grants SET refreshed_at = NULL');
	my $browser = $c->connect($user, browser => $c->new_browser);
	return $c->api(GET => "/v1/connect-sessions/$browser->{session}{id}")
	    ->json;
}

# What was asked for in vain is tried again in the background, and while that
# goes on, who asks is told to wait.
sub reconciled ($user)
{
	$books->settle;
	return $c->api(POST => "/v1/connections/$user/reconcile")->code;
}

# Sealed values are exchanged in the database: neither is of any use.
sub nothing_is_sent ($what, $sql, @user)
{
	$books->settle;		# nothing of before goes on
	my $n = heard();
	$c->db->do($sql);
	for my $user (@user) {
		my $res = $c->api(POST => "/v1/connections/$user/reconcile");
		cmp_ok $res->code, '>', 201, "$what: no reconcile";
		isnt visits_without_a_refresh($user)->{status}, 'done',
		    "$what: no reconnect";
		is connection($user)->{status}, 'connected',
		    'and nobody takes it for dead';
	}
	is heard(), $n, 'nothing was sent';
	return;
}

my %SWAP = map { ($_ => <<~"SQL") } qw(access refresh);
	WITH two AS (
		SELECT g.id, g.access_sealed, g.refresh_sealed, c.user_id
		  FROM grants g JOIN connections c ON c.grant_id = g.id
		 WHERE c.user_id IN ('u1', 'u2'))
	UPDATE grants g SET ${_}_sealed = other.${_}_sealed
	  FROM two mine, two other
	 WHERE mine.id = g.id AND other.id <> mine.id
	SQL

subtest 'exchanged between two users' => sub {
	$c->db->do($SWAP{refresh});
	nothing_is_sent('tokens', $SWAP{access}, 'u1', 'u2');
	$c->db->do($_) for values %SWAP;
	is reconciled('u1'), 200, 'put back, they work';
};

subtest 'moved to another column, or another generation' => sub {
	my $of = " FROM connections c WHERE c.grant_id = g.id AND c.user_id" .
	    " = 'u3'";
	my $turn = 'UPDATE grants g SET access_sealed = refresh_sealed,' .
	    " refresh_sealed = access_sealed$of";
	nothing_is_sent('columns', $turn, 'u3');
	$c->db->do($turn);
	my $move = "UPDATE grants g SET generation = generation";
	nothing_is_sent('generation', "$move + 1$of", 'u3');
	$c->db->do("$move - 1$of");
	is reconciled('u3'), 200, 'put back, they work';
};

# A delivery that a user's own signing key signs; its answer.
sub delivered ($user, $key)
{
	my $body = delivery('invitee.created',
		uri => invitee_uri(uuid(8, int rand 1e9)));
	return $c->deliver($c->endpoint($user), $body, {
		'Calendly-Webhook-Signature' => $c->sign($body, key => $key),
	})->code;
}

subtest 'signing keys exchanged between two endpoints' => sub {
	my @key = grep { $_ ne $Cal::Test::Stack::OAUTH{key} }
	    @{ $c->sandbox(GET => '/sandbox/state?secrets=1')
		->{secrets}{signing_keys} };
	my ($key) = grep { delivered('u1', $_) == 200 } @key;
	my $swap = 'WITH two AS (SELECT e.id, e.signing_key_sealed FROM' .
	    ' endpoints e JOIN connections c ON c.id = e.connection_id WHERE' .
	    " c.user_id IN ('u1', 'u2')) UPDATE endpoints e SET" .
	    ' signing_key_sealed = other.signing_key_sealed FROM two mine,' .
	    ' two other WHERE mine.id = e.id AND other.id <> mine.id';
	$c->db->do($swap);
	is delivered('u2', $key), 401, 'the key does not follow';
	is delivered('u1', $key), 401, 'and does not stay';
	$c->db->do($swap);
	is delivered('u1', $key), 200, 'put back, it verifies';
};

subtest 'one key is missing: its users stand still, the others go on' => sub {
	is $c->run_ctl(qw(keyring add))->{status}, 0, 'another key';
	my $whole = $ring->slurp;
	is visits_without_a_refresh('u4')->{result}, 'reconnected', 'is used';
	$books->settle;
	restart_with($first);
	like $c->readyz(503)->json('/checks/keys/detail'),
	    qr/does not hold \(2\)/,
	    'and which key is missing';
	my $n = heard();
	cmp_ok $c->api(POST => '/v1/connections/u4/reconcile')->code, '>', 201,
	    'nothing can be done for its user';
	is heard(), $n, 'nothing was sent';
	is connection('u4')->{status}, 'connected', 'who is not given up';
	is $c->api(POST => '/v1/connections/u1/reconcile')->code, 200,
	    'the others go on';
	like $c->log_text(qr/^calendlyd/), qr/wrong keyring: tokens are sealed/,
	    'the log says it at the start';
	my $r = $c->run_ctl(qw(rotate-master-key --new));
	is $r->{status}, 1, 'and no key is added over it';
	like $r->{err}, qr/newest copy/, 'but asked for';
	$ring->spurt($whole);
	$c->wait_ready;
	is reconciled('u4'), 200, 'the newest copy is taken up at once';
	restart_with($first);
};

subtest 'forget-lost says what is lost before it lets go of it' => sub {
	my $r = $c->run_ctl(qw(--json keyring forget-lost));
	is $r->{status}, 0, 'exit 0' or diag $r->{err};
	is_deeply decode_json($r->{out}), { forgotten => \0, verifiers => 0,
		access_tokens => 1, refresh_tokens => 1, signing_keys => 0,
		destination_secrets => 0 },
	    'counted' or diag $r->{out};
	is connection('u4')->{status}, 'connected', 'and nothing was changed';
	my $n = $c->events;
	$r = $c->run_ctl(qw(--json keyring forget-lost --yes));
	is $r->{status}, 0, 'with --yes it is done' or diag $r->{err};
	is decode_json($r->{out})->{connections}, 1, 'for one';
	my $u4 = connection('u4');
	is "$u4->{status} $u4->{reason}", 'needs_reauth key_lost', 'who knows';
	$c->wait_for(sub { $c->events > $n }, 'the event');
	my ($event) = reverse $c->events;
	is "$event->{type} $event->{user_id} $event->{data}{reason}",
	    'connection.needs_reauth u4 key_lost', 'and the host app too';
	is $books->one('SELECT count(*) FROM audit WHERE action = ? AND' .
	    ' subject = ?', 'key_lost', 'u4'), 1, 'who did it is on record';
	is $books->one('SELECT count(*) FROM grants WHERE get_byte(' .
	    'coalesce(access_sealed, refresh_sealed), 4) = 2'), 0,
	    'nothing of it is left';
	$c->wait_ready;
	is $c->run_ctl(qw(--json keyring forget-lost --yes))->{status}, 0,
	    'again: nothing';
	$c->connect('u4', person => 'p4', browser => $c->new_browser);
	is connection('u4')->{status}, 'connected', 'a consent mends it';
};

# Nobody may be sent to consent: what came of it would be sealed.
sub nothing_is_sealed
{
	my ($n, $sealed) = (heard(), $books->sealed);
	$c->connect('u5', browser => $c->new_browser);
	$c->api(POST => '/v1/connections/u1/reconcile');
	is heard(), $n, 'nothing is sent';
	return is $books->sealed, $sealed, 'nor sealed';
}

subtest 'a key that is not what its number says seals nothing' => sub {
	my $ours = $ring->slurp;
	restart_with($ours =~ s/^key 1 \K\S{43}/'A' x 43/emr);
	like $c->readyz(503)->json('/checks/keys/detail'),
	    qr/does not open what/,
	    'and why';
	nothing_is_sealed();
	is $c->run_ctl(qw(keyring forget-lost --yes))->{status}, 1,
	    'forget-lost does not fall for it';
	is $c->run_ctl(qw(rotate-master-key))->{status}, 1,
	    'nor does a rotation';
	restart_with($ours);
	$c->wait_ready;
	is reconciled('u1'), 200, 'put back, all is well';
};

subtest 'another keyring altogether seals nothing' => sub {
	my $ours = $ring->slurp;
	$ring->remove;
	is $c->run_ctl(qw(keyring new))->{status}, 0, 'there is a new one';
	restart_with($ring->slurp);
	like $c->readyz(503)->json('/checks/keys/detail'),
	    qr/belongs to deployment/,
	    'and why';
	my $sealed = $books->sealed;
	nothing_is_sealed();
	is $c->deliver($c->endpoint('u1'), delivery('invitee.created',
		uri => invitee_uri(uuid(9, 1))))->code, 200,
	    'what the app\'s key signed is taken in';
	my $r = $c->run_ctl(qw(keyring forget-lost --yes));
	is $r->{status}, 1, 'forget-lost does not fall for it';
	like $r->{err}, qr/only if no copy.*--deployment \S+/s, 'but says how';
	is $books->sealed, $sealed, 'nothing was erased';
	my $theirs = $ring->slurp;
	restart_with($ours);
	$c->wait_ready;
	is visits_without_a_refresh('u1')->{result}, 'reconnected',
	    'the right one back: all is well';
	restart_with($theirs);
};

subtest 'the keyring is lost for good: everybody consents anew' => sub {
	my ($old) = $first =~ /^deployment (\S+)/m;
	my $r = $c->run_ctl(qw(keyring forget-lost --yes --deployment), $old);
	is $r->{status}, 0, 'exit 0' or diag $r->{err};
	$c->calendlyd->signal('HUP');
	$c->wait_ready;
	is_deeply [map { connection("u$_")->{reason} } 1 .. 4],
	    [('key_lost') x 4], 'all four';
	is $books->sealed, 0, 'nothing of the old keys is left';
	is $c->run_ctl('doctor')->{status}, 0, 'the doctor is content';
	# Or what it refused without its key would drain for a day.
	$c->db->do('UPDATE endpoints SET refused_at = NULL');
	$c->db->do('UPDATE deployment SET ingest_refused_at = NULL');
	$c->connect('u1', person => 'p1', browser => $c->new_browser);
	is connection('u1')->{status}, 'connected', 'one is back';
	$books->settle;
	is $books->hooks('p1'), 1, 'with one subscription';
	my $booked = $c->sandbox(POST => '/sandbox/book',
		{ person => 'p1', wait => \1 });
	is_deeply [map { $_->{last_status} } @{ $booked->{deliveries} }], [200],
	    'whose signatures we know';
};

done_testing;
