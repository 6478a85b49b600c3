#!/usr/bin/perl
# bulkhead.pl: that webhooks are taken in as quickly while every app worker
# hangs on Calendly.
#
#	perl t/bench/bulkhead.pl [--connections 32] [--seconds 10]
#	    [--rounds 5] [--workers auto] [--app_workers 8]
#
# First the full rate; then half of it: each of the connections rests for a
# random time (exponentially distributed) before each request. So in turn:
# undisturbed, and with every app worker waiting for an answer of the
# sandbox that does not come. The ratio is that of the 99th percentiles.

use lib 't/lib', 't/bench/lib';
use Cal::Bench;
use Cal::Bench::Pool;
use Cal::Bench::Run;
use Cal::Test::Books;
use Cal::Test::Load;
use Carp qw(croak);
use List::Util qw(max);
use Mojo::UserAgent;

my $o = options(connections => 32, seconds => 10, rounds => 5, workers => 'auto',
	app_workers => 8);
my $c = world(settings => { CALENDLYD_RUNNERS => 0,
	CALENDLYD_APP_WORKERS => $o->{app_workers},
	CALENDLYD_INGEST_WORKERS => $o->{workers} });
my $books = Cal::Test::Books->new(test => $c)->unlimited;
$c->connect('hanging', person => 'olivia');
my $file = Cal::Bench::Pool->new->enough($c, users($c, 100), $o->{seconds},
	$o->{connections});

sub ingest ($pause)
{
	$c->db->do('TRUNCATE deliveries_in, delivery_queue');
	return Cal::Bench::Run->new(c => $c, seconds => $o->{seconds},
		connections => $o->{connections})->wrk($file, pause => $pause);
}

# All app workers wait for Calendly while $code runs: before it and after it
# none has time to refuse who has no key.
sub hanging ($code)
{
	$books->fault('hang', GET => '/webhook_subscriptions',
		value => 120_000, times => 100_000);
	my $load = Cal::Test::Load->start($c,
		clients => 2 * $o->{app_workers}, request => [GET =>
		'/v1/connections/hanging/webhooks',
		{ Authorization => 'Bearer ' . $c->key }]);
	$c->wait_for(sub { !is_well() }, 'all app workers to hang');
	my $got = $code->();
	croak 'an app worker was free again' if is_well();
	$books->mend;
	$load->stop;
	$c->wait_ready;
	return $got;
}

sub is_well ()
{
	my $ua = Mojo::UserAgent->new(connect_timeout => 1,
		request_timeout => 1)->ca($c->stack->ca);
	return ($ua->get($c->url('/v1/connections'))->res->code // 0) == 401;
}

# How long to rest, so that it comes to half of the full rate.
sub pause_for_half ($full)
{
	my $half = $full->{rate} / 2;
	my $each = 1000 * $o->{connections} / $half;
	my $try = ingest($each);
	my $taken = 1000 * $o->{connections} / $try->{rate} - $each;
	return max(1, $each - $taken);
}

my $full = ingest(0);
my $pause = pause_for_half($full);
my (@calm, @hung);
for my $round (1 .. $o->{rounds}) {
	push @calm, ingest($pause);
	push @hung, hanging(sub { ingest($pause) });
	printf "round %d: p99 %.1f ms at %.0f/s, hanging %.1f ms at %.0f/s\n",
	    $round, map { ($_->{p99}, $_->{rate}) } $calm[-1], $hung[-1];
}

sub row ($name, $runs)
{
	return [$name, map { my $key = $_; spread($key eq 'rate' ? '%.0f' :
	    '%.1f', map { $_->{$key} } @$runs) } qw(rate p50 p99)];
}

report('bulkhead', sprintf("p99 with all app workers hanging, in relation " .
	"to without: **%s**.\n", spread('%.2f', map { $hung[$_]{p99} /
	$calm[$_]{p99} } 0 .. $#calm)),
	table(['', 'webhooks/s', 'p50 ms', 'p99 ms'], row('full load', [$full]),
	    row('half load', \@calm), row('and all hang', \@hung)));
