# PostgreSQL is killed during a call to Calendly, in each flow: what was
# committed stays, and what could not be committed is repaired or reported.

use Cal::Test;
use Cal::Test::Flows qw(flows);
use Cal::Test::Outage;

my $done;
$done = Cal::Test::Outage->every_call($_, $done) for flows;

done_testing;
