#!/usr/bin/perl
# recurring.pl: what the recurring work of very many connections costs a runner,
# and how late it is.
#
#	perl t/bench/recurring.pl [--connections 100000] [--polled 20]
#	    [--seconds 30] [--rate 20] [--runners 1] [--outage 7200]
#	    [--people 20]
#
# First nothing is due: what looking for work costs. Then regular checks and
# polls become due one after the other: at the rate of an ordinary day, at
# --rate a second, and then all at once what has become due within --outage
# seconds without a runner. How late a job is, is the time from when its check
# or poll became due until a runner has claimed it; triggers write that down.
# Nobody of these is known at Calendly, and their tokens are not there, so a job
# ends without a call: what is measured is the scheduling.
#
# Among them are --people whom the sandbox knows. During the outage their checks
# and polls become due as well, with more calls than their small limit allows at
# once: the last table tells whether it was kept.

use lib 't/lib', 't/bench/lib';
use Cal::Bench;
use Cal::Bench::Cpu;
use Cal::Test::Books;
use List::Util qw(max sum);
use Time::HiRes qw(sleep time);

my $o = options(connections => 100_000, polled => 20, seconds => 30,
	rate => 20, runners => 1, outage => 7200, people => 20);
my ($LIMIT, $WINDOW) = (20, 10);	# calls of a person, in so many seconds
my $c = world(settings => { CALENDLYD_RUNNERS => $o->{runners},
	CALENDLYD_LOG_LEVEL => 'warn' });
my $db = $c->db;
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited($o->{people});
$books->switch(rate_limit_minute => $LIMIT, rate_limit_seconds => $WINDOW);

# What became due, and when its job was claimed.
sub watch_jobs ()
{
	$db->do(<<~'SQL');
		CREATE UNLOGGED TABLE due (kind text, id uuid,
			due_at timestamptz, asked_at timestamptz,
			begun_at timestamptz);
		CREATE INDEX due_open ON due (id, kind) WHERE begun_at IS NULL;
		CREATE FUNCTION note_due() RETURNS trigger
		LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
		BEGIN
			IF TG_TABLE_NAME = 'syncs' THEN
				INSERT INTO due VALUES ('sync',
					OLD.connection_id, OLD.next_at,
					clock_timestamp());
			ELSE
				INSERT INTO due VALUES ('reconcile', OLD.id,
					OLD.next_check_at, clock_timestamp());
			END IF;
			RETURN NULL;
		END $$;
		CREATE FUNCTION note_begun() RETURNS trigger
		LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
		BEGIN
			UPDATE due SET begun_at = clock_timestamp()
			 WHERE kind = NEW.kind AND id::text = NEW.subject
			   AND id = NEW.subject::uuid AND begun_at IS NULL;
			RETURN NULL;
		END $$;
		CREATE TRIGGER note_due AFTER UPDATE ON syncs FOR EACH ROW
			WHEN (OLD.next_at <= now() AND NEW.next_at > now()
			AND NEW.asked IS NOT NULL)
			EXECUTE FUNCTION note_due();
		CREATE TRIGGER note_due AFTER UPDATE ON connections FOR EACH ROW
			WHEN (OLD.next_check_at <= now()
			AND NEW.next_check_at > now())
			EXECUTE FUNCTION note_due();
		CREATE TRIGGER note_begun AFTER UPDATE ON jobs FOR EACH ROW
			WHEN (OLD.owner IS NULL AND NEW.owner IS NOT NULL)
			EXECUTE FUNCTION note_begun();
		SQL
	return;
}

# Nothing is due for a day.
sub nothing_due ()
{
	$db->do(q{UPDATE connections SET next_check_at = now()
		+ interval '1 day' * (1 + random())});
	$db->do(q{UPDATE syncs SET asked = NULL, phase = NULL,
		next_at = now() + interval '1 day' * (1 + random())});
	$db->do('TRUNCATE due');
	$db->do('DELETE FROM jobs');
	$db->do("VACUUM ANALYZE $_") for qw(connections syncs jobs);
	$db->do('CHECKPOINT');
	return;
}

# So many of each become due at random within so many seconds; negative: have
# become due.
sub become_due ($checks, $polls, $seconds)
{
	$db->do(q{UPDATE connections SET next_check_at = now()
		+ random() * make_interval(secs => $2)
		 WHERE id IN (SELECT id FROM connections
		 WHERE user_id LIKE 'user-%' ORDER BY random()
		 LIMIT $1)}, undef, $checks, $seconds);
	$db->do(q{UPDATE syncs SET next_at = now()
		+ random() * make_interval(secs => $2)
		 WHERE connection_id IN (SELECT s.connection_id FROM syncs s
		 JOIN connections c ON c.id = s.connection_id
		 WHERE user_id LIKE 'user-%' ORDER BY random()
		 LIMIT $1)}, undef, $polls, $seconds);
	return $checks + $polls;
}

sub time_now () { return ($db->selectrow_array('SELECT now()'))[0] }

# Waits until all people's meetings are known up to this time.
sub people_known ($since)
{
	$c->wait_for_all(sub { ($db->selectrow_array(q{SELECT count(*)
		FROM syncs s JOIN connections c ON c.id = s.connection_id
		WHERE c.user_id LIKE 'p%' AND s.phase IS NULL
		AND s.known_until > ?::timestamptz - interval '1 minute'},
		undef, $since))[0] }, $o->{people}, 'people whose meetings ' .
		'are known');
	return;
}

