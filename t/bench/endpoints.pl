#!/usr/bin/perl
# endpoints.pl: that it makes no difference to the intake of webhooks how many
# users are connected: 1, 1,000 or 1,000,000.
#
#	perl t/bench/endpoints.pl [--users 1,1000,1000000] [--seconds 10]
#	    [--rounds 5] [--connections 16] [--workers auto]
#
# A database and a calendlyd for each, all in one PostgreSQL; only one works at
# a time, in turn, from empty tables of deliveries. The ratio is to the first.

use lib 't/lib', 't/bench/lib';
use Cal::Bench;
use Cal::Bench::Pool;
use Cal::Bench::Run;

my $o = options(users => '1,1000,1000000', seconds => 10, rounds => 5,
	connections => 16, workers => 'auto');
my $pool = Cal::Bench::Pool->new;
my @side = map { side($_) } split /,/, $o->{users};

sub side ($users)
{
	my $c = world(settings => { CALENDLYD_RUNNERS => 0,
		CALENDLYD_APP_WORKERS => 1,
		CALENDLYD_INGEST_WORKERS => $o->{workers} });
	my $endpoint = users($c, $users);
	printf "%d users are there\n", $users;
	return { users => $users, c => $c, got => [], file =>
		$pool->enough($c, $endpoint, $o->{seconds},
		    $o->{connections}) };
}

sub ingest ($side)
{
	$side->{c}->db->do('TRUNCATE deliveries_in, delivery_queue');
	return Cal::Bench::Run->new(c => $side->{c}, seconds => $o->{seconds},
		connections => $o->{connections})->wrk($side->{file});
}

for my $round (1 .. $o->{rounds}) {
	push @{ $_->{got} }, ingest($_) for @side;
	printf "round %d: %s\n", $round, join ', ', map {
		sprintf '%d users %.0f/s', $_->{users}, $_->{got}[-1]{rate}
	} @side;
}

my @first = map { $_->{rate} } @{ $side[0]{got} };
report('endpoints', table(['users', 'ratio (of all rounds)', 'webhooks/s',
	'p50 ms', 'p99 ms'], map { my $got = $_->{got}; [$_->{users},
	'**' . spread('%.2f', map { $got->[$_]{rate} / $first[$_] }
	    0 .. $#first) . '**',
	map { my $key = $_; spread($key eq 'rate' ? '%.0f' : '%.1f',
	    map { $_->{$key} } @$got) } qw(rate p50 p99)] } @side),
	"CPU, microseconds each webhook:\n",
	cpu_table('users', map { [@$_{qw(users got)}] } @side));
