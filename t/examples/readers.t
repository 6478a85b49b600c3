#!/usr/bin/perl
# The readers of docs/examples have each event of the feed once and the present
# state of each meeting, although they are killed, calendlyd goes away, and the
# feed forgets what they have not read.

use lib 't/lib';
use Cal::Test;

use Cal::Test::Deliveries;
use Cal::Test::Example;
use IO::Socket::INET;
use Mojo::File qw(path);
use Mojo::JSON qw(encode_json from_json);
use POSIX ();

my $TIMEOUT = $ENV{CAL_TEST_TIMEOUT} // 30;
my $c = Cal::Test->start(settings => { CALENDLYD_APP_WORKERS => 8 });
my @reader = grep { $_->name !~ /Express 4/ } Cal::Test::Example->all($c);

sub book ($person)
{
	return $c->sandbox(POST => '/sandbox/book',
		{ person => $person, wait => \1 });
}

# All meetings, as the API shows them.
sub meetings
{
	my ($after, %meeting) = ('');
	for (;;) {
		my $page = $c->api(GET => "/v1/meetings?limit=100$after")->json;
		$meeting{ $_->{id} } = $_ for @{ $page->{data} };
		return \%meeting if !defined $page->{next};
		$after = "&after=$page->{next}";
	}
}

sub kept ($x)
{
	return { map { ($_->[0] => from_json($_->[1])) }
		@{ $x->rows('SELECT id, body FROM calendly_meetings') } };
}

sub cursor ($x) { return $x->column('SELECT cursor FROM calendly_feed')->[0] }

sub ids ($x)
{
	return $x->column('SELECT id FROM calendly_events ORDER BY id');
}

# The feed's end.
sub head
{
	my $page = { next => undef, more => 1 };
	while ($page->{more}) {
		my $after = defined $page->{next} ? "&after=$page->{next}" : '';
		$page = $c->api(GET => "/v1/events?limit=1000$after")->json;
	}
	return $page->{next};
}

