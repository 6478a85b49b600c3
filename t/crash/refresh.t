# Killed anywhere in a reconnect without a consent: its refresh rotates the
# token, which is the one step that can't be repeated.

use Cal::Test;
use Cal::Test::Crash;

Cal::Test::Crash->every_point('refresh');

done_testing;
