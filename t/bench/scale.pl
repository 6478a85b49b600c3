#!/usr/bin/perl
# scale.pl: simulates the recurring work of very many connections, and prints
# how many calls to Calendly it makes a second, how late it is, and whether it
# keeps within Calendly's budgets.
#
#	perl t/bench/scale.pl [--connections 1000000] [--seed 1] [--help]
#
# Nothing is measured here, and nothing but this program runs: no calendlyd, no
# PostgreSQL, no network. The policy numbers, and what is assumed of users, are
# at the top of Cal::Bench::Recurring. docs/scaling.md quotes the figures. The
# same options give the same figures.
#
# Time goes on second by second. What is due waits in one queue, in the order in
# which it became due; the runners of all hosts take from its head. A job makes
# its calls as fast as the runners, and its account's budget, allow.

use v5.30;
use warnings;
use experimental 'signatures';

use Getopt::Long ();
use List::Util qw(min max);

use lib 't/bench/lib';
use Cal::Bench::Recurring;

use constant RING => 2 * DAY;		# longer than any pause

my %o = (connections => 1_000_000, polled => 20, runners => 8, jobs => 60,
	latency => 0.3, herd => 5, past => 90, budget => 1, seed => 1);
my %says = (
	connections => 'how many users are connected',
	polled => 'per cent of them that may not have a webhook',
	runners => 'runners that do jobs, on all hosts together',
	jobs => 'jobs that a runner can begin in a second (its processor)',
	latency => 'seconds from a call to its answer',
	herd => 'per cent of users more that connect within an hour',
	past => 'days that a backfill goes back',
	budget => '0: as if calendlyd took no heed of budgets',
	seed => 'of the random numbers',
);

sub usage (@)
{
	print "usage: $0 [--OPTION NUMBER...]\n\n",
	    map { sprintf "  --%-12s %-8s %s\n", $_, $o{$_}, $says{$_} }
	    qw(connections polled runners jobs latency herd past budget seed);
	exit 0;
}

# Minute and number of an account's calls in it.
my (@minute, @used);

my @due;		# what becomes due, by second modulo RING
my (@ready, @since);	# what is due, and since when
my @running;		# [job, calls left]
my %left;		# calls left of jobs that wait for their budget
my %began;		# when a backfill under way began
my ($now, $slots, $rate) = (0);
my %seen;		# of the part of the simulation that is on

sub add ($seconds, $id, $kind)
{
	push @{ $due[int($now + 1 + $seconds) % RING] }, $id * 4 + $kind;
	return;
}

# The same kind of job again, when its time has come.
sub add_next ($id, $kind)
{
	return add(pause_after($kind, $id), $id, $kind);
}

sub new_user ($id)
{
	add_user($id, $now, polled => $o{polled}, past => $o{past});
	$minute[$id] = $used[$id] = 0;
	return;
}

sub end_job ($id, $kind)
{
	if ($kind == BACKFILLS) {
		my $took = $now - delete $began{$id};
		$seen{took}[$took]++;
		add_next($id, VISITS);
		add_next($id, POLLS) if is_polled($id);
	} else {
		add_next($id, $kind);
	}
	return;
}

# How many calls the account's budget allows in this minute.
sub allowed ($id)
{
	my $this = int($now / 60);
	($minute[$id], $used[$id]) = ($this, 0) if $minute[$id] != $this;
	return 1e9 if !$o{budget};
	return int(SHARE * (is_polled($id) ? FREE : PAID)) - $used[$id];
}

# Makes calls of a job, as many as it may in this second; returns how many.
sub go ($job, $calls, $most)
{
	my ($id, $kind) = ($job >> 2, $job & 3);
	my $may = allowed($id);
	my $n = min($calls, $most, AT_ONCE / $o{latency}, $may);
	$n = max(1, int $n) if $n > 0;
	if ($may <= 0) {
		$seen{waits}++;
		$left{$job} = $calls;
		push @{ $due[(60 * int($now / 60) + 60) % RING] }, $job;
		return 0;
	}
	my $limit = is_polled($id) ? FREE : PAID;
	$seen{breaches}++
	    if $used[$id] <= $limit && $used[$id] + $n > $limit;
	$used[$id] += $n;
	$seen{of}[$kind] += $n;
	if ($n == $calls) {
		end_job($id, $kind);
	} else {
		push @running, [$job, $calls - $n];
	}
	return $n;
}

sub begin_job ($most)
{
	my ($job, $since) = (shift @ready, shift @since);
	my $calls = delete $left{$job};
	return go($job, $calls, $most) if defined $calls;
	my $kind = $job & 3;
	$seen{late}[$kind][$now - $since]++;
	$seen{begun}++;
	$began{ $job >> 2 } = $now if $kind == BACKFILLS;
	return go($job, calls_of($kind, $job >> 2, $now), $most);
}

