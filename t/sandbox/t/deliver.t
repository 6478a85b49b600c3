# Deliveries are signed exactly, sent in order, and retried for a day.

use v5.36;
use utf8;
use Digest::SHA qw(hmac_sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use Mojo::Util qw(encode);
use SandboxTest;
use Test::More;

my $s = SandboxTest->new;
my ($olivia, $sub);

# Begins anew with one subscription.
sub begin () {
	$s->control('reset');
	@{ $s->got } = @{ $s->answers } = ();
	$olivia = $s->connect('olivia');
	$sub = $s->subscribe($olivia)->json->{resource};
	return;
}

sub book (%want) {
	return $s->control(book => { person => 'olivia', wait => \1, %want });
}

sub last_delivery () {
	return $s->get('/sandbox/state')->json->{deliveries}[-1];
}

sub subscription () {
	return $s->get('/sandbox/state')->json->{subscriptions}[0];
}

sub attempts_reach ($n) {
	return $s->until(sub { @{ $s->got } >= $n
	    && $s->state->deliver->log->[-1]{state} ne 'sending' });
}

subtest 'the vectors of the contract' => sub {
	my @vectors = (
		['5mEzn9C-I28UtwOjZJtFoob0sAAFZ95GbZkqj4y3i0I', 1762967812,
		    '{"event":"invitee.created"}', 'e1b82a0c311e6282f5b2cf34e3'
		    . 'f2f19cd0edd8f0f1931ae1fc626f84721bd793'],
		['whsec_0123456789abcdef', 1795000000, '', '1b5bc5c7bc06ad2500'
		    . '6109fa641e408cf64b5b84fccc91dd40e6ccc56343961c'],
		['schlüssel', 1795000001, '{"name":"Žofie – 会議"}',
		    '3bc2fb1fa95eb047dc1790e451f5afb343d347d8ff0538e84beec0e0'
		    . 'a2ce937e'],
	);
	for my $row (@vectors) {
		my ($key, $t, $body, $v1) = @$row;
		is $s->state->deliver->sender->sign($key,
		    encode('UTF-8', $body), $t), "t=$t,v1=$v1", encode('UTF-8', $key);
	}
};

subtest 'a booking is delivered, whole and signed' => sub {
	begin();
	my $made = book(invitee => { name => 'Žofie Nová',
	    email => 'zofie@guests.example' }, guests => ['g@x.example']);
	is @{ $s->got }, 1, 'once';
	my $got = $s->got->[0];
	my ($t, $v1) = $got->{signature} =~ /\At=(\d+),v1=([0-9a-f]{64})\z/;
	is $v1, hmac_sha256_hex("$t.$got->{body}", 'the-key'), 'signed';
	is $got->{headers}{'Content-Type'}, 'application/json', 'JSON';
	my $json = $got->{json};
	is $json->{event}, 'invitee.created', 'event';
	is $json->{created_by}, $olivia->{owner}, 'creator';
	is_deeply [sort keys %$json],
	    [qw(created_at created_by event payload)], 'envelope';
	my $payload = $json->{payload};
	is_deeply $payload->{scheduled_event}, $made->{event}, 'the event';
	is $payload->{name}, 'Žofie Nová', 'the invitee';
	is $payload->{scheduled_event}{invitees_counter}{active}, 1, 'count';
	is $made->{deliveries}[0]{last_status}, 200, 'and the books agree';
};

subtest 'only who wants it gets it' => sub {
	begin();
	book(person => 'marco');
	is @{ $s->got }, 0, 'not of another host';
	$s->subscribe($olivia, scope => 'organization', user => undef,
	    url => $s->receiver . '/org', events => ['invitee.canceled']);
	my $made = book(person => 'marco');
	is @{ $s->got }, 0, 'not of another kind';
	$s->control(cancel => { invitee => $made->{invitee}{uri},
	    reason => 'ill', wait => \1 });
	is $s->got->[0]{path}, '/org', 'the organization sees its members';
	is $s->got->[0]{json}{payload}{cancellation}{reason}, 'ill', 'why';
};

subtest 'cancel, reschedule, no-show' => sub {
	begin();
	my $first = book()->{invitee}{uri};
	my $moved = $s->control(reschedule => { invitee => $first,
	    wait => \1 });
	my ($canceled, $created) = map { $_->{json} } @{ $s->got }[1, 2];
	is $canceled->{event}, 'invitee.canceled', 'the old one';
	ok $canceled->{payload}{rescheduled}, 'was rescheduled';
	is $canceled->{payload}{new_invitee}, $created->{payload}{uri}, 'to';
	is $created->{payload}{old_invitee}, $first, 'and from';
	isnt $created->{payload}{event}, $canceled->{payload}{event},
	    'a new event';
	is $canceled->{payload}{scheduled_event}{status}, 'canceled',
	    'instead of the old';
	my $uri = $moved->{invitee}{uri};
	$s->control('no-show' => { invitee => $uri, wait => \1 });
	like $s->got->[3]{json}{payload}{no_show}{uri},
	    qr{/invitee_no_shows/}, 'a no-show';
	$s->control('no-show' => { invitee => $uri, undo => \1, wait => \1 });
	is $s->got->[4]{json}{event}, 'invitee_no_show.deleted', 'undone';
	is $s->got->[4]{json}{payload}{no_show}, undef, 'and gone';
};

subtest 'an event of several stays while one is left' => sub {
	begin();
	my $one = book(limit => 5);
	my $two = book(event => $one->{event}{uri});
	is $two->{event}{uri}, $one->{event}{uri}, 'the same event';
	my $left = $s->control(cancel => { invitee => $one->{invitee}{uri} });
	is $left->{event}{status}, 'active', 'one goes';
	my $gone = $s->control(cancel => { invitee => $two->{invitee}{uri} });
	is $gone->{event}{status}, 'canceled', 'the last goes';
};

subtest 'first attempts come in order' => sub {
	begin();
	$s->control(book => { person => 'olivia', name => "meeting $_" })
	    for 1 .. 20;
	ok attempts_reach(20), 'all there';
	is_deeply [map { $_->{json}{payload}{scheduled_event}{name} }
	    @{ $s->got }], [map { "meeting $_" } 1 .. 20], 'in order';
};

subtest 'anything but 2xx is retried, signed afresh' => sub {
	for my $status (301, 302, 404, 500, 503) {
		begin();
		$s->control(switches => { signature_clock => 'sandbox' });
		push @{ $s->answers }, $status;
		book();
		ok subscription()->{retry_started_at}, "$status: began";
		is last_delivery()->{state}, 'retrying', 'to retry';
		$s->control(clock => { advance => 11 });
		ok attempts_reach(2), 'tried again';
		is $s->got->[1]{path}, '/hook', 'no redirect followed';
		is $s->got->[1]{body}, $s->got->[0]{body}, 'the same bytes';
		isnt $s->got->[1]{signature}, $s->got->[0]{signature},
		    'a new signature';
		is subscription()->{retry_started_at}, undef, 'all well again';
	}
};

subtest 'a 410 deletes the subscription, and what waits for it' => sub {
	begin();
	push @{ $s->answers }, 500, 410;
	book() for 1 .. 2;
	is_deeply [map { $_->{state} } @{ $s->get(
	    '/sandbox/state?only=deliveries')->json->{deliveries} }],
	    [qw(dropped dropped)], 'nothing more is sent';
	is subscription(), undef, 'no subscription';
	my $gone = $s->get('/sandbox/state?only=subscriptions_gone')
	    ->json->{subscriptions_gone}[0];
	is_deeply [@$gone{qw(uri by dropped)}],
	    [$sub->{uri}, 'answer 410', 1], 'the books say why';
	$s->control(clock => { advance => 7200 });
	is @{ $s->got }, 2, 'and no retry';
	begin();
	$s->control(switches => { gone_deletes => \0 });
	push @{ $s->answers }, 410;
	book();
	is last_delivery()->{state}, 'retrying', 'by switch it is retried';
};

subtest 'retrying is seen in the subscription until all is well' => sub {
	begin();
	push @{ $s->answers }, 500, 500, 200;
	book() for 1 .. 2;
	my $since = subscription()->{retry_started_at};
	ok $since, 'seen';
	book();
	is subscription()->{retry_started_at}, $since,
	    'a good one beside does not end it';
	push @{ $s->answers }, 200, 500;
	$s->control(clock => { advance => 11 });
	ok attempts_reach(5), 'both tried again';
	is subscription()->{retry_started_at}, $since, 'one is still failing';
	$s->control(clock => { advance => 31 });
	ok attempts_reach(6), 'and once more';
	is subscription()->{retry_started_at}, undef, 'all well';
};

subtest 'a switch keeps the first signature' => sub {
	begin();
	$s->control(switches => { sign_retries_afresh => \0,
	    signature_clock => 'sandbox' });
	push @{ $s->answers }, 500;
	book();
	$s->control(clock => { advance => 11 });
	ok attempts_reach(2), 'tried again';
	is $s->got->[1]{signature}, $s->got->[0]{signature}, 'the same';
};

subtest 'signatures carry the real time, however the clock is set' => sub {
	begin();
	$s->control(clock => { advance => 86_400 });
	book();
	my ($t) = $s->got->[0]{signature} =~ /t=(\d+)/;
	cmp_ok abs($t - time), '<', 60, 'now';
};

subtest 'nobody listening is a failure too' => sub {
	begin();
	$s->subscribe($olivia, url => 'http://127.0.0.1:9/closed');
	my $made = book();
	my ($dead) = grep { $_->{url} =~ /closed/ } @{ $made->{deliveries} };
	is $dead->{state}, 'retrying', 'to be retried';
	is $dead->{last_status}, undef, 'no status';
	like $dead->{last_error}, qr/refused/i, 'but a reason';
};

subtest 'a failed one does not hold up the next' => sub {
	begin();
	push @{ $s->answers }, 500;
	book(name => 'first');
	book(name => 'second');
	is $s->got->[1]{json}{payload}{scheduled_event}{name}, 'second',
	    'which went out';
};

subtest 'a day of failure disables the subscription' => sub {
	begin();
	push @{ $s->answers }, (500) x 20;
	book();
	$s->control(clock => { advance => 3600 });
	ok attempts_reach(2), 'an hour later';
	is subscription()->{state}, 'active', 'still active';
	$s->control(clock => { advance => 23 * 3600 });
	ok attempts_reach(3), 'a day later';
	is subscription()->{state}, 'disabled', 'disabled';
	is last_delivery()->{state}, 'given_up', 'given up';
	book();
	is @{ $s->got }, 3, 'and nothing more is sent';
	$olivia = $s->refresh($olivia->{refresh_token})->json;
	is $s->subscribe($olivia)->code, 409, 'though its URL is taken';
};

subtest 'keys: the app\'s, one sent, one returned, one changed' => sub {
	my $signed_by = sub ($key) {
		my $got = $s->got->[-1];
		my ($t) = $got->{signature} =~ /\At=(\d+)/;
		return $got->{signature} eq
		    "t=$t,v1=" . hmac_sha256_hex("$t.$got->{body}", $key);
	};
	my $again = sub ($switches, %sub) {
		begin();
		$s->control(switches => $switches);
		my ($id) = $sub->{uri} =~ m{([^/]+)\z};
		$s->call(DELETE => "/webhook_subscriptions/$id",
		    $olivia->{access_token});
		my $r = $s->subscribe($olivia, %sub)->json;
		book() if $r->{resource};
		return $r->{resource}{signing_key};
	};
	$again->({}, signing_key => 'sent');
	ok $signed_by->('the-key'), 'one sent is ignored';
	$again->({ signing_key_sent => 'used' }, signing_key => 'sent');
	ok $signed_by->('sent'), 'or used';
	$again->({ signing_key_sent => 'rejected' }, signing_key => 'sent');
	is @{ $s->got }, 0, 'or refused';
	is $again->({ signing_key_returned => 'app' }), 'the-key',
	    'the app\'s returned';
	my $own = $again->({ signing_key_returned => 'own' });
	ok $signed_by->($own), 'or one of its own';
	begin();
	$s->control('signing-key' => { key => 'changed' });
	book();
	ok $signed_by->('changed'), 'a changed app key signs at once';
};

done_testing;
