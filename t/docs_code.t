#!/usr/bin/perl
# What the documents tell about the code is true: routes, types of events,
# codes of problems, and numbers. So are the lists of them that nginx's
# configuration and the tests' own Calendly repeat.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib", "$FindBin::Bin/sandbox/lib";
use Cal::Test::Documents qw(all_hold markdown slurp);
use Cal::Test::Kinds ();
use Sandbox::Scopes ();

my %text = markdown();

# Every route of the code, with its methods, is in openapi.yaml, and the
# reverse; and no document names an address that does not exist.
my %route = map { s/",\s+"/ /r => 1 } map {
	slurp($_) =~ /\{ "((?:GET|POST|DELETE|PATCH)",\s+"\/[^"]+)"/g
} glob 'app/route/*.c';
my (%path, $path);
for (split /\n/, slurp('docs/openapi.yaml')) {
	$path = $1 if /^  (\/\S*):$/;
	undef $path if /^\w/;
	$path{uc($1) . " $path"}++ if $path && /^    (get|post|delete|patch):$/;
}
is_deeply [sort keys %path], [sort keys %route],
    'openapi.yaml has the routes that calendlyd has';
# nginx's own 405 names the methods of each address. Where GET is, HEAD is, too:
# openapi.yaml leaves it out.
my ($map) = slurp('nginx.conf.example') =~
    /^map \$uri \$calendlyd_methods \{\n(.*?)^\}/ms;
