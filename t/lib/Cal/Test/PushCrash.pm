package Cal::Test::PushCrash;

# Cal::Test::PushCrash: pushing, killed at every point that a pusher passes, or
# with the database's answer to each of its statements lost.
#
#	Cal::Test::PushCrash->every_point;
#	Cal::Test::PushCrash->every_answer;
# Each case books and cancels meetings at Calendly, whose events are pushed to
# destinations that answer well, or refuse each event once and so are told to be
# failing, are paused or disabled, or that have missed events. Cal::Test::Pushed
# judges what came.

use Mojo::Base -base, -signatures;

use Mojo::File qw(path);
use Test::More ();
use Time::HiRes qw(sleep);

use Cal::Test::Crash;
use Cal::Test::Faults;
use Cal::Test::Pushed;
use Cal::Test::Stopwatch;
use Cal::Test::Wire;

use constant {
	SAMPLE	 => 8,		# points of a short run
	PASSINGS => 4,		# of each point, at most
	FRESH	 => 4,		# kills until the pusher counts as new
	ACTS	 => 5,		# until a point is met
	CLAIM	 => 15,		# seconds for which a claim lasts
	PATIENCE => 30,		# seconds for the rest
};

has [qw(p faults wire)];
has pushed => sub ($self) { Cal::Test::Pushed->new(p => $self->p) };
has [qw(violations missed)] => sub { [] };
has [qw(cases kills)] => 0;

sub every_point ($class)
{
	my $self = $class->_in_a_world;
	my @all = $self->_find_points;
	my @point = Cal::Test::Crash::sample($self, SAMPLE, @all);
	$self->_at($_) for @point;
	Test::More::diag(sprintf '%d points, %d of them met, %d kills, ' .
	    '%d violations', scalar @all, scalar @point, $self->kills,
	    scalar @{ $self->violations });
	return $self->_tell;
}

# The claim of a pusher that lost the answer to push_claim ends by itself.
sub every_answer ($class)
{
	my $self = $class->_in_a_world(wire => 1);
	my @loss = map { my $name = $_; map {"$_ $name"} qw(before after) }
	    qw(push_claim push_take push_record);
	$self->_lose($_) for @loss, 'destination_told';
	Test::More::diag(sprintf '%d answers lost, %d violations',
	    $self->kills, scalar @{ $self->violations });
	return $self->_tell;
}

sub _in_a_world ($class, %arg)
{
	my $c = Cal::Test->start(idle => 1, settings => {
		CALENDLYD_DELIVER_ALLOW => '127.0.0.0/8' });
	my $stack = $c->stack;
	$stack->configure({ CALENDLYD_CA_FILE => $stack->ca });
	my $wire;
	if ($arg{wire}) {
		my $dir = path($stack->run, 'wire')->make_path;
		$wire = Cal::Test::Wire->new(dir => "$dir",
			to => $c->cluster->dir)->start;
		my %now = $stack->values;
		$stack->configure({ DATABASE_URL => $now{DATABASE_URL} =~
			s/host=[^&]*/host=$dir/r });
	}
	my $faults = Cal::Test::Faults->new(dir => $stack->run)->prepare;
	$c->hold_walks;
	$c->start_calendlyd;
	my $self = $class->new(faults => $faults, wire => $wire,
		p => Cal::Test::Pushes->new(c => $c));
	$c->connect('u1', person => 'olivia');
	$self->pushed->begin;
	return $self;
}

# A pusher is always idle, so all passings of its points are counted.
sub _find_points ($self)
{
	$self->pushed->prepare;
	$self->faults->trace;
	$self->pushed->act;
	$self->_end('undisturbed');
	my (%seen, @point);
	for my $name (grep { /^pusher/ } $self->faults->passed) {
		my $n = ++$seen{$name};
		push @point, [$name, $n] if $n <= PASSINGS;
	}
	Test::More::cmp_ok(scalar keys %seen, '>=', 8, 'points are found');
	Test::More::note("$_: $seen{$_}") for sort keys %seen;
	return @point;
}

sub _at ($self, $point)
{
	my ($name, $n) = @$point;
	$self->cases($self->cases + 1);
	$self->_fresh if $self->cases % FRESH == 0;
	$self->pushed->prepare;
	$self->faults->arm($name, $n);
	$self->_act_until(sub { !$self->faults->waits });
	if (!$self->faults->disarm) {
		push @{ $self->missed }, "$name, passing $n";
		return $self->_end("$name, passing $n");
	}
	$self->kills($self->kills + 1);
	$self->_hurry_claims if $self->kills % 3;
	return $self->_end("$name, passing $n");
}

sub _lose ($self, $what)
{
	$self->pushed->prepare;
	$self->wire->lose($what);
	$self->_act_until(sub { $self->wire->lost });
	if ($self->wire->lost) {
		$self->kills($self->kills + 1);
	} else {
		push @{ $self->missed }, "the answer: $what";
	}
	return $self->_end("lost: $what");
}

# More of the same, until what is waited for has come.
sub _act_until ($self, $done)
{
	for (1 .. ACTS) {
		$self->pushed->act;
		my $watch = Cal::Test::Stopwatch->start($self->p->c);
		until ($watch->over(2)) {
			return if $done->();
			$self->pushed->hurry;
			sleep 0.02;
		}
	}
	return;
}

# Starts a new generation, in which no process counts as failing.
sub _fresh ($self)
{
	$self->p->c->calendlyd->signal('HUP');
	$self->p->c->wait_ready;
	return;
}

# Has the claims end that the pusher held which is dead; others are left to end
# by themselves.
sub _hurry_claims ($self)
{
	$self->p->c->db->do('UPDATE destinations SET owned_until = now()
		WHERE owner IS NOT NULL AND owned_until < clock_timestamp() +
		make_interval(secs => ?)', undef, CLAIM);
	return;
}

# What happened meanwhile is pushed, and what happens then, too.
sub _end ($self, $where)
{
	my $watch = Cal::Test::Stopwatch->start($self->p->c);
	my @broken;
	push @broken, 'not all is pushed: ' . $self->pushed->left
	    if !$self->_drains($watch);
	$self->pushed->act;
	push @broken, 'not all is pushed then: ' . $self->pushed->left
	    if !$self->_drains(Cal::Test::Stopwatch->start($self->p->c));
	push @broken, $self->pushed->broken;
	push @{ $self->violations }, map {"$where: $_"} @broken;
	Test::More::diag("$where: $_") for @broken;
	return;
}

sub _drains ($self, $watch)
{
	until ($watch->over(CLAIM + PATIENCE)) {
		return 1 if !$self->pushed->left;
		$self->pushed->hurry;
		sleep 0.02;
	}
	return 0;
}

sub _tell ($self)
{
	Test::More::is(join("\n", @{ $self->missed }), '',
		'each point was met again');
	return Test::More::is(join("\n", @{ $self->violations }), '',
		'no promise is broken at any point');
}

1;
