package Cal::Test::Waiters;

# Cal::Test::Waiters: readers of the feed that wait while the test goes on.
#
#	my $w = Cal::Test::Waiters->new(c => $c);
#	my $reader = $w->ask("after=$cursor&wait=25");
#	$w->wait_waiting(1);
#	...
#	my $page = $w->wait_answer($reader);
#	$reader->{code}, $reader->{took}
#	$w->give_up($reader);			# closes its connection

use Mojo::Base -base, -signatures;

use Mojo::IOLoop;
use Mojo::UserAgent;
use Time::HiRes qw(time);

has 'c';

# $host is a Cal::Test or a Cal::Test::Twin. Each reader has its own connection.
sub ask ($self, $query, $host = undef, $key = $self->c->key)
{
	my $stack = ($host // $self->c)->stack;
	my $agent = Mojo::UserAgent->new(inactivity_timeout => 60,
		ca => $stack->ca);
	my %reader = (began => time, agent => $agent);
	my $url = $stack->backend . "/v1/events?$query";
	$agent->get($url, { Authorization => "Bearer $key" },
		sub ($agent, $tx) {
			@reader{qw(ended code page)} = (time, $tx->res->code,
				$tx->res->json);
			$reader{took} = $reader{ended} - $reader{began};
		});
	return \%reader;
}

# Handles what has come in; never takes long.
sub tick ($self)
{
	my $over;
	my $id = Mojo::IOLoop->timer(0.01 => sub { $over = 1 });
	Mojo::IOLoop->one_tick until $over;
	return;
}

sub wait_answer ($self, $reader, $seconds = undef)
{
	$self->c->wait_for(sub { $self->tick; $reader->{ended} },
		'the answer to a reader that waits', $seconds);
	return $reader->{page};
}

sub give_up ($self, $reader)
{
	delete $reader->{agent};
	return $self->tick;
}

# Returns the processes that wait, by their last look at the feed's head. It
# dies if a process looks within a transaction.
sub backends ($self)
{
	my $db = $self->c->db;
	my ($bad) = $db->selectrow_array(q{SELECT count(*)
		  FROM pg_stat_activity
		 WHERE datname = current_database()
		   AND query LIKE '%feed_head(%' AND pid <> pg_backend_pid()
		   AND state LIKE 'idle in transaction%'});
	die 'who waits holds a transaction' if $bad;
	return $db->selectrow_array(q{SELECT count(*)
		  FROM pg_stat_activity
		 WHERE datname = current_database()
		   AND query LIKE '%feed_head(%' AND pid <> pg_backend_pid()
		   AND query_start > now() - interval '600 ms'});
}

sub wait_waiting ($self, $n)
{
	return $self->c->wait_for(sub { $self->tick; $self->backends == $n },
		"$n to wait");
}

1;
