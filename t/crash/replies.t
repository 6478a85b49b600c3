# Every call to Calendly is answered in every wrong way: no flow hangs, no page
# or status tells something untrue, no secret goes to another server, and all is
# well afterwards.

use Cal::Test;
use Cal::Test::Flows qw(flows);
use Cal::Test::Replies;

my $done;
$done = Cal::Test::Replies->every_reply($_, $done) for flows;
Cal::Test::Replies->one_slow('disconnect', 'GET /webhook_subscriptions',
	'hang', $done) if !$ENV{CAL_TEST_LONG};

done_testing;
