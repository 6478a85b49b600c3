# Killed anywhere between the link and the page that says "connected".

use Cal::Test;
use Cal::Test::Crash;

Cal::Test::Crash->every_point('connect');

done_testing;
