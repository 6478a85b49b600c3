# Killed anywhere in the repair of a subscription that Calendly disabled:
# another one is made, then the first goes.

use Cal::Test;
use Cal::Test::Crash;

Cal::Test::Crash->every_point('reconcile');

done_testing;
