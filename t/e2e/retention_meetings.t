# Meetings go when they have been over for as long as they are kept, with all
# that belongs to them; and nothing that is late brings them back: neither a
# webhook, nor a walk that reaches back too far.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);
my $keep = 10;		# days

sub calendar ($person, %number)
{
	return $c->sandbox(POST => '/sandbox/history', { person => $person,
		past => 40, ahead => 10, days_back => 30, group => 3,
		invitees => 70, %number });
}

sub is_read ($user)
{
	return $c->wait_for(sub {
		my $s = $c->api(GET => "/v1/connections/$user")->json('/sync');
		$s->{state} eq 'idle' && $s->{last_complete_at} },
	    "the meetings of $user to be read");
}

sub over { return $books->one("SELECT count(*) FROM meetings
	WHERE end_at < now() - interval '$keep days 1 hour'") }

sub ours { return $books->one('SELECT count(*) FROM meetings') }

# Rows that belong to a meeting that is not there.
sub orphans
{
	return map { $books->one("SELECT count(*) FROM $_ t WHERE NOT EXISTS
		(SELECT FROM meetings m WHERE m.id = t.meeting_id)") }
	    qw(invitees meeting_reads);
}

sub doctor { my $r = $c->stack->ctl(['doctor']); return $r->{out} . $r->{err} }

sub changes { return grep { $_->{type} eq 'meeting.changed' } $c->events }

# What of a person's events was over that long ago, in Calendly's books.
sub old_events ($person)
{
	my $page = $c->sandbox(GET => "/sandbox/books?person=$person");
	my $until = $c->db->selectrow_array(qq{SELECT to_char((now() -
		interval '$keep days 1 hour') AT TIME ZONE 'UTC',
		'YYYY-MM-DD"T"HH24:MI:SS')});
	return grep { $_->{end_time} lt $until } @{ $page->{events} };
}

calendar('p1');
calendar('p2');
$c->connect('u1', person => 'p1');
$c->connect('u2', person => 'p2', browser => $c->new_browser);
is_read($_) for qw(u1 u2);
my $all = ours();
my $told = changes();
my @old = old_events('p1');
my ($gone) = map { $_->{data}{meeting} } grep {
	$_->{data}{meeting}{calendly_uri} eq $old[0]{uri} } changes();

subtest 'without the setting they stay' => sub {
	cmp_ok over(), '>', 20, 'many were over long ago';
	$c->calendlyd->restart;
	$c->wait_ready;
	is ours(), $all, 'all of them';
};

subtest 'with it they go, with what belongs to them' => sub {
	my $over = over();
	$c->configure(CALENDLYD_SYNC_PAST => 3,
		CALENDLYD_RETENTION_MEETINGS => $keep);
	$c->calendlyd->restart;
	$c->wait_for(sub { over() == 0 }, 'them to go');
	is ours(), $all - $over, 'the others stay';
	is_deeply [orphans()], [0, 0], 'nothing is left of those';
	is $c->api(GET => "/v1/meetings/$gone->{id}")->code, 404,
	    'one that went';
	is changes(), $told, 'events that told of them stay';
};

# As after a long time in which the user's meetings could not be read.
subtest 'a walk that reaches back too far brings none back' => sub {
	my $before = ours();
	$c->db->do(q{UPDATE syncs SET known_until = now() -
		interval '40 days', look_at = now()});
	$c->wait_for(sub { !$books->one(q{SELECT count(*) FROM syncs WHERE
		known_until < now() - interval '1 day' OR phase IS NOT NULL})
	    }, 'the walks');
	is $books->one("SELECT min(events) >= 40 FROM syncs"), 1,
	    'which have seen them';
	is ours(), $before, 'none is back';
	is_deeply [orphans()], [0, 0], 'and nothing is noted of them';
	is changes(), $told, 'nothing is told';
};

subtest 'nor does a webhook about one' => sub {
	my ($event) = grep { $_->{status} eq 'active' } @old;
	my $before = ours();
	$c->sandbox(POST => '/sandbox/no-show',
		{ invitee => $event->{invitees}[0]{uri} });
	my $new;
	$c->wait_for(sub { ($new) = grep { $_->{type} eq
		'invitee_no_show.created' } $c->events }, 'its event');
	is $c->api(GET => "/v1/meetings/$new->{meeting_id}")->code, 404,
	    'its meeting is not there';
	is ours(), $before, 'none is back';
	is changes(), $told, 'no change is told';
	is $books->one("SELECT outcome FROM events WHERE id = '$new->{id}'"),
	    'superseded', 'it changed nothing';
};

subtest 'operators are told when none go' => sub {
	like doctor(), qr/retention.*nothing is kept too long/,
	    'all is well';
	$c->calendlyd->stop;
	$c->db->do(q{UPDATE meetings SET start_at = '2020-01-01',
		end_at = '2020-01-01' WHERE id = (SELECT id FROM meetings
		LIMIT 1)});
	like doctor(),
	    qr/retention.*meetings \(CALENDLYD_RETENTION_MEETINGS\)/,
	    'what is kept too long';
};

done_testing;
