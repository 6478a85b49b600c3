# Calendly does not show a user's events, or not all of them: what keeps a walk
# from going on is named as it is, and single events keep nothing.

use Cal::Test;
use Cal::Test::Picture;

my $c = Cal::Test->start;
$c->waits_for_walks(0);
my $picture = Cal::Test::Picture->new(c => $c);

sub sync { return $c->api(GET => '/v1/connections/alice')->json('/sync') }
sub ask { return $c->api(POST => '/v1/connections/alice/sync') }

sub until_sync ($what, $condition)
{
	return $c->wait_for(sub { $condition->(sync()) }, $what);
}

# Has all calls of this path answered with a status.
sub answer_with ($status, $path)
{
	return $c->sandbox(POST => '/sandbox/faults', { kind => 'status',
		value => $status, match => { path => $path } });
}

sub lists
{
	return $c->db->selectrow_array(q{SELECT count(*) FROM api_calls
	    WHERE purpose = 'event_list'});
}

sub mend { return $c->sandbox(DELETE => '/sandbox/faults') }

$c->sandbox(POST => '/sandbox/history', { person => 'olivia', past => 0,
	ahead => 5 });
$c->connect('alice', person => 'olivia');
until_sync('the first walk', sub ($s) { $s->{last_complete_at} });

subtest 'the list is refused, although the scope allows it' => sub {
	answer_with(403, '/scheduled_events');
	ask();
	until_sync('the walk to be stuck', sub ($s) { $s->{state} eq 'stuck' });
	is sync()->{trouble}, 'refused', 'that is why, not the scope';
	mend();
};

subtest 'there is no list' => sub {
	my $was = lists();
	answer_with(404, '/scheduled_events');
	ask();
	until_sync('the trouble to be shown',
	    sub ($s) { ($s->{trouble} // '') eq 'unreachable' });
	sleep 1;
	cmp_ok lists() - $was, '<=', 2, 'it is not asked for again and again';
	mend();
	until_sync('the walk to go on', sub ($s) { $s->{state} eq 'idle' });
};

subtest 'several events are refused' => sub {
	my @uri = (sort keys %{ $picture->meetings('alice') })[0, 1];
	my $was = sync()->{last_complete_at};
	for my $uri (@uri) {
		$c->sandbox(POST => '/sandbox/vanish', { event => $uri });
		answer_with(403, '/scheduled_events/' . $uri =~ s{.*/}{}r);
	}
	ask();
	until_sync('the walk to end',
	    sub ($s) { $s->{last_complete_at} gt $was });
	my $sync = sync();
	is $sync->{state}, 'idle', 'the walk is over';
	is $sync->{unread}, 2, 'the two are counted';
	is_deeply [map { $picture->meetings('alice')->{$_}{status} } @uri],
	    ['active', 'active'], 'and not taken to be gone';
};

done_testing;
