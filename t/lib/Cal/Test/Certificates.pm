package Cal::Test::Certificates;

# Cal::Test::Certificates: hosts on loopback whose certificates a test changes
# while they are up.
#
#	my $tls = Cal::Test::Certificates->new->make(qw(auth api));
#	... sandbox => { listen => $tls->listen },
#	    settings => { CALENDLY_AUTH_URL => $tls->url('auth'),
#		CALENDLYD_CA_FILE => $tls->ca } ...
#	$tls->present(auth => 'expired');	# from its next connection on
# The certificates are: good, expired, name (of another host), unknown (of a CA
# that nobody trusts). All are for one key, so that a host changes its
# certificate in one step.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use Mojo::File qw(path);
use Mojo::IOLoop;
use POSIX ();
use Time::HiRes qw(sleep);

use Cal::Test::Proc;

has dir	 => sub { tempdir('cal-tls-XXXXXX', TMPDIR => 1, CLEANUP => 1) };
has held => sub { {} };		# ports: bound by us, the sandbox listens

my @KEY = qw(req -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256);

sub make ($self, @host)
{
	my $dir = $self->dir;
	_openssl(@KEY, qw(-x509 -days 2), -subj => "/CN=$_",
		-keyout => "$dir/$_.key", -out => "$dir/$_.pem")
	    for qw(ca stranger);
	_openssl(@KEY, -subj => '/CN=host', -keyout => "$dir/key",
		-out => "$dir/csr");
	$self->_certify(good	=> 'ca', 'IP:127.0.0.1', 2);
	$self->_certify(expired => 'ca', 'IP:127.0.0.1', -1);
	$self->_certify(name	=> 'ca', 'DNS:other.example', 2);
	$self->_certify(unknown => 'stranger', 'IP:127.0.0.1', 2);
	$self->held->{$_} = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
		ReuseAddr => 1, Proto => 'tcp') || croak "no free port: $!"
	    for @host;
	return $self->good;
}

sub _openssl (@argv)
{
	my $r = Cal::Test::Proc->run(['openssl', @argv], 10);
	return $r->{status} ? croak "openssl: $r->{err}" : 1;
}

sub _certify ($self, $kind, $ca, $san, $days)
{
	my $dir = $self->dir;
	path("$dir/san")->spurt("subjectAltName=$san\n");
	return _openssl(qw(x509 -req -CAcreateserial), -in => "$dir/csr",
		-CA => "$dir/$ca.pem", -CAkey => "$dir/$ca.key",
		-days => $days, -extfile => "$dir/san",
		-out => "$dir/$kind.pem");
}

sub present ($self, $host, $kind)
{
	my $dir = $self->dir;
	copy("$dir/$kind.pem", "$dir/$host.new") &&
	    rename("$dir/$host.new", "$dir/$host.host") or croak "$host: $!";
	return $self;
}

sub good ($self)
{
	$self->present($_ => 'good') for keys %{ $self->held };
	return $self;
}

# Changes the certificate while $do is at work, as soon as $when returns a true
# value; returns what $do returns.
sub change ($self, $when, $host, $kind, $do)
{
	my $pid = fork // croak "cannot fork: $!";
	if (!$pid) {
		Mojo::IOLoop->reset;
		sleep 0.02 until $when->();
		$self->present($host => $kind);
		POSIX::_exit(0);
	}
	my @answer = eval { $do->() };
	my $fault = $@;
	kill KILL => $pid if $fault;
	waitpid $pid, 0;
	return $fault ? die $fault : $answer[0];
}

sub ca ($self) { return $self->dir . '/ca.pem' }

sub url ($self, $host)
{
	return 'https://127.0.0.1:' . $self->held->{$host}->sockport;
}

sub urls ($self) { return map { $self->url($_) } sort keys %{ $self->held } }

sub listen ($self)
{
	my $dir = $self->dir;
	return [map { $self->url($_) . "?cert=$dir/$_.host&key=$dir/key" }
	    sort keys %{ $self->held }];
}

# Makes a browser trust these hosts' CA besides its own, and visit them.
sub show ($self, $browser)
{
	path($self->dir . '/trust')->spurt(map { path($_)->slurp }
	    $browser->ca, $self->ca);
	push @{ $browser->sites }, $self->urls;
	return $browser->ca($self->dir . '/trust');
}

1;
