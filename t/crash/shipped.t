# What ships can't be killed by a file: fault points are in build-fault alone.

use v5.30;
use warnings;
use experimental 'signatures';

use FindBin;
use Test::More;

sub has_points ($program)
{
	open my $in, '<:raw', "$FindBin::Bin/../../$program"
	    or die "$program: $!";
	local $/;
	return scalar(<$in> =~ /FAULT_KILL/);
}

for my $name (qw(calendlyd calendlyctl)) {
	ok has_points("build-fault/$name"), "$name of build-fault has them";
	ok !has_points("build/$name"), "$name of build has none";
}

done_testing;
