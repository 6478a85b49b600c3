#!/usr/bin/perl
# push.pl: how fast events are pushed, beside a sender of Node and pg
# (t/bench/peer/push.js) that takes the same events from the same table; how
# soon a booking arrives; and what a pusher costs that has nothing to do.
#
#	perl t/bench/push.pl [--destinations 1,10,100] [--pushes 20000]
#	    [--rounds 3] [--bookings 200] [--hanging 10] [--seconds 20]
#
# "pushes" are those of one round, to all destinations together. The receiver
# is an nginx that answers 204, over TLS. How soon is the time from before
# Calendly's POST is sent to when the receiver has answered; it is taken
# without and with destinations beside that never answer.
# Needs: npm ci --prefix t/bench/peer

use lib 't/lib', 't/bench/lib';
use Cal::Bench;
use Cal::Bench::Cpu;
use Cal::Bench::Run;
use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Proc;
use Cal::Test::Pushes;
use Cal::Test::Sink;
use Carp qw(croak);
use Mojo::File qw(path);
use Time::HiRes qw(sleep time);

my $o = options(destinations => '1,10,100', pushes => 20_000, rounds => 3,
	bookings => 200, hanging => 10, seconds => 20);
my $home = path($0)->to_abs->dirname->child('peer');
-d "$home/node_modules/pg" or croak 'first run: npm ci --prefix t/bench/peer';

my $c = world(idle => 1);
my ($db, $stack) = ($c->db, $c->stack);
$c->configure(CALENDLYD_DELIVER_ALLOW => '127.0.0.0/8',
	CALENDLYD_CA_FILE => $stack->ca)->start_calendlyd;
my $p = Cal::Test::Pushes->new(c => $c);
my $sink = Cal::Test::Sink->start($c);
tables();
my $node = node();

sub tables ()
{
	$db->do('CREATE SCHEMA peer');
	$db->do('CREATE TABLE peer.targets (
		id	  int PRIMARY KEY,
		tenant_id bigint NOT NULL,
		url	  text NOT NULL,
		secret	  text NOT NULL,
		cursor	  bigint NOT NULL) WITH (fillfactor = 50)');
	$db->do('CREATE TABLE peer.pushes (
		id	 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		target	 int NOT NULL,
		seq	 bigint NOT NULL,
		event_id uuid NOT NULL,
		status	 int NOT NULL,
		ms	 int NOT NULL,
		at	 timestamptz NOT NULL DEFAULT now(),
		UNIQUE (target, seq))');
	return;
}

sub node ()
{
	return Cal::Test::Proc->new(name => 'node',
		log => $stack->dir . '/node.log',
		argv => ['node', "$home/push.js"],
		env => { NODE_ENV => 'production',
			NODE_EXTRA_CA_CERTS => $stack->ca,
			PGHOST => $c->cluster->dir, PGUSER => 'postgres',
			PGDATABASE => $stack->database,
			PGAPPNAME => 'node' })->start;
}

