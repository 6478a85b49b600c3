package Cal::Test::Flows;

# Cal::Test::Flows: what is done to a connection, for tests that disturb it in
# every way: what stands before, the deed, what people do when it went wrong,
# and how it must end. $case is a Cal::Test::Promises.

use Mojo::Base -strict, -signatures;

use Exporter 'import';

our @EXPORT_OK = qw(flow flows);

# Of another account than the one that it will be.
sub _connected_as_other ($case)
{
	$case->connect_again(person => $case->other);
	$case->session(undef);
	return;
}

# The next link leads to a refresh: nothing tells that the grant is alive.
sub _long_connected ($case)
{
	$case->connect_again;
	$case->last_refreshed_long_ago;
	$case->session($case->c->session($case->user));
	return;
}

sub _disabled_at_calendly ($case)
{
	$case->connect_again;
	$case->c->sandbox(POST => '/sandbox/disable',
		{ subscription => $case->api('GET')->json('/webhook/uri') });
	return;
}

# Until it is in the feed, if it was taken.
sub _booked_and_told ($case)
{
	my @status = $case->book('in the act');
	$case->c->wait_for(sub { $case->has_told }, 'it')
	    if grep { $_ eq '200' } @status;
	return;
}

my %FLOW = (
	connect => {
		prepare => sub ($case) { },
		act	=> sub ($case) { $case->connect },
		again	=> sub ($case) { $case->connect_again },
		end	=> 'connected',
	},
	refresh => {
		prepare => \&_long_connected,
		act	=> sub ($case) { $case->open_link },
		again	=> sub ($case) { $case->connect_again },
		end	=> 'connected',
	},
	reconcile => {
		prepare => \&_disabled_at_calendly,
		act	=> sub ($case) { $case->api(POST => '/reconcile') },
		again	=> sub ($case) { $case->api(POST => '/reconcile') },
		end	=> 'connected',
	},
	switch => {
		prepare => \&_connected_as_other,
		act	=> sub ($case) { $case->connect(force => \1) },
		again	=> sub ($case) { $case->connect_again(force => \1) },
		end	=> 'connected',
	},
	booking => {
		prepare => sub ($case) { $case->connect_again },
		act	=> sub ($case) { _booked_and_told($case) },
		again	=> sub ($case) { },
		end	=> 'connected',
	},
	disconnect => {
		prepare => sub ($case) { $case->connect_again },
		act	=> sub ($case) { $case->api('DELETE') },
		again	=> sub ($case) { $case->api('DELETE') },
		end	=> 'disconnected',
	},
);

sub flow ($name) { return %{ $FLOW{$name} // die "no flow $name" } }
# Those that ask Calendly.
sub flows () { return sort grep { $_ ne 'booking' } keys %FLOW }

1;
