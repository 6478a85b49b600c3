# A delivery that Calendly signed rightly for an unknown endpoint shows that the
# database has lost something. It is counted and reported, the user whom it
# names is reconciled at once, and everybody within the hour, but not once for
# each such delivery.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Body qw(envelope invitee_uri uuid);
use Cal::Test::Metrics;

my $c = Cal::Test->start(settings => { CALENDLYD_INGEST_WORKERS => 1 });
my $books = Cal::Test::Books->new(test => $c)->unlimited(5);
$c->connect("u$_", person => "p$_", browser => $c->new_browser) for 1 .. 4;
$books->settle;

my $lost = $c->endpoint('u1') =~ s{[^/]+$}{}r . 'x' x 43;
my $serial = 0;

sub user_uri ($user)
{
	return $c->api(GET => "/v1/connections/$user")
	    ->json('/calendly/user_uri');
}

sub deliver ($by, %sign)
{
	my $body = envelope('invitee.created',
		{ uri => invitee_uri(uuid(6, ++$serial)) }, created_by => $by);
	return $c->deliver($lost, $body, { 'Calendly-Webhook-Signature' =>
		$c->sign($body, %sign) })->code;
}

sub counted
{
	return Cal::Test::Metrics->scrape($c)
	    ->value('calendlyd_webhook_unknown_signed_total');
}

sub noted { return $books->one('SELECT lost_deliveries FROM deployment') }

sub alarms
{
	return scalar(() = $c->log_text =~ /for endpoints that nobody knows/g);
}

sub looks { return $books->calls('GET /webhook_subscriptions') }

# By how many connections a look is awaited within so many minutes.
sub due_in ($minutes)
{
	return $books->one("SELECT count(*) FROM connections WHERE
	    next_check_at < now() + interval '$minutes minutes'");
}

sub doctor
{
	my ($out) = grep { /lost webhooks/ } split /\n/,
	    $c->run_ctl('doctor')->{out};
	return $out;
}

# As when a runner comes round.
sub go_round { return $c->db->do('SELECT checks_spread(100)') }

subtest 'what is not rightly signed, or too old, says nothing' => sub {
	is deliver(user_uri('u1'), key => 'another'), 404, 'a forged one';
	is deliver(user_uri('u1'), t => time - 200_000), 404, 'a stale one';
	is counted(), 0, 'it is not counted';
	is noted(), 0, 'nor noted';
	like doctor(), qr/ok .* none/, 'the doctor knows of none';
};

subtest 'one is counted, told, and its user looked at' => sub {
	my $looks = looks();
	is deliver(user_uri('u1')), 404, 'unknown';
	is counted(), 1, 'counted';
	$c->wait_for(sub { noted() == 1 }, 'it to be noted');
	$c->wait_for(sub { alarms() == 1 }, 'the alarm');
	$c->wait_for(sub { looks() == $looks + 1 }, 'a look');
	like doctor(), qr/warn .*\b1 webhook/, 'the doctor names it';
};

subtest 'the same again drives no work' => sub {
	my $looks = looks();
	is deliver(user_uri('u1')), 404, 'unknown' for 1 .. 20;
	$c->wait_for(sub { noted() == 21 }, 'all to be noted');
	$books->settle;
	is looks(), $looks, 'nobody looks again within the hour';
	is alarms(), 1, 'nobody is alarmed again';
	is deliver('https://api.calendly.com/users/NOBODY0000000000'), 404,
	    'one of a user who has no connection';
	is deliver(undef), 404, 'one that names no user';
	$c->wait_for(sub { noted() == 23 }, 'those, too');
	$books->settle;
	is looks(), $looks, 'no look';
};

subtest 'everybody is looked at within the hour, once a day' => sub {
	is due_in(61), 0, 'not yet';
	go_round();
	is due_in(61), 4, 'then all of them';
	$c->db->do(q{UPDATE connections
		SET next_check_at = now() + interval '5 hours'});
	is deliver(user_uri('u2')), 404, 'another one';
	$c->wait_for(sub { noted() == 24 }, 'it to be noted');
	go_round();
	is due_in(61), 0, 'not again';
	$c->db->do(q{UPDATE deployment
		SET spread_at = now() - interval '25 hours'});
	go_round();
	is due_in(61), 4, 'but the next day';
};

done_testing;
