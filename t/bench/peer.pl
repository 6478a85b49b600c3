#!/usr/bin/perl
# peer.pl: calendlyd beside a server of Express and pg (t/bench/peer) that does
# the same work for one signing key, behind the same nginx and without it.
#
#	perl t/bench/peer.pl [--connections 16,64] [--seconds 10] [--rounds 5]
#	    [--workers auto] [--endpoints 100]
#
# Both have as many processes. Needs: npm ci --prefix t/bench/peer

use lib 't/lib', 't/bench/lib';
use Cal::Bench;
use Cal::Bench::Nginx;
use Cal::Bench::Pool;
use Cal::Bench::Run;
use Cal::Test::Proc;
use Carp qw(croak);
use List::Util qw(max);
use Mojo::File qw(path);

my $o = options(connections => '16,64', seconds => 10, rounds => 5,
	workers => 'auto', endpoints => 100);
my $home = path($0)->to_abs->dirname->child('peer');
-d "$home/node_modules/pg" or croak 'first run: npm ci --prefix t/bench/peer';

my $c = world(settings => { CALENDLYD_RUNNERS => 0,
	CALENDLYD_INGEST_WORKERS => $o->{workers} });
my $workers = () = $c->calendlyd->children(qr{^ingest/});
my ($db, $stack) = ($c->db, $c->stack);
my $pool = Cal::Bench::Pool->new;
my $file = $pool->enough($c, users($c, $o->{endpoints}), $o->{seconds},
	max(split /,/, $o->{connections}));
my $port = $stack->hold_port('peer');
tables();
my $peer = peer();
my $nginx = Cal::Bench::Nginx->start($c, 'peer', 'proxy_pass http://peer;
	proxy_http_version 1.1; proxy_set_header Connection "";',
	"upstream peer { server 127.0.0.1:$port; keepalive 64; }");
my %WAY = (
	calendlyd => { count => 'deliveries_in',
		empty => 'deliveries_in, delivery_queue' },
	express	  => { url => $nginx->url },
	direct	  => { url => "http://127.0.0.1:$port" },
);

sub tables ()
{
	$db->do('CREATE SCHEMA peer');
	$db->do('CREATE TABLE peer.endpoints (hash bytea PRIMARY KEY,
		connection_id uuid NOT NULL)');
	$db->do('INSERT INTO peer.endpoints
		SELECT hash, connection_id FROM endpoints');
	$db->do('CREATE TABLE peer.deliveries (
		identity      bytea PRIMARY KEY,
		connection_id uuid NOT NULL,
		kind	      text,
		body	      bytea NOT NULL,
		received_at   timestamptz NOT NULL DEFAULT now())');
	$db->do('CREATE TABLE peer.queue (
		id	 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		identity bytea NOT NULL)');
	$db->do('VACUUM ANALYZE peer.endpoints');
	return;
}

sub listens ($at)
{
	return IO::Socket::INET->new(PeerAddr => "127.0.0.1:$at",
		Timeout => 1);
}

sub peer ()
{
	my $proc = Cal::Test::Proc->new(name => 'peer',
		log => $stack->dir . '/peer.log',
		argv => ['node', "$home/server.js"],
		env => { PORT => $port, WORKERS => $workers,
			NODE_ENV => 'production',
			SIGNING_KEY => $Cal::Test::Stack::OAUTH{key},
			PGHOST => $c->cluster->dir, PGUSER => 'postgres',
			PGDATABASE => $stack->database,
			PGAPPNAME => 'peer' })->start;
	$c->wait_for(sub { listens($port) }, 'the peer to listen');
	return $proc;
}

sub ingest ($name, $connections)
{
	my $way = $WAY{$name};
	my $table = $way->{count} // 'peer.deliveries';
	$db->do('TRUNCATE ' . ($way->{empty} // "$table, peer.queue"));
	my $got = Cal::Bench::Run->new(c => $c, seconds => $o->{seconds},
		connections => $connections,
		also => { peer => $peer, 'its nginx' => $nginx->proc })
	    ->wrk($file, url => $way->{url});
	my ($rows) = $db->selectrow_array("SELECT count(*) FROM $table");
	my $late = $rows - $got->{requests};
	croak "$name: $got->{requests} answers of 200, but $late rows more"
	    if $late < 0 || $late > $connections;
	return $got;
}

sub compare ($connections)
{
	my %got;
	for my $round (1 .. $o->{rounds}) {
		push @{ $got{$_} }, ingest($_, $connections)
		    for qw(calendlyd express direct);
		printf "%d connections, round %d: %s\n", $connections, $round,
		    join ', ', map { sprintf '%s %.0f/s', $_,
			$got{$_}[-1]{rate} } sort keys %got;
	}
	return { n => $connections, %got };
}

sub ratio ($r, $name)
{
	return spread('%.2f', map { $r->{calendlyd}[$_]{rate} /
	    $r->{$name}[$_]{rate} } 0 .. $o->{rounds} - 1);
}

my @NAME = ([calendlyd => 'calendlyd'], [express => 'Express behind nginx'],
	[direct => 'Express alone']);
# Once unseen: V8 compiles what runs often.
ingest($_, 16) for keys %WAY;
my @result = map { compare($_) } split /,/, $o->{connections};
report('peer', table(['connections', 'ratio to Express behind nginx',
	'to Express alone, without TLS', map { ("$_->[1]/s", 'p99 ms') } @NAME],
	map { my $r = $_; [$r->{n}, '**' . ratio($r, 'express') . '**',
		ratio($r, 'direct'), map { my $got = $r->{ $_->[0] };
		(sprintf('%.0f', median(map { $_->{rate} } @$got)),
		    sprintf '%.1f', median(map { $_->{p99} } @$got)) } @NAME]
	} @result), "CPU, microseconds each webhook:\n",
	cpu_table('connections', map { my $r = $_; map { ["$r->{n}: $_->[1]",
		$r->{ $_->[0] }] } @NAME } @result));
$_->stop for $nginx->proc, $peer;
