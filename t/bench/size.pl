#!/usr/bin/perl
# size.pl: how large a row of each table is, with its indexes, and how much
# write-ahead log and processor time a webhook, a regular check, a poll and a
# window take.
#
#	perl t/bench/size.pl [--users 1000] [--seconds 8] [--checks 50]
#
# The webhooks are sent through nginx and applied by runners, so their rows are
# what calendlyd writes. What no webhook writes is filled in with values of the
# usual lengths: what a connection consists of, and the log of calls. The
# checks, polls and windows are those of one user who is connected at the
# sandbox, with $RECENT meetings of the last two days and $AHEAD of the next
# week. A poll and a window do the same work: one list, and the invitees of what
# is recent or was altered. docs/scaling.md multiplies these figures.

use lib 't/lib', 't/bench/lib';
use Cal::Bench;
use Cal::Bench::Pool;
use Cal::Bench::Run;
use Cal::Test::Books;
use List::Util qw(sum);
use Time::HiRes qw(sleep time);

my $o = options(users => 1000, seconds => 8, checks => 50);
my ($RECENT, $AHEAD) = (3, 10);
my $c = world();
my $db = $c->db;

sub count_rows ($table)
{
	return ($db->selectrow_array("SELECT count(*) FROM $table"))[0];
}

# Members that users() leaves out; tokens are as long as Calendly's, sealed.
sub fill_connections ()
{
	$db->do(q{UPDATE grants SET email = 'olivia.owner@acme.example',
		name = 'Olivia Owner', timezone = 'Europe/Berlin',
		access_sealed = '\x01'::bytea || sha256(id::text::bytea)
		    || convert_to(repeat(md5(id::text), 19), 'UTF8'),
		refresh_sealed = '\x01'::bytea || sha256(id::text::bytea)
		    || convert_to(repeat(md5(id::text), 2), 'UTF8'),
		scopes = '{users:read,scheduled_events:read,webhooks:write}',
		access_expires_at = now(), access_life_seconds = 7200,
		refreshed_at = now(), last_refresh_at = now(),
		subscription_sound_at = now()});
	my @kind = qw(invitee.created invitee.canceled invitee_no_show.created
		invitee_no_show.deleted);
	$db->do(<<~'SQL', undef, \@kind);
		INSERT INTO subscriptions (tenant_id, grant_id, endpoint_id,
		       organization_uri, events, uri, state, wish, seen_at)
		SELECT e.tenant_id, e.grant_id, e.id, g.organization_uri, $1,
		       replace(g.user_uri, 'users', 'webhook_subscriptions'),
		       'active', sha256(g.id::text::bytea), now()
		  FROM endpoints e
		  JOIN grants g ON g.id = e.grant_id
		ON CONFLICT DO NOTHING
		SQL
	return;
}

sub fill_calls ()
{
	$db->do(q{INSERT INTO api_calls (tenant_id, connection_id, request_id,
		       purpose, method, path, status, duration_ms)
		SELECT tenant_id, id, 'job-1234567-1', 'subscription_list',
		       'GET', '/webhook_subscriptions', 200, 180
		  FROM connections, generate_series(1, 10)});
	return;
}

# Tables of the part that reads meetings back, where they exist.
sub fill_syncs ()
{
	my ($there) = $db->selectrow_array(q{SELECT to_regclass('syncs')});
	return if !$there;
	$db->do(q{INSERT INTO syncs (connection_id, tenant_id, purpose, from_at,
		       started_at, complete_at, known_until, next_at)
		SELECT id, tenant_id, 'window', now(), now(), now(), now(),
		       'infinity'
		  FROM connections
		ON CONFLICT DO NOTHING});
	$db->do(q{INSERT INTO meeting_reads (meeting_id, tenant_id,
		       connection_id, account_id, hash, read_at)
		SELECT m.id, m.tenant_id, m.connection_id, g.account_id,
		       sha256(m.id::text::bytea), now()
		  FROM meetings m
		  JOIN grants g ON g.connection_id = m.connection_id
		ON CONFLICT DO NOTHING});
	return;
}