# Takes all destinations away, ours and Node's.
sub clear ()
{
	$db->do('DELETE FROM peer.targets');
	$db->do('UPDATE destinations SET version = version + 1,
		removed_at = now() WHERE removed_at IS NULL');
	$c->wait_for(sub { !$db->selectrow_array('SELECT count(*)
		FROM destinations WHERE owner IS NOT NULL
		AND owned_until > now()') }, 'no destination to be claimed');
	$db->do('TRUNCATE peer.pushes, pushes, push_attempts');
	$db->do('DELETE FROM destinations');
	$db->do('VACUUM ANALYZE');
	sleep 0.3;		# Node forgets its own
	return;
}

sub head ()
{
	return ($db->selectrow_array('SELECT max(seq) FROM feed_heads'))[0]
	    // 0;
}

sub add_events ($n)
{
	$p->add($n, meetings => $n / 2);
	return time;
}

# Each begins when there are events, and ends when all is written down.
my %SENDER = (
	ours => {
		add => sub ($n) {
			$p->destination($sink->url("/$_")) for 1 .. $n;
		},
		left => q{SELECT count(*) FROM destinations d
			WHERE d.cursor < $1 OR EXISTS (SELECT FROM pushes p
			WHERE p.destination_id = d.id
			AND p.status <> 'delivered')},
		count => 'SELECT count(*) FROM pushes',
	},
	node => {
		add => sub ($n) {
			$db->do('INSERT INTO peer.targets (id, tenant_id, url,
				secret, cursor) SELECT n, t.id,
				$1::text || n, encode(sha256(n::text::bytea),
				\'base64\'), $3 FROM tenants t,
				generate_series(1, $2::int) n', undef,
			    $sink->url, $n, head());
			sleep 0.3;	# it has seen them
		},
		left => 'SELECT count(*) FROM peer.targets WHERE cursor < $1',
		count => 'SELECT count(*) FROM peer.pushes',
	},
);

sub send_all ($who, $n)
{
	my $sender = $SENDER{$who};
	my $events = int($o->{pushes} / $n);
	clear();
	$sender->{add}->($n);
	my $run = Cal::Bench::Run->new(c => $c, seconds => 0,
		connections => $n, also => { receiver => $sink->proc,
		    $node->running ? (node => $node) : () });
	my $got = $run->measure(sub {
		my $begun = add_events($events);
		my ($head, $sent) = (head(), 0);
		while ($sent < $events * $n || $db->selectrow_array(
				$sender->{left}, undef, $head)) {
			croak "$who: $sent of " . $events * $n . ' pushes'
			    if time - $begun > 30 + $o->{pushes} / 100;
			sleep 0.05;
			($sent) = $db->selectrow_array($sender->{count});
		}
		return { requests => $sent, seconds => time - $begun };
	});
	$got->{rate} = $got->{requests} / $got->{seconds};
	delete $got->{cpu}{'bench backends'};
	return $got;
}

sub compare ($n)
{
	my %got;
	for my $round (1 .. $o->{rounds}) {
		push @{ $got{$_} }, send_all($_, $n) for qw(ours node);
		printf "%d destinations, round %d: %.0f/s, Node %.0f/s\n", $n,
		    $round, map { $got{$_}[-1]{rate} } qw(ours node);
	}
	return { n => $n, %got };
}

sub rates (@result)
{
	return table(['destinations', 'ratio to Node', 'pushes/s', 'Node/s',
		'WAL bytes each', 'Node'], map { my $r = $_; [$r->{n},
		'**' . spread('%.2f', map { $r->{ours}[$_]{rate} /
		    $r->{node}[$_]{rate} } 0 .. $o->{rounds} - 1) . '**',
		(map { spread('%.0f', map { $_->{rate} } @{ $r->{$_} }) }
			qw(ours node)),
		(map { sprintf '%.0f', per($r->{$_}, 'wal') } qw(ours node))]
	    } @result);
}

# --- how soon

my $serial = 0;

sub bookings ($endpoint)
{
	my ($head, @sent) = head();
	for (1 .. $o->{bookings}) {
		my $body = delivery('invitee.created',
			uri => invitee_uri(uuid(5, ++$serial)));
		push @sent, time;
		my $res = $c->deliver($endpoint, $body);
		croak 'a booking: ' . $res->code if $res->code != 200;
		sleep 0.02 + rand 0.1;
	}
	return $head, @sent;
}

# Milliseconds of each, sorted. A user's bookings come in the order in which
# they were sent.
sub waits ($endpoint)
{
	my %at;
	my ($head, @sent) = bookings($endpoint);
	$c->wait_for(sub {
		$sink->arrived(sub ($at, $, $, $id) { $at{$id} = $at });
		return @sent <= grep { $at{$_} } ids($head);
	}, 'all bookings to arrive');
	my @id = ids($head);
	croak @id . ' events of ' . @sent . ' bookings' if @id != @sent;
	return sort { $a <=> $b } map { 1000 * ($at{ $id[$_] } - $sent[$_]) }
	    0 .. $#id;
}

sub ids ($head)
{
	return @{ $db->selectcol_arrayref(q{SELECT id FROM events
		WHERE type = 'invitee.created' AND feed_seq > ?
		ORDER BY feed_seq}, undef, $head) };
}

sub soon ($endpoint, $hanging)
{
	clear();
	$p->destination($sink->url('/timed'), types => ['invitee.created']);
	$p->destination("/$_", types => ['invitee.created'])
	    for 1 .. $hanging;
	my @ms = waits($endpoint);
	return [$hanging, scalar @ms, map { sprintf '%.0f', $_ }
	    median(@ms), $ms[0.99 * @ms], $ms[-1]];
}

# --- nothing to do

sub idle ($n)
{
	clear();
	$SENDER{ours}{add}->($n);
	sleep 3;
	my $cpu = Cal::Bench::Cpu->start($c);
	sleep $o->{seconds};
	my $used = $cpu->used;
	my ($backend) = grep {/pusher.*backends/} keys %$used;
	return [$n, map { sprintf '%.2f %%', 100 * $_ / $o->{seconds} }
	    $used->{pushers}, $used->{ $backend // '' } // 0];
}

my @n = split /,/, $o->{destinations};
send_all($_, $n[-1]) for qw(ours node);	# once unseen
my @result = map { compare($_) } @n;
clear();
$node->stop;
my @idle = map { idle($_) } 0, 100;
$c->connect('olivia', person => 'olivia');
my $endpoint = $c->endpoint('olivia');
$p->receiver->says("/$_" => { way => 'hang' }) for 1 .. $o->{hanging};
my @soon = map { soon($endpoint, $_) } 0, $o->{hanging};
report('push', rates(@result), "CPU, microseconds each push:\n",
	cpu_table('destinations', map { my $r = $_; map {
		["$r->{n}: $_", $r->{$_}] } qw(ours node) } @result),
	"From Calendly's POST to the receiver's answer:\n",
	table(['hanging beside', 'bookings', 'median ms', 'p99 ms', 'most ms'],
	    @soon), "With nothing to do, of one processor:\n",
	table(['destinations', 'pusher', 'its backend'], @idle));
$sink->proc->stop;
