package Cal::Test::Inside;

# Cal::Test::Inside: a network of its own (namespaces), in which public and
# private addresses are this machine, names are what a test says, and a receiver
# listens at all of them.
#
#	my $n = Cal::Test::Inside->start($c);	# undef: not allowed here
#	$n->take($c->calendlyd);		# it runs in there from now on
#	$n->names('a.inside.example' => ['10.1.2.3']);	# TTL 0
#	$n->seen;	# the addresses at which connections came, in order
# Nothing leaves the machine, and the names are asked of a dnsmasq by the C
# library, as in production. The receiver answers 204, and what a path that
# begins with /to/ names with a redirect.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use IO::Socket::IP;
use IO::Socket::SSL;
use Mojo::File qw(path);
use Mojo::Util qw(url_unescape);
use Time::HiRes qw(time);

use Cal::Test::Proc;

use constant PORT => 8443;

our $PUBLIC = '93.184.216.34';
our $PUBLIC6 = '2606:2800:220:1::1';

# Besides 127.0.0.0/8 and ::1.
our @INSIDE = qw(10.1.2.3 100.64.0.1 169.254.169.254 172.16.5.5 192.0.0.8
	192.88.99.1 192.168.7.7 198.18.0.1 203.0.113.9 fd00::1 fec0::1
	64:ff9b::7f00:1 64:ff9b:1::a00:1 2002:7f00:1::1 2001:0:7f00:1::1
	2001:db8::1 100::1);

has [qw(test dir holder dns server)];
has host => sub { {} };

# Returns whether this machine lets us make namespaces.
sub allowed ($class)
{
	return Cal::Test::Proc->run([qw(unshare -m -n ip link set lo up)], 10)
	    ->{status} == 0;
}

sub start ($class, $c)
{
	my $dir = $c->stack->dir . '/inside';
	path($dir)->make_path;
	chmod 0755, $dir;
	path("$dir/resolv.conf")->spurt(
		"nameserver 127.0.0.1\noptions timeout:1\n");
	path("$dir/nsswitch.conf")->spurt("hosts: files dns\n");
	my $self = $class->new(test => $c, dir => $dir);
	$self->_hold->_certify->names;
	# Its --no-daemon keeps the signal by which it ends with the test.
	$self->dns($self->_run(dns => 'dnsmasq', qw(--no-daemon
		--conf-file=/dev/null --no-resolv --no-hosts --local-ttl=0
		--bind-interfaces --listen-address=127.0.0.1), '--local=/#/',
		"--addn-hosts=$dir/hosts"));
	my $lib = __FILE__ =~ s{/Cal/Test/Inside\.pm$}{}r;
	$self->server($self->_run(server => $^X, "-I$lib",
		'-MCal::Test::Inside', '-e', 'Cal::Test::Inside::serve(@ARGV)',
		$dir));
	$c->wait_for(sub { -e "$dir/ready" }, 'the receiver inside');
	return $self;
}

# The namespaces live as long as this does.
sub _hold ($self)
{
	my $dir = $self->dir;
	my $make = join "\n", 'set -e',
	    "mount --bind $dir/resolv.conf /etc/resolv.conf",
	    "mount --bind $dir/nsswitch.conf /etc/nsswitch.conf",
	    'ip link set lo up',
	    (map {"ip addr add $_ dev lo" . (/:/ ? ' nodad' : '')}
		$PUBLIC, $PUBLIC6, @INSIDE),
	    "echo >$dir/held", 'exec sleep 86400';
	$self->holder(Cal::Test::Proc->new(name => 'holder',
		log => "$dir/holder.log",
		argv => [qw(unshare -m -n sh -c), $make])->start);
	$self->test->wait_for(sub { -e "$dir/held" ||
	    !$self->holder->running }, 'the namespaces');
	$self->holder->running or croak $self->holder->tail;
	return $self;
}

# Returns the command that runs another in the namespaces.
sub within ($self, @argv)
{
	return ('nsenter', '-t', $self->holder->pid, '-m', '-n', '--', @argv);
}

sub _run ($self, $name, @argv)
{
	return Cal::Test::Proc->new(name => $name, log => $self->dir .
		"/$name.log", argv => [$self->within(@argv)])->start;
}

