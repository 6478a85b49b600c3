package Cal::Test::Relay;

# Cal::Test::Relay: an address that leads to a server, or for a while refuses
# all connections.
#
#	my $relay = Cal::Test::Relay->new(dir => $dir, to => $port)->start;
#	... settings => { CALENDLY_AUTH_URL => $relay->url } ...
#	$relay->stop;
#	$relay->start;

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use IO::Socket::INET;
use Mojo::IOLoop;
use Time::HiRes qw(sleep time);

use Cal::Test::Proc;

has [qw(dir to)];		# for its log; a port on loopback
has 'proc';
# This socket is bound but does not listen, so that nobody else gets the port
# while the relay is stopped.
has held => sub {
	IO::Socket::INET->new(LocalAddr => '127.0.0.1', ReuseAddr => 1,
		Proto => 'tcp') // croak "no free port: $!"
};

sub port ($self) { return $self->held->sockport }
sub url ($self) { return 'http://127.0.0.1:' . $self->port }

sub start ($self)
{
	my $lib = __FILE__ =~ s{/Cal/Test/Relay\.pm$}{}r;
	$self->proc(Cal::Test::Proc->new(name => 'relay',
		log => $self->dir . '/relay.log', stop_signal => 'KILL',
		argv => [$^X, "-I$lib", '-MCal::Test::Relay', '-e',
		    'Cal::Test::Relay::serve(@ARGV)', $self->port, $self->to])
	    ->start);
	my $deadline = time + 10;
	until (IO::Socket::INET->new(PeerAddr => '127.0.0.1',
		PeerPort => $self->port, Timeout => 1)) {
		time < $deadline or croak 'the relay did not start';
		sleep 0.01;
	}
	return $self;
}

sub stop ($self)
{
	$self->proc->kill9;
	return $self;
}

# The relay itself, which runs until it is killed.
sub serve ($port, $to)
{
	Mojo::IOLoop->server({ address => '127.0.0.1', port => $port },
		sub ($loop, $in, $) {
		$in->stop;
		$loop->client({ address => '127.0.0.1', port => $to },
			sub ($loop, $error, $out) {
			return $in->close if $error;
			$in->on(read => sub ($in, $bytes) {
				$out->write($bytes) });
			$out->on(read => sub ($out, $bytes) {
				$in->write($bytes) });
			$in->on(close => sub { $out->close });
			$out->on(close => sub { $in->close_gracefully });
			$in->start;
		});
	});
	return Mojo::IOLoop->start;
}

1;
