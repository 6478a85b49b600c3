# Killed anywhere while a user's meetings are read back: of a new user, and of
# one of whom no webhook told what happened, a meeting that is gone included.

use Cal::Test;
use Cal::Test::Crash;

my $backfill = Cal::Test::Crash->every_point('backfill', undef, 6);
Cal::Test::Crash->every_point('sync', $backfill, 6);

done_testing;
