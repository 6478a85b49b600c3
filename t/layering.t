# The house rules that greps can hold: who includes whom, one includer for each
# foreign header, SQL in the repository alone, short functions, short files, no
# function that invites overflows.

use v5.30;
use warnings;
use experimental 'signatures';

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use Cal::Test::Sources qw(includes room_of sources);

my $top = "$FindBin::Bin/..";
chdir $top or die "$top: $!";

my $MAX_FUNCTION = 60;
my $MAX_FILE	 = 300;

# Each layer: which files are of it, and which own headers they may include
# besides lib/, the words of the trade and version.h.
my @LAYER = (
	[lib	  => qr{^lib/},		 qr{^lib/}],
	[domain	  => qr{^app/domain/},	 qr{^app/domain/}],
	[settings => qr{^app/settings/}, qr{^app/settings/}],
	[metric	  => qr{^app/metric/},	 qr{^app/metric/}],
	[repo	  => qr{^app/repo/},	 qr{^app/(repo|settings|metric)/}],
	[calendly => qr{^app/calendly/}, qr{^app/(calendly|settings|metric)/}],
	[service  => qr{^app/service/},
	    qr{^app/(service|repo|calendly|settings|metric)/}],
	[route	  => qr{^app/route/},
	    qr{^app/(route|service|repo|settings|metric)/}],
	[job	  => qr{^app/job/},
	    qr{^app/(job|service|repo|settings|metric)/}],
	[ctl	  => qr{^app/ctl/},
	    qr{^app/(ctl|service|repo|settings|metric)/}],
	[process  => qr{^app/process/},	 qr{^app/}],
	[main	  => qr{^app/(calendlyd\.c|version\.h)$}, qr{^app/}],
);
my $BASE = qr{^(lib/|app/(domain/|version\.h$))};

# The rooms of app/service, from the top: each includes only those below. What
# all share stands in none.
my @ROOM = qw(connect disconnect sync push webhook subscription token health
    calls idempotency keys meeting);

my @FOREIGN = ('fcgiapp.h', 'libpq-fe.h', qr{curl/.*}, qr{yajl/.*},
	'sodium.h', qr{openssl/.*});

my $BANNED = join '|', qw(alloca asprintf atoi atol atoll gets popen sprintf
	stpcpy strcat strcpy strncat strncpy strtok system tmpnam vsprintf);