sub wait_read
{
	my $head = head();
	for my $x (@reader) {
		$c->wait_for(sub { (cursor($x) // '') eq $head },
			"$x->{name} to come to the end");
	}
	return;
}

# Notes every try to store an event, also one that finds it there.
sub note_tries ($x)
{
	$x->rows('CREATE TABLE tries (id text)');
	return $x->rows('CREATE TRIGGER note BEFORE INSERT ON calendly_events
		BEGIN INSERT INTO tries VALUES (NEW.id); END')
	    if $x->database eq 'SQLite';
	$x->rows('CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN INSERT INTO tries VALUES (NEW.id); RETURN NEW;
		END $$');
	return $x->rows('CREATE TRIGGER note BEFORE INSERT ON calendly_events
		FOR EACH ROW EXECUTE FUNCTION note()');
}

# Lets the database fail at this, such as "UPDATE ON calendly_feed".
sub refuse ($x, $what)
{
	return $x->rows("CREATE TRIGGER refuse BEFORE $what
		BEGIN SELECT RAISE(ABORT, 'refused'); END")
	    if $x->database eq 'SQLite';
	$x->rows('CREATE OR REPLACE FUNCTION refuse() RETURNS trigger
		LANGUAGE plpgsql AS $$ BEGIN RAISE \'refused\'; END $$');
	return $x->rows("CREATE TRIGGER refuse BEFORE $what
		FOR EACH ROW EXECUTE FUNCTION refuse()");
}

sub allow ($x, $table)
{
	return $x->rows('DROP TRIGGER refuse' . ($x->database eq 'SQLite' ? ''
		: " ON $table"));
}

# Kills a reader while it reads, and starts it again.
sub kill_one ($x)
{
	my $had = @{ ids($x) };
	$c->wait_for(sub { @{ ids($x) } > $had }, "$x->{name} to read on");
	$x->proc->kill9;
	return $x->read;
}

$c->connect('u1', person => 'olivia');
$c->connect('u2', person => 'marco');
book($_) for qw(olivia marco);
$c->wait_for(sub { keys %{ meetings() } == 2 }, 'two meetings');

subtest 'nobody reads from a server whom he cannot trust' => sub {
	$_->read(ca => undef) for @reader;
	for my $x (@reader) {
		ok $c->wait_for(sub { $x->proc->tail =~ /certificate/i },
			'a word about it'), $x->name;
		$x->proc->kill9;
		is cursor($x), undef, 'nothing was read';
	}
};

subtest 'the first time they take over what is booked' => sub {
	$_->read for @reader;
	wait_read();
	is_deeply kept($_), meetings(), $_->name for @reader;
};

subtest 'each event once, through kills and a restart of calendlyd' => sub {
	my $from = head();
	note_tries($_) for @reader;
	my $load = Cal::Test::Deliveries->start($c, $c->endpoint('u1'),
		clients => 2, pause => 0.1);
	kill_one($_) for @reader, @reader;
	$c->calendlyd->restart;
	$c->nginx->restart;
	$c->wait_ready;
	kill_one($_) for @reader;
	$load->stop;
	$load->again($c, $_) for $load->unacknowledged;
	$c->wait_for(sub { !$c->db->selectrow_array(
		'SELECT count(*) FROM delivery_queue') }, 'all to be applied');
	wait_read();
	my @event = $c->events($from);
	my @id = sort map { $_->{id} } @event;
	cmp_ok scalar @id, '>', 50, scalar(@id) . ' events';
	my %newest = map { ($_->{meeting_id} => $_->{sequence}) }
	    grep { $_->{type} eq 'meeting.changed' } @event;
	for my $x (@reader) {
		is_deeply [sort @{ ids($x) }], \@id, "$x->{name}: each event";
		is_deeply [sort @{ $x->column('SELECT id FROM tries') }], \@id,
		    'none was read again after it was stored';
		is_deeply kept($x), meetings(), 'all meetings as they are';
		is_deeply { map { @$_ } @{ $x->rows('SELECT id, sequence
			FROM calendly_meetings WHERE sequence > 0') } },
		    \%newest, 'of the newest event';
	}
};

subtest 'events and cursor are stored together, or neither' => sub {
	$_->proc->stop for @reader;
	book('olivia') for 1 .. 2;
	for my $table (qw(calendly_feed calendly_events)) {
		my %was = map { ($_ => [cursor($_), @{ ids($_) }]) } @reader;
		my $write = $table =~ /feed/ ? 'UPDATE' : 'INSERT';
		refuse($_, "$write ON $table") for @reader;
		$_->read for @reader;
		for my $x (@reader) {
			$c->wait_for(sub { !$x->proc->running },
				"$x->{name} to end");
			isnt $x->proc->status, 0,
			    "$x->{name} ends when $table cannot be written";
			is_deeply [cursor($x), @{ ids($x) }], $was{$x},
			    'and nothing has moved';
			allow($x, $table);
		}
	}
	$_->read for @reader;
	wait_read();
	my $n = @{ ids($reader[0]) };
	is scalar @{ ids($_) }, $n, "$_->{name} has all, later" for @reader;
	is_deeply kept($_), meetings(), 'and the meetings' for @reader;
};

subtest 'who was away for too long begins anew' => sub {
	$_->proc->stop for @reader;
	book('olivia') for 1 .. 2;
	is $c->api(DELETE => '/v1/connections/u2?erase=true')->code, 200,
	    'a user is erased';
	$c->wait_for(sub { !grep { $_->{user_id} eq 'u2' }
		values %{ meetings() } }, 'the meetings to be gone');
	$c->db->do('UPDATE feed_heads SET floor = seq');
	is $c->api(GET => '/v1/events?after=' . cursor($reader[0]))->code, 410,
	    'the feed forgets what was not read';
	$_->read for @reader;
	wait_read();
	is_deeply kept($_), meetings(), $_->name for @reader;
	book('olivia');
	$c->wait_for(sub { keys %{ kept($_) } == keys %{ meetings() } },
		"$_->{name} to hear of the next one") for @reader;
	$_->proc->stop for @reader;
};

# A server that gives each request the next of these answers, as they are, and
# notes the requests; then 401.
sub serve ($book, @answer)
{
	my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
		Listen => 8, Proto => 'tcp') or die "no socket: $!";
	my $pid = fork // die "cannot fork: $!";
	return 'http://127.0.0.1:' . $socket->sockport if $pid;
	@SIG{qw(INT TERM HUP PIPE)} = (('DEFAULT') x 3, 'IGNORE');
	for my $answer (@answer, answer('401 Unauthorized', '{}')) {
		my $client = $socket->accept;
		my $head = '';
		$head .= <$client> // last until $head =~ /\r\n\r\n\z/;
		open my $out, '>>', $book;
		print {$out} $head =~ /^GET (\S+)/, "\n";
		close $out;
		print {$client} $answer;
		close $client;
	}
	POSIX::_exit(0);
}

sub answer ($status, $body, @header)
{
	return join "\r\n", "HTTP/1.1 $status", 'Connection: close', @header,
	    'Content-Length: ' . length $body, '', $body;
}

subtest 'what is no answer is asked again, from the same cursor' => sub {
	my $page = encode_json({ data => [{ id => 'the-event', type => 'x.y',
		sequence => 7, user_id => undef, data => {} }], next => 'c2',
		more => \1 });
	my $dir = path($c->stack->dir);
	my @answer = (
		answer('429 Too Many Requests', '{}', 'Retry-After: 1'),
		answer('503 Unavailable', 'x' x 9000, 'Retry-After: 1'),
		answer('502 Bad Gateway', '<html>', 'Retry-After: soon'),
		answer('200 OK', '<html>'),
		substr(answer('200 OK', $page), 0, -9),
		'',
		answer('200 OK', $page),
	);
	for my $x (@reader) {
		$x->rows("UPDATE calendly_feed SET cursor = 'c1'");
		my $book = $dir->child($x->name =~ s/\W+/-/gr . '.asked');
		$x->read(url => serve($book, @answer));
	}
	for my $x (@reader) {
		my $book = $dir->child($x->name =~ s/\W+/-/gr . '.asked');
		$c->wait_for(sub { !$x->proc->running },
			"$x->{name} to end", 3 * $TIMEOUT);
		isnt $x->proc->status, 0,
		    "$x->{name}: a wrong key ends it, as a failure";
		is_deeply [$book->slurp =~ /\bafter=(\w+)/g],
		    [('c1') x 7, 'c2'],
		    'from the same cursor until it was answered';
		is_deeply $x->column("SELECT id FROM calendly_events
			WHERE id = 'the-event'"), ['the-event'],
		    'the event was stored';
	}
};

done_testing;
