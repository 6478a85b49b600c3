#!/usr/bin/perl
# prove.pl: prove(1) for all kinds of tests at once, with one summary.
#
#	deploy/prove.pl [-j N] BUILD:FILE...
#
# BUILD is the directory of the programs to test (build, build-san); the same
# FILE may be run with several. Programs are run as they are, C tests of t/repo
# with a database of their own, and all other files by perl.

use v5.30;
use warnings;

use FindBin;
use Getopt::Long qw(GetOptions :config bundling);
use TAP::Harness;

my $top = "$FindBin::Bin/..";
GetOptions('j=i' => \my $jobs) && @ARGV
    or die "usage: prove.pl [-j N] BUILD:FILE...\n";

# C tests log the errors that they provoke, so their log is shown only if they
# fail.
my $QUIETLY = 'said=$(mktemp) || exit
"$@" 2>"$said"; status=$?
[ $status -eq 0 ] || cat "$said" >&2
rm -f "$said"; exit $status';

sub command {
	my ($build, $file) = split /:/, shift, 2;
	my @env = ('env', "CAL_BUILD=$build", 'CMOCKA_MESSAGE_OUTPUT=TAP');
	return [@env, $^X, "-I$top/t/lib", "-I$top/t/sandbox/lib", $file]
	    if $file =~ /\.t$/;
	my @with = $file =~ m{/t/repo/}
	    ? ($^X, "$top/deploy/with-database.pl") : ();
	return [@env, 'sh', '-c', $QUIETLY, 'prove.pl', @with, $file];
}

# A test of the build that ships is named by its file alone.
my @test = map { [$_, s/^build://r] } @ARGV;
my $result = TAP::Harness->new({
	exec  => sub { command($_[1]) },
	jobs  => $jobs // 1,
	timer => 1,
	color => -t STDOUT ? 1 : 0,
})->runtests(@test);
exit($result->all_passed ? 0 : 1);
