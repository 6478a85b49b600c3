# A request with an Idempotency-Key is done once, however often it is sent, and
# at whatever moment a process dies.
#
# With sanitizers in every run.

use Cal::Test;

use Mojo::Promise;

my $c = Cal::Test->start;
my $URL = 'https://app.example.com/hooks';
my $key = 0;

sub make ($key, %wish)
{
	return $c->api(POST => '/v1/destinations', { url => $URL, %wish },
		{ 'Idempotency-Key' => $key });
}

sub destinations ($c)
{
	return @{ $c->api(GET => '/v1/destinations')->json('/data') };
}

sub replayed ($res)
{
	return $res->headers->header('Idempotency-Replayed');
}

subtest 'the same again' => sub {
	my $first = make('one');
	is_deeply [$first->code, replayed($first)], [201, undef], 'done';
	for (1 .. 3) {
		my $again = make('one');
		is $again->code, 201, 'answered as the first time';
		is $again->body, $first->body, 'byte for byte, secret and all';
		is replayed($again), 'true', 'and said to be so';
	}
	is destinations($c), 1, 'one was made';
	is make('two')->code, 201, 'another key';
	is $c->api(POST => '/v1/destinations', { url => $URL })->code, 201,
	    'or none';
	is destinations($c), 3, 'makes another one';
};

subtest 'another request under the same key' => sub {
	my $n = destinations($c);
	my ($id) = map { $_->{id} } destinations($c);
	my %key = ('Idempotency-Key' => 'one');
	for my $res (make('one', description => 'other'),
	    $c->api(POST => "/v1/destinations/$id/rotate-secret", undef, \%key),
	    $c->api(POST => "/v1/destinations?x=1", { url => $URL }, \%key)) {
		is_deeply [$res->code, $res->json('/code')],
		    [422, 'idempotency_key_reused'], 'is refused';
	}
	is destinations($c), $n, 'and does nothing';
	is make('one')->code, 201, 'the first is still known';
};

subtest 'a key must be one' => sub {
	my $n = destinations($c);
	for my $wrong ('x' x 256, "a\tb", "\xe9") {
		my $res = make($wrong);
		is_deeply [$res->code, $res->json('/errors/0/field')],
		    [400, 'Idempotency-Key'], 'refused';
	}
	is destinations($c), $n, 'nothing was done';
	is make($_)->code, 201, 'but any printable characters will do' for
	    'x' x 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', 'a b~!';
};

subtest 'what failed has changed nothing, and may be mended' => sub {
	is make('mend', url => 'x')->code, 400, 'a wrong one';
	is make('mend')->code, 201, 'the right one under its key';
	is make('mend', url => 'x')->code, 422, 'which counts from then on';
	my $none = '00000000-0000-4000-8000-000000000000';
	my %key = ('Idempotency-Key' => 'nowhere');
	is $c->api(POST => "/v1/destinations/$none/rotate-secret", undef,
		\%key)->code, 404, 'what is not there' for 1, 2;
};

subtest 'a rotation that was answered in vain' => sub {
	my ($id) = map { $_->{id} } destinations($c);
	my @answer = map { $c->api(POST => "/v1/destinations/$id/rotate-secret",
		{ keep_old_for => 60 }, { 'Idempotency-Key' => 'rotate' }) }
	    1 .. 3;
	is $_->body, $answer[0]->body, 'gives the same secret' for @answer;
};

# Sends the same request so many times at once; returns the answers.
sub at_once ($n, $key)
{
	my @answer;
	my $agent = $c->agent->max_connections($n);
	Mojo::Promise->all(map { $agent->post_p($c->url('/v1/destinations'), {
		Authorization => 'Bearer ' . $c->key,
		'Idempotency-Key' => $key }, json => { url => $URL })
	    ->then(sub ($tx) {
		$c->check_contract($tx);
		push @answer, $tx->res;
	}) } 1 .. $n)->wait;
	return @answer;
}

subtest 'twenty at once' => sub {
	my $n = destinations($c);
	for my $round (1 .. 5) {
		my @answer = at_once(20, "race $round");
		my @done = grep { $_->code == 201 } @answer;
		my @told = grep { $_->code == 409 && $_->json('/code') eq
		    'idempotency_in_progress' } @answer;
		is @done + @told, 20, 'each is done, or told to wait';
		is scalar(grep { !replayed($_) } @done), 1, 'one does it';
		my %body = map { ($_->body => 1) } @done;
		is keys %body, 1, 'and all get its answer';
		is $_->headers->header('Retry-After'), 1, 'with when to ask'
		    for @told;
	}
	is destinations($c), $n + 5, 'five were made';
};

