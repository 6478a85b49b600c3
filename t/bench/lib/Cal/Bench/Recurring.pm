package Cal::Bench::Recurring;

# Cal::Bench::Recurring: the connections of t/bench/scale.pl: what each of them
# needs of Calendly, how often, and how many calls that takes.
#
#	add_user($id, $now, polled => 20);
#	my $calls = calls_of(POLLS, $id, $now);
#	my $seconds = pause_after(POLLS, $id);
#
# All numbers that are policy, and all that are assumed of users, are here.

use v5.30;
use warnings;
use experimental 'signatures';

use Exporter 'import';
use List::Util qw(max min);

our @EXPORT = qw(AT_ONCE BACKFILLS DAY FREE MOST PAID POLLS SHARE SLOTS VISITS
    YOUNG YOUNG_S add_user calls_of is_polled pause_after visited_at);

use constant { VISITS => 0, POLLS => 1, BACKFILLS => 2 };

# Policy, as in app/domain/policy.h and app/job/slots.c. Times are seconds.
use constant {
	DAY	=> 86_400,
	VISIT	=> [0.8, 1.2],		# days from one visit to the next
	POLL	=> 15 * 60,		# after a poll that found something
	GROWS	=> 1.5,			# after each poll that did not
	MOST	=> 2 * 3600,
	JITTER	=> 0.2,			# of the pause, either way
	RECENT	=> 2,			# days whose events are read again
	REREAD	=> 3600,		# but by polls no more often than this
	TOKEN	=> 2 * 3600,		# life of an access token
	PAGE	=> 100,			# events
	SLOTS	=> 512,			# jobs of a runner
	YOUNG	=> 64,			# calls of a runner younger than
	YOUNG_S	=> 0.25,		# this
	PAID	=> 500,			# calls a minute and account
	FREE	=> 50,
	SHARE	=> 0.9,			# of these, for background work
	AT_ONCE	=> 4,			# calls of one job under way
};
# What is assumed of users: meetings a day are distributed lognormally, booked
# between 8 and 20 o'clock, as if all lived in one time zone.
use constant {
	MEDIAN	=> 0.7,			# meetings a day
	SIGMA	=> 1.2,			# so 1.4 on average, 11 for 1 in 100
	CHANGES	=> 1.5,			# of a meeting: booked, moved, canceled
	AHEAD	=> 7,			# days for which a user is booked
	OPENS	=> 8 * 3600,
	CLOSES	=> 20 * 3600,
	CONNECT	=> 5,			# calls of a connect
};

# Each connection's state, by its number. "visited" is when it was last visited,
# "looked" polled, "reread" when its recent events were last read.
my (@meets, @polled, @visited, @refreshed, @looked, @reread, @quiet);
my $past;		# days that a backfill goes back

sub _normal ()
{
	return sqrt(-2 * log(1 - rand)) * cos(6.283185307 * rand);
}

# A whole number that is this on average.
sub _whole ($mean)
{
	return int($mean + rand);
}

# Makes a connection, or makes it anew. "polled" is the percentage of those that
# are polled, "past" how many days a backfill goes back.
sub add_user ($id, $now, %arg)
{
	$past = $arg{past};
	$meets[$id] = MEDIAN * exp(SIGMA * _normal());
	$polled[$id] = rand(100) < $arg{polled} ? 1 : 0;
	$visited[$id] = $looked[$id] = $now;
	$refreshed[$id] = $reread[$id] = $now - DAY;
	$quiet[$id] = 0;
	return;
}

sub is_polled ($id) { return $polled[$id] }

sub visited_at ($id, $when)
{
	$visited[$id] = $when;
	return;
}

# The seconds from the end of such a job to the next one of this kind.
sub pause_after ($kind, $id)
{
	if ($kind == POLLS) {
		my $pause = min(MOST, POLL * GROWS ** $quiet[$id]);
		return $pause * (1 - JITTER + 2 * JITTER * rand);
	}
	my ($from, $to) = @{ +VISIT };
	return DAY * ($from + ($to - $from) * rand);
}

# Seconds between two times in which people book.
sub _open_between ($from, $to)
{
	my ($a, $b) = map { my $days = int($_ / DAY);
		$days * (CLOSES - OPENS) +
		    max(0, min($_ - $days * DAY, CLOSES) - OPENS)
	} $from, $to;
	return $b - $a;
}

sub _calls_to_refresh ($id, $now)
{
	return 0 if $now - $refreshed[$id] < TOKEN;
	$refreshed[$id] = $now;
	return 1;
}

sub _pages ($id, $days)
{
	return 1 + int($meets[$id] * $days / PAGE);
}

# A visit lists the subscriptions and the events of a window, and reads the
# invitees of those that are recent or were booked since the last one.
sub _calls_of_visit ($id, $now)
{
	my $days = ($now - $visited[$id]) / DAY;
	$visited[$id] = $now;
	return _calls_to_refresh($id, $now) + 1 + _pages($id, RECENT + AHEAD) +
	    _whole($meets[$id] * (RECENT + CHANGES * $days));
}

sub _calls_of_poll ($id, $now)
{
	my $mean = $meets[$id] * CHANGES * _open_between($looked[$id], $now) /
	    (CLOSES - OPENS);
	my $new = rand() < 1 - exp(-$mean) ? max(1, int $mean) : 0;
	my $again = 0;
	if ($now - $reread[$id] >= REREAD) {
		$reread[$id] = $now;
		$again = _whole($meets[$id] * RECENT);
	}
	$looked[$id] = $now;
	$quiet[$id] = $new ? 0 : min($quiet[$id] + 1, 9);
	return _calls_to_refresh($id, $now) + _pages($id, RECENT + AHEAD) +
	    $new + $again;
}

sub _calls_of_backfill ($id, $now)
{
	my $events = _whole($meets[$id] * ($past + AHEAD));
	$refreshed[$id] = $now;
	return CONNECT + 1 + int($events / PAGE) + $events;
}

my @CALLS = (\&_calls_of_visit, \&_calls_of_poll, \&_calls_of_backfill);

# How many calls the job that begins now makes.
sub calls_of ($kind, $id, $now)
{
	return $CALLS[$kind]->($id, $now);
}

1;
