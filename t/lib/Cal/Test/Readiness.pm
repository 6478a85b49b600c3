package Cal::Test::Readiness;

# Cal::Test::Readiness: a load balancer that asks for /readyz ten times a
# second, and a judge who knows what was true.
#
#	my $probe = Cal::Test::Readiness->start($c);
#	$probe->truth(0);		# from now on webhooks are refused,
#	... break it ...
#	$probe->truth(undef);		# from now on it may be either,
#	... mend it ...
#	$probe->truth(1);		# from now on they are taken
#	is_deeply [$probe->lies], [], 'never a lie';
#	$probe->reasons			# { why the database was not => times }
# An answer is a lie if it was true at no moment since GRACE seconds before it
# was asked for; and it must come within SOON seconds. These follow
# docs/operations.md: calendlyd checks once a second and waits for 1.5 s for an
# answer, and nginx waits 2 s for calendlyd; the rest is for a busy machine. A
# test may notice a state up to NOTICED seconds after it began.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json);
use POSIX ();
use Time::HiRes qw(sleep time);

use constant {
	PAUSE => 0.1,		# s from one question to the next
	GRACE => 4,
	SOON  => 2.5,
	NOTICED => 0.5,
};

has dir	  => sub { tempdir('cal-ready-XXXXXX', TMPDIR => 1, CLEANUP => 1) };
has times => sub { [] };	# [since, truth]
has 'pid';

# Starts in a state that is ready; otherwise the caller must say so at once.
sub start ($class, $c)
{
	my $self = $class->new;
	my ($dir, $owner) = ($self->dir, $$);
	$self->truth(1);
	my $pid = fork // croak "cannot fork: $!";
	return $self->pid($pid) if $pid;
	@SIG{qw(INT TERM HUP)} = ('DEFAULT') x 3;
	eval { _ask($c, $dir, $owner); 1 } or warn $@;
	POSIX::_exit(0);
}

sub _ask ($c, $dir, $owner)
{
	my $http = HTTP::Tiny->new(keep_alive => 1, timeout => 20,
		verify_SSL => 1, SSL_options => {
			SSL_ca_file => $c->stack->ca });
	open my $out, '>', "$dir/answers" or croak "$dir: $!";
	$out->autoflush(1);
	until (-e "$dir/stop" || getppid != $owner) {
		my $asked = time;
		my $res = $http->get($c->url('/readyz'));
		my $said = eval { decode_json($res->{content}) } // {};
		print {$out} join("\t", $asked, time, $res->{status},
			$said->{checks}{database}{detail} // ''), "\n";
		sleep PAUSE;
	}
}

# Says what is true from now on: 1 ready, 0 not ready, undef either.
sub truth ($self, $now)
{
	push @{ $self->times }, [time, $now];
	return $self;
}

sub stop ($self)
{
	my $pid = $self->pid // return $self;
	path($self->dir, 'stop')->spurt('');
	waitpid $pid, 0;
	return $self->pid(undef);
}

# Returns { asked, told, ready, status, why } of each answer so far.
sub answers ($self)
{
	my @all;
	for (path($self->dir, 'answers')->slurp =~ /^(.+)\n/mg) {
		my ($asked, $told, $status, $why) = split /\t/, $_, -1;
		push @all, { asked => $asked, told => $told, why => $why,
			status => $status, ready => $status == 200 };
	}
	return @all;
}

# Returns whether this was true at any moment of that time.
sub _was ($self, $ready, $from, $until)
{
	my @times = @{ $self->times };
	for my $i (0 .. $#times) {
		my ($since, $is) = @{ $times[$i] };
		my $end = $i < $#times ? $times[ $i + 1 ][0] : 9**9**9;
		return 1 if $since <= $until && $end >= $from &&
		    (!defined $is || !$is == !$ready);
	}
	return 0;
}

sub lies ($self)
{
	my @lies;
	my $begun = $self->times->[0][0];
	for my $a ($self->stop->answers) {
		my $at = sprintf '%.1f s: %d %s after %.1f s',
		    $a->{asked} - $begun, @$a{qw(status why)},
		    $a->{told} - $a->{asked};
		push @lies, "late, at $at" if $a->{told} - $a->{asked} > SOON;
		push @lies, "at $at" if $a->{status} !~ /^(200|503)$/ ||
		    !$self->_was($a->{ready}, $a->{asked} - GRACE,
			$a->{told} + NOTICED);
	}
	return @lies;
}

# Returns why it was not ready, and how often each reason was given.
sub reasons ($self)
{
	my %times;
	$times{ $_->{why} }++ for grep { !$_->{ready} } $self->answers;
	return \%times;
}

# Returns when it first gave this answer after that moment, in seconds from it.
sub first ($self, $ready, $since)
{
	for my $a ($self->answers) {
		return $a->{told} - $since
		    if $a->{asked} >= $since && !$a->{ready} == !$ready;
	}
	return undef;
}

1;
