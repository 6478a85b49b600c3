#!/usr/bin/perl
# What operators are told about metrics is so: the table in the code, the one
# in docs/operations.md, and the alerts go together.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

use FindBin;
use Test::More;
use YAML::XS ();

use lib "$FindBin::Bin/lib";
use Cal::Test::Documents qw(all_hold slurp);

# The code's table: name => { type, help, labels => { name => [values] } },
# and what each is called there.
my $source = join('', map { slurp($_) } 'app/metric/labels.h',
    'app/metric/table.c', 'app/metric/table_scraped.inc') =~ s/"\s*\n\s*"//gr;
my %label = (metric_routes => ['route']);
while ($source =~ /^LABEL\((\w+), (.*?)\);/gms) {
	my ($id, $values) = ($1, $2);
	$label{$id} = [$values =~ /"([^"]*)"/g];
}
my (%metric, %by_id);
while ($source =~ /^\t\[(\w+)\] = \{\n(.*?)^\t\},/gms) {
	my ($id, $item) = ($1, $2);
	my ($type, $name) = $item =~ /(\w+)\("(\w+)"\)/;
	my ($help) = $item =~ /\.help = "(.*)"/;
	my ($labels) = $item =~ /\.label = \{ (.*?) \}/;
	$metric{"calendlyd_$name"} = $by_id{$id} = {
		type => lc $type, help => $help =~ s/\\"/"/gr,
		labels => { map { my ($l, @v) = @{ $label{$_} }; ($l => \@v) }
		    ($labels // '') =~ /&(\w+)/g } };
}
my @id = slurp('app/metric/metric.h') =~ /^\t(METRIC_(?!_)\w+),$/mg;
is_deeply [sort keys %by_id], [sort @id], 'every metric is in the table';

# The document's.
my ($chapter) = slurp('docs/operations.md') =~
    /^## Metrics and alerts\n(.*?)^## /ms;
my %told;
for my $row ($chapter =~ /^\| (`calendlyd_.*) \|$/mg) {
	my ($name, $type, $labels, $text) = split / \| /, $row, 4;
	$told{ $name =~ s/`//gr } = { type => $type, help => $text,
		labels => [sort $labels =~ /`(\w+)`/g] };
}
is_deeply { map { ($_ => { %{ $metric{$_} }, labels =>
	[sort keys %{ $metric{$_}{labels} }] }) } keys %metric }, \%told,
    'operations.md tells of every metric, as it tells of itself';

# The alerts.
my $rules = YAML::XS::LoadFile('deploy/monitoring/calendlyd.rules.yml');
my @rule = map { @{ $_->{rules} } } @{ $rules->{groups} };
my %alert = map { ($_->{alert} => $_) } @rule;
is keys %alert, @rule, 'every alert has a name of its own';
all_hold('every alert says how bad it is, and what',
	grep { ($alert{$_}{labels}{severity} // '') !~
	    /^(?:critical|warning)$/ || !$alert{$_}{annotations}{summary} }
	sort keys %alert);
my ($night) = $chapter =~ /^### When an alert fires\n(.*)/ms;
is_deeply [$night =~ /^\| `(\w+)` \|/mg], [map { $_->{alert} } @rule],
    'operations.md says what to do when one fires, in their order';

# What an expression asks for exists: metric, labels and their values.
sub wrong_in ($expr)
{
	my @wrong;
	while ($expr =~ /\b(calendlyd_\w+)(?:\{((?:"[^"]*"|[^}"])*)\})?/g) {
		my ($name, $match) = ($1, $2 // '');
		my $m = $metric{$name} // $metric{ $name =~ s/_bucket$//r };
		push @wrong, $name and next if !$m;
		while ($match =~ /(\w+)(=~|!=|=)"([^"]*)"/g) {
			my ($key, $op, $value) = ($1, $2, $3);
			next if $key eq 'le' || $key eq 'route';
			my %is = map { ($_ => 1) } @{ $m->{labels}{$key} };
			push @wrong, "$name\{$key=$_}" for grep { !$is{$_} }
			    $op eq '=~' ? split /\|/, $value : $value;
		}
	}
	return @wrong;
}

all_hold("$_->{alert} asks for what exists", wrong_in($_->{expr})) for @rule;
is_deeply [wrong_in('x{} > calendlyd_nothing + calendlyd_jobs{state="lost"}')],
    ['calendlyd_nothing', 'calendlyd_jobs{state=lost}'],
    'what does not exist is found';

# A route in an alert is one.
my %route = map { ($_ => 1) } map {
	map { s/",\s+"/ /r } slurp($_) =~ /\{ "([A-Z]+",\s+"\/[^"]+)"/g
} glob 'app/route/*.c';
all_hold('every route that an alert names exists', grep { !$route{$_} }
	map { $_->{expr} =~ /route="([^"]*)"/g } @rule);

# What the code counts by name is in the list: else it would be "other".
my @stray;
for my $file (glob 'app/*.c app/*/*.c app/*/*/*.c') {
	my $code = slurp($file) =~ s/"\s*\n\s*"//gr;
	while ($code =~ /\bmetric_(?:count|observe)\((METRIC_\w+),(.*?)\);/gs) {
		my ($id, $args) = ($1, $2);
		my %is = map { ($_ => 1) }
		    map { @$_ } values %{ $by_id{$id}{labels} };
		push @stray, map { "$file: $id $_" } grep { !$is{$_} }
		    $args =~ /"([^"]*)"/g;
	}
}
all_hold('every value that is counted is listed', @stray);

my ($purposes) = map { [sort @$_] } $metric{calendlyd_calendly_calls_total}
    {labels}{purpose};
is_deeply [sort 'other', map { slurp($_) =~ /\.purpose = "(\w+)"/g }
	glob 'app/calendly/*.c'], $purposes,
    'every purpose of a call is listed, and no other';
my ($kinds) = map { [sort @$_] } $metric{calendlyd_job_runs_total}
    {labels}{kind};
is_deeply [sort 'other', slurp('app/domain/job_kind.c') =~ /\] = "(\w+)"/g],
    $kinds, 'every kind of job is listed, and no other';
my ($tries) = slurp('docs/operations.md') =~
    /^## How it tries again\n(.*?)^## /ms;
all_hold('operations.md says how each is tried again',
	grep { $tries !~ /^\| $_\b/m } grep { $_ ne 'other' } @$kinds);

done_testing;
