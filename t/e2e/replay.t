# Events are pushed again when somebody asks for it, those that were asked for
# and no others; dead letters are tried again; and a dry run only counts.

use Cal::Test;

use Cal::Test::Pushes;
use Mojo::JSON qw(decode_json);

my $p = Cal::Test::Pushes->start;
my ($c, $r) = ($p->c, $p->receiver);
my $NONE = '00000000-0000-4000-8000-000000000000';
# Adds events of this type.
sub add ($type, $n, %arg)
{
	my $first = $p->n;
	$p->add($n, %arg);
	$c->db->do(q{UPDATE events SET type = ?, meeting_id = overlay(overlay(
		meeting_id::text PLACING '8' FROM 15) PLACING '8' FROM 20)::uuid
		WHERE feed_seq > ?}, undef, $type, $first);
	return;
}

add('invitee.created', 20, meetings => 2);
add('invitee.canceled', 5);
my $d = $p->destination('/a', types => ['invitee.created'],
	from => 'oldest');
$p->drained($d);
my @event = $c->events;

sub replay ($wish, $to = $d, %header)
{
	return $c->api(POST => "/v1/destinations/$to/replay", $wish, \%header);
}

sub counted ($wish, $to = $d)
{
	my $res = replay({ %$wish, dry_run => \1 }, $to);
	is $res->code, 200, 'counted' or diag $res->body;
	return $res->json('/count');
}

sub again { return grep { $_->{headers}{'calendlyd-replay'} } $r->got('/a') }

# The cursor behind the n-th event of the feed.
sub cursor ($n)
{
	return $c->api(GET => "/v1/events?limit=$n")->json('/next');
}

subtest 'counted, without being sent' => sub {
	my @all = (from => '1970-01-01T00:00:00Z');
	is counted({ @all }), 20, 'all that fit the filter of the destination';
	is counted({ @all, types => ['invitee.created'] }), 20, 'and a type';
	is counted({ @all, types => ['contact.created'] }), 0, 'or another';
	is counted({ @all, user_id => 'u1' }), 20, 'of a user';
	is counted({ @all, user_id => 'u2' }), 0, 'or another';
	is counted({ after => cursor(5) }), 15, 'after a place';
	is counted({ until => cursor(5) }), 5, 'up to a place';
	is counted({ after => cursor(5), until => cursor(8) }), 3, 'between';
	is counted({ to => '1970-01-02T00:00:00Z' }), 0, 'before a time';
	is counted({ from => $event[10]{received_at} }), 10, 'from a time';
	is counted({ to => $event[10]{received_at} }), 10, 'to a time';
	is counted({ event_id => $event[22]{id} }), 1,
	    'one, whatever the filter says';
	my $other = $p->destination('/other', types => ['*'], user_id => 'u2');
	is counted({ @all }, $other), 0, 'by the filter of each destination';
	is $c->db->selectrow_array('SELECT count(*) FROM pushes WHERE replay'),
	    0, 'nothing is to be sent';
};

subtest 'what makes no sense' => sub {
	for my $wrong ({}, { types => ['meeting.changed'] }, { dry_run => \1 },
	    { event_id => 'x' }, { after => 'x' }, { until => 5 },
	    { from => 'then' }, { to => '2026-11-22' },
	    { event_id => $event[0]{id}, from => $event[0]{received_at} },
	    { event_id => $event[0]{id}, user_id => 'u1' },
	    { after => cursor(1), types => ['meeting.change'] },
	    { after => cursor(1), dry_run => 1 }, { before => cursor(1) }) {
		is replay($wrong)->code, 400, 'is refused: ' .
		    join ' ', sort keys %$wrong;
	}
	is replay({ event_id => $NONE })->code, 404, 'an event must be there';
	is replay({ event_id => $event[0]{id} }, $NONE)->code, 404,
	    'and a destination';
};

subtest 'one event' => sub {
	my $res = replay({ event_id => $event[3]{id} });
	is_deeply [$res->code, $res->json], [202,
		{ count => 1, more => Mojo::JSON->false, next => undef }],
	    'asked for';
	$c->wait_for(sub { again() }, 'it');
	my ($push) = again();
	is $push->{id}, $event[3]{id}, 'it has the same id';
	is $push->{headers}{'calendlyd-replay'}, 'true', 'and is marked';
	is $r->fault($p->secret->{$d}, $push), undef, 'and rightly signed';
};

