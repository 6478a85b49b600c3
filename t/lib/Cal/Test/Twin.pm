package Cal::Test::Twin;

# Cal::Test::Twin: a second host: another calendlyd and nginx with a test's
# database, and with the same settings and keys.
#
#	my $twin = Cal::Test::Twin->start($c);
#	$ua->ca($twin->ca)->get($twin->url('/healthz'));
#	$twin->stop;

use Mojo::Base -base, -signatures;

use File::Path qw(remove_tree);
use Mojo::File qw(path);

use Cal::Test::Stack;

has 'stack';

sub start ($class, $c)
{
	my ($first, $stack) = ($c->stack, Cal::Test::Stack->new);
	my %settings = $first->values;
	delete @settings{qw(CALENDLYD_APP_SOCKET CALENDLYD_INGEST_SOCKET)};
	$stack->prepare(path($first->dir)->basename . '.twin');
	$stack->cluster($first->cluster)->database($first->database);
	$stack->configure(\%settings);
	$stack->start_calendlyd->start_nginx;
	return $class->new(stack => $stack);
}

sub url ($self, $path = '') { return $self->stack->backend . $path }
sub ca ($self)		    { return $self->stack->ca }

# The database belongs to the other host and stays.
sub stop ($self)
{
	$self->stack->cluster(undef)->release;
	remove_tree($self->stack->dir);
	return;
}

1;
