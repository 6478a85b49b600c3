# What migrations/ holds: files that match their checksums and are frozen once
# they are released, and functions that have one body each.

use v5.30;
use warnings;
use experimental 'signatures';

use Digest::SHA qw(sha256_hex);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use Cal::Test::Sources qw(slurp);

my $top = "$FindBin::Bin/..";
chdir "$top/migrations" or die "$top/migrations: $!";

# Functions that tables' definitions call are frozen with the tables.
my @FROZEN = qw(current_tenant keep_apart);
# Kinds of jobs that never call Calendly, and so for no account.
my @NO_ACCOUNT = ();
my $CREATE = qr/^CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\s+
	(?:public\.)?(\w+)/xmi;

sub none ($title, @bad)
{
	ok !@bad, $title or diag join "\n", @bad;
	return;
}

sub noted ($text)
{
	my %sum = $text =~ /^SCHEMA_FILE\("([^"]+)",\s*"([0-9a-f]{64})"\)/mg;
	return \%sum;
}

# name => [file, whether it may be replaced], of all.
sub bodies (%text)
{
	my %at;
	for my $file (sort keys %text) {
		push @{ $at{lc $1} }, $file while $text{$file} =~ /$CREATE/g;
	}
	return \%at;
}

sub twice (%text)
{
	my $at = bodies(%text);
	return map { @{ $at->{$_} } > 1 ? "$_: in @{ $at->{$_} }" : () }
	    sort keys %$at;
}

# Each function of a file: its comment, its head, and what follows its body.
sub functions ($text)
{
	my @all;
	while ($text =~ /((?:^--[^\n]*\n)*)
	    ^CREATE\ OR\ REPLACE\ FUNCTION\ (\w+)(.*?)\nAS\ \$\$.*?\$\$;\n
	    (.*?)(?=\n\n|\z)/gmsx) {
		push @all, { comment => $1, name => $2, head => $3,
			rest => $4 };
	}
	return @all;
}

sub faults_of ($text)
{
	my ($all) = $text =~ /^(-- All [^\n]*definers for the same reason:)/m;
	my @bad;
	for my $f (functions($text)) {
		my ($name, $rest) = @$f{qw(name rest)};
		my $definer = $f->{head} =~ /SECURITY DEFINER/;
		push @bad, "$name: no comment says what it does"
		    if !$f->{comment};
		push @bad, "$name: no comment says why it is a definer"
		    if $definer && !$all && $f->{comment} !~ /^-- Definer: /m;
		push @bad, "$name: it is no definer" if !$definer &&
		    $f->{comment} =~ /^-- Definer: /m;
		push @bad, "$name: a definer has its search_path" if $definer &&
		    $f->{head} !~ /^SET search_path = public, pg_temp$/m;
		push @bad, "$name: the definer does not own it" if $definer &&
		    $rest !~ /^ALTER FUNCTION $name OWNER TO calendlyd_definer/m;
		# A right that an earlier release gave is taken away, too.
		push @bad, "$name: who may call it is not said anew"
		    if $rest !~ /^REVOKE ALL ON FUNCTION $name FROM PUBLIC, calendlyd_runtime;/m;
	}
	return @bad;
}

my @numbered = sort glob '[0-9]*.sql';
my @functions = sort glob 'functions/*.sql';
my %text = map { ($_ => slurp($_)) } @numbered, @functions;
my $sums = noted(slurp('checksums'));

is_deeply [sort keys %$sums], [@numbered, @functions],
    'checksums has all files, and no others'
    or diag 'sh deploy/checksums.sh writes it anew';
none 'each file is as its checksum says', map {
	($sums->{$_} // '') eq sha256_hex($text{$_})
	? () : "$_ was changed: sh deploy/checksums.sh writes the checksums " .
	    'anew; but a numbered file of a tagged release may not change'
	} @numbered, @functions;
is qx(sh $top/deploy/checksums.sh $top/migrations), slurp('checksums'),
    'deploy/checksums.sh writes just this';
none 'no line is longer than 80 columns, or ends in blanks', map {
	my $file = $_;
	map { 1 while s/\t/' ' x (8 - $-[0] % 8)/e;
	    /^.{81}|\s$/ ? "$file: $_" : () } split /\n/, $text{$file}
	} @numbered, @functions;
none 'numbers go from 0001 on, without a gap', map {
	$numbered[$_] =~ sprintf('^%04d_\w+\.sql$', $_ + 1) ? () : $numbered[$_]
	} 0 .. $#numbered;

# Of the last tag, if this is a clone that knows it.
SKIP: {
	my $tag = qx(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null);
	chomp $tag;
	my $then = $tag && qx(git show $tag:migrations/checksums 2>/dev/null);
	skip 'no release is tagged', 1 if !$then;
	my $old = noted($then);
	none "numbered files are as $tag has them", map {
		$old->{$_} eq ($sums->{$_} // '') ? () : "$_: released in " .
		    "$tag, so it may not change: write a new file"
		} grep { /^\d/ } sort keys %$old;
}

none 'no SQL function has two bodies', twice(%text);
my $at = bodies(%text);
is_deeply [sort grep { $at->{$_}[0] =~ /^\d/ } keys %$at], \@FROZEN,
    'functions are in functions/, but for those that tables call';
none 'each has a comment, an owner, and nobody else may call it', map {
	my $file = $_;
	map { "$file: $_" } faults_of($text{$file}) } @functions;
is scalar(map { functions($text{$_}) } @functions),
    scalar(grep { $at->{$_}[0] =~ /^functions/ } keys %$at),
    'all are written the same way';
none 'a table says what it is for', map {
	my $file = $_;
	map { "$file: $_" } $text{$file} =~
	    /^(?!--)[^\n]*\nCREATE TABLE (\w+)/mg } @numbered;

# A job whose account is not found would run beside others of its account.
my ($accounts) = $text{'functions/job.sql'} =~
    /^CREATE OR REPLACE FUNCTION job_account\b.*?\$\$(.*?)\$\$;/ms;
my @kinds = slurp("$top/app/domain/job_kind.c") =~ /\] = "(\w+)"/g;
is_deeply [sort @NO_ACCOUNT, map { /'(\w+)'/g }
	($accounts // '') =~ /p_kind (?:=|IN) ([^\n]*)/g], [sort @kinds],
    'job_account() has a branch for each kind of job, and for no other';

# The rules themselves: each finds what it is there to find.
is_deeply [twice(a => "CREATE FUNCTION f()\nCREATE FUNCTION g()\n",
    b => "create or replace function public.f(x int)\n")],
    ['f: in a b'], 'a second body is found';
is_deeply [faults_of(<<'EOT')],
CREATE OR REPLACE FUNCTION f() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$ SELECT $$;
REVOKE ALL ON FUNCTION g FROM PUBLIC, calendlyd_runtime;
EOT
    ['f: no comment says what it does',
     'f: no comment says why it is a definer',
     'f: a definer has its search_path', 'f: the definer does not own it',
     'f: who may call it is not said anew'], 'a careless function is found';

done_testing;
