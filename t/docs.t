#!/usr/bin/perl
# What the documents say is true: settings and their defaults, commands,
# synopses, links, file names, and the commands that README has people type.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

use Digest::SHA qw(hmac_sha256_hex);
use Encode qw(encode);
use File::Basename qw(dirname);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use Cal::Test::Documents qw(all_hold markdown slurp);

my $build = $ENV{CAL_BUILD} // 'build';

# Returns what a program prints, on either of its outputs.
sub says (@argv)
{
	open my $out, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', @argv
	    or die "$argv[0]: $!";
	local $/;
	my $text = <$out> // '';
	close $out;
	return $text;
}

# Returns the settings: name => default, undef for none, or 'required'.
sub table_settings ()
{
	my %default;
	my $text = slurp('app/settings/settings.c') =~ s/"\s*\n\s*"//gr;
	while ($text =~ /\{ \.name = "(\w+)",(.*?)\.help/gs) {
		my ($name, $item) = ($1, $2);
		$default{$name} = $item =~ /\.required = true/ ? 'required'
		    : $item =~ /\.fallback = "([^"]*)"/ ? $1 : undef;
	}
	return \%default;
}

sub manual_settings ()
{
	my %default;
	my $text = slurp('docs/man/calendlyd.conf.5');
	while ($text =~ /^\.It Ev (\w+)\n\.Pq (.*)\n/mg) {
		my ($name, $said) = ($1, $2);
		$default{$name} = $said eq 'no default' ? undef
		    : $said =~ s/^default: //r;
	}
	return \%default;
}

my $settings = table_settings();
ok keys %$settings > 20, 'the table of settings can be read';
is_deeply manual_settings(), $settings,
    'calendlyd.conf(5) has every setting, with its default';

my %text = markdown();
my @markdown = sort keys %text;

# Each name in a document or script is a setting (or NAME_FILE).
my %elsewhere = map { ($_ => 1) } qw(CALENDLYD_URL CALENDLYD_KEY
    CALENDLYD_API_KEY CALENDLYD_SECRETS);
