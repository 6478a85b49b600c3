package Cal::Test::Crowd;

# Cal::Test::Crowd: many users, and clients that act for them, all at the same
# time, at one host or more.
#
#	my $crowd = Cal::Test::Crowd->new(c => $c, n => 40,
#		hosts => [$c, $twin]);
#	$crowd->connect_all;
#	$crowd->begin;
#	... expire all tokens ...
#	my $count = $crowd->end;	# { 'token 200' => 411, ... }
# User uN has the account pN. Each client is a process of its own.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use Mojo::File qw(path);
use Mojo::IOLoop;
use Mojo::JSON qw(decode_json encode_json);
use Mojo::UserAgent;
use POSIX ();

use Cal::Test::User;

has [qw(c n)];
has hosts   => sub ($self) { [$self->c] };
has clients => 6;
has key	    => sub ($self) { $self->c->key };	# may ask for tokens
has dir	    => sub { tempdir('cal-crowd-XXXXXX', TMPDIR => 1, CLEANUP => 1) };
has pids    => sub { [] };
has agents  => undef;		# one for each host

# How often each act is done, in a hundred.
my @DEED = (
	[70 => 'token'], [10 => 'reconcile'], [5 => 'webhooks'],
	[10 => 'reconnect'], [5 => 'disconnect'],
);

sub connect_all ($self)
{
	$self->_fork(sub ($i) {
		my %count;
		for (my $n = $i; $n <= $self->n; $n += $self->clients) {
			$count{ $self->_reconnect($n) }++;
		}
		return \%count;
	});
	return $self->end;
}

sub begin ($self)
{
	$self->_fork(sub ($i) { $self->_hammer($i) });
	return $self;
}

# Returns what became of all requests.
sub end ($self)
{
	path($self->dir, 'stop')->spurt('');
	waitpid $_, 0 for splice @{ $self->pids };
	my %sum;
	for my $file (glob $self->dir . '/*.json') {
		my $count = decode_json(path($file)->slurp);
		$sum{$_} += $count->{$_} for keys %$count;
	}
	unlink glob $self->dir . '/*';
	return \%sum;
}

sub _fork ($self, $deed)
{
	my ($dir, $owner) = ($self->dir, $$);
	for my $i (1 .. $self->clients) {
		my $pid = fork // croak "cannot fork: $!";
		push @{ $self->pids }, $pid;
		next if $pid;
		@SIG{qw(INT TERM HUP)} = ('DEFAULT') x 3;
		$self->{owner} = $owner;
		eval { $self->_alone($i, $deed); 1 } or warn $@;
		POSIX::_exit(0);
	}
	return;
}

# Runs in the child, which shares nothing with the parent.
sub _alone ($self, $i, $deed)
{
	Mojo::IOLoop->reset;
	srand $i * $$;
	my $c = $self->c;
	$c->contract(undef)->agent(_agent($c->stack->ca));
	$self->agents([map { _agent($_->stack->ca) } @{ $self->hosts }]);
	path($self->dir, "$i.json")->spurt(encode_json($deed->($i)));
	return;
}

sub _agent ($ca)
{
	return Mojo::UserAgent->new(connect_timeout => 10,
		inactivity_timeout => 60, max_redirects => 0)->ca($ca);
}

sub _hammer ($self, $i)
{
	my %count;
	until (-e $self->dir . '/stop' || getppid != $self->{owner}) {
		my $n = 1 + int rand $self->n;
		my ($dice, $deed) = (rand 100);
		for (@DEED) {
			$deed = $_->[1];
			last if ($dice -= $_->[0]) < 0;
		}
		$count{ $self->_do($deed, $n) }++;
	}
	return \%count;
}

sub _do ($self, $deed, $n)
{
	return $self->_reconnect($n) if $deed eq 'reconnect';
	my %call = (token => [POST => '/token'], reconcile =>
	    [POST => '/reconcile'], webhooks => [GET => '/webhooks'],
	    disconnect => [DELETE => '']);
	my ($method, $path) = @{ $call{$deed} };
	my $host = int rand @{ $self->hosts };
	my $ua = $self->agents->[$host];
	my $tx = $ua->start($ua->build_tx($method, $self->hosts->[$host]
		->url("/v1/connections/u$n$path"),
		{ Authorization => 'Bearer ' . $self->key }));
	my $code = $tx->res->code // return "$deed no answer";
	return "$deed $code" . ($code < 400 ? ''
		: ' ' . ($tx->res->json('/code') // ''));
}

# Reconnects by a new link, with a consent if Calendly asks for one.
sub _reconnect ($self, $n)
{
	my $case = Cal::Test::User->new(c => $self->c, user => "u$n",
		person => "p$n");
	eval { $case->connect; 1 } or return 'reconnect ' . $@ =~ s/\n.*//sr;
	my ($page) = $case->status =~ m{/pages/([\w-]+)} or
	    return 'reconnect ' . $case->status =~ s/ .*//r;
	return "reconnect $page";
}

1;
