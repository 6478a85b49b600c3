package Cal::Test::Load;

# Cal::Test::Load: several clients that send requests for as long as wanted, and
# count what became of them.
#
#	my $load = Cal::Test::Load->start($c, clients => 4,
#	    request => [GET => '/healthz']);
#	... break things ...
#	is_deeply $load->stop, { 200 => 4711 };
# Each client is a process of its own. Its counts come back as a hash of
# statuses; a request without an answer is counted under its error ("error:
# ...").

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use Mojo::File qw(path);
use Mojo::IOLoop;
use Mojo::JSON qw(decode_json encode_json);
use Mojo::UserAgent;
use POSIX ();
use Time::HiRes qw(sleep);

has dir	  => sub { tempdir('cal-load-XXXXXX', TMPDIR => 1, CLEANUP => 1) };
has pids  => sub { [] };
has owner => sub { $$ };

# request => [METHOD, path, { header }, body]; times => how many requests each
# (0: until stop); clients => how many.
sub start ($class, $c, %arg)
{
	my $self = $class->new;
	my ($dir, $owner) = ($self->dir, $self->owner);
	for my $i (1 .. $arg{clients} // 4) {
		my $pid = fork // croak "cannot fork: $!";
		push @{ $self->pids }, $pid;
		next if $pid;
		eval { _client($c, $dir, $i, $owner, %arg); 1 } or warn $@;
		POSIX::_exit(0);
	}
	return $self;
}

sub _client ($c, $dir, $i, $owner, %arg)
{
	@SIG{qw(INT TERM HUP)} = ('DEFAULT') x 3;
	Mojo::IOLoop->reset;
	my $ua = Mojo::UserAgent->new(connect_timeout => 10,
		inactivity_timeout => 60, max_redirects => 0)
	    ->ca($c->stack->ca);
	my ($method, $path, $header, $body) = @{ $arg{request} };
	my %count;
	for (my $n = 0; !$arg{times} || $n < $arg{times}; $n++) {
		last if -e "$dir/stop" || getppid != $owner;
		my $tx = $ua->start($ua->build_tx($method, $c->url($path),
			$header // {}, defined $body ? $body : ()));
		$count{ $tx->res->code // 'error: ' . $tx->error->{message} }++;
		path("$dir/$i.count")->spurt($n + 1) if $n % 50 == 0;
	}
	path("$dir/$i.json")->spurt(encode_json(\%count));
	return;
}

# Returns about how many requests are done by now.
sub done ($self)
{
	my $done = 0;
	$done += path($_)->slurp || 0 for glob $self->dir . '/*.count';
	return $done;
}

# Waits for clients that were given a number of times; stops others.
sub stop ($self)
{
	path($self->dir, 'stop')->spurt('');
	return $self->wait_end;
}

sub wait_end ($self)
{
	waitpid $_, 0 for splice @{ $self->pids };
	my %sum;
	for my $file (glob $self->dir . '/*.json') {
		my $count = decode_json(path($file)->slurp);
		$sum{$_} += $count->{$_} for keys %$count;
	}
	return \%sum;
}

1;
