# Killed anywhere between Calendly's delivery of a booking and the feed: it
# is there once.

use Cal::Test;
use Cal::Test::Crash;

Cal::Test::Crash->every_point('booking');

done_testing;
