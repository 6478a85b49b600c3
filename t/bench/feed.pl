#!/usr/bin/perl
# feed.pl: how fast the host app can read the feed: pages of 100 events.
#
#	perl t/bench/feed.pl [--events 20000] [--connections 1,8]
#	    [--seconds 10] [--rounds 3] [--app_workers 8]

use lib 't/lib', 't/bench/lib';
use Cal::Bench;
use Cal::Bench::Pool;
use Cal::Bench::Run;
use Carp qw(croak);

my $o = options(events => 20_000, connections => '1,8', seconds => 10,
	rounds => 3, app_workers => 8);
my $c = world(settings => { CALENDLYD_APP_WORKERS => $o->{app_workers},
	CALENDLYD_INGEST_WORKERS => 4, CALENDLYD_RUNNERS => 2 });
my $pool = Cal::Bench::Pool->new;
my $file = $pool->reads($c, 2000 * $o->{seconds}, pages());

sub events ()
{
	return ($c->db->selectrow_array(
		'SELECT count(*) FROM events WHERE feed_seq IS NOT NULL'))[0];
}

# Fills the feed by webhooks; then every page, as a reader goes through them.
sub pages ()
{
	my $endpoint = users($c, 100);
	my $run = Cal::Bench::Run->new(c => $c, seconds => 5,
		connections => 32);
	for (my $sent = 0; events() < $o->{events}; $sent += 40_000) {
		$run->wrk($pool->deliveries($c, $endpoint, 40_000, $sent));
		$c->wait_for(sub { !backlog($c->db) }, 'the events', 600);
	}
	my ($path, @page) = '/v1/events?limit=100';
	for (;;) {
		my $page = $c->agent->get($c->url($path), { Authorization =>
			'Bearer ' . $c->key })->res->json;
		return @page if !$page->{more};
		push @page, $path;
		$path = "/v1/events?limit=100&after=$page->{next}";
	}
}

my @row;
for my $connections (split /,/, $o->{connections}) {
	my $run = Cal::Bench::Run->new(c => $c, seconds => $o->{seconds},
		connections => $connections);
	my @got = map { $run->wrk($file) } 1 .. $o->{rounds};
	push @row, [$connections, spread('%.0f', map { $_->{rate} } @got),
		map { my $key = $_; spread('%.1f', map { $_->{$key} } @got) }
		    qw(p50 p99)];
}
report('feed', events() . " events in the feed.\n",
	table(['connections', 'pages/s', 'p50 ms', 'p99 ms'], @row));
