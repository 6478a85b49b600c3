# A calendar that was used for years is made at once, can be read in many pages,
# and its books can be had to compare with.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use SandboxTest;
use Test::More;

my $s = SandboxTest->new;
my $olivia;

sub begin () {
	$s->control('reset');
	$s->control(switches => { rate_limit_minute => 0 });
	$olivia = $s->connect('olivia');
	return;
}

sub books ($person = 'olivia', %query) {
	my (@events, $part);
	do {
		$part = $s->get(Mojo::URL->new('/sandbox/books')->query(
		    person => $person, %query))->json;
		push @events, @{ $part->{events} };
	} while defined($query{after} = $part->{next});
	return @events;
}

sub page (%query) {
	return $s->get(Mojo::URL->new('/scheduled_events')->query(
	    user => $olivia->{owner}, count => 100, %query),
	    $olivia->{access_token})->json;
}

sub everything () {
	my (@events, $page, %next);
	do {
		$page = page(%next);
		push @events, @{ $page->{collection} };
		$next{page_token} = $page->{pagination}{next_page_token};
	} while defined $next{page_token};
	return @events;
}

sub is_so ($value) { return ref $value ? $$value : $value }

sub looks ($event) {
	return join ' ', @$event{qw(name status)}, $event->{location}{type},
	    map { join ' ', @$_{qw(name email status)} }
	    @{ $event->{invitees} };
}

subtest 'so many events and invitees as asked for' => sub {
	begin();
	my $made = $s->control(history => { person => 'olivia', past => 250,
	    ahead => 50, group => 30, invitees => 400, canceled => 40,
	    rescheduled => 10, no_shows => 12, days_back => 100 });
	is $made->{events}, 300, 'told';
	my @events = books();
	my @invitees = map { @{ $_->{invitees} } } @events;
	is @events, 300, 'events';
	is @invitees, 400, 'invitees';
	is +(grep { $_->{invitees_counter}{limit} > 1 } @events), 30, 'groups';
	is +(grep { $_->{no_show} } @invitees), 12, 'no-shows';
	is +(grep { is_so($_->{rescheduled}) } @invitees), 10, 'rescheduled';
	is +(grep { $_->{old_invitee} } @invitees), 10, 'and their heirs';
	is +(grep { $_->{status} eq 'canceled' } @invitees), 50, 'canceled';
	ok +(grep { $_->{status} eq 'active' && $_->{invitees_counter}{active}
	    < $_->{invitees_counter}{total} } @events), 'some of a group';
	my $now = $s->state->clock->text;
	is +(grep { $_->{start_time} lt $now } @events), 250, 'past';
	my $back = $s->state->clock->text(time - 101 * 86_400);
	ok !(grep { $_->{start_time} lt $back } @events), 'not longer ago';
};

subtest 'what happened to a booking happened in a possible order' => sub {
	my $now = $s->state->clock->text;
	for my $event (books()) {
		my $start = $event->{start_time};
		my @wrong = grep {
			!($event->{created_at} le $_->{created_at}
			&& $_->{created_at} le $_->{updated_at}
			&& $_->{created_at} lt $start
			&& $_->{updated_at} lt $now
			&& (!$_->{no_show}
			    || $start le $_->{no_show}{created_at})
			&& (!$_->{cancellation}
			    || $_->{cancellation}{created_at} lt $start))
		} @{ $event->{invitees} };
		is_deeply \@wrong, [], $event->{uri} if @wrong;
		fail 'the event is as old as its last act'
		    if $event->{updated_at} lt $event->{created_at}
		    || $event->{updated_at} gt $start
		    || $event->{updated_at} gt $now;
	}
	pass 'all of them';
};

subtest 'the list and the books say the same' => sub {
	my @events = books();
	is_deeply [map { my %e = %$_; delete $e{invitees}; \%e } @events],
	    [everything()], 'events';
	my ($group) = grep { @{ $_->{invitees} } > 2 } @events;
	my $path = Mojo::URL->new($group->{uri})->path . '/invitees';
	is_deeply $s->get($path, $olivia->{access_token})->json->{collection},
	    $group->{invitees}, 'invitees';
	is_deeply [books('olivia', count => 70)], \@events, 'in parts, too';
};

