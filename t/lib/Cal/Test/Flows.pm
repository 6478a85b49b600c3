package Cal::Test::Flows;

# Cal::Test::Flows: the flows of a connection, for tests that disturb them in
# every way. Each says what must be done before, what the flow is, what people
# do when it went wrong, and how it must end. $case is a Cal::Test::Promises, or
# of the class that the flow names. "only": which of the points that are passed
# belong to it, if not all do.

use Mojo::Base -strict, -signatures;

use Exporter 'import';

our @EXPORT_OK = qw(flow flows);

# Connects to another account than the one to which the flow connects.
sub _connected_as_other ($case)
{
	$case->connect_again(person => $case->other);
	$case->session(undef);
	return;
}

# Makes the connection old enough for the next link to refresh its tokens.
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

# Waits until the booking is in the feed, if its delivery was accepted.
sub _booked_and_told ($case)
{
	my @status = $case->book('in the act');
	$case->c->wait_for(sub { $case->has_told }, 'it')
	    if grep { $_ eq '200' } @status;
	return;
}

sub _walked ($case)
{
	$case->calendar;
	$case->connect_again;
	$case->settle;
	$case->live_on;
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
	backfill => {
		class	=> 'Cal::Test::Walked',
		only	=> qr/^runner /,
		prepare => sub ($case) { $case->calendar },
		act	=> sub ($case) { $case->connect },
		again	=> sub ($case) { $case->connect_again
			    if !$case->session_done },
		end	=> 'connected',
	},
	sync => {
		class	=> 'Cal::Test::Walked',
		only	=> qr/^(?:app|runner) /,
		prepare => \&_walked,
		act	=> sub ($case) { $case->ask },
		again	=> sub ($case) { $case->ask_again },
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
# Returns the flows that call Calendly.  The calls of a backfill are those of
# connecting and of sync.
sub flows () { return sort grep { !/^(booking|backfill)$/ } keys %FLOW }

1;
