# How the API may show meetings otherwise than a client expects: late, in odd
# pages, changed or gone without a webhook.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use SandboxTest;
use Test::More;

my $s = SandboxTest->new;
my $sam;

sub begin (%switches) {
	$s->control('reset');
	$sam = $s->connect('sam', "$SandboxTest::LEAST scheduled_events:write");
	@{ $s->got } = ();
	$s->control(switches => \%switches) if %switches;
	return;
}

sub book (%more) { return $s->control(book => { person => 'sam', %more }) }

sub at ($hour) { return sprintf '2030-01-01T%02d:00:00Z', $hour }

sub path ($uri) { return Mojo::URL->new($uri)->path->to_string }

sub get ($path, %query) {
	return $s->get(Mojo::URL->new($path)->query(\%query),
	    $sam->{access_token});
}

sub list (%query) {
	return get('/scheduled_events', user => $sam->{owner}, %query)->json;
}

sub uris (%query) {
	return [map { $_->{uri} } @{ list(%query)->{collection} }];
}

sub one ($uri) { return get(path($uri))->json->{resource} }

sub code ($uri) { return get(path($uri))->code }

sub later ($seconds) { $s->control(clock => { advance => $seconds }) }

sub part ($name) {
	return $s->get("/sandbox/state?only=$name")->json->{$name};
}

# Reads pages until there is no next one, but not more than a hundred; returns
# the numbers of entries and the entries.
sub pages ($path, %query) {
	my (@sizes, @entries);
	for (1 .. 100) {
		my $page = get($path, %query)->json;
		push @sizes, scalar @{ $page->{collection} };
		push @entries, @{ $page->{collection} };
		$query{page_token} = $page->{pagination}{next_page_token}
		    // last;
	}
	return (\@sizes, \@entries);
}

subtest 'a query that Calendly does not know is refused' => sub {
	begin();
	my ($event, @mine) = (path(book()->{event}{uri}),
	    user => $sam->{owner});
	my @wrong = (
		['/scheduled_events', @mine, updated_since => at(1)],
		['/scheduled_events', @mine, count => 101],
		['/scheduled_events', @mine, count => 0],
		['/scheduled_events', @mine, sort => 'name'],
		[$event, @mine],
		["$event/invitees", count => 'all'],
		["$event/invitees", @mine],
	);
	for (@wrong) {
		my ($path, @query) = @$_;
		is get($path, @query)->code, 400, "@query[-2, -1]";
	}
};

subtest 'quiet acts happen, and their webhooks are lost' => sub {
	begin();
	$s->subscribe($sam);
	my $made = book(quiet => \1);
	is_deeply [map { $_->{state} } @{ $made->{deliveries} }], ['lost'],
	    'a booking';
	my $old = $made->{invitee}{uri};
	my $new = $s->control(reschedule => { invitee => $old, quiet => \1 })
	    ->{invitee}{uri};
	is one($old)->{new_invitee}, $new, 'a reschedule';
	$s->control('no-show' => { invitee => $new, quiet => \1 });
	ok one($new)->{no_show}, 'a no-show';
	$s->control(cancel => { invitee => $new, quiet => \1 });
	is one($new)->{status}, 'canceled', 'a cancellation';
	book(wait => \1);
	is @{ $s->got }, 1, 'only the loud one is sent';
	is part('deliveries_count')->{lost}, 5, 'the others are lost';
};

subtest 'a lagging API shows what was so' => sub {
	begin();
	my $before = book(start_time => at(1), limit => 2);
	my ($event, $invitee) = map { $_->{uri} }
	    @$before{qw(event invitee)};
	$s->control(switches => { api_lag_seconds => 60 });
	later(61);
	is_deeply uris(), [$event], 'what was there is there';
	my $was = one($event);
	my $new = book(start_time => at(2));
	$s->control(cancel => { invitee => $invitee });
	is_deeply uris(), [$event], 'a new event is not listed';
	is code($new->{event}{uri}), 404, 'nor there';
	is_deeply one($event), $was, 'an old one is as it was';
	is one($invitee)->{status}, 'active', 'and its invitee';
	is_deeply uris(status => 'canceled'), [], 'for filters, too';
	later(61);
	is_deeply uris(), [$event, $new->{event}{uri}], 'later it is';
	is_deeply uris(status => 'canceled'), [$event], 'canceled';
	is one($invitee)->{status}, 'canceled', 'and its invitee';
	is_deeply one($new->{invitee}{uri}), $new->{invitee}, 'a new one';
};

