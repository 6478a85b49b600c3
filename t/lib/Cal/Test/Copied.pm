package Cal::Test::Copied;

# Cal::Test::Copied: tests in Perl that begin as copies of the process which
# runs them all (deploy/prove.pl). Modules from outside take most of a second
# to load; so they are loaded once, and each copy has them.
#
#	Cal::Test::Copied->prepare;
#	TAP::Harness->new({ exec => sub { Cal::Test::Copied->of($build, $file)
#	    } })->runtests(@files);
#
# A test cannot tell it from "CAL_BUILD=$build perl FILE": its name, arguments,
# environment, random numbers, outputs and exit status are its own.

use v5.30;
use warnings;

use parent 'TAP::Parser::Iterator::Process';

use FindBin;
use Scalar::Util qw(weaken);
use TAP::Parser::IteratorFactory;

# None of these takes note of the process that loads it, as Test::More does.
my @MODULE = qw(DBI DBD::Pg IO::Socket::SSL JSON::PP Mojo::UserAgent
    Mojo::Server::Daemon Mojolicious Mojolicious::Lite);

my $WORD = 'a copy';		# at the place of a program's name
my @all;

sub prepare
{
	my ($class) = @_;
	for my $module (@MODULE) {
		eval "require $module; 1" or die $@;
	}
	TAP::Parser::IteratorFactory->register_handler($class);
	return;
}

sub of
{
	my ($class, $build, $file) = @_;
	return [$WORD, $build, $file];
}

# -- what TAP::Parser asks a handler of its sources

sub can_handle
{
	my ($class, $source) = @_;
	return $source->meta->{is_hash} &&
	    ($source->raw->{exec}[0] // '') eq $WORD ? 1 : 0;
}

sub make_iterator
{
	my ($class, $source) = @_;
	return $class->new({ command => $source->raw->{exec},
		merge => $source->merge });
}

# -- the copy

# "-" is what IPC::Open3 makes a copy for; in that one there is no child.
sub _initialize
{
	my ($self, $arg) = @_;
	my (undef, $build, $file) = @{ $arg->{command} };
	$self->SUPER::_initialize({ %$arg, command => ['-'] });
	_become($build, $file) if $self->{pid} == 0;
	weaken($all[@all] = $self);
	return $self;
}

# Never returns.
sub _become
{
	my ($build, $file) = @_;
	for my $other (grep {defined} @all) {
		close $_ for grep {ref} @$other{qw(out err)};
	}
	@ENV{qw(CAL_BUILD CMOCKA_MESSAGE_OUTPUT)} = ($build, 'TAP');
	$SIG{$_} = 'DEFAULT' for grep { defined $SIG{$_} } keys %SIG;
	srand;
	$^T = time;
	($0, @ARGV) = ($file);
	FindBin->again;
	$@ = '';
	do($file =~ m{^/} ? $file : "./$file");
	exit 0 if $@ eq '';
	print STDERR $@;
	exit 255;
}

1;