subtest 'the same seed makes the same calendar, another does not' => sub {
	my %made;
	for (['a', 1], ['b', 1], ['c', 2]) {
		my ($name, $seed) = @$_;
		begin();
		$s->control(history => { person => 'olivia', past => 40,
		    ahead => 10, invitees => 70, seed => $seed });
		$made{$name} = [map { looks($_) } books()];
	}
	is_deeply $made{a}, $made{b}, 'the same';
	isnt "@{ $made{a} }", "@{ $made{c} }", 'another';
};

subtest 'more than a page may start at the same time' => sub {
	begin();
	$s->control(history => { person => 'olivia', past => 180, ahead => 20,
	    same_start => 130 });
	my %at;
	$at{ $_->{start_time} }++ for everything();
	my ($most) = sort { $b <=> $a } values %at;
	is $most, 130, 'at one start';
};

subtest 'no webhook tells of it, unless asked for' => sub {
	begin();
	$s->subscribe($olivia);
	my %some = (person => 'olivia', past => 3, ahead => 2,
	    rescheduled => 0, canceled => 1, no_shows => 1);
	$s->control(history => \%some);
	my $ever = sub () {
		$s->get('/sandbox/state?only=deliveries_count')
		    ->json->{deliveries_count}{ever};
	};
	is $ever->(), 0, 'none';
	$s->control(history => { %some, webhooks => \1 });
	is $ever->(), 7, 'all';
};

subtest 'a calendar can move while it is read' => sub {
	begin();
	$s->control(history => { person => 'olivia', past => 300, ahead => 60,
	    rescheduled => 0, no_shows => 0, canceled => 0 });
	$s->control(switches => { calendar_moves => 4 });
	everything();
	my @invitees = map { @{ $_->{invitees} } } books();
	cmp_ok @invitees, '>', 365, 'bookings came';
	my $n = @invitees - 360;
	is +(grep { $_->{no_show} } @invitees), $n / 2, 'no-shows';
	is +(grep { $_->{old_invitee} } @invitees), $n / 2, 'reschedules';
	cmp_ok +(grep { $_->{status} eq 'canceled' } @invitees), '>=', $n / 2,
	    'cancellations';
};

subtest 'thousands are made and read quickly' => sub {
	begin();
	my $cpu = sub () { my ($user, $system) = times; $user + $system };
	my $before = $cpu->();
	$s->control(history => { person => 'olivia', past => 4000,
	    ahead => 1000, invitees => 8000, same_start => 120 });
	my $took = $cpu->() - $before;
	cmp_ok $took, '<', 20, "made in $took s of processor time";
	$before = $cpu->();
	my $next = page();
	$next = page(page_token => $next->{pagination}{next_page_token})
	    for 1 .. 9;
	$took = ($cpu->() - $before) / 10;
	cmp_ok $took, '<', 0.5, "a page of 100 in $took s";
	is +(books('olivia', count => 1000)), 5000, 'all in the books';
};

subtest 'mistakes are told in plain words' => sub {
	my @mistakes = (
		[{ past => -1 }, qr/"past" takes a number/],
		[{ past => 0, ahead => 0 }, qr/1 to 20000 events/],
		[{ invitees => 3 }, qr/at least one for each event/],
		[{ invitees => 500, group => 0 }, qr/need "group" events/],
		[{ group => 110, rescheduled => 20 }, qr/more than all/],
		[{ same_start => 101 }, qr/"same_start" takes at most/],
		[{ days_back => 0 }, qr/take 1 or more/],
		[{ colour => 1 }, qr/unknown: colour/],
	);
	for (@mistakes) {
		my ($json, $says) = @$_;
		like $s->control(history => { person => 'sam', %$json })
		    ->{error}, $says, "$says";
	}
	like $s->control(history => {})->{error}, qr/say which "person"/,
	    'whose';
	like $s->get('/sandbox/books')->json->{error}, qr/which "person"/,
	    'whose books';
	like $s->get('/sandbox/books?person=sam&count=0')->json->{error},
	    qr/"count" takes/, 'count';
	like $s->get('/sandbox/books?person=sam&page=2')->json->{error},
	    qr/unknown: page/, 'unknown';
};

done_testing;
