# Killed anywhere in the change to another Calendly account, including the
# teardown of the first one by the runners.

use Cal::Test;
use Cal::Test::Crash;

Cal::Test::Crash->every_point('switch');

done_testing;
