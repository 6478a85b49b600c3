package Cal::Test::Crash;

# Cal::Test::Crash: one flow, killed at every point that it passes.
#
#	Cal::Test::Crash->every_point('connect');	# see Cal::Test::Flows
# A first run, which is traced, finds the points. Then a new user has the flow
# killed at each point: calendlyd is killed there, the master starts a new
# worker, a booking comes in, time passes, the user tries again, the background
# work ends, and the promises are checked with Calendly's books and our
# database. With CAL_TEST_LONG=1 these are all points, else a sample.

use Mojo::Base -base, -signatures;

use List::Util qw(shuffle);
use Test::More ();
use Time::HiRes qw(sleep);

use Cal::Test::Books;
use Cal::Test::Faults;
use Cal::Test::Flows qw(flow);
use Cal::Test::Promises;
use Cal::Test::Stopwatch;
use Cal::Test::Walked;

# The programs with fault points.
$ENV{CAL_BUILD} //= 'build-fault';

use constant {
	SAMPLE	  => 10,	# points of a short run
	FRESH	  => 4,		# kills until the workers are replaced
	SHORT	  => 0.5,	# seconds for a point that is often passed
	LONG	  => 6,		# or in the background
};

has [qw(c books faults)];
has [qw(prepare act again end)];
has class => 'Cal::Test::Promises';
has only  => sub { qr/./ };
has feed => sub { {} };
has [qw(violations missed)] => sub { [] };
has [qw(cases kills dark)] => 0;

# As with in_a_world(), $other is another flow's run.
sub every_point ($class, $flow, $other = undef, $most = SAMPLE)
{
	my $self = $class->in_a_world($flow, $other);
	my @point = $self->sample($most, $self->_find_points);
	$self->_at($_) for @point;
	$self->_tell(scalar @point);
	return $self;
}

# Runs the flow with programs of its own, or with those of another flow's run.
sub in_a_world ($class, $flow, $other = undef, %arg)
{
	my %flow = flow($flow);
	if ($other) {
		_with_walks($other->c, %flow);
		return $class->new(%flow, map { $_ => $other->$_ }
			qw(c faults books feed cases));
	}
	my $c = Cal::Test->start(%arg, idle => 1, settings => {
		CALENDLYD_APP_WORKERS => 4, CALENDLYD_RUNNERS => 2 });
	my $faults = Cal::Test::Faults->new(dir => $c->stack->run)->prepare;
	_with_walks($c, %flow);
	$c->start_calendlyd;
	return $class->new(%flow, c => $c, faults => $faults,
		books => Cal::Test::Books->new(test => $c)->unlimited(900));
}

# Only flows about walks run with them.
sub _with_walks ($c, %flow)
{
	return ($flow{class} // '') eq 'Cal::Test::Walked' ? $c->let_walks
	    : $c->hold_walks;
}

# Runs the flow undisturbed and traced.
sub undisturbed ($self)
{
	my $case = $self->new_case;
	$self->prepare->($case);
	$self->faults->trace;
	$self->act->($case);
	$self->background;
	my @passed = $self->faults->passed;
	$self->judge($case, 'undisturbed', 0);
	return @passed;
}

sub _find_points ($self)
{
	my $only = $self->only;
	my @point = grep { $_->[0] =~ $only }
	    $self->faults->points($self->undisturbed);
	Test::More::cmp_ok(scalar @point, '>=', 8, 'points are found');
	return @point;
}

# A long run takes all of them.
sub sample ($self, $most, @all)
{
	$self->{found} = @all;
	return @all if $ENV{CAL_TEST_LONG} || @all <= $most;
	my $seed = $ENV{CAL_TEST_SEED} // int rand 1e6;
	srand $seed;
	Test::More::note("CAL_TEST_SEED=$seed repeats the choice");
	return (shuffle @all)[0 .. $most - 1];
}

sub new_case ($self)
{
	my $n = $self->cases + 1;
	$self->cases($n);
	my $case = $self->class->new(c => $self->c,
		books => $self->books, feed => $self->feed, user => "u$n",
		person => 'p' . (2 * $n - 1), other => 'p' . 2 * $n,
		end => $self->end);
	$case->begin;
	return $case;
}

# A point at which a process reads what it then remembers is passed only by new
# workers.
sub _at ($self, $point)
{
	my ($name, $n) = @$point;
	$self->_replace_workers if $self->cases % FRESH == 0;
	return if $self->_try($name, $n, 0) || $self->_try($name, $n, 1);
	push @{ $self->missed }, "$name, passing $n";
	return;
}

# Returns true if the process was killed there.
sub _try ($self, $name, $n, $by_new_workers)
{
	my $case = $self->new_case;
	$self->prepare->($case);
	$self->faults->arm($name, $n);
	$self->_replace_workers if $by_new_workers;
	eval { $self->act->($case); 1 }
	    or Test::More::note("$name: " . $@ =~ s/\n.*//sr);
	$self->background($by_new_workers ? LONG : SHORT);
	my $killed = $self->faults->disarm ? 1 : 0;
	$self->kills($self->kills + $killed);
	$self->judge($case, "$name, passing $n",
		$killed && $self->faults->in_the_dark);
	return $killed;
}

# Lets the background work go on until nothing is left to do, or the process is
# killed.
sub background ($self, $idle = 0)
{
	my $faults = $self->faults;
	my $watch = Cal::Test::Stopwatch->start($self->c);
	until ($watch->over(LONG)) {
		$self->books->hurry;
		last if $faults->armed && !$faults->waits;
		last if !$self->books->busy && (!$faults->waits_for_idle ||
			$watch->over($idle));
		sleep 0.03;
	}
	return;
}

# Starts a new generation, in which no worker counts as failing.
sub _replace_workers ($self)
{
	$self->c->calendlyd->signal('HUP');
	$self->c->wait_ready;
	return;
}

sub judge ($self, $case, $where, $in_the_dark)
{
	$self->dark($self->dark + 1) if $in_the_dark;
	my @broken = eval {
		$case->book('meanwhile');
		$case->time_passes;
		$self->again->($case);
		$case->settle;
		$case->broken($in_the_dark)
	};
	push @broken, $@ =~ s/\n.*//sr if $@;
	return $self->violate($where, @broken);
}

sub violate ($self, $where, @how)
{
	push @{ $self->violations }, map { "$where: $_" } @how;
	Test::More::diag("$where: $_") for @how;
	return;
}

sub _tell ($self, $points)
{
	my ($kills, $dark) = ($self->kills, $self->dark);
	my @violation = @{ $self->violations };
	Test::More::diag(sprintf '%d points, %d of them met, %d kills ' .
	    '(%d with a request for tokens under way), %d violations',
	    $self->{found}, $points, $kills, $dark, scalar @violation);
	Test::More::is(join("\n", @{ $self->missed }), '',
		'each point was met again');
	return Test::More::is(join("\n", @violation), '',
		'no promise is broken at any point');
}

1;
