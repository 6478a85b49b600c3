# Bodies as Calendly really sends them: the order of arrival, times in whole
# seconds and old shapes do not change the meetings.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(envelope uuid);
use List::Util qw(shuffle);
use Mojo::JSON qw(false true);

my $c = Cal::Test->start;
my $API = 'https://api.calendly.com';
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $event = 0;

sub event_uri ($n) { return "$API/scheduled_events/" . uuid(7, $n) }

sub invitee_uri ($n, $i) { return event_uri($n) . '/invitees/' . uuid(8, $i) }

# What is said of the invitee $i of the meeting $n.
sub body ($kind, $n, $i, %more)
{
	my $sent = delete $more{sent} // '2026-11-20T10:00:00.000000Z';
	return envelope($kind, { uri => invitee_uri($n, $i), name => "I$i",
		event => event_uri($n), status => 'active',
		created_at => '2026-11-20T10:00:00.000000Z',
		updated_at => '2026-11-20T10:00:00.000000Z', no_show => undef,
		%more }, created_at => $sent);
}

sub shape ($n, %more)
{
	return { uri => event_uri($n), name => "E$n", status => 'active',
		created_at => '2026-11-20T10:00:00.000000Z',
		updated_at => '2026-11-20T10:00:00.000000Z',
		invitees_counter => { total => 1, active => 1, limit => 1 },
		%more };
}

sub settle
{
	return $c->wait_for(sub { !$c->db->selectrow_array(
		'SELECT count(*) FROM delivery_queue') }, 'all to be applied');
}

sub post ($to, @body)
{
	is $c->deliver($to, $_)->code, 200, 'taken' for @body;
	return settle();
}

# One after the other, each applied before the next comes.
sub post_slowly (@body)
{
	post($url, $_) for @body;
	return;
}

sub meeting ($n, $user = 'u1')
{
	my ($m) = grep { $_->{calendly_uri} eq event_uri($n) }
	    @{ $c->api(GET => "/v1/meetings?user_id=$user")->json('/data') };
	return $m;
}

subtest 'twelve book within one second, in any order' => sub {
	my $n = ++$event;
	my @body = map { my $at = sprintf '2026-11-20T10:00:00.%06dZ',
		$_ * 70_000;
		body('invitee.created', $n, $_, created_at => $at,
		    updated_at => $at, scheduled_event => shape($n,
			invitees_counter => { total => $_, active => $_,
				limit => 20 })) } 1 .. 12;
	post($url, shuffle @body);
	is_deeply meeting($n)->{invitees_counter}, { total => 12, active => 12,
		limit => 20 }, 'the last one\'s count is shown';
	is scalar @{ meeting($n)->{invitees} }, 12, 'all are';
};

# Set, cleared, set again and so on; true: it ends set.
sub no_shows ($n, $at, @course)
{
	my $i = 0;
	my @body = map { $i++; my $micro = sprintf '%06d', $i * 100_000;
		body($_ ? 'invitee_no_show.created' : 'invitee_no_show.deleted',
		    $n, 1, sent => $at->($micro), scheduled_event => shape($n),
		    no_show => $_ ? { uri => "$API/invitee_no_shows/" .
			uuid(9, 100 * $n + $i),
			created_at => "2026-11-20T10:00:07.${micro}Z" } : undef)
	} @course;
	return @body;
}

for my $course ([1, 0], [1, 0, 1]) {
	subtest "a no-show set and cleared in one second: @$course" => sub {
		my $n = ++$event;
		post_slowly(no_shows($n,
			sub { '2026-11-20T10:00:07.000000Z' }, @$course));
		is !!meeting($n)->{invitees}[0]{no_show}, !!$course->[-1],
		    'in whole seconds, it ends as it came';
		$n = ++$event;
		post_slowly(reverse no_shows($n,
			sub ($t) { "2026-11-20T10:00:07.${t}Z" }, @$course));
		is !!meeting($n)->{invitees}[0]{no_show}, !!$course->[-1],
		    'in microseconds, it ends as it was sent';
	};
}