# The receiver's certificate is for all its names, so that nothing but the
# address can be at fault.
sub _certify ($self)
{
	my $dir = $self->dir;
	my $r = Cal::Test::Proc->run(['openssl', qw(req -x509 -nodes -days 2
		-newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=inside
		-addext), 'subjectAltName=' . join(',', 'DNS:*.inside.example',
		map {"IP:$_"} '127.0.0.1', '::1', $PUBLIC, $PUBLIC6, @INSIDE),
		-keyout => "$dir/key.pem", -out => "$dir/cert.pem"], 20);
	$r->{status} and croak "openssl: $r->{err}";
	return $self;
}

sub ca ($self) { return $self->dir . '/cert.pem' }

# Has a program run in there.
sub take ($self, $proc)
{
	$proc->stop;
	$proc->argv([$self->within(@{ $proc->argv })])->start;
	return $self;
}

# Says what names lead to; others stay as they are. Returns once the DNS answers
# so, unless it need not be certain.
sub names ($self, %address)
{
	my $host = $self->host;
	@$host{keys %address} = values %address;
	$self->turn(%$host);
	$self->test->wait_for(sub { $self->_answers($_, $host->{$_}) },
		"the DNS to know $_") for keys %address;
	return $self;
}

# Does the same at once, and does not wait.
sub turn ($self, %address)
{
	my $file = $self->dir . '/hosts';
	path("$file.new")->spurt(map { my $name = $_; map {"$_ $name\n"}
		@{ $address{$name} } } sort keys %address);
	rename "$file.new", $file or croak "$file: $!";
	$self->dns->signal('HUP') if $self->dns;
	return $self;
}

sub _answers ($self, $name, $want)
{
	my $said = Cal::Test::Proc->run([$self->within('getent', 'ahosts',
		$name)], 10)->{out};
	my %is = map { $_ => 1 } $said =~ /^(\S+)/mg;
	return join(' ', sort keys %is) eq join ' ', sort @$want;
}

sub url ($self, $host, $path = '/')
{
	return 'https://' . ($host =~ /:/ ? "[$host]" : $host) . ':' . PORT .
	    $path;
}

sub seen ($self)
{
	my $log = $self->dir . '/seen';
	return -e $log ? split /\n/, path($log)->slurp : ();
}

# --- the receiver, which runs until it is killed

sub serve ($dir)
{
	local $SIG{CHLD} = 'IGNORE';
	my $listen = IO::Socket::IP->new(LocalHost => '::', V6Only => 0,
		LocalPort => PORT, Listen => 100, ReuseAddr => 1)
	    or die "listen: $@";
	open my $log, '>>', "$dir/seen" or die "seen: $!";
	$log->autoflush(1);
	path("$dir/ready")->spurt('');
	while (1) {
		my $socket = $listen->accept or next;
		my $at = $socket->sockhost =~ s/^::ffff://r;
		print {$log} "$at\n";
		my $pid = fork // die "fork: $!";
		next if $pid;
		alarm 10;
		_answer($dir, $socket);
		POSIX::_exit(0);
	}
	return;
}

sub _answer ($dir, $socket)
{
	IO::Socket::SSL->start_SSL($socket, SSL_server => 1,
		SSL_cert_file => "$dir/cert.pem",
		SSL_key_file => "$dir/key.pem") or return;
	my $bytes = '';
	1 while $bytes !~ /\r\n\r\n/ &&
	    sysread $socket, $bytes, 65_536, length $bytes;
	my ($length) = $bytes =~ /^content-length: *(\d+)/mi;
	my $all = index($bytes, "\r\n\r\n") + 4 + ($length // 0);
	1 while length $bytes < $all &&
	    sysread $socket, $bytes, 65_536, length $bytes;
	my ($to) = $bytes =~ m{\A\S+ /to/(\S+)};
	my $answer = $to ? "307 X\r\nLocation: " . url_unescape($to) .
	    "\r\nContent-Length: 0" : '204 X';
	print {$socket} "HTTP/1.1 $answer\r\nConnection: close\r\n\r\n";
	close $socket;
	return;
}

1;