# One second: what is under way goes on, then what has waited longest begins.
sub tick ($works)
{
	my $at = $now % RING;
	my $due = $due[$at];
	$due[$at] = undef;
	if ($due) {
		push @ready, @$due;
		push @since, ($now) x @$due;
	}
	my $calls = 0;
	if ($works) {
		my @go_on = splice @running;
		$calls += go(@$_, $rate - $calls) for @go_on;
		for (my $n = $o{jobs} * $o{runners}; $n > 0 && @ready &&
		    @running < $slots && $calls < $rate; $n--) {
			$calls += begin_job($rate - $calls);
		}
	}
	$seen{calls}[$calls]++;
	if (@ready > $seen{most}) {
		($seen{most}, $seen{empty}) = (scalar @ready, undef);
	}
	$seen{empty} //= $now if !@ready;
	$now++;
	return;
}

# The value that this share of a histogram's entries does not exceed.
sub percentile ($count, $share)
{
	my ($sum, $all) = (0, 0);
	$all += $_ // 0 for @$count;
	return '-' if !$all;
	for my $value (0 .. $#$count) {
		$sum += $count->[$value] // 0;
		return $value if $sum >= $share * $all;
	}
	return $#$count;
}

sub span ($seconds)
{
	return $seconds if $seconds eq '-';
	return $seconds < 180 ? "$seconds s"
	    : $seconds < 3 * 3600 ? sprintf '%d min', $seconds / 60
	    : sprintf '%.1f h', $seconds / 3600;
}

sub three ($count, $format = sub ($n) { $n })
{
	return join ', ', map { $format->(percentile($count, $_)) } 0.5, 0.99,
	    1;
}

# Simulates until this hour and prints a row about it. "works" says at which
# second runners work.
sub part ($name, $until, $works = sub ($t) { 1 })
{
	my $from = $now;
	%seen = (calls => [], most => scalar @ready, waits => 0, breaches => 0);
	tick($works->($now)) while $now < $until * 3600;
	my @of = map { sprintf '%.0f', ($seen{of}[$_] // 0) / ($now - $from) }
	    VISITS, POLLS, BACKFILLS;
	printf "| %s |\n", join ' | ', $name,
	    sprintf('%.0f', ($seen{begun} // 0) / ($now - $from)),
	    three($seen{calls}),
	    join(' + ', @of),
	    three($seen{late}[VISITS] // [], \&span),
	    three($seen{late}[POLLS] // [], \&span),
	    three($seen{took} // [], \&span), $seen{most},
	    @ready ? 'no' : span(($seen{empty} // $now) - $from),
	    $seen{waits}, $seen{breaches};
	return;
}

Getopt::Long::GetOptions('help' => \&usage,
	map { ("$_=f" => \$o{$_}) } keys %o) && !@ARGV or
	die "usage: $0 [--help] [--OPTION NUMBER...]\n";
STDOUT->autoflush(1);
srand $o{seed};
$slots = SLOTS * $o{runners};
$rate = int($o{runners} * YOUNG / min($o{latency}, YOUNG_S));

printf "%d connections, %s %% polled; %d runners: %d calls a second, %d " .
    "jobs begun a second, %d at once\n\n", @o{qw(connections polled runners)},
    $rate, $o{jobs} * $o{runners}, $slots;
say '| hours | jobs/s | calls/s: median, 99 %, most | visits + polls + ' .
    'backfills, mean | visits late: median, 99 %, most | polls late | ' .
    'backfills took | longest queue | ' .
    'queue empty after | waits for a budget | breaches |';
say '|---' x 11, '|';

# An ordinary day: everybody's next visit and poll have been spread long ago.
for my $id (0 .. $o{connections} - 1) {
	new_user($id);
	visited_at($id, $now - DAY * rand);
	add(DAY * rand, $id, VISITS);
	add(MOST * rand, $id, POLLS) if is_polled($id);
}
part('0 to 24: an ordinary day', 24);
part('24 to 26: no runner works', 26, sub ($t) { 0 });
part('26 to 36: they work again', 36);
my $herd = int($o{connections} * $o{herd} / 100);
for my $id ($o{connections} .. $o{connections} + $herd - 1) {
	new_user($id);
	add(3600 * rand, $id, BACKFILLS);
}
part("36 to 37: $herd users connect", 37);
part('37 to 48', 48);

# Another deployment, in which everything is new and due at once.
$_ = undef for @due;
(@ready, @since, @running, %left, %began) = ();
for my $id (0 .. $o{connections} - 1) {
	new_user($id);
	add(0, $id, VISITS);
	add(0, $id, POLLS) if is_polled($id);
}
part('48 to 54: all connections are new, and due at once', 54);