subtest 'of an invitee, the lagging API shows each step' => sub {
	begin(api_lag_seconds => 60);
	my $uri = book()->{invitee}{uri};
	later(30);
	$s->control('no-show' => { invitee => $uri });
	later(20);
	$s->control('no-show' => { invitee => $uri, undo => \1 });
	later(15);
	ok !one($uri)->{no_show}, 'booked';
	later(30);
	ok one($uri)->{no_show}, 'marked';
	later(20);
	ok !one($uri)->{no_show}, 'unmarked';
};

subtest 'a bound that is equal to the start' => sub {
	begin();
	my @uri = map { book(start_time => at($_))->{event}{uri} } 1 .. 3;
	is_deeply uris(min_start_time => at(2)), [@uri[1, 2]], 'included';
	is_deeply uris(max_start_time => at(2)), [@uri[0, 1]], 'either way';
	$s->control(switches => { min_start_exclusive => \1 });
	is_deeply uris(min_start_time => at(2)), [$uri[2]], 'or excluded';
};

subtest 'short and empty pages, and nothing is left out' => sub {
	begin(short_pages => \1);
	my @uri = map { book(start_time => at($_))->{event}{uri} } 1 .. 10;
	my ($sizes, $entries) = pages('/scheduled_events',
	    user => $sam->{owner}, count => 5);
	is_deeply $sizes, [4, 0, 4, 0, 2], 'of events';
	is_deeply [map { $_->{uri} } @$entries], \@uri, 'all';
	($sizes) = pages('/scheduled_events', user => $sam->{owner},
	    count => 1, max_start_time => at(2));
	is_deeply $sizes, [1, 0, 1], 'even one by one';
	my $event = book(limit => 3)->{event}{uri};
	book(event => $event) for 1, 2;
	($sizes) = pages(path($event) . '/invitees', count => 2);
	is_deeply $sizes, [1, 0, 1, 0, 1], 'of invitees';
};

subtest 'a page may repeat itself without end' => sub {
	begin(page_repeats => \1);
	my @uri = map { book(start_time => at($_))->{event}{uri} } 1 .. 3;
	my ($sizes, $entries) = pages('/scheduled_events',
	    user => $sam->{owner}, count => 2);
	is @$sizes, 100, 'without end';
	my %seen = map { $_->{uri} => 1 } @$entries;
	is_deeply [sort keys %seen], [sort @uri[0, 1]], 'the same page';
};

subtest 'one entry of a page cannot be read' => sub {
	my %unreadable = (
		null   => sub ($entry) { !defined $entry },
		text   => sub ($entry) { !ref $entry },
		no_uri => sub ($entry) {
			$entry->{start_time} && !exists $entry->{uri} },
	);
	for my $how (sort keys %unreadable) {
		begin(unreadable_entry => $how);
		my @uri = map { book(start_time => at($_))->{event}{uri} }
		    1 .. 3;
		my @page = @{ list()->{collection} };
		is_deeply [map { $_->{uri} } @page[0, 2]], [@uri[0, 2]],
		    'the others can';
		ok $unreadable{$how}->($page[1]), $how;
		is code($uri[1]), 200, 'it is there';
	}
};

subtest 'a no-show moves no updated_at, unless switched on' => sub {
	begin();
	my $invitee = book()->{invitee};
	my %which = (invitee => $invitee->{uri});
	$s->control('no-show' => \%which);
	is one($invitee->{uri})->{updated_at}, $invitee->{updated_at}, 'marked';
	$s->control('no-show' => { %which, undo => \1 });
	is_deeply one($invitee->{uri}), $invitee, 'undone';
	$s->control(switches => { no_show_moves_updated_at => \1 });
	$s->control('no-show' => \%which);
	isnt one($invitee->{uri})->{updated_at}, $invitee->{updated_at},
	    'or it does';
};

subtest 'an event vanishes, and may come back' => sub {
	begin();
	$s->subscribe($sam);
	my @made = map { book(start_time => at($_), wait => \1) } 1 .. 2;
	my ($event, $invitee) = map { $made[0]{$_}{uri} } qw(event invitee);
	my $no_show = $s->control('no-show' => { invitee => $invitee,
	    wait => \1 })->{invitee}{no_show}{uri};
	my $sent = @{ $s->got };
	ok $s->control(vanish => { event => $event })->{vanished}, 'told';
	is_deeply uris(), [$made[1]{event}{uri}], 'not listed';
	is code($_), 404, path($_) =~ s{/[^/]+\z}{}r
	    for $event, $invitee, "$event/invitees", $no_show;
	is $s->control(vanish => { event => $event })->{error},
	    'this event has already vanished', 'only once';
	is @{ $s->get('/sandbox/books?person=sam')->json->{events} }, 1,
	    'not in the books';
	$s->control(vanish => { event => $event, undo => \1 });
	is @{ uris() }, 2, 'back';
	is code($invitee), 200, 'with its invitee';
	is @{ $s->got }, $sent, 'no webhook told of it';
};

