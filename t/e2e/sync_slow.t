# At a Calendly that answers slowly, as many events are read at the same time as
# it takes to use the budget; at a fast one, few.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Walks;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c);
my $picture = walks_of($c, $books);
my $PATH = '/scheduled_events/*/invitees';

# The most calls for invitees that were under way at the same time.
sub overlap ($user)
{
	return $books->one(q{WITH a AS (
	    SELECT at - duration_ms * interval '1 ms' AS begun, at
	      FROM api_calls WHERE purpose = 'invitee_list'
	       AND connection_id = (SELECT id FROM connections
		WHERE user_id = ?))
	    SELECT max((SELECT count(*) FROM a b WHERE b.begun <= a.begun
		AND b.at > a.begun)) FROM a}, $user);
}

sub at_once ($user)
{
	return $books->one('SELECT at_once FROM syncs s JOIN connections c
	    ON c.id = s.connection_id WHERE user_id = ?', $user);
}

subtest 'a slow Calendly' => sub {
	my ($user, $person) = fresh(past => 0, ahead => 44);
	$books->fault('latency', GET => $PATH, person => $person,
		value => 1200);
	backfilled($user, $person);
	is_complete($user, $person, 'read');
	cmp_ok at_once($user), '>', 4, 'more at once';
	cmp_ok overlap($user), '>', 4, 'than at first';
	cmp_ok overlap($user), '<=', 12, 'but not very many';
	$books->mend;
};

subtest 'a slow one with a small budget' => sub {
	$books->switch(rate_limit_minute => 60);
	my ($user, $person) = fresh(past => 0, ahead => 20);
	$books->fault('latency', GET => $PATH, person => $person, value => 500);
	backfilled($user, $person);
	cmp_ok overlap($user), '<=', 4, 'has no need of many';
	$books->mend;
	$books->switch(rate_limit_minute => 'plan');
};

done_testing;
