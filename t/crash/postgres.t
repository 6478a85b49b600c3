# PostgreSQL is killed while Calendly is being asked, in each flow: what was
# committed stands, and what could not be is mended or told.

use Cal::Test;
use Cal::Test::Flows qw(flows);
use Cal::Test::Outage;

my $done;
$done = Cal::Test::Outage->every_call($_, $done) for flows;

done_testing;
