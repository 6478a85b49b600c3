# Meetings are read back from a Calendly that answers oddly, or that changes
# while it is read: a walk ends or says why not, what can't be read costs
# itself only, and nothing that Calendly has is marked as gone.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Walks;
use List::Util qw(shuffle);

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 4 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $picture = walks_of($c, $books);

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

sub calls ($person) { return (rate($person) // {})->{scheduled_events} // 0 }

# Pages that are odd cost neither an event nor many calls.
my ($known, $knower) = fresh(past => 20, ahead => 82, group => 2,
	invitees => 106);
backfilled($known, $knower);
is calls($knower), 102 + 2, 'each page and each event is asked for once';

# With 102 events at one start the list can't be read by time alone.
for ([3, page_repeats => \1],
    [102, short_pages => \1, min_start_exclusive => \1],
    [102, pages_without_end => \1, page_token_seconds => 3]) {
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
# A short run takes some of the forms.
my %form;
my @style = shuffle qw(upper_uuid dashless short lower16 word punctuated twenty
    long longest slash);
for my $style ($ENV{CAL_TEST_LONG} ? @style : @style[0 .. 2]) {
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

# What follows is about single persons, at the same time.
my %case;
sub begin ($name, %calendar)
{
	my ($user, $person) = fresh(past => 10, ahead => 10, canceled => 0,
		rescheduled => 0, no_shows => 0, %calendar);
	my @uri = sort keys %{ $picture->books($person) };
	return $case{$name} = { user => $user, person => $person,
		uri => \@uri, bad => [] };
}

sub spoil ($case, $n, $kind, $what, %rule)
{
	for my $uri (splice @{ $case->{uri} }, 0, $n) {
		push @{ $case->{bad} }, $uri;
		$books->fault($kind, GET => '/scheduled_events/' .
			$uri =~ s{.*/}{}r . $what,
			person => $case->{person}, %rule);
	}
	return $case;
}
spoil(begin('500 for the invitees of one'), 1, status => '/invitees');
spoil(begin('500 for the invitees of three'), 3, status => '/invitees');
spoil(begin('403 for one'), 1, status => '/invitees', value => 403);
spoil(begin('404 for the invitees of two'), 2, status => '/invitees',
	value => 404);
spoil(begin('no answer for one'), 1, hang => '/invitees')
    if $ENV{CAL_TEST_LONG};
my $some = begin('429 in the middle');
$books->fault(status => GET => '/scheduled_events/*', value => 429,
	person => $some->{person}, times => 5);
my $only = begin('away for a while, with one event', past => 0, ahead => 1);
$books->fault(status => GET => '/scheduled_events/*', value => 503,
	person => $only->{person}, times => 4);
connect_as(@$_{qw(user person)}) for values %case;

for my $name (sort keys %case) {
	my ($case, %bad) = $case{$name};
	@bad{ @{ $case->{bad} } } = ();
	subtest $name => sub {
		my $sync = complete($case->{user});
		is scalar gone($case->{user}), 0, 'none is gone';
		my @other = grep { /^(\S+?):? / && !exists $bad{$1} }
		    differs(@$case{qw(user person)});
		is_deeply \@other, [], 'the others are complete';
		is $sync->{unread}, scalar keys %bad, 'it says how many are not';
	};
}
$books->mend;

subtest 'a list that is refused' => sub {
	my ($user, $person) = fresh(past => 1, ahead => 1);
	$books->fault(status => GET => '/scheduled_events', value => 400,
		person => $person);
	connect_as($user, $person);
	$c->wait_for(sub { sync($user)->{trouble} }, 'it to be said');
	is sync($user)->{last_complete_at}, undef, 'it is not complete';
	$books->mend;
	complete($user);
	is_complete($user, $person, 'later');
};

subtest 'a small budget' => sub {
	my ($user, $person) = fresh(past => 5, ahead => 45);
	switched({ rate_limit_seconds => 2, rate_limit_minute => 40 }, sub {
		connect_as($user, $person);
		$c->wait_for(sub { my $s = sync($user);
			$s->{last_complete_at} && $s->{state} eq 'idle' },
		    'a walk in small steps');
		is_complete($user, $person, 'complete');
		is rate($person)->{limited}, 0, 'no call is refused';
	});
	$books->unlimited;
};

done_testing;