subtest 'an invitee vanishes, or is missing in lists only' => sub {
	begin();
	my $made = book(limit => 5);
	my ($event, $uri) = map { $made->{$_}{uri} } qw(event invitee);
	$s->control(book => { event => $event });
	my $listed = sub {
		scalar @{ get(path("$event/invitees"))->json->{collection} } };
	my @way = ([list_only => \1], []);
	for my $code (200, 404) {
		my %which = (invitee => $uri, @{ shift @way });
		$s->control(vanish => \%which);
		is $listed->(), 1, 'not listed';
		is code($uri), $code, 'and at its own URI';
		$s->control(vanish => { %which, undo => \1 });
		is $listed->(), 2, 'back';
	}
	is code($event), 200, 'the event is there all the time';
};

subtest 'an invitee is redacted' => sub {
	begin();
	$s->subscribe($sam);
	my $made = book(wait => \1, invitee => { name => 'Rita Real',
	    email => 'rita@x.example' }, questions_and_answers =>
	    [{ question => 'Why?', answer => 'Rita knows' }]);
	my $uri = $made->{invitee}{uri};
	$s->control(redact => { invitee => $uri });
	my $shown = get(path($uri));
	unlike $shown->body, qr/rita|real/i, 'nothing is known any more';
	is $shown->json->{resource}{name}, 'redacted', 'but that';
	is $shown->json->{resource}{updated_at}, $made->{invitee}{updated_at},
	    'updated_at has not moved';
	$s->control(redact => { invitee => $uri, with => undef });
	is one($uri)->{email}, undef, 'or null';
	is @{ $s->got }, 1, 'no webhook told of it';
};

subtest 'the room of a conference is there later' => sub {
	begin(conference_processing_seconds => 90);
	$s->subscribe($sam);
	my $made = book(location => 'google_conference', wait => \1);
	my $event = $made->{event};
	is_deeply $event->{location}, { type => 'google_conference',
	    status => 'processing', join_url => undef }, 'not yet';
	is $s->got->[0]{json}{payload}{scheduled_event}{location}{status},
	    'processing', 'in the webhook, too';
	later(91);
	my $now = one($event->{uri});
	is $now->{location}{status}, 'pushed', 'then it is';
	like $now->{location}{join_url}, qr{\Ahttps://meet}, 'with its URL';
	is $now->{updated_at}, $event->{updated_at}, 'updated_at stays';
	is list()->{collection}[0]{location}{status}, 'pushed', 'listed so';
	is @{ $s->got }, 1, 'no webhook told of it';
	my $moved = $s->control(reschedule =>
	    { invitee => $made->{invitee}{uri} });
	is $moved->{event}{location}{status}, 'processing',
	    'a new meeting has a new room';
};

subtest 'details change without a webhook' => sub {
	begin();
	$s->subscribe($sam);
	my $one = book(start_time => at(1), wait => \1)->{event};
	my $two = book(start_time => at(2), minutes => 45, wait => \1)->{event};
	my $change = sub ($event, %what) {
		$s->control(change => { event => $event->{uri}, %what })
	};
	$change->($one, location_status => 'processing');
	my $shown = one($one->{uri});
	is $shown->{location}{status}, 'processing', 'a room goes';
	is $shown->{location}{join_url}, undef, 'with its URL';
	$change->($one, location_status => 'pushed');
	is_deeply one($one->{uri}), $one, 'and comes; updated_at stays';
	$change->($one, start_time => at(9));
	$shown = one($one->{uri});
	is $shown->{end_time}, '2030-01-01T09:30:00.000000Z', 'moved';
	isnt $shown->{updated_at}, $one->{updated_at}, 'updated_at moves';
	is_deeply uris(), [map { $_->{uri} } $two, $one], 'listed in order';
	is_deeply uris(min_start_time => at(8)), [$one->{uri}], 'and found';
	$change->($two, name => 'Renamed', keep_updated_at => \1);
	$shown = one($two->{uri});
	is $shown->{name}, 'Renamed', 'renamed';
	is $shown->{updated_at}, $two->{updated_at}, 'unnoticeably';
	is @{ $s->got }, 2, 'no webhook told of it';
	like $change->($one)->{error}, qr/say "location_status"/, 'nothing';
	like $change->($one, start_time => 'noon')->{error},
	    qr/"start_time" takes/, 'no time';
	my $street = book(location => 'physical')->{event};
	like $change->($street, location_status => 'pushed')->{error},
	    qr/has no status/, 'no conference';
};

done_testing;
