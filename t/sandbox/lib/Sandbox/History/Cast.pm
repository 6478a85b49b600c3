package Sandbox::History::Cast;

# Cast: chance that a seed decides, and with it the people and the meetings of a
# made-up calendar.

use v5.36;
use utf8;

use constant {
	FACTOR  => 6_364_136_223_846_793_005,
	ADDEND  => 1_442_695_040_888_963_407,
};

my @FIRST = qw(Anna Ben Chloé Dmitri Eszter Farid Göran Hana Ivo Jürgen Karel
    Łucja Mei Noor Óscar Priya Quinn Renée Søren Žofie);
my @LAST = qw(Ahn Brown Černý Dubois Eriksson Fernández Gómez Horváth Ito
    Johansson Kowalski Li Müller Novák O'Brien Petrov Singh Tóth Weiß 山田);
my @ZONES = qw(Europe/Prague America/New_York Asia/Tokyo UTC
    Australia/Adelaide);
my @NAMES = ('Intro call', 'Demo', 'Interview', 'Check-up', 'Tax advice');
my @LOCATIONS = qw(zoom google_conference microsoft_teams_conference physical
    outbound_call inbound_call custom ask_invitee webex_conference
    gotomeeting);
my @REASONS = (undef, 'Ill', 'Another time, please', 'No longer needed');

sub new ($class, $seed) {
	my $self = bless { x => $seed, people => 0 }, $class;
	$self->below(2) for 1 .. 8;
	return $self;
}

# Returns a number from 0 to below this one.
sub below ($self, $n) {
	{
		use integer;
		$self->{x} = $self->{x} * FACTOR + ADDEND;
	}
	return (($self->{x} >> 33) & 0x7fff_ffff) % $n;
}

sub _one ($self, @all) { return $all[ $self->below(scalar @all) ] }

# Returns so many of these, in any order.
sub some ($self, $count, @all) {
	$count = @all if $count > @all;
	for my $n (0 .. $count - 1) {
		my $other = $n + $self->below(@all - $n);
		@all[$n, $other] = @all[$other, $n];
	}
	return @all[0 .. $count - 1];
}

sub reason ($self) { return $self->_one(@REASONS) }

# Returns what an event is like to which up to so many invitees can come.
sub event ($self, $limit) {
	return (
		name     => $self->_one(@NAMES),
		minutes  => $self->_one(15, 30, 45, 60),
		location => $self->_one(@LOCATIONS),
		limit    => $limit,
		guests   => $self->below(10) ? []
		    : ['guest' . $self->below(100) . '@guests.example'],
	);
}

sub _extras ($self) {
	return (
		payment => $self->below(20) ? undef
		    : { amount => 10 + $self->below(90) },
		text_reminder_number => $self->below(10) ? undef
		    : '+420 601 ' . (100_000 + $self->below(900_000)),
		tracking => $self->below(5) ? {}
		    : { utm_source => $self->_one(qw(mail web)) },
		questions_and_answers => $self->below(3) ? []
		    : [{ question => 'What is it about?',
			answer => $self->_one('Prices', 'A visit', 'Ünïcödé',
			    '') }],
	);
}

# Returns one more person; most of them come only once.
sub invitee ($self) {
	my $n = $self->below(5) ? ++$self->{people} : 1 + $self->below(50);
	return (
		name     => $self->_one(@FIRST) . ' ' . $self->_one(@LAST),
		email    => "invitee$n\@history.example",
		timezone => $self->_one(@ZONES),
		$self->_extras,
	);
}

1;
