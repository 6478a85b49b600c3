#!/usr/bin/perl
# with-database.pl: runs a command with a migrated throw-away database, in
# CAL_TEST_CLUSTER's cluster or in one of its own.
#
#	CAL_BUILD=build deploy/with-database.pl build/t/repo/event
#
# The command gets the database by the settings' names in its environment:
# DATABASE_URL (the run-time role), DATABASE_ADMIN_URL, CALENDLYD_KEYRING_FILE.
# Its exit status becomes this program's.

use v5.30;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../t/lib";

use Cal::Test::Stack;
use Mojo::File qw(path);

@ARGV or die "usage: with-database.pl COMMAND [ARGUMENT...]\n";
$SIG{$_} = sub { exit 130 } for qw(INT TERM HUP);

my $owner = $$;
my $stack = Cal::Test::Stack->new;
$stack->prepare(join '.', path($ARGV[0])->basename, $$)->make_database;
my %value = $stack->values;
@ENV{qw(DATABASE_URL DATABASE_ADMIN_URL CALENDLYD_KEYRING_FILE)} =
    @value{qw(DATABASE_URL DATABASE_ADMIN_URL CALENDLYD_KEYRING_FILE)};
my $status = system { $ARGV[0] } @ARGV;
say STDERR "with-database.pl: $ARGV[0]: $!" if $status == -1;
exit($status & 127 ? 128 + ($status & 127) : $status >> 8);

END {
	my $end = $?;
	if ($stack && $$ == $owner) {
		$stack->release;
		path($stack->dir)->remove_tree if $end == 0;
	}
	$? = $end;
}
