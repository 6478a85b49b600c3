#!/usr/bin/perl
# apply.pl: how fast runners make events of what was taken in: a backlog while
# nothing comes, and whether they keep up while as much comes as goes in.
#
#	perl t/bench/apply.pl [--backlog 20000] [--seconds 60] [--runners 2]
#	    [--connections 32] [--workers auto] [--users 1000]

use lib 't/lib', 't/bench/lib';
use Cal::Bench;
use Cal::Bench::Cpu;
use Cal::Bench::Pool;
use Cal::Bench::Run;
use Carp qw(croak);
use POSIX ();
use Time::HiRes qw(sleep time);

my $o = options(backlog => 20_000, seconds => 60, runners => 2,
	connections => 32, workers => 'auto', users => 1000);
my $c = world(settings => { CALENDLYD_RUNNERS => $o->{runners},
	CALENDLYD_INGEST_WORKERS => $o->{workers} });
my $db = $c->db;
my $pool = Cal::Bench::Pool->new;
my $endpoint = users($c, $o->{users});
my ($sent, $most) = (0, 0);

# As much as goes in; "beside" is called for the time it takes.
sub ingest ($seconds, $beside = sub ($code) { $code->() })
{
	my $times = int($most * $seconds);
	my $file = $pool->deliveries($c, $endpoint, $times, $sent);
	$sent += $times;
	my $run = Cal::Bench::Run->new(c => $c, seconds => $seconds,
		connections => $o->{connections});
	my @got = $beside->(sub { $run->wrk($file) });
	unlink $file;
	return wantarray ? @got : $got[0];
}

# Stopped, but never inside a transaction.
sub halt ()
{
	my @runner = $c->calendlyd->children(qr{^runner/});
	$c->wait_for(sub {
		kill STOP => @runner;
		my ($busy) = $db->selectrow_array(q{SELECT count(*)
			FROM pg_stat_activity
			WHERE application_name = 'calendlyd runner'
			AND state <> 'idle'});
		kill CONT => @runner if $busy;
		!$busy
	}, 'the runners to stop');
	return;
}

sub go ()
{
	kill CONT => $c->calendlyd->children(qr{^runner/});
	return;
}

sub drained ($before)
{
	my $cpu = Cal::Bench::Cpu->start($c);
	my $start = time;
	go();
	$c->wait_for(sub { sleep 0.2; !backlog($db) }, 'the backlog to go', 600);
	my $took = time - $start;
	my ($lost) = $db->selectrow_array('SELECT count(*)
		FROM deliveries_in d WHERE NOT EXISTS (SELECT FROM events e
			WHERE e.id = d.event_id AND e.feed_seq IS NOT NULL)');
	croak "$lost deliveries have no event in the feed" if $lost;
	return { requests => $before, rate => $before / $took,
		cpu => $cpu->used };
}

# Calls $code and, in a process beside it, looks at the backlog every 5 s.
sub watched ($code)
{
	pipe my $read, my $write or croak "pipe: $!";
	my $pid = fork // croak "fork: $!";
	if ($pid == 0) {
		close $read;
		$write->autoflush(1);
		look($write);
		POSIX::_exit(0);
	}
	close $write;
	my $got = $code->();
	kill TERM => $pid;
	waitpid $pid, 0;
	chomp(my @line = <$read>);
	return ($got, map { [split / /] } @line);
}

sub look ($out)
{
	local $SIG{TERM} = 'DEFAULT';
	my $handle = $c->cluster->db($c->stack->database);
	my $owner = getppid;
	for (my $at = 0; getppid == $owner; $at += 5) {
		my $n = backlog($handle);
		print {$out} "$at $n\n";
		print "  after $at s: $n wait\n";
		sleep 5;
	}
	return;
}

halt();
$most = 2 * $pool->rate($c, $endpoint, $o->{connections});
ingest(5) while backlog($db) < $o->{backlog};
my $waiting = backlog($db);
my $drain = drained($waiting);
printf "a backlog of %d: %.0f/s\n", $waiting, $drain->{rate};
print cpu_table('', ['backlog', [$drain]]);

# The same load with nobody to apply it, to see what that costs.
halt();
my $alone = ingest(10);
drained(backlog($db));
my ($both, @seen) = ingest($o->{seconds}, \&watched);
my $left = backlog($db);
my $after = drained($left) if $left;

report('apply',
	table(['', 'webhooks/s'],
	    ["$o->{runners} runners, a backlog of $waiting, no webhooks",
		sprintf '**%.0f**', $drain->{rate}],
	    ['webhooks taken in, no runners', sprintf '%.0f', $alone->{rate}],
	    ["webhooks taken in, $o->{runners} runners at work, for " .
		"$o->{seconds} s", sprintf '%.0f', $both->{rate}],
	    ['applied meanwhile', sprintf '%.0f', ($both->{requests} - $left) /
		$o->{seconds}]),
	"Waiting to be applied, of $both->{requests} that came:\n",
	table([(map {"$_->[0] s"} @seen), 'end'],
	    [(map { $_->[1] } @seen), $left]),
	sprintf("%d events in the feed, %d meetings.\n", map { $db
		->selectrow_array("SELECT count(*) FROM $_") }
		qw(events meetings)),
	"CPU, microseconds each webhook:\n",
	cpu_table('', ['backlog', [$drain]], ['no runners', [$alone]],
	    ['both', [$both]]));