# Each has more recent meetings than the limit allows to read at once.
sub connect_people ()
{
	my $since = time_now();
	for (map {"p$_"} 1 .. $o->{people}) {
		$c->sandbox(POST => '/sandbox/history', { person => $_,
			past => 30, ahead => 20, days_back => 2 });
		$c->connect($_, person => $_, browser => $c->new_browser);
	}
	return people_known($since);
}

# As if nobody had looked at their meetings for so many seconds.
sub people_fall_behind ($seconds)
{
	$db->do(q{UPDATE connections SET next_check_at = now()
		- random() * make_interval(secs => ?)
		WHERE user_id LIKE 'p%'}, undef, $seconds);
	$db->do(q{UPDATE syncs SET known_until = known_until
		- make_interval(secs => $1), next_at = now()
		- random() * make_interval(secs => $1)
		WHERE connection_id IN (SELECT id FROM connections
		WHERE user_id LIKE 'p%')}, undef, $seconds);
	# Invitees are read again after an hour.
	$db->do(q{UPDATE meeting_reads SET read_at = read_at
		- interval '2 hours'});
	return;
}

# Their calls, the most of one within a window, and how many were refused.
sub people_called ()
{
	my $rates = $books->state('rates')->{rates};
	my @all = map { $rates->{"p$_"} // {} } 1 .. $o->{people};
	return (sum(0, map { $_->{calls} // 0 } @all),
	    max(0, map { $_->{peak} // 0 } @all),
	    sum(0, map { $_->{limited} // 0 } @all));
}

# The outage, and how its backlog is worked off.
sub outage ($checks, $polls, $seconds)
{
	my ($before) = people_called();
	my $since = time_now();
	my $row = part("after $seconds s without a runner", $checks, $polls,
	    -$seconds);
	people_known($since);
	my ($calls, @more) = people_called();
	return ($row, [$calls - $before, @more]);
}

# Waits until so many have begun; returns the seconds it took.
sub all_begun ($all)
{
	my $since = time;
	$c->wait_for_all(sub { ($db->selectrow_array('SELECT count(begun_at)
		FROM due'))[0] }, $all, 'jobs begun');
	return time - $since;
}

# Milliseconds that jobs were late: median, 99th percentile, most.
sub lateness ($kind)
{
	return map { sprintf '%.0f', 1000 * ($_ // 0) } $db->selectrow_array(q{
		SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY late),
		       percentile_cont(0.99) WITHIN GROUP (ORDER BY late),
		       max(late)
		  FROM (SELECT extract(epoch FROM begun_at - due_at) AS late
			  FROM due WHERE kind = $1) d}, undef, $kind);
}

sub part ($name, $checks, $polls, $seconds)
{
	nothing_due();
	people_fall_behind(-$seconds) if $seconds < 0;
	my $all = become_due($checks, $polls, $seconds);
	my $cpu = Cal::Bench::Cpu->start($c);
	my $took = all_begun($all);
	my $used = $cpu->used;
	my @row = ($name, $all, sprintf('%.1f', $took),
	    (map { join ', ', lateness($_) } qw(reconcile sync)),
	    map { sprintf '%.0f', 1e6 * ($used->{$_} // 0) / ($all || 1) }
		'runners', 'calendlyd runner backends');
	say join ' | ', @row;
	return \@row;
}

sub idle ()
{
	nothing_due();
	sleep 3;
	my $cpu = Cal::Bench::Cpu->start($c);
	sleep $o->{seconds};
	my $used = $cpu->used;
	return map { [$_, sprintf '%.2f %%',
		100 * $used->{$_} / $o->{seconds}] }
	    grep { /runner/ || $used->{$_} > 0.005 * $o->{seconds} }
	    sort keys %$used;
}

connect_people();
users($c, $o->{connections});
$db->do(q{INSERT INTO syncs (connection_id, tenant_id, account_id,
	       complete_at, known_until, next_at)
	SELECT c.id, c.tenant_id, g.account_id, now(), now(),
	       now() + interval '1 day'
	  FROM connections c JOIN grants g ON g.id = c.grant_id
	 WHERE c.user_id LIKE 'user-%'
	   AND replace(c.user_id, 'user-', '')::int % 100 < ?}, undef,
	$o->{polled});
watch_jobs();

my @idle = idle();
my $polled = $o->{connections} * $o->{polled} / 100;
# A check in 6 hours, a poll in 2 for most.
my @rate = ($o->{connections} / 6 / 3600, $polled / 2 / 3600);
my @part = (
	part('an ordinary day', (map { int($_ * $o->{seconds}) } @rate),
	    $o->{seconds}),
	part("$o->{rate} a second", ($o->{rate} * $o->{seconds} / 2) x 2,
	    $o->{seconds}),
);
my ($row, $called) = outage((map { int($_ * $o->{outage}) } @rate),
    $o->{outage});
push @part, $row;
report('recurring', "$o->{connections} connections, $polled of them " .
	"polled; $o->{runners} runner(s).\n",
	"Nothing is due, share of a processor:\n", table(['', ''], @idle),
	table(['', 'jobs', 'seconds', 'checks late, ms: median, 99 %, most',
		'polls late', 'µs a job: runners', 'their backends'], @part),
	"$o->{people} people with a limit of $LIMIT calls in $WINDOW s fell " .
	"behind, too:\n",
	table(['calls', 'most of one in a window', 'refused'], $called));
