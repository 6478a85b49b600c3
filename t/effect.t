#!/usr/bin/perl
# Nothing is there that has no effect: what the tables of the program, nginx's
# configuration and docs/openapi.yaml name is read, counted or sent by code.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

use FindBin;
use Test::More;
use YAML::XS ();

use lib "$FindBin::Bin/lib";
use Cal::Test::Documents qw(all_hold slurp);

# The program's source without comments, by file.
my %code = map { ($_ => slurp($_) =~ s{/\*.*?\*/}{}gsr) }
    map { glob } qw(app/*.c app/*/*.[ch] app/*/*.inc app/*/*/*.[ch] lib/*.[ch]);

# All source but the files that match, as one text; its words.
sub source_but ($not)
{
	return join "\n", map { $code{$_} } grep { !/$not/ } sort keys %code;
}

sub words_in ($text)
{
	return { map { ($_ => 1) } $text =~ /\w+/g };
}

# Settings.  One whose feature is still to come says so in the manual.
my $readers = source_but(qr{^app/settings/|^lib/});
my %is_read = map { ($_ => 1) } $readers =~ /(?:->|\.)(\w+)/g;
my ($members) = $code{'app/settings/settings.h'} =~
    /^struct settings \{\n(.*?)^\};/ms;
my %setting = $code{'app/settings/settings.c'} =~
    /\.name = "(\w+)",[^}]*?FIELD\((\w+)\)/g;
is_deeply [sort values %setting], [sort $members =~ /(\w+);/g],
    'each setting has its member';
my %coming = map { ($_ => 1) } slurp('docs/man/calendlyd.conf.5') =~
    /^\.It Ev (\w+)\n(?:(?!\.It|\.El).*\n)*?Its feature is still to come/mg;
is_deeply [sort grep { !$is_read{ $setting{$_} } } keys %setting],
    [sort keys %coming],
    'each setting is read, or its feature is marked as still to come';

# Metrics and statements.
my $counters = words_in(source_but(qr{^app/metric/(?:metric\.h|table\.c)}));
all_hold('each metric is counted', grep { !$counters->{$_} }
	$code{'app/metric/metric.h'} =~ /\b(METRIC_[A-Z]\w+),/g);
my $runners = words_in(source_but(qr{^app/repo/stmt}));
my @statement = map { $code{$_} =~ /\bSTMT_ROW\((STMT_\w+),/g }
    grep { m{^app/repo/stmt_.*\.inc$} } sort keys %code;
ok @statement > 100, 'the statements can be read';
all_hold('each statement is run', grep { !$runners->{$_} } @statement);

# Constants are used: named somewhere beside where they are defined. An enum's
# 0, which is none of its values, may have its name for readers alone.
my $all = source_but(qr{^$});
my %times;
$times{$_}++ for $all =~ /\w+/g;
my @constant = grep { !/_H$|__MAX$|_NONE$/ } $all =~ /^#define\s+(\w+)/mg,
    map { /\b([A-Z][A-Z0-9_]+)\b/g } $all =~ /^enum \w*\s*\{(.*?)\}/gms;
# WHEN_SZ is for callers of lib/when.h; the fuzzer is one.
all_hold('each constant is used',
	grep { $times{$_} < 2 && $_ ne 'WHEN_SZ' } @constant);

# What nginx passes on is read, and what is read is passed on.
my $nginx = slurp('nginx.conf.example');
my %passed = map { ($_ => 1) } $nginx =~ /^\s*fastcgi_param (\w+)/mg;
my %param = map { ($_ => 1) } source_but(qr{^$}) =~
    /"((?:HTTP|REQUEST|CONTENT|REMOTE|SERVER|SCRIPT)_[A-Z_]+
	|PATH_INFO|QUERY_STRING)"/gx;
is_deeply [sort keys %passed], [sort keys %param],
    'nginx passes on what calendlyd reads, and nothing else';

# Problems: each code is sent by calendlyd or by nginx, and has one title.
my $api = YAML::XS::LoadFile('docs/openapi.yaml');
my $schemas = $api->{components}{schemas};
my ($table) = $code{'app/route/problem.c'} =~ /problems\[\] = \{\n(.*?)^\};/ms;
my ($codes) = $code{'app/route/problem.c'} =~ /^.*\bcodes\[.*?\n(.*?)^\};/ms;
my %title = map { s/"\s*\n\s*"//gr } $table =~ /\{ "(\w+)", \d+, "([^"]*)"/g;
my %sent = map { ($_ => 1) } $codes =~ /"(\w+)"/g,
    source_but(qr{^app/route/problem\.c}) =~ /"([a-z_]+)"/g;
all_hold('each problem of the table is sent',
	grep { !$sent{$_} } sort keys %title);

my %nginx_title = $nginx =~ /"title":"([^"\$]*)","status":\d+,"code":"(\w+)"/g;
%nginx_title = reverse %nginx_title;
for my $kind (qw(code title)) {
	my ($map) = $nginx =~
	    /^map \$status \$calendlyd_unread_$kind \{\n(.*?)^\}/ms;
	push @{ $nginx_title{$kind} }, $map =~ /^\s+\w+ "?([^";]+)"?;/mg;
}
my ($unread, $called) = delete @nginx_title{qw(code title)};
@nginx_title{@$unread} = @$called;
my %both = (%nginx_title, %title);
is_deeply [sort @{ $schemas->{ProblemCode}{enum} }], [sort keys %both],
    'openapi.yaml has the codes that calendlyd and nginx send';
all_hold('nginx and calendlyd give a code one title', grep {
	exists $title{$_} && $title{$_} ne $nginx_title{$_}
} sort keys %nginx_title);
my @shown = map { $_->{content}{'application/problem+json'}{example} // () }
    values %{ $api->{components}{responses} };
ok @shown > 20, 'openapi.yaml has examples of problems';
all_hold('and openapi.yaml shows that title', map { $_->{code} }
	grep { $_->{title} ne $both{ $_->{code} } } @shown);

# Every other closed list of the API has only what code can say.
my %said = map { ($_ => 1) } source_but(qr{^$}) =~ /["']([\w.-]+)["']/g;

sub lists_in ($schema, $name)
{
	return map { lists_in($_, $name) } @$schema if ref $schema eq 'ARRAY';
	return if ref $schema ne 'HASH';
	my $here = ref $schema->{enum} eq 'ARRAY' ? $schema->{enum} : [];
	return ((map { [$name, $_] } grep { defined } @$here),
	    map { lists_in($schema->{$_}, "$name $_") } sort keys %$schema);
}

all_hold('each value of a closed list is in the code',
	map { "$_->[0]: $_->[1]" }
	grep { !$said{ $_->[1] } }
	map { lists_in($schemas->{$_}, $_) }
	grep { $_ ne 'ProblemCode' } sort keys %$schemas);

# And each member of an answer.
sub members_of ($schema)
{
	return map { members_of($_) } @$schema if ref $schema eq 'ARRAY';
	return if ref $schema ne 'HASH';
	my $here = ref $schema->{properties} eq 'HASH'
	    ? $schema->{properties} : {};
	return (keys %$here, map { members_of($_) } values %$schema);
}

my %member = map { ($_ => 1) } members_of($schemas);
all_hold('each member of the API is in the code', grep { !$said{$_} }
	sort keys %member);

done_testing;
