package Cal::Test::Post;

# Cal::Test::Post: Calendly's sending end for many deliveries: rightly signed,
# over several connections that stay open, and repeated until they are answered
# 200.
#
#	my $post = Cal::Test::Post->start($c, count => 5000,
#		item => sub ($n) { ($url, $body) });
#	... break things ...
#	my $count = $post->wait_end;		# { 200 => 5000, 503 => 12 }
#	my @n = $post->taken;			# those that were answered 200
#
#   item    => what is sent as number 0, 1, ... (asked once for each try)
#   again   => sub ($n): is it sent again when it was refused? (by default, yes)
#   clients => how many at a time (8)

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use Mojo::File qw(path);
use POSIX ();
use Time::HiRes qw(sleep time);

use constant {
	LINE  => 16,			# bytes of a client's line in its log
	PAUSE => 0.1,			# s between two tries
	TRIES => 100,			# s of them
};

has dir	 => sub { tempdir('cal-post-XXXXXX', TMPDIR => 1, CLEANUP => 1) };
has pids => sub { [] };

sub start ($class, $c, %arg)
{
	my $self = $class->new;
	my ($dir, $owner, $clients) = ($self->dir, $$, $arg{clients} // 8);
	for my $i (0 .. $clients - 1) {
		my $pid = fork // croak "cannot fork: $!";
		push @{ $self->pids }, $pid;
		next if $pid;
		@SIG{qw(INT TERM HUP)} = ('DEFAULT') x 3;
		eval {
			open my $log, '>', "$dir/$i.sent" or die "$dir: $!";
			$log->autoflush(1);
			my $http = _http($c);
			for (my $n = $i; $n < $arg{count}; $n += $clients) {
				last if getppid != $owner;
				_send($c, $http, $n, $log, %arg);
			}
			1;
		} or warn $@;
		POSIX::_exit(0);
	}
	return $self;
}

sub _http ($c)
{
	return HTTP::Tiny->new(keep_alive => 1, timeout => 20,
		verify_SSL => 1, SSL_options => {
			SSL_ca_file => $c->stack->ca });
}

sub _send ($c, $http, $n, $log, %arg)
{
	my $until = time + TRIES;
	for (;;) {
		my ($url, $body) = $arg{item}->($n);
		my $status = $http->post($url, { content => $body, headers => {
			'Content-Type' => 'application/json',
			'Calendly-Webhook-Signature' => $c->sign($body),
		} })->{status};
		printf {$log} '%3d %*d%s', $status, LINE - 5, $n, "\n";
		return if $status == 200 || time > $until ||
		    ($arg{again} && !$arg{again}->($n));
		sleep PAUSE;
	}
}

# Returns how many tries there were so far.
sub tries ($self)
{
	my $bytes = 0;
	$bytes += -s for glob $self->dir . '/*.sent';
	return $bytes / LINE;
}

sub busy ($self)
{
	@{ $self->pids } = grep { waitpid($_, POSIX::WNOHANG()) == 0 }
	    @{ $self->pids };
	return scalar @{ $self->pids };
}

sub wait_end ($self)
{
	waitpid $_, 0 for splice @{ $self->pids };
	my %count;
	$count{ $_->[0] }++ for $self->_all;
	return \%count;
}

sub _all ($self)
{
	return map { [split] } map { path($_)->slurp =~ /^(.+)\n/mg }
	    glob $self->dir . '/*.sent';
}

# The order is arbitrary.
sub taken ($self) { return map { $_->[1] } grep { $_->[0] == 200 } $self->_all }

1;