subtest 'several, once' => sub {
	my $before = again();
	my %key = ('Idempotency-Key' => 'several');
	my @answer = map { replay({ after => cursor(10), until => cursor(16) },
		$d, %key) } 1 .. 3;
	is_deeply [map { $_->json('/count') } @answer], [6, 6, 6],
	    'asked for three times under one key';
	$p->drained($d);
	is again() - $before, 6, 'and sent once';
	my %last;
	for my $push ((again())[$before .. $before + 5]) {
		my ($n, $m) = @{ $push->{json}{data} }{qw(n m)};
		cmp_ok $n, '>', $last{$m} // 0, "$n is in order";
		$last{$m} = $n;
	}
};

subtest 'dead letters' => sub {
	my $dead = q{UPDATE pushes SET status = 'dead', next_at = NULL
	    WHERE NOT replay AND destination_id = ? AND seq <= 4};
	$c->db->do($dead, undef, $d);
	is $p->show($d)->{pushes}{dead}, 4, 'there are four';
	my $before = $r->got('/a');
	my $res = $c->api(POST => "/v1/destinations/$d/redrive");
	is_deeply [$res->code, $res->json], [202,
		{ count => 4, more => Mojo::JSON->false }], 'all are asked for';
	$p->drained($d);
	is $r->got('/a') - $before, 4, 'and sent';
	is $p->show($d)->{pushes}{dead}, 0, 'none is left';
	$res = $c->api(POST => "/v1/destinations/$d/redrive");
	is $res->json('/count'), 0, 'nor asked for again';
	$c->db->do($dead, undef, $d);
	my ($one) = $p->pushes($d, '&status=dead');
	is $c->api(POST => "/v1/pushes/$one->{id}/retry")->code, 202, 'or one';
	$c->wait_for(sub { $p->show($d)->{pushes}{dead} == 3 }, 'it');
	is $c->api(POST => "/v1/destinations/$NONE/redrive")->code, 404,
	    'of a destination that is there';
};

subtest 'by operators' => sub {
	my $run = $c->run_ctl('--json', 'replay', 'test', $d, '--from',
		'1970-01-01T00:00:00Z', '--dry-run');
	is_deeply decode_json($run->{out}), { count => 20 }, 'counted';
	$run = $c->run_ctl('replay', 'test', $d, '--dead');
	is $run->{status}, 0, 'dead letters' or diag $run->{err};
	$c->wait_for(sub { !$p->show($d)->{pushes}{dead} }, 'them to be gone');
	$p->drained($d);
	my $before = again();
	$run = $c->run_ctl('replay', 'test', $d, '--event', $event[1]{id});
	like $run->{out}, qr/^\[#+\] 1\/1$/m, 'one, and how far it is';
	$c->wait_for(sub { again() > $before }, 'it');
	for my $wrong ([], ['--event', 'x'], ['--from', 'x'],
	    ['--event', $NONE, '--dead'], ['--type', 'meeting.changed'],
	    ['--from', '2026-01-01T00:00:00Z', '--type', 'meeting.change'],
	    ['--dead', '--dry-run']) {
		is $c->run_ctl('replay', 'test', $d, @$wrong)->{status}, 2,
		    "not @$wrong";
	}
	is $c->run_ctl('replay', 'test', $d, '--event', $NONE)->{status}, 1,
	    'what is not there';
};

subtest 'more than one request takes' => sub {
	$c->api(PATCH => "/v1/destinations/$d", { state => 'paused' });
	add('invitee.created', 10_050, meetings => 1000, pad => 1);
	my ($sum, $after, @page) = (0, cursor(25));
	for (1 .. 5) {
		my $page = replay({ after => $after, dry_run => \1 })->json;
		push @page, $page->{count};
		$sum += $page->{count};
		last if !$page->{more};
		$after = $page->{next};
	}
	is $sum, 10_050, 'all are counted';
	is $page[0], 10_000, 'ten thousand at a time';
	my $run = $c->run_ctl('--json', 'replay', 'test', $d, '--from',
		'1970-01-01T00:00:00Z', '--dry-run');
	is decode_json($run->{out})->{count}, 10_070, 'operators need one command';
};

done_testing;
