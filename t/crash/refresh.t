# Killed anywhere in a reconnect without a consent: its refresh rotates the
# token, the one step that can't be taken twice.

use Cal::Test;
use Cal::Test::Crash;

Cal::Test::Crash->every_point('refresh');

done_testing;
