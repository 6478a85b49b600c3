# Whoever reads calendlyd's log stops reading: a pager, a terminal after Ctrl-S,
# a container's log driver. Nothing else stops because of it.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Readiness;
use Errno qw(EAGAIN);
use Fcntl qw(O_NONBLOCK O_RDWR);
use POSIX qw(mkfifo);
use Time::HiRes qw(time);

use constant {
	F_SETPIPE_SZ => 1031,
	SMALL => 4096,		# bytes that fit into the pipe
	BOOKINGS => 60,
	LINES => 2000,		# far more than fit anywhere on the way
};

my $c = Cal::Test->start;
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $serial = 0;

# calendlyd once more, and its stderr is a pipe that nobody reads yet.
my $fifo = $c->stack->dir . '/log.pipe';
mkfifo $fifo, 0600 or die "$fifo: $!";
sysopen my $reader, $fifo, O_RDWR | O_NONBLOCK or die "$fifo: $!";
fcntl $reader, F_SETPIPE_SZ, SMALL or die "F_SETPIPE_SZ: $!";
my $daemon = $c->calendlyd->stop->log($fifo);
$c->configure(CALENDLYD_LOG_LEVEL => 'debug');
$daemon->start;
$c->wait_for(sub { get('/readyz')->code == 200 }, 'calendlyd to serve');

my $probe = Cal::Test::Readiness->start($c);

sub book
{
	my $body = delivery('invitee.created',
	    uri => invitee_uri(uuid(11, ++$serial)));
	return $c->deliver($url, $body)->code;
}

sub get ($path) { return $c->agent->get($c->url($path))->res }

sub in_feed { return scalar grep { $_->{type} eq
	'invitee.created' } $c->events }

# What there is to be read now.
sub read_some
{
	my $text = '';
	while (sysread $reader, my $part, 65536) { $text .= $part }
	die "reading the log: $!" if $! != EAGAIN;
	return $text;
}

subtest 'while nobody reads' => sub {
	get('/healthz') for 1 .. LINES;
	my $begun = time;
	is_deeply [grep { $_ != 200 } map { book() } 1 .. BOOKINGS], [],
	    'every booking is accepted';
	$c->wait_for_all(\&in_feed, BOOKINGS, 'the bookings in the feed');
	is in_feed(), BOOKINGS, 'and applied';
	cmp_ok time - $begun, '<', 30, 'soon';
	my %old = %{ $daemon->workers };
	$daemon->signal('HUP');
	$c->wait_for(sub { !grep { $old{$_} } keys %{ $daemon->workers } },
	    'a reload');
	pass 'the master reloads';
	my ($pid) = $daemon->children(qr{^app/0$});
	kill KILL => $pid;
	$c->wait_for(sub { my ($now) = $daemon->children(qr{^app/0$});
		$now && $now != $pid }, 'another worker');
	pass 'and replaces who dies';
	like get('/metrics')->body,
	    qr/^calendlyd_log_lines_dropped_total [1-9]/m,
	    'what is not written is counted';
};

subtest 'when the reader goes on' => sub {
	my $text = '';
	$c->wait_for(sub {
		get('/healthz');
		($text .= read_some()) =~ /lines dropped: whoever reads/;
	}, 'calendlyd to say what it dropped');
	my @odd = grep { !/^time=\S+ level=\w+ who=\S+ .*msg=/ }
	    split /\n/, $text;
	is_deeply \@odd, [], 'every line is whole';
};

subtest 'one writer dies, another writes' => sub {
	my ($writer) = $daemon->children(qr/^log$/);
	ok $writer, 'there is one';
	kill KILL => $writer;
	my $text = '';
	$c->wait_for(sub { ($text .= read_some()) =~
		/log's writer ended.*starting another/ }, 'another');
	pass 'which says so';
};

is_deeply [$probe->lies], [], '/readyz said so all the time: ready';

subtest 'the end, although nobody reads' => sub {
	get('/healthz') for 1 .. LINES;
	my $begun = time;
	$daemon->signal('TERM');
	is $daemon->wait_end(20), 0, 'an orderly stop';
	cmp_ok time - $begun, '<', 15, 'in time';
	is_deeply [$daemon->children], [], 'nothing is left behind';
};

done_testing;
