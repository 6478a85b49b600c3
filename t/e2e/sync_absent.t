# One of several invitees is deleted at Calendly, as by law: only they are gone,
# nothing of them is left, and nobody is taken to be gone for less than that.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Walks;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $picture = walks_of($c, $books);

sub vanish ($invitee, %how)
{
	return $c->sandbox(POST => '/sandbox/vanish',
		{ invitee => $invitee->{uri}, %how });
}

# A person with one event, which these many have booked, in this order.
sub group ($n)
{
	my ($user, $person) = fresh(past => 0, ahead => 1,
		group => $n > 1 ? 1 : 0, invitees => $n, canceled => 0,
		rescheduled => 0, no_shows => 0);
	backfilled($user, $person);
	is_complete($user, $person, 'all are here');
	my ($event) = values %{ $picture->books($person) };
	return ($user, $person, @{ $event->{invitees} });
}

sub statuses ($user)
{
	my ($m) = values %{ $picture->meetings($user) };
	return join ' ', $m->{status}, map { $_->{status} }
	    sort { $a->{created_at} cmp $b->{created_at} } @{ $m->{invitees} };
}

sub asked { return $books->calls('GET /scheduled_events/{uuid}/invitees/{uuid}') }

sub told ($user)
{
	return grep { $_->{user_id} eq $user && $_->{type} eq 'meeting.changed' }
	    $c->events;
}

subtest 'one of three is gone' => sub {
	my ($user, $person, @who) = group(3);
	my $was = told($user);
	vanish($who[1]);
	ask($user);
	is statuses($user), 'active active gone active', 'that one only';
	is_complete($user, $person, 'the others');
	is_deeply [grep { !/^(?:events|deliveries_in):/ }
		$books->mentions($who[1]{email})], [],
	    'nothing of them is left, but what was told before';
	my @told = told($user);
	is scalar @told, $was + 1, 'one change is told';
	is $told[-1]{data}{change}, 'updated', 'of a meeting that goes on';
	is $told[-1]{data}{meeting}{calendly_uri}, $who[1]{event}, 'of it';
	my $calls = asked();
	ask($user);
	is asked(), $calls, 'and never asked for again';
	vanish($who[1], undo => \1);
	ask($user);
	is statuses($user), 'active active active active', 'or back';
	is_complete($user, $person, 'as before');
};

subtest 'the last one of all' => sub {
	my ($user, $person, @who) = group(1);
	vanish($who[0]);
	ask($user);
	is statuses($user), 'active gone', 'gone';
};

subtest 'a list that is too short deletes nobody' => sub {
	my ($user, $person, @who) = group(3);
	vanish($_, list_only => \1) for @who[0, 2];
	my $calls = asked();
	ask($user);
	is statuses($user), 'active active active active', 'all are there';
	is asked(), $calls + 2, 'those were asked for';
};

subtest 'nor does one that can be read in part only' => sub {
	my ($user, $person, @who) = group(3);
	vanish($who[0]);
	my $calls = asked();
	$books->switch(unreadable_entry => 'null');
	ask($user);
	$books->switch(unreadable_entry => 'none');
	is asked(), $calls, 'nobody is asked for';
	is statuses($user), 'active active active active', 'nor gone';
	ask($user);
	is statuses($user), 'active gone active active', 'but then';
};

subtest 'nor do a list and an invitee that lag' => sub {
	my ($user, $person, @who) = group(2);
	$books->switch(api_lag_seconds => 40);
	$c->sandbox(POST => '/sandbox/book', { wait => \1,
		event => $who[0]{event} });
	ask($user);
	$books->settle;
	is statuses($user), 'active active active active', 'all are there';
	$books->switch(api_lag_seconds => 0);
};

for ([403, 'a refusal'], [500, 'an error']) {
	my ($status, $name) = @$_;
	subtest "nor does $name" => sub {
		my ($user, $person, @who) = group(3);
		vanish($_) for @who[0, 1];
		$books->fault(status => GET => '/scheduled_events/*/invitees/' .
			$who[0]{uri} =~ s{.*/}{}r, value => $status);
		ask($user);
		$books->mend;
		is statuses($user), 'active active gone active',
		    'only who is known to be gone';
	};
}

subtest 'Calendly is away when they are asked for' => sub {
	my ($user, $person, @who) = group(2);
	vanish($who[0]);
	$books->fault(status => GET => '/scheduled_events/*/invitees/*',
		value => 503, times => 4);
	ask($user);
	is statuses($user), 'active gone active', 'it is asked later';
};

subtest 'many' => sub {
	my ($user, $person, @who) = group(100);
	vanish($who[2 * $_]) for 0 .. 39;
	ask($user);
	is $books->one(q{SELECT count(*) FROM invitees i JOIN meetings m
		ON m.id = i.meeting_id WHERE m.user_id = ?
		AND i.gone_at >= i.seen_at AND i.content::text NOT LIKE '%@%'},
	    $user), 40, 'all of them';
	is_complete($user, $person, 'the others');
};

is $books->one('SELECT count(*) FROM sync_invitees'), 0, 'nothing is left to do';

done_testing;