my @rule = ($map // '') =~ /^\t~(\S+) "?([A-Z, ]+)"?;$/mg;
my ($others) = ($map // '') =~ /^\tdefault "?([A-Z, ]+)"?;$/m;
my (%takes, %named, %used);
push @{ $takes{ s/^\w+ //r } }, s/ .*//r for sort keys %path;
for my $address (keys %takes) {
	my $sent = $address =~ s/\{\w+\}/x/gr;
	my ($first) = grep { $sent =~ /$rule[2 * $_]/ } 0 .. $#rule / 2;
	$used{$first}++ if defined $first;
	$named{$address} = [sort split /, /, defined $first
	    ? $rule[2 * $first + 1] : $others // ''];
}
for my $to (values %takes) {
	push @$to, 'HEAD' if grep { $_ eq 'GET' } @$to;
	@$to = sort @$to;
}
is_deeply \%named, \%takes,
    "nginx's 405 names the methods that openapi.yaml has";
is keys %used, @rule / 2, 'each of its rules is for an address';

my @shape = map { s/^\w+ //r =~ s/\{\w+\}/[^\/]+/gr } keys %route;
for my $file (grep { $_ ne 'CHANGES.md' } sort keys %text) {
	all_hold("$file names no address of the API that does not exist",
		grep { my $named = $_; !grep { $named =~ m{^$_$} } @shape }
		$text{$file} =~ m@(?<![\w.])(/v1/[\w/{}-]*[\w}])@g);
}

# Every type of event that calendlyd makes itself is in one table of the code,
# and in the documents for those who read the feed.
my ($kinds) = slurp('app/service/emit.c') =~ /emit_kinds\[\] = \{\n(.*?)^\};/ms;
my @kind = ($kinds // '') =~ /"([\w.]+)"/g;
ok @kind > 5, 'the table of the events that calendlyd makes can be read';
my $OURS = qr/(?:connection|destination|meeting|webhook)\.[a-z_]+/;
my %made = map { ($_ => 1) } @kind;
all_hold('no other is made', grep { !$made{$_} }
    map { slurp($_) =~ s/\baudit_add\([^;]*;//gr =~ /"($OURS)"/g }
    glob 'app/service/*.c app/service/*/*.c app/repo/*.c');

my ($rows) = $text{'docs/integration.md'} =~
    /^\| type \| when \| `data` \|\n\|[-|]+\n(.*?)^\n/ms;
my %row;
for my $types (($rows // '') =~ /^\| (`.*?) \|/mg) {
	my $family;
	for my $type ($types =~ /`([\w.]+)`/g) {
		$family = $1 if $type =~ /^(\w+)\./;
		$row{ $type =~ /^\./ ? "$family$type" : $type }++;
	}
}
is_deeply [sort grep { /^$OURS\z/ } keys %row], [sort @kind],
    'integration.md has a row of each';
my ($enum) = slurp('docs/openapi.yaml') =~ /^    EventType:\n(.*?)^    \w/ms;
is_deeply [sort(($enum // '') =~ /^ +- ($OURS)$/mg)], [sort @kind],
    'openapi.yaml lists each';

# Calendly's kinds of events are in one table of the code; the API, the contract
# and the manual have the same ones.
my @calendlys = slurp('app/domain/event_kind.c') =~ /^\t\{ "([\w.]+)",/mg;
ok @calendlys > 10, "the table of Calendly's kinds can be read";
is_deeply [sort grep { !/^$OURS\z/ } ($enum // '') =~ /^ +- ([\w.]+)$/mg],
    [sort @calendlys], "openapi.yaml lists each of Calendly's kinds";
my ($contract) = $text{'docs/calendly-api.md'} =~
    /^\| events \| scopes allowed.*?\n(.*?)\n\n/ms;
my @told;
for my $row (split /\n/, $contract // '') {
	my ($family) = $row =~ /`(\w+)\./ or next;
	my ($kinds) = split / \| /, $row;
	push @told, map { /^\./ ? "$family$_" : $_ } $kinds =~ /`([\w.]+)`/g;
}
is_deeply [sort @told], [sort @calendlys], 'calendly-api.md has a row of each';
my $manual = slurp('docs/man/calendlyd.conf.5');
all_hold('calendlyd.conf(5) names each family that a user may ask for',
	grep { !/^routing_form/ && $manual !~ /^\.Cm \Q$_\E\.\*/m }
	map { s/\..*//r } @calendlys);

# The tests' own tables have the same kinds: Kinds.pm a payload of each, and the
# sandbox its scope, and who may ask for it. That the sandbox makes a sample of
# each of its kinds is for t/sandbox/t/subscriptions.t.
is_deeply [Cal::Test::Kinds::kinds()], [sort @calendlys],
    'Kinds.pm has a payload of each';
my %needs = slurp('app/domain/event_kind.c') =~
    /^\t\{ ("[\w.]+"), ("[\w:]+", \w+),/mg;
is_deeply { map {
	my $kind = Sandbox::Scopes::event_kind($_);
	my $of_user = grep { $_ eq 'user' } @{ $kind->{scopes} };
	(qq("$_") => qq("$kind->{needs}", ) . ($of_user ? 'true' : 'false'))
} Sandbox::Scopes::event_kinds() }, \%needs,
    'Scopes.pm has each, with its scope and who may ask for it';

# The scopes that are asked for, and all that there are.
my ($asked) = slurp('app/settings/settings.c') =~
    /"CALENDLY_SCOPES",.*?\.fallback = "([^"]+)"/s;
my @asked = split / /, $asked // '';
ok @asked > 2, 'the default scopes can be read';
my ($app) = $text{'README.md'} =~ /^\* scopes: (.*?)\. /ms;
is_deeply [($app // '') =~ /`([\w:]+)`/g], \@asked,
    'README.md has the app registered for the default scopes';
like $text{'docs/calendly-api.md'} =~ s/\s+/ /gr,
    qr/We ask for `\Q$asked\E`/, 'calendly-api.md has the same';
my ($known) = slurp('app/settings/check_scopes.c') =~
    /\bscopes\[\] = \{\n(.*?)\};/s;
my @known = ($known // '') =~ /"([\w:]+)"/g;
ok @known > 20, 'the table of scopes can be read';
all_hold('the sandbox knows every scope',
	grep { !Sandbox::Scopes::scope_known($_) } @known);
my ($listed) = $text{'docs/calendly-api.md'} =~
    /^\*\*Scopes\*\* \([^)]*\): (.*?)\. /ms;
is_deeply [sort map { /^(.*:)(\w+)\|(\w+)$/ ? ("$1$2", "$1$3") : $_ }
	($listed // '') =~ /`([\w:|]+)`/g], [sort @known],
    'calendly-api.md lists every scope';

# What is read of an invitee and a meeting is in the payloads, so that the tests
# try to spoil it.
my %payload = (INVITEE => Cal::Test::Kinds::invitee(),
	MEETING => Cal::Test::Kinds::scheduled_event());
for my $table (sort keys %payload) {
	my ($rows) = slurp('app/calendly/content.c') =~
	    /^static const struct content_field ${table}\[\] = \{\n(.*?)^\};/ms;
	my @member = ($rows // '') =~ /\{ "\w+", "(\w+)"/g;
	ok @member > 10, "$table in content.c can be read";
	all_hold('Kinds.pm has each of its members',
		grep { !exists $payload{$table}{$_} } @member);
}

# Numbers that documents tell are those of the code: the constant, and the
# words around the number, which is "%s".
my $code = join "\n", map { slurp($_) =~ s{/\*.*?\*/}{}gsr }
    glob 'app/*/*.[ch] app/*/*/*.[ch] lib/*.[ch]';
my %policy;
while ($code =~ /\b(POLICY_\w+) = ([\w *+]+),/g) {
	my ($constant, $sum) = ($1, $2);
	$policy{$constant} = eval $sum =~ s/(POLICY_\w+)/$policy{$1}/gr;
}
for (
	[CLAIM_SECONDS => 1, 'design.md',
	    'A **claim** of a job lasts %s seconds'],
	[SLOW_CALL_MS => 1000, 'design.md',
	    'no answer for %s s hangs'],
	[SLOW_CALL_MS => 1000, 'operations.md',
	    'no answer for %s seconds'],
	[CALLING_WAIT_MS => 1000, 'design.md',
	    'after %s s they are answered'],
	[CALLING_WAIT_MS => 1000, 'operations.md',
	    'waits up to %s seconds'],
	[YOUNG => 1, 'operations.md',
	    'at most %s of them may be'],
	[YOUNG_MS => 1000, 'operations.md',
	    'younger than a quarter', 0.25],
	[WAIT_MAX_MS => 1000, 'integration.md',
	    'after up to %s seconds'],
	[TRIES_MAX => 1, 'operations.md',
	    'After %s tries', 12],
	[SCAN_MAX => 1, 'design.md',
	    'no more than %s events'],
	[BATCH_MOST => 1, 'design.md',
	    'requests that wait, up to %s'],
	[SWEEP_BATCH => 1, 'operations.md',
	    'in batches of %s'],
	[LIMIT_MS => 1000, 'operations.md',
	    'no answer for %s seconds. The', 7],
	[POLICY_RETRIED => 3600, 'design.md',
	    'while they drain, each for %s hours at most'],
	[POLICY_RETRIED => 3600, 'design.md',
	    'stays at Calendly for up to %s hours'],
	[POLICY_RETRIED => 3600, 'design.md',
	    'answered one with an error within the last %s hours'],
	[POLICY_RETRIED => 3600, 'design.md',
	    'it stays until %s hours after its successor'],
	[POLICY_RETRIED => 3600, 'design.md',
	    'if the subscription drained, else for %s hours more'],
	[POLICY_RETRIED => 3600, 'operations.md',
	    'it is accepted for %s hours, then deleted'],
	[POLICY_POLL => 60, 'integration.md',
	    'it looks every %s minutes'],
	[POLICY_POLL_MOST => 3600, 'integration.md',
	    'down to every %s hours'],
	[POLICY_POLL => 60, 'operations.md',
	    'every %s minutes where there is no webhook'],
	[POLICY_POLL_MOST => 3600, 'operations.md',
	    'down to every %s hours where little happens'],
	[POLICY_POLL => 60, 'design.md',
	    '**Polls** come every %s minutes'],
	[POLICY_POLL_MOST => 3600, 'design.md',
	    'down to every %s hours where little changes'],
	[POLICY_SESSION_MINUTES => 1, 'operations.md',
	    'took longer than %s minutes'],
    ) {
	my ($constant, $unit, $file, $words, $only) = @$_;
	my @is = map { eval($_ =~ tr/0-9*+ //cdr) / $unit }
	    $policy{$constant} //
	    $code =~ /\b$constant = ([0-9][0-9 *+]*)/g;
	$only //= $is[0] // 'nothing';
	my $number = $only =~ s/(\d)(\d{3})$/$1,$2/r;
	my $said = $words =~ s/%s/$number/r;
	my $text = slurp("docs/$file") =~ s/\s+/ /gr;
	ok grep({ $_ == $only } @is) && index($text, $said) >= 0,
	    "$file: $said";
}

# Every code of a problem that integration.md tells about exists.
my ($codes) = slurp('docs/openapi.yaml') =~ /x-status:\n(.*?)\n    \w/s;
my %code = $codes =~ /^ +(\w+): (\d+)$/mg;
my ($errors) = $text{'docs/integration.md'} =~ /^## Errors\n(.*?)^## /ms;
for my $row ($errors =~ /^\| (`.*?) \|/mg) {
	my ($status) = $row =~ /(\d{3})$/;
	all_hold("integration.md: $row", grep { !$code{$_} }
	    $row =~ /`(\w+)`/g);
}

done_testing;