# C without its comments and, unless they are kept, without what its strings
# say; every line stays a line.
sub bare ($text, $keep_strings)
{
	return $text =~ s{(/\*.*?\*/|//[^\n]*)|("(?:\\.|[^"\\])*")}
	    { defined $1 ? $1 =~ s/[^\n]+/ /gr : $keep_strings ? $2 : '""' }gesr;
}

sub bad_includes (%c)
{
	my @bad;
	for my $file (sort keys %c) {
		my ($layer) = grep { $file =~ $_->[1] } @LAYER
		    or push @bad, "$file: of no layer" and next;
		my ($name, undef, $may) = @$layer;
		for my $header (grep { m{^(app|lib)/} } includes($c{$file})) {
			next if $name ne 'lib' && $header =~ $BASE;
			next if $may && $header =~ $may;
			push @bad, "$file: $name must not include $header";
		}
	}
	return @bad;
}

sub climbing_includes (%c)
{
	my %depth = map { $ROOM[$_] => $_ } keys @ROOM;
	$depth{shared} = @ROOM;
	my @bad;
	for my $file (sort keys %c) {
		my $room = room_of($file) // next;
		push @bad, "$file: in a room that has no place"
		    if !defined $depth{$room};
		for my $header (includes($c{$file})) {
			my $other = room_of($header) // next;
			push @bad, "$file: $room must not include $header"
			    if $other ne $room && $depth{$other} <=
			    ($depth{$room} // 0);
		}
	}
	return @bad;
}

# lib/db.c, lib/db_value.c and lib/db.h are one family: db.
sub foreign_families (%c)
{
	my %family;
	for my $file (sort keys %c) {
		my ($of) = $file =~ m{([^/]+?)(?:_\w+)?\.[ch]$};
		my $where = $file =~ m{^lib/} ? $of : "$file, outside lib/";
		for my $header (includes($c{$file})) {
			my ($known) = grep { $header =~ /^$_$/ } @FOREIGN;
			$family{$known}{$where} = 1 if defined $known;
		}
	}
	my @bad;
	for my $header (sort keys %family) {
		my @where = sort keys %{ $family{$header} };
		push @bad, "$header: included by " . join ' and ', @where
		    if @where > 1 || $where[0] =~ /outside/;
	}
	return @bad;
}

# Each rule: files, what must not be in them, whether strings count, why.
my @RULE = (
	[qr{^app/route}, qr{\b(STMT_\w+|db_(?:exec|query|run)\w*)\s*}, 0,
	    'a route never names a statement'],
	[qr{^app/(repo|service|calendly)/}, qr{(struct req\b|"lib/req\.h")}, 1,
	    'requests are for routes'],
	[qr{^(lib|app/(?!repo/))}, qr{"((?:SELECT|INSERT INTO|DELETE FROM) )}, 1,
	    'SQL belongs to app/repo'],
	[qr{^app/(?!repo/row\.c)}, qr{\b(db_cell\w*)\s*\(}, 0,
	    'the columns of a row are read by their names (app/repo/row.h)'],
	[qr{}, qr{(?<![\w.>])($BANNED)\s*\(}, 0, 'banned: it overflows, ' .
	    'hides errors or runs a shell'],
	[qr{\.h$}, qr{("lib/fault\.h")}, 1,
	    'the Makefile looks for fault points in .c files alone'],
	[qr{}, qr{(["<]fcgi_stdio\.h[">]|\bFCGX_FPrintF\b)}, 1,
	    'see what libfcgi does with environ and printf'],
);

sub broken_rules (%c)
{
	my @bad;
	for my $file (sort keys %c) {
		for my $rule (grep { $file =~ $_->[0] } @RULE) {
			my (undef, $never, $strings, $why) = @$rule;
			my $text = bare($c{$file}, $strings);
			while ($text =~ /$never/g) {
				my $line = 1 + substr($text, 0, $-[0]) =~ tr/\n//;
				push @bad, "$file:$line: $1: $why";
			}
		}
	}
	return @bad;
}

sub long_functions (@file)
{
	return if !@file;
	open my $tags, '-|', qw(ctags -f - --fields=+ne --kinds-C=f
	    --sort=no --language-force=C), @file or die "ctags: $!";
	my @bad;
	while (my $tag = <$tags>) {
		my ($name, $file) = split /\t/, $tag;
		my ($line) = $tag =~ /\tline:(\d+)/ or next;
		my ($end) = $tag =~ /\tend:(\d+)/ or next;
		my $n = $end - $line + 1;
		push @bad, "$file:$line: $name has $n lines, $MAX_FUNCTION " .
		    'at most' if $n > $MAX_FUNCTION;
	}
	close $tags or die "ctags failed: $?";
	return @bad;
}

# Comments and blank lines do not count: nobody should shorten a comment to make
# a file fit.
sub lines_of ($file, $text)
{
	my $code = $file =~ /\.[ch]$/ ? bare($text, 1) : $text =~ s/^\s*#.*//mgr;
	return scalar grep { /\S/ } split /\n/, $code;
}

sub long_files (%text)
{
	return map { my $n = lines_of($_, $text{$_}); $n > $MAX_FILE
		? "$_: $n lines, $MAX_FILE at most" : () } sort keys %text;
}

# A static function whose name another file has, too, cannot be looked up.
sub names_in_two_files (%text)
{
	my %of;
	for my $file (sort keys %text) {
		push @{$of{$1}}, $file
		    while $text{$file} =~ /^static [^;={\n]*\n(\w+)\(/mg;
	}
	return map { "$_: @{$of{$_}}" } grep { @{$of{$_}} > 1 } sort keys %of;
}

sub none ($title, @bad)
{
	ok !@bad, $title or diag join "\n", @bad;
	return;
}

my %product = sources(qr/\.[ch]$/, qw(app lib));
my %tests   = sources(qr/\.[ch]$/, 't');
my %scripts = sources(qr/\.(?:pl|pm|t|sh|js|css)$/, qw(deploy t));

none 'each layer includes only what lies below it', bad_includes(%product);
none 'each room of the service includes only those below it',
    climbing_includes(%product);
none 'each foreign header has one includer', foreign_families(%product);
none 'nothing is where it does not belong', broken_rules(%product);
none "no function is longer than $MAX_FUNCTION lines",
    long_functions(sort grep { /\.c$/ } keys %product, keys %tests);
none 'no two files have a static function of the same name',
    names_in_two_files(%product);
none "no file is longer than $MAX_FILE lines",
    long_files(%product, %tests, %scripts);

# The rules themselves: each finds what it is there to find.
is_deeply [names_in_two_files('lib/a.c' => "static int\nf(int a)\n{\n}\n",
    'lib/b.c' => "static void *\nf(void)\n{\n}\nint\ng(void)\n{\n}\n",
    'lib/c.c' => "static int\ng(void)\n{\n}\n")],
    ['f: lib/a.c lib/b.c'], 'a name that stands twice is found';
is_deeply [bad_includes('lib/a.c' => qq{#include "app/settings/settings.h"\n},
    'app/repo/a.c' => qq{#include "app/calendly/x.h"\n},
    'app/calendly/a.c' => qq{#include "app/repo/x.h"\n},
    'app/route/a.c' => qq{#include "app/service/x.h"\n})],
    ['app/calendly/a.c: calendly must not include app/repo/x.h',
     'app/repo/a.c: repo must not include app/calendly/x.h',
     'lib/a.c: lib must not include app/settings/settings.h'],
    'an include upwards or sideways is found';
is_deeply [climbing_includes('app/service/token/a.c' =>
    qq{#include "app/service/connect/x.h"\n#include "app/service/keys/x.h"\n},
    'app/service/a.c' => qq{#include "app/service/keys/x.h"\n},
    'app/service/new/a.c' => '')],
    ['app/service/a.c: shared must not include app/service/keys/x.h',
     'app/service/new/a.c: in a room that has no place',
     'app/service/token/a.c: token must not include app/service/connect/x.h'],
    'an include into a room above is found';
is_deeply [foreign_families('lib/db.c' => "#include <libpq-fe.h>\n",
    'lib/db_value.c' => "#include <libpq-fe.h>\n",
    'app/repo/x.c' => "#include <libpq-fe.h>\n")],
    ['libpq-fe.h: included by app/repo/x.c, outside lib/ and db'],
    'a second includer is found';
my @found = broken_rules('app/route/a.c' =>
    qq{/* strcpy( STMT_A */\n\tf(STMT_EVENT_FIND);\n\tstrcpy(a, b);\n} .
    qq{\tg("SELECT 1");\n\th->system(1); my_atoi(2); say("atoi(x)");\n});
is scalar @found, 3, 'statements, banned calls and SQL are found, in code only'
    or diag join "\n", @found;

done_testing;
