# Killed anywhere in a disconnect: what is left goes all the same.

use Cal::Test;
use Cal::Test::Crash;

Cal::Test::Crash->every_point('disconnect');

done_testing;
