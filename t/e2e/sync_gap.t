# A user's subscription is disabled for over a day in which meetings are booked,
# moved and canceled: the host app is warned, the webhook is made anew, the gap
# is told, and everything in it is read back, each net change once.

use Cal::Test;
use Cal::Test::Age;
use Cal::Test::Books;
use Cal::Test::Walks;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $picture = walks_of($c, $books);
my $age = Cal::Test::Age->new(c => $c);

sub told ($type, $after = undef)
{
	return grep { $_->{type} eq $type } $c->events($after);
}

sub quietly ($act, %arg)
{
	return $c->sandbox(POST => "/sandbox/$act", { %arg });
}

my ($user, $person) = fresh(past => 3, ahead => 6, canceled => 0,
	rescheduled => 0, no_shows => 0);
backfilled($user, $person);
is_complete($user, $person, 'before');
my ($first, $second) = map { $_->{invitees}[0]{uri} }
    sort { $b->{start_time} cmp $a->{start_time} }
    values %{ $picture->books($person) };
$books->settle;
my $cursor = $c->api(GET => '/v1/events?limit=1000')->json('/next');

# Calendly has given up the subscription, and nobody has noticed yet.
$c->sandbox(POST => '/sandbox/disable', { person => $person });
my $new = quietly('book', person => $person);
my $brief = quietly('book', person => $person);
quietly('cancel', invitee => $brief->{invitee}{uri});
quietly('cancel', invitee => $first);
my $moved = quietly('reschedule', invitee => $second);
$c->sandbox(POST => '/sandbox/clock', { advance => 3600 });
my $late = quietly('book', person => $person);
# Visits are up to 1.2 days apart.
$age->pass(30 * 3600);

$c->wait_for(sub { $books->hurry; told('webhook.gap', $cursor) },
	'the gap to be told');
complete($user);
$books->settle;

subtest 'what the host app is told' => sub {
	my @failing = told('webhook.failing', $cursor);
	is scalar @failing, 1, 'a warning';
	is $failing[0]{data}{reason}, 'disabled', 'that says why';
	is scalar told('webhook.gap', $cursor), 1, 'the gap, once';
	my @synced = told('connection.synced', $cursor);
	is scalar @synced, 1, 'that it was read back';
	is $synced[0]{data}{purpose}, 'repair', 'for that reason';
};

subtest 'nothing is missing' => sub {
	is_complete($user, $person, 'after');
	is $c->api(GET => "/v1/connections/$user")->json('/webhook/state'),
	    'active', 'the webhook works again';
};

subtest 'each net change is told once' => sub {
	my %change;
	for my $e (told('meeting.changed', $cursor)) {
		push @{ $change{ $e->{data}{meeting}{calendly_uri} } },
		    "$e->{source} $e->{data}{change}";
	}
	my $of = sub ($invitee) {
		return join ', ', @{ delete
			$change{ $invitee =~ s{/invitees/.*}{}r } // [] };
	};
	is $of->($new->{invitee}{uri}), 'sync created', 'a booking';
	is $of->($brief->{invitee}{uri}), 'sync canceled',
	    'one that was canceled again';
	is $of->($first), 'sync canceled', 'a cancellation';
	is $of->($second), 'sync rescheduled', 'a meeting that was moved';
	is $of->($moved->{invitee}{uri}), 'sync created', 'where to';
	is $of->($late->{invitee}{uri}), 'sync created', 'a late booking';
	is_deeply \%change, {}, 'and nothing else';
};

done_testing;
