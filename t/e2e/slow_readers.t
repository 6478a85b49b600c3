# Clients ask for the longest answers and do not read them: nginx holds these
# answers, and no worker is occupied.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Readiness;
use IO::Socket::SSL;
use Socket qw(SOL_SOCKET SO_RCVBUF);
use Time::HiRes qw(sleep time);

use constant {
	BIG => 900 * 1024,	# bytes of one event
	EVENTS => 12,
	READERS => 16,		# twice as many as there are app workers
	SMALL => 8 * 1024,	# what a reader's socket takes before it is read
	A_SECOND => 32 * 1024,	# bytes that a slow reader reads in one
};

my $c = Cal::Test->start(settings => { CALENDLYD_APP_WORKERS => 8 });
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $probe = Cal::Test::Readiness->start($c);

for my $n (1 .. EVENTS) {
	my $body = delivery('thing.unheard_of', uri => invitee_uri(uuid(5, $n)),
	    notes => 'x' x BIG);
	is $c->deliver($url, $body)->code, 200, 'a big one is accepted';
}
$c->wait_for(sub { $c->db->selectrow_array(
	q{SELECT count(*) = ? FROM events WHERE type = 'thing.unheard_of'
	     AND feed_seq IS NOT NULL}, undef, EVENTS) }, 'all in the feed');

# Asks, and never reads.
sub ask ($path)
{
	my $socket = IO::Socket::SSL->new(PeerAddr => '127.0.0.1',
	    PeerPort => $c->stack->port->{https}, SSL_ca_file => $c->stack->ca,
	    Sockopts => [[SOL_SOCKET, SO_RCVBUF, pack 'i', SMALL]])
	    or die "connect: $! $SSL_ERROR";
	print {$socket} "GET $path HTTP/1.1\r\nHost: localhost\r\n" .
	    'Authorization: Bearer ' . $c->key . "\r\n\r\n";
	$socket->flush;
	return $socket;
}

# The answers are under way: each asker has its first bytes to read.
sub answered (@socket)
{
	my $bits = '';
	vec($bits, fileno $_, 1) = 1 for @socket;
	$c->wait_for(sub {
		my $ready = $bits;
		select $ready, undef, undef, 0.1;
		return $ready eq $bits;
	}, 'the answers to begin');
	return;
}

for my $path ('/v1/events?limit=1000', '/v1/connections/u1/log?limit=1000',
	'/v1/meetings?limit=1000') {
	my @reader = map { ask($path) } 1 .. READERS;
	my $begun = time;
	is $c->api(GET => '/v1/connections')->code, 200, 'others are answered';
	cmp_ok time - $begun, '<', 5, "soon, although nobody reads $path";
	answered(@reader);
	$begun = time;
	is $c->api(GET => '/v1/connections')->code, 200, 'and again';
	cmp_ok time - $begun, '<', 2, 'at once';
}

# Reads so much, or to the end.
sub read_on ($socket, $text, $most)
{
	my $end = length($$text) + $most;
	while (length $$text < $end) {
		my $n = sysread $socket, $$text, $end - length $$text,
		    length $$text;
		last if !$n;
	}
	return;
}

subtest 'a reader of 32 KiB a second keeps nobody waiting' => sub {
	my ($reader, $text) = (ask('/v1/events?limit=1000'), '');
	for (1 .. 4) {
		read_on($reader, \$text, A_SECOND);
		my $begun = time;
		is $c->api(GET => '/v1/connections')->code, 200,
		    'others are answered';
		cmp_ok time - $begun, '<', 2, 'at once';
		sleep 1;
	}
	my ($head, $body) = split /\r\n\r\n/, $text, 2;
	my ($size) = $head =~ /^Content-Length: (\d+)/mi;
	cmp_ok $size, '>', length $body, 'there is more';
	read_on($reader, \$body, $size - length $body);
	is length $body, $size, 'it gets all of its page';
};

subtest 'a reader that takes its time gets all of it' => sub {
	my ($seen, $next, $pages) = (0, '', 0);
	do {
		my $page = $c->api(GET => '/v1/events?limit=1000' . $next)->json;
		$seen += grep { $_->{type} eq 'thing.unheard_of' }
		    @{ $page->{data} };
		$next = $page->{more} ? "&after=$page->{next}" : '';
		$pages++;
	} while ($next);
	is $seen, EVENTS, 'page by page';
	cmp_ok $pages, '>', 2, 'small ones';
};

is_deeply [$probe->lies], [], '/readyz said the truth all the time';
done_testing;
