# Lists that do not get on: more events than fit on a page start at one time, or
# an event has more invitees, and each page leads back to itself. What is not
# shown is counted, nothing is taken to be gone, and all else is read.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Walks;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $picture = walks_of($c, $books);

sub repeats ($is) { return $books->switch(page_repeats => $is ? \1 : \0) }

# A person with 104 events at one start, which may lie before or after others.
for (['ahead', past => 3, ahead => 108], ['past', past => 108, ahead => 3]) {
	my ($name, %calendar) = @$_;
	subtest "events at one start, $name" => sub {
		my ($user, $person) = fresh(%calendar, same_start => 104);
		repeats(1);
		my $sync = backfilled($user, $person);
		is scalar differs($user, $person), 4, 'four are not shown';
		cmp_ok $sync->{unread}, '>', 0, 'which is told';
		repeats(0);
		ask($user);
		is_complete($user, $person, 'when they are shown');
		repeats(1);
		ask($user);
		repeats(0);
		is_complete($user, $person, 'and are not again');
	};
}

subtest 'invitees of one event' => sub {
	my ($user, $person) = fresh(past => 0, ahead => 1, group => 1,
		invitees => 103);
	repeats(1);
	my $sync = backfilled($user, $person);
	is $sync->{unread}, 1, 'it is told that it is not all';
	is $sync->{invitees}, 100, 'that were read';
	repeats(0);
	is ask($user)->{invitees}, 103, 'when they are shown';
	repeats(1);
	is ask($user)->{unread}, 1, 'and are not again';
	repeats(0);
	is $books->one(q{SELECT count(*) FROM invitees WHERE
	    gone_at IS NOT NULL}), 0, 'nobody is gone';
};

done_testing;