subtest "canceled in the old shape, $_" => sub {
	my $n = ++$event;
	my @body = (
		body('invitee.created', $n, 1, scheduled_event => shape($n)),
		body('invitee.canceled', $n, 1, status => 'canceled',
			updated_at => '2026-11-20T11:00:00.000000Z',
			cancellation => { canceled_by => 'Ivy', reason => 'ill',
				canceler_type => 'invitee' }));
	post_slowly(/first/ ? reverse @body : @body);
	my $m = meeting($n);
	is $m->{status}, 'canceled', 'it ends canceled';
	is $m->{name}, "E$n", 'and keeps its name';
	is $m->{cancellation}{reason}, 'ill', 'it is known why';
	is_deeply [map { $_->{id} } grep { $_->{id} eq $m->{id} } @{
		$c->api(GET => '/v1/meetings?status=canceled')->json('/data') }],
	    [$m->{id}], 'a filter finds it';
	my ($last) = reverse grep { $_->{type} eq 'meeting.changed' &&
		$_->{meeting_id} eq $m->{id} } $c->events;
	is_deeply $last->{data}{meeting}, $m, 'the feed has told it';
} for 'last', 'first';

subtest 'one id of an invitee in two events is two invitees' => sub {
	my ($one, $two) = map { ++$event . '' } 1, 2;
	my %gone = (status => 'canceled', event => event_uri($one),
		updated_at => '2026-11-20T11:00:00.000000Z');
	# What else is said of the event does not outrank the path.
	post($url, (map { body('invitee.created', $_, 77, scheduled_event =>
		shape($_)) } $one, $two), body('invitee.canceled', $two, 77,
		%gone, scheduled_event => shape($one, status => 'canceled')));
	is meeting($one)->{status}, 'active', 'one comes';
	is meeting($two)->{status}, 'canceled', 'the other does not';
	is scalar(grep { $_->{type} eq 'invitee.created' &&
		$_->{data}{uri} =~ /${\ uuid(8, 77)}$/ } $c->events), 2,
	    'each has an event of its own';
};

subtest 'who is listed twice among the hosts is one' => sub {
	my $n = ++$event;
	my $who = "$API/users/" . uuid(1);
	post($url, body('invitee.created', $n, 1, scheduled_event => shape($n,
		event_memberships => [{ user => $who }, { user => $who,
			user_email => 'o@example.org', user_name => 'O' }])));
	is_deeply meeting($n)->{hosts}, [{ user_uri => $who,
		email => 'o@example.org', name => 'O' }], 'one host';
};

subtest "a meeting's recap names its meeting" => sub {
	my $n = ++$event;
	post($url, body('invitee.created', $n, 1,
		scheduled_event => shape($n)),
	    envelope('meeting_recap.created', { event => {
		uri => event_uri($n) }, recap => { uri =>
		"$API/meeting_recaps/" . uuid(9, 9) } }));
	my ($recap) = grep { $_->{type} eq 'meeting_recap.created' }
	    $c->events;
	is $recap->{meeting_id}, meeting($n)->{id}, 'by our id';
};

subtest 'two users of ours who host one event can be joined' => sub {
	my $n = ++$event;
	$c->connect('u2', person => 'marco', browser => $c->new_browser);
	my $body = body('invitee.created', $n, 1, scheduled_event => shape($n));
	post($_, $body) for $url, $c->endpoint('u2');
	my ($one, $two) = map { meeting($n, $_) } 'u1', 'u2';
	is $one->{calendly_uri}, $two->{calendly_uri},
	    'by what Calendly calls it';
	is $one->{invitees}[0]{calendly_uri}, $two->{invitees}[0]{calendly_uri},
	    'so can the invitees';
	isnt $one->{id}, $two->{id}, 'each has a meeting of their own';
	isnt $one->{invitees}[0]{id}, $two->{invitees}[0]{id},
	    'and invitees of their own';
};

done_testing;
