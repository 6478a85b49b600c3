# What a walk finds is counted as missed only if a webhook should have told it.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Walks;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $picture = walks_of($c, $books);

my ($user, $person) = fresh(past => 0, ahead => 6, canceled => 0,
	rescheduled => 0, no_shows => 0);
backfilled($user, $person);
my @event = sort { $a->{start_time} cmp $b->{start_time} }
    values %{ $picture->books($person) };

# Ten minutes ago, when there was a webhook already.
$c->db->do(q{UPDATE subscriptions SET created_at = now() - interval '1 hour'});
$c->sandbox(POST => '/sandbox/clock', { offset => -600 });
$c->sandbox(POST => '/sandbox/change', { event => $event[0]{uri},
	name => 'Another name' });
$c->sandbox(POST => '/sandbox/change', { event => $event[1]{uri},
	start_time => $event[5]{start_time} });
$c->sandbox(POST => '/sandbox/change', { event => $event[2]{uri},
	start_time => $event[5]{start_time}, keep_updated_at => \1 });
$c->sandbox(POST => '/sandbox/vanish',
	{ invitee => $event[3]{invitees}[0]{uri} });

subtest 'changes of which Calendly sends no webhook' => sub {
	ask($user);
	is_complete($user, $person, 'are found');
	is sync($user)->{missed}{by_webhook}, 0, 'and not missed';
};

subtest 'changes of which it does' => sub {
	$c->sandbox(POST => '/sandbox/book', { person => $person, quiet => \1 });
	$c->sandbox(POST => '/sandbox/cancel', { quiet => \1,
		invitee => $event[4]{invitees}[0]{uri} });
	ask($user);
	is_complete($user, $person, 'are found');
	is sync($user)->{missed}{by_webhook}, 2, 'and were missed';
};

subtest 'a poll does not miss them either' => sub {
	$c->db->do(q{UPDATE subscriptions SET state = 'replaced',
	    replaced_at = now()});
	$c->db->do(q{UPDATE syncs SET known_until = now()});
	$c->sandbox(POST => '/sandbox/change', { event => $event[0]{uri},
		name => 'A third name' });
	ask($user);
	is sync($user)->{missed}{by_poll}, 0, 'a name';
	$c->db->do(q{UPDATE syncs SET known_until = now()});
	$c->sandbox(POST => '/sandbox/book', { person => $person, quiet => \1 });
	ask($user);
	is sync($user)->{missed}{by_poll}, 1, 'but a booking';
};

done_testing;
