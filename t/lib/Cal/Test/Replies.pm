package Cal::Test::Replies;

# Cal::Test::Replies: one flow, with each of its calls to Calendly answered in
# each wrong way.
#
#	my $done = Cal::Test::Replies->every_reply('connect');
#	Cal::Test::Replies->every_reply('refresh', $done);	# in its world
# As Cal::Test::Crash, its base, finds the points, this finds the calls, so that
# no new call can be forgotten. Each user's flow must end in bounded time with a
# status that tells the truth, no other server may be called, and afterwards all
# promises must hold.

use Mojo::Base 'Cal::Test::Crash', -signatures;

use IO::Socket::INET;
use Test::More ();
use Time::HiRes qw(time);

use constant {
	SAMPLE => 6,
	BOUND  => 50,		# seconds for a deed, whatever Calendly does
};

# What the sandbox does, and whether a request for tokens is carried out
# although nobody gets its answer.
my @QUICK = (
	['drop', lost => 1],
	['status', value => 500],
	['status', value => 429],
	['huge_body', lost => 1],
	['not_json', lost => 1],
	['wrong_content_type'],
	['redirect'],
);
my @SLOW = (
	['hang'],
	['slow_body', lost => 1],
);

has trap => sub {
	IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5,
		Blocking => 0) // die "no trap: $!"
};

sub every_reply ($class, $flow, $other = undef)
{
	my $self = $class->in_a_world($flow, $other);
	my @call = $self->_find_calls;
	my @way = $ENV{CAL_TEST_LONG} ? (@QUICK, @SLOW) : @QUICK;
	my @todo = $self->sample(SAMPLE, map {
		my $way = $_;
		map { [$_, $way] } @call
	} @way);
	$self->_with($flow, @$_) for @todo;
	return $self->_tell_replies($flow, scalar @call, scalar @todo);
}

# Lets one call be answered in one way that takes long.
sub one_slow ($class, $flow, $call, $kind, $other = undef)
{
	my $self = $class->in_a_world($flow, $other);
	$self->_with($flow, $call, grep { $_->[0] eq $kind } @SLOW);
	return $self->_tell_replies($flow, 1, 1);
}

sub _find_calls ($self)
{
	my %call = map { / before call (.*)$/ ? ($1 => 1) : () }
	    $self->undisturbed;
	return sort keys %call;
}

sub _with ($self, $flow, $call, $way)
{
	my ($kind, %rule) = @$way;
	my $where = join ' ', "$flow: $call:", $kind, $rule{value} // ();
	my $lost = (delete $rule{lost} // 0) && $call =~ m{/oauth/token$};
	$rule{value} = 'http://127.0.0.1:' . $self->trap->sockport . '/trap'
	    if $kind eq 'redirect';
	my $case = $self->new_case;
	$self->prepare->($case);
	$self->books->fault($kind, split(/ /, $call), times => 1, %rule);
	my $begun = time;
	my $done = eval { $self->act->($case); 1 };
	$self->violate($where, $@ =~ s/\n.*//sr) if !$done;
	$self->violate($where, sprintf 'took %d s', time - $begun)
	    if time - $begun > BOUND;
	$self->violate($where, 'ended with ' . $case->status)
	    if $done && !$case->is_clear;
	$self->background;
	$self->books->mend;
	$self->violate($where, 'somebody else was asked')
	    if $self->trap->accept;
	return $self->judge($case, $where, $lost ? 1 : 0);
}

sub _tell_replies ($self, $flow, $calls, $met)
{
	Test::More::diag(sprintf '%s: %d calls, %d of %d pairs of call and ' .
	    'answer met, %d violations', $flow, $calls, $met, $self->{found}
	    // 1, scalar @{ $self->violations });
	Test::More::is(join("\n", @{ $self->violations }), '',
		"$flow: bounded, clear, and settled afterwards");
	return $self;
}

1;