for my $file (@markdown, 'deploy/calendlyd.service') {
	my @unknown = grep { !exists $settings->{ s/_FILE$//r } &&
	    !exists $settings->{$_} && !$elsewhere{$_} }
	    slurp($file) =~ /\b(CALENDLYD?_[A-Z_]*[A-Z])\b(?!_?\*)/g;
	all_hold("$file names no setting that does not exist", @unknown);
}

# Each program's usage is the SYNOPSIS of its manual.
sub manual_words ($page)
{
	my $text = says('mandoc', '-Tascii', '-Owidth=400',
		"docs/man/$page");
	$text =~ s/.\x08//g;
	return $text;
}

my %section = map { ($_ => manual_words($_)) }
    qw(calendlyd.8 calendlyctl.8 calendlyd.conf.5);
for my $program (qw(calendlyd calendlyctl)) {
	my ($usage) = says("$build/$program", '-?') =~ /^usage: (.*)$/m;
	my ($synopsis) = $section{"$program.8"} =~ /^SYNOPSIS\n(.*?)\n\S/ms;
	$synopsis //= '';
	$synopsis =~ s/\s+/ /g;
	is $synopsis =~ s/^ | $//gr, $usage // 'nothing',
	    "${program}(8): SYNOPSIS is what usage() says";
	like says("$build/$program", '-V'), qr/^$program \d+\.\d+\.\d+$/,
	    "$program -V says its version";
}

my $help = says("$build/calendlyctl", '--help');
my @command = $help =~ /^  ([\w-]+(?: [\w-]+)?)  +\S/mg;
ok @command > 10, 'calendlyctl --help lists commands';
my $ctl = $section{'calendlyctl.8'} =~ s/\s+/ /gr;
all_hold('calendlyctl(8) has every command',
	grep { $ctl !~ /\b\Q$_\E\b/ } @command);
all_hold('calendlyctl(8) has every option',
	grep { $ctl !~ /\Q$_\E\b/ } $help =~ /(--[a-z-]+)/g);

# Commands that a document tells people to type exist.
my %command = map { ($_ => 1) } @command;
for my $file (@markdown) {
	next if $file eq 'CHANGES.md';
	my @wrong = grep { !$command{$_} && !$command{s/ .*//r} }
	    $text{$file} =~ /(?:`|^|\n)(?:ctl|calendlyctl)
		\ (?:--json\ )?([a-z][a-z-]*(?:\ [a-z][a-z-]*)?)/xg;
	all_hold("$file names no command that does not exist", @wrong);
}

# Prose ends at 100 columns. Tables, code, drawings and what has no blank may be
# wider.
for my $file (@markdown) {
	my $prose = $text{$file} =~ s/^```.*?^```$//gmsr =~ s/`[^`\n]*`/x/gr =~
	    s/\([^()\s]*\)//gr;
	all_hold("$file: no line of prose is too long",
		grep { length > 100 && /\S\s+\S.*\s/ && !/^[|!]/ }
		split /\n/, $prose);
}

# Links lead to headings that exist.
sub anchor ($heading)
{
	$heading =~ s/[^\w\s-]//g;
	return lc $heading =~ s/ /-/gr;
}

sub link_holds ($from, $link)
{
	my ($path, $anchor) = split /#/, $link, 2;
	my $to = length $path ? dirname($from) . "/$path" : $from;
	return 0 if !-e $to;
	return 1 if !defined $anchor;
	my %has = map { (anchor($_) => 1) } slurp($to) =~ /^#+ (.*)$/mg;
	return $has{$anchor};
}

for my $file (@markdown) {
	all_hold("$file: every link leads somewhere", grep {
		!/^\w+:/ && !link_holds($file, $_)
	} $text{$file} =~ /\]\(([^)\s]+)\)/g);
}

# Files in var/ and build/ are made by the first run; * and <...> stand for
# other names.
my $DIRS = qr{(?:app|lib|t|docs|deploy|migrations)};
for my $file (@markdown, glob('docs/man/*')) {
	all_hold("$file: every file it names exists", grep {
		!-e && !(/[*]/ && (() = glob))
	} slurp($file) =~ m{(?<![\w/.~-])($DIRS/[\w*][\w*./-]*[\w*])}g);
}

# The examples are short enough to be read, and their README names each.
my @example = grep {-f} glob 'docs/examples/* docs/examples/*/*';
ok @example > 15, 'there are examples';
for my $file (@example) {
	my @line = split /\n/, slurp($file);
	all_hold("$file: no line is too long", grep { length > 100 } @line)
	    if $file !~ /\.md$/;
	cmp_ok scalar @line, '<', 50, "$file has less than 50 lines"
	    if $file =~ /\.(js|py|php)$/;
}
all_hold('the README of the examples names each', grep {
	my $name = s{^docs/examples/}{}r;
	$name ne 'README.md' &&
	    index($text{'docs/examples/README.md'}, "`$name`") < 0
} @example);

# The commands of README work.
my ($sed) = $text{'README.md'} =~ /^(sed -e .*?nginx\.conf\.example) >/ms;
my $site = says('sh', '-c', $sed // 'false');
like $site, qr/^\tserver_name calendly\.example\.com;$/m,
    'README fills in nginx.conf.example';
unlike $site =~ s/^\s*#.*$//mgr, qr/@[A-Z_]+@/, 'and leaves no place open';

my ($list) = $text{'README.md'} =~ /apt-get install \$\((awk .*)\)$/m;
my %package = map { ($_ => 1) } split ' ', says('sh', '-c', $list // 'false');
all_hold('README installs what is needed to build and run, not what is not',
	grep { $package{$_} != 1 } qw(nginx postgresql gcc libfcgi-dev));
ok !$package{cppcheck}, 'and no tools of the tests';

my ($conf) = $text{'README.md'} =~ /### 6\..*?```\n(.*?)```/s;
my %given = map { (s/=.*//r => 1) } split /\n/, $conf // '';
all_hold("README's configuration has every setting that is required",
	grep { ($settings->{$_} // '') eq 'required' && !$given{$_} }
	sort keys %$settings);

# The operator's table has every warning that the daemon logs, by its first
# words that are always the same.
my ($table) = $text{'docs/operations.md'} =~
    /^### What each warning means\n(.*?)^## /ms;

sub warnings ($file)
{
	my $source = slurp($file) =~ s/"\s*\n\s*"//gr;
	my @said = $source =~ /\blog_warn\("((?:[^"\\]|\\.)*)"/g;
	s/\\(.)/$1/g for @said;
	return @said;
}

sub is_explained ($said)
{
	my ($words) = grep { length >= 8 }
	    split /%[-.*0-9]*[lz]*[a-z]/, $said;
	return !defined $words ||
	    index($table, substr $words, 0, 24) >= 0;
}

all_hold('operations.md explains every warning',
	grep { !is_explained($_) } map { warnings($_) }
	grep { !m{^app/ctl/|^lib/keyring_write} }
	glob 'app/*.c app/*/*.c app/*/*/*.c lib/*.c');

# Documents and program have the same version.
my ($version) = slurp('app/version.h') =~ /"(\d+\.\d+\.\d+)"/;
like $text{'CHANGES.md'}, qr/^## \Q$version\E\b/m,
    'CHANGES.md has this version';
like slurp('docs/openapi.yaml'), qr/^openapi: 3\.1\.\d$/m,
    'openapi.yaml is OpenAPI 3.1';

# Whoever adds something is led to files that are there.
my @led = map { s/`//gr } $text{'docs/adding.md'} =~ m{`(?:app|lib|t|docs|deploy|
    migrations)/[\w./*]*`}xg;
ok @led > 30, 'adding.md names files';
all_hold('each file that adding.md names is there',
	grep { my ($first) = glob; !-e ($first // '') } @led);

# Calendly's signature: the vectors are right.
for my $row ($text{'docs/calendly-api.md'} =~
	/^\| (`[^|]+` \| \d+ \| [^|]+ \| `[0-9a-f]{64}`) \|$/mg) {
	my ($key, $t, $body, $v1) = map { s/^`|`$//gr } split / \| /, $row;
	$body = '' if $body eq '(empty)';
	is hmac_sha256_hex("$t." . encode('UTF-8', $body),
		encode('UTF-8', $key)), $v1, "the signature under $key";
}

done_testing;