# Sends webhooks and has them applied; returns the run and how many there were.
sub deliver ()
{
	my $file = Cal::Bench::Pool->new->deliveries($c,
		users($c, $o->{users}), 4000 * $o->{seconds});
	my $run = Cal::Bench::Run->new(c => $c, connections => 16,
		seconds => $o->{seconds});
	return $run->measure(sub {
		my $got = $run->wrk($file);
		$c->wait_for(sub { !backlog($db) }, 'the backlog to go', 600);
		return $got;
	});
}

sub check_is_done ()
{
	return !$db->selectrow_array('SELECT count(*) FROM jobs');
}

# Lets the connected user be checked so often by the clock, with a refresh of
# its tokens or without; returns the run, without what calendlyd writes when it
# is idle.
sub check ($times, $refreshes)
{
	return over_and_over($times, sub {
		$db->do('UPDATE grants SET access_expires_at = now()')
		    if $refreshes;
		$db->do('UPDATE connections SET next_check_at = now()');
		$db->do('SELECT checks_ask(100)');
	});
}

# The same for a poll, that finds nothing new, or reads the invitees of what is
# recent once more.
sub poll ($times, $again)
{
	return over_and_over($times, sub {
		$db->do(q{UPDATE meeting_reads SET read_at = now()
			- interval '2 hours' WHERE meeting_id IN (SELECT id
			FROM meetings WHERE start_at < now())}) if $again;
		$db->do(q{UPDATE syncs SET asked = 'poll'});
		$db->do(q{SELECT job_ask(tenant_id, 'sync',
			connection_id::text) FROM syncs});
	});
}

sub over_and_over ($times, $deed)
{
	my $run = Cal::Bench::Run->new(c => $c);
	my @idle = map { $run->measure(sub { sleep 2; return {} }) } 1 .. 5;
	my $since = time;
	my $got = $run->measure(sub {
		for (1 .. $times) {
			$deed->();
			$c->wait_for(\&check_is_done, 'the job');
		}
		return { requests => $times };
	});
	my $took = (time - $since) / 2;
	$got->{wal} -= $took * median(map { $_->{wal} } @idle);
	for my $who (keys %{ $got->{cpu} }) {
		$got->{cpu}{$who} -= $took * sum(map { $_->{cpu}{$who} // 0 }
			@idle) / @idle;
	}
	return $got;
}

# Every table with rows: how many, and the bytes of a row, of its indexes.
sub sizes ()
{
	my @name = map { $_->[0] } @{ $db->selectall_arrayref(
		q{SELECT relname FROM pg_class WHERE relkind = 'r'
		AND relnamespace = 'public'::regnamespace ORDER BY 1}) };
	my @row;
	for my $name (@name) {
		my $n = count_rows($name);
		next if $n < $o->{users} / 2;
		my ($heap, $index) = $db->selectrow_array(
			'SELECT pg_table_size($1::regclass),
			pg_indexes_size($1::regclass)', undef, $name);
		push @row, [$name, $n, map { sprintf '%.0f', $_ / $n }
			$heap, $index, $heap + $index];
	}
	return @row;
}

Cal::Test::Books->new(test => $c)->unlimited;
$c->sandbox(POST => '/sandbox/history', { person => 'olivia',
	past => $RECENT, days_back => 1, ahead => $AHEAD, days_ahead => 7,
	canceled => 0, rescheduled => 0, no_shows => 0 });
$c->connect('checked', person => 'olivia');
$c->wait_for(\&check_is_done, 'the connect to be over');
my $refreshed = check(5, 1);
my $checked = check($o->{checks}, 0);
my $polled = poll($o->{checks}, 0);
my $reread = poll($o->{checks}, 1);
my $delivered = deliver();
fill_connections();
fill_calls();
fill_syncs();
$db->do('VACUUM FULL accounts, connections, grants, endpoints, subscriptions');
$db->do('VACUUM ANALYZE');
my @run = (['webhook, stored and applied', [$delivered]],
	['check', [$checked]], ['check with a refresh', [$refreshed]],
	['poll or window, nothing new', [$polled]],
	["the same, $RECENT events' invitees read", [$reread]]);
report('size',
	table(['table', 'rows', 'bytes a row', 'its indexes', 'together'],
	    sizes()),
	"Write-ahead log, bytes each:\n",
	table(['', 'how many', 'bytes'], map { my ($name, $runs) = @$_;
		[$name, $runs->[0]{requests}, sprintf '%.0f', per($runs, 'wal')]
	} @run),
	"CPU, microseconds each:\n", cpu_table('', @run));
