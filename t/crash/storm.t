# Users connect, switch, leave and come back, Calendly fails, lags and lies,
# processes die, strangers forge, in any order. When it is calm again and a day
# has passed, each connected user has one subscription at Calendly, nothing of
# ours is left that nobody names, nobody else's was touched, and no booking that
# Calendly had for us is lost.
#
# CAL_TEST_SEED and CAL_TEST_ACTS set the one seed, and the number of acts;
# CAL_TEST_WITHOUT leaves out acts and switches, "move,list_uri", to find out
# which of them a failure is about.

use Cal::Test;

use Cal::Test::Storm;

my $long = $ENV{CAL_TEST_LONG};
my @seed = defined $ENV{CAL_TEST_SEED} ? $ENV{CAL_TEST_SEED}
    : 1 .. ($long ? 10 : 2);
my $acts = $ENV{CAL_TEST_ACTS} // ($long ? 3000 : 200);
my @without = split /,/, $ENV{CAL_TEST_WITHOUT} // '';

for my $seed (@seed) {
	subtest "$acts acts of seed $seed" => sub {
		my $storm = Cal::Test::Storm->begin(seed => $seed,
			without => \@without);
		$storm->rage($acts)->calm;
		my @broken = $storm->broken;
		is join("\n", @broken), '', 'what was promised holds';
		@broken ? diag $storm->story : note $storm->story;
		note $storm->hours . ' hours of calm';
		$storm->c->stop;
	};
}

done_testing;