# Whoever makes a destination waits while the gate is shut, as if it took long.
$c->db->do($_) for 'CREATE TABLE gate (shut boolean)',
    'INSERT INTO gate VALUES (false)', 'GRANT SELECT ON gate TO PUBLIC',
    'CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		WHILE (SELECT shut FROM gate) LOOP
			PERFORM pg_sleep(0.02);
		END LOOP;
		RETURN NEW;
	END $$',
    'CREATE TRIGGER wait_at_gate BEFORE INSERT ON destinations
	FOR EACH ROW EXECUTE FUNCTION wait_at_gate()';

# Sends a request that waits at the gate, and returns when it does. What it is
# answered is given to $then.
sub send_and_hold ($key, $then)
{
	$c->db->do('UPDATE gate SET shut = true');
	$c->agent->post($c->url('/v1/destinations'), {
		Authorization => 'Bearer ' . $c->key,
		'Idempotency-Key' => $key }, json => { url => $URL },
		sub ($agent, $tx) { $then->($tx->res) });
	my $tick = Mojo::IOLoop->recurring(0.01 => sub { });
	$c->wait_for(sub {
		Mojo::IOLoop->one_tick;
		$c->db->selectrow_array("SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database()
			AND wait_event = 'PgSleep'")
	}, 'it to wait');
	Mojo::IOLoop->remove($tick);
	return;
}

sub open_gate { return $c->db->do('UPDATE gate SET shut = false') }

# The same request from somebody else.
sub make_elsewhere ($key)
{
	return Mojo::UserAgent->new->ca($c->stack->ca)
	    ->post($c->url('/v1/destinations'), {
		Authorization => 'Bearer ' . $c->key,
		'Idempotency-Key' => $key }, json => { url => $URL })->res;
}

subtest 'while the first is being done' => sub {
	my $n = destinations($c);
	my $first;
	send_and_hold('held', sub ($res) { $first = $res });
	my $during = make_elsewhere('held');
	is_deeply [$during->code, $during->json('/code')],
	    [409, 'idempotency_in_progress'], 'a second is told so';
	open_gate();
	my $tick = Mojo::IOLoop->recurring(0.01 => sub { });
	$c->wait_for(sub { Mojo::IOLoop->one_tick; $first }, 'the first');
	Mojo::IOLoop->remove($tick);
	is make('held')->code, 201, 'and answered when it is done';
	is destinations($c), $n + 1, 'one was made';
};

subtest 'a worker that is killed in the middle' => sub {
	my $n = destinations($c);
	send_and_hold('killed', sub ($res) { });
	kill KILL => $c->calendlyd->children(qr/app/);
	open_gate();
	my $res = $c->wait_for(sub {
		my $res = make_elsewhere('killed');
		($res->code // 0) == 201 ? $res : undef;
	}, 'the key to be free again');
	is destinations($c), $n + 1, 'it is done once';
	is make('killed')->body, $res->body, 'and known from then on';
};

subtest 'a day later' => sub {
	my $n = destinations($c);
	$c->db->do("UPDATE idempotency_keys
		SET created_at = created_at - interval '25 hours'");
	my $res = make('one');
	is_deeply [$res->code, replayed($res)], [201, undef],
	    'the key is as good as new';
	is destinations($c), $n + 1, 'and makes another';
};

subtest 'keys and answers of others' => sub {
	$c->stack->ctl_must(qw(tenant add other));
	my %other = (Authorization => 'Bearer ' .
		$c->stack->ctl_must(qw(key add other)));
	my $mine = make('shared');
	my $theirs = $c->api(POST => '/v1/destinations', { url => $URL },
		{ %other, 'Idempotency-Key' => 'shared' });
	is_deeply [$theirs->code, replayed($theirs)], [201, undef],
	    'another tenant may use the same key';
	isnt $theirs->json('/secret'), $mine->json('/secret'),
	    'for a secret of its own';
	is $c->db->selectrow_array(q{SELECT count(*) FROM idempotency_keys
		WHERE position('whsec'::bytea IN answer_sealed) > 0}),
	    0, 'no answer is stored in clear';
};

subtest 'with another master key' => sub {
	my $first = make('sealed');
	$c->stack->ctl_must(qw(rotate-master-key));
	is make('sealed')->body, $first->body, 'answers are sealed anew';
};

done_testing;
