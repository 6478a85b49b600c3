# Meetings are read back from a Calendly that answers oddly, or that changes
# while it is read: a walk ends or says why not, what can't be read costs
# itself only, and nothing that Calendly has is marked as gone.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Picture;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 4 });
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $picture = Cal::Test::Picture->new(c => $c);
my $next = 0;

sub sync ($user) { return $c->api(GET => "/v1/connections/$user")->json('/sync') }

# Makes a person with a calendar; returns the user and the person.
sub fresh (%calendar)
{
	my ($user, $person) = ('u' . ++$next, "p$next");
	$c->sandbox(POST => '/sandbox/people', { person => $person,
		create => \1 });
	$c->sandbox(POST => '/sandbox/history', { person => $person,
		days_back => 60, %calendar });
	return ($user, $person);
}

sub connect_as ($user, $person)
{
	my $browser = $c->new_browser;
	$browser->ua->socket_options({ LocalAddr => '127.0.7.' . $next });
	return $c->connect($user, person => $person, browser => $browser);
}

sub complete ($user, $since = '')
{
	my $sync;
	$c->wait_for(sub { $books->hurry;
		$sync = sync($user);
		($sync->{state} eq 'idle' && ($sync->{last_complete_at} // '')
		    gt $since) }, "the meetings of $user to be read");
	return $sync;
}

sub ask ($user)
{
	my $was = sync($user)->{last_complete_at} // '';
	$c->api(POST => "/v1/connections/$user/sync");
	return complete($user, $was);
}

sub backfilled ($user, $person)
{
	connect_as($user, $person);
	return complete($user);
}

sub gone ($user)
{
	return grep { $_->{status} eq 'gone' }
	    values %{ $picture->meetings($user) };
}

sub differs ($user, $person)
{
	$picture->from(sync($user)->{from});
	return $picture->differences($user, $person);
}

sub is_complete ($user, $person, $name)
{
	is scalar gone($user), 0, "$name: none is gone";
	return is_deeply [differs($user, $person)], [], "$name: complete";
}

sub rate ($person)
{
	return $books->state('rates')->{rates}{$person};
}

# Switches are set for as long as this runs.
sub switched ($switch, $deed)
{
	my $was = $c->sandbox(GET => '/sandbox/switches')->{switches};
	my %was = ref $was eq 'ARRAY'
	    ? map { $_->{name} => $_->{value} } @$was : %$was;
	$books->switch(%$switch);
	$deed->();
	$books->switch(map { $_ => ref $was{$_} eq 'HASH' ? $was{$_}{value}
	    : $was{$_} } keys %$switch);
	return;
}

# What a walk asks for is held up, so that it is in the middle.
sub slowly ($person, $ms = 250)
{
	return $books->fault('latency', GET => '/scheduled_events/*',
		person => $person, value => $ms);
}

sub in_the_middle ($user)
{
	return $c->wait_for(sub { my $s = sync($user);
		($s->{phase} // '') eq 'invitees' && $s->{events_done} > 0 },
	    "the walk of $user to be in the middle");
}

sub calls ($person) { return (rate($person) // {})->{scheduled_events} // 0 }

# Pages that are odd cost neither an event nor many calls.
my ($known, $knower) = fresh(past => 20, ahead => 82, group => 2,
	invitees => 106);
backfilled($known, $knower);
is calls($knower), 102 + 2, 'each page and each event is asked for once';

# With 102 events at one start the list can't be read by time alone.
for ([3, page_repeats => \1],
    [102, short_pages => \1, min_start_exclusive => \1],
    [102, pages_without_end => \1, page_token_seconds => 1]) {
	my ($same, %switch) = @$_;
	subtest join(', ', sort keys %switch) => sub {
		switched(\%switch, sub {
			my ($user, $person) = fresh(past => 5, ahead => 110,
				group => 2, invitees => 120,
				same_start => $same);
			backfilled($user, $person);
			is_complete($user, $person, 'a new user');
			cmp_ok calls($person), '<', 300, 'within reason';
			return if !$switch{page_repeats};
			ask($known);
			is_complete($known, $knower, 'one that is known');
		});
	};
}

for my $form (qw(null text no_uri)) {
	subtest "an entry that is unreadable: $form" => sub {
		my ($user, $person) = fresh(past => 4, ahead => 4);
		switched({ unreadable_entry => $form }, sub {
			my $sync = backfilled($user, $person);
			cmp_ok $sync->{unread}, '>', 0, 'it is counted';
			is scalar(differs($user, $person)), 1,
			    'costs itself only';
			ask($user);
			is scalar gone($user), 0, 'none is gone';
			if ($form eq 'null') {
				ask($known);
				is scalar gone($known), 0, 'none here';
			}
		});
		ask($user);
		is_complete($user, $person, 'when it can be read again');
	};
}

subtest 'a page token dies, with many events at one start' => sub {
	my ($user, $person) = fresh(past => 1, ahead => 105, same_start => 103);
	switched({ page_token_seconds => 1 }, sub {
		$books->fault('latency', GET => '/scheduled_events',
			person => $person, value => 2100, times => 2);
		backfilled($user, $person);
		is_complete($user, $person, 'all the same');
	});
	$books->mend;
};

subtest 'a calendar that moves while it is read' => sub {
	my ($user, $person) = fresh(past => 10, ahead => 94);
	switched({ calendar_moves => 4 }, sub {
		backfilled($user, $person);
		ask($known);
	});
	$books->settle;
	$c->wait_for(sub { !differs($user, $person) }, 'webhooks', 10);
	is_complete($user, $person, 'with what the webhooks tell');
	is_complete($known, $knower, 'known before');
};

subtest 'lists that lag behind the webhooks' => sub {
	my ($user, $person) = fresh(past => 2, ahead => 6);
	backfilled($user, $person);
	switched({ api_lag_seconds => 40 }, sub {
		my @active = sort map { $_->{uri} }
		    grep { $_->{status} eq 'active' }
		    map { @{ $_->{invitees} } }
		    values %{ $picture->books($person) };
		$c->sandbox(POST => '/sandbox/cancel',
			{ invitee => $active[0], wait => \1 });
		$c->sandbox(POST => '/sandbox/reschedule',
			{ invitee => $active[1], wait => \1 });
		$c->sandbox(POST => '/sandbox/no-show',
			{ invitee => $active[2], wait => \1 });
		$c->sandbox(POST => '/sandbox/book',
			{ person => $person, wait => \1 });
		ask($user);
		$books->settle;
		is_complete($user, $person, 'webhooks are not undone');
	});
};

# Ids are made with their objects, so all of these can be read at one time.
my %form;
for my $style (qw(upper_uuid dashless short lower16 word punctuated twenty long
    longest slash)) {
	switched({ id_style => $style }, sub {
		$form{"ids: $style"} = [fresh(past => 1, ahead => 3)] });
}
connect_as(@$_) for values %form;
for my $name (sort keys %form) {
	complete($form{$name}[0]);
	is_complete(@{ $form{$name} }, $name);
}
switched({ uri_base => 'https://elsewhere.example' }, sub {
	my ($user, $person) = fresh(past => 2, ahead => 4);
	backfilled($user, $person);
	is_complete($user, $person, 'URIs of another origin');
});

my $limited = 0;
$limited += $_->{limited} for values %{ $books->state('rates')->{rates} };
is $limited, 0, 'no budget was passed';

done_testing;
