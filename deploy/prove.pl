#!/usr/bin/perl
# prove.pl: prove(1) for all kinds of tests at once, with one summary.
#
#	deploy/prove.pl [-j N] BUILD:FILE...
#
# BUILD is the directory of the programs to test (build, build-san); the same
# FILE may be run with several. Programs are run as they are, C tests of t/repo
# with a database of their own, and all other files by perl, as copies of this
# process (Cal::Test::Copied).
#
# The test that took longest the last time comes first, so that no long test is
# left alone when all others are done.  What a failed test said is printed when
# it ends, and its complaints once more in the end, below the summary: who reads
# the end of a long log sees what failed and why.

package Prove;			# a copy's "main" is its own

use v5.30;
use warnings;

use File::Basename qw(dirname);
use File::Path qw(make_path);
use FindBin;
use lib map {"$FindBin::Bin/../t/$_"} qw(lib sandbox/lib);
use Getopt::Long qw(GetOptions :config bundling);
use TAP::Harness;

use Cal::Test::Copied;

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
	return Cal::Test::Copied->of($build, $file) if $file =~ /\.t$/;
	my @with = $file =~ m{/t/repo/}
	    ? ($^X, "$top/deploy/with-database.pl") : ();
	return ['env', "CAL_BUILD=$build", 'CMOCKA_MESSAGE_OUTPUT=TAP', 'sh',
		'-c', $QUIETLY, 'prove.pl', @with, $file];
}

# -- how many seconds each takes, as far as is known

my $book = "$top/var/test/seconds";

sub read_seconds {
	open my $in, '<', $book or return;
	return map {/^(\S+) ([\d.]+)$/} <$in>;
}

sub write_seconds {
	my %seconds = (read_seconds(), @_);
	make_path(dirname($book));
	open my $out, '>', "$book.$$" or return;
	print $out map {"$_ $seconds{$_}\n"} sort keys %seconds;
	return close($out) && rename "$book.$$", $book;
}

# How long a test may take that has not been run here.
sub guess {
	my $guess = $_[0] =~ m{t/(?:crash|browser|examples)/} ? 40
	    : $_[0] =~ m{t/e2e/} ? 15 : $_[0] =~ m{t/repo/} ? 3 : 1;
	return $_[0] =~ /^build-san:/ ? 2 * $guess : $guess;
}

sub longest_first {
	my %seconds = map { $_ => guess($_) } @_;
	%seconds = (%seconds, read_seconds());
	return sort { $seconds{$b} <=> $seconds{$a} || $a cmp $b } @_;
}

# -- what failed tests said

use constant { MANY => 2000, FEW => 60 };	# lines

my %said;			# by the name of a test

# If these are too many lines, those in the middle are left out: the first
# failure often explains the others, and the end says how it ended.
sub say_again {
	my ($name, $most, @lines) = @_;
	my $left = @lines - $most;
	splice @lines, $most / 2, $left, "[$left lines more]" if $left > 0;
	print "-- $name said:\n", map {"$_\n"} @lines;
	return;
}

# All but what went well.
sub complaints {
	return grep { !/^\s*(?:ok\s|1\.\.\d|\#\sSubtest:)/ } @_;
}

Cal::Test::Copied->prepare;
my $harness = TAP::Harness->new({
	exec  => sub { command($_[1]) },
	jobs  => $jobs // 1,
	timer => 1,
	color => -t STDOUT ? 1 : 0,
	merge => 1,		# what it says is shown below, not in between
});
$harness->callback(made_parser => sub {
	my ($parser, $test) = @_;
	my $said = $said{ $test->[1] } = [];
	$parser->callback(ALL => sub {
		my ($line) = @_;
		push @$said, $line->raw
		    if !$line->is_test || !$line->is_ok;
	});
});
my (%took, @failed);
$harness->callback(after_test => sub {
	my ($test, $parser) = @_;
	$took{ $test->[0] } = sprintf '%.1f',
	    $parser->end_time - $parser->start_time;
	return if !$parser->has_problems;
	push @failed, $test->[1];
	say_again($test->[1], MANY, @{ $said{ $test->[1] } // [] });
});
# What is like for the build that ships is named by its file alone.
my $result = $harness->runtests(map { [$_, s/^build://r] } longest_first(@ARGV));
write_seconds(%took);
say_again($_, FEW, complaints(@{ $said{$_} // [] })) for @failed;
exit($result->all_passed ? 0 : 1);
