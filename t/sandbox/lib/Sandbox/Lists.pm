package Sandbox::Lists;

# Lists: webhook subscriptions as a list shows them.  By switch a list can lag
# behind, leave some out, or show them otherwise than they are.

use v5.36;
use Exporter 'import';

our @EXPORT_OK = qw(listed shown_in_list);

# Returns whether a change of this time is not yet visible in the lists, and
# counts the lists in which it was not.
sub _lags ($state, $sub, $at, $count) {
	my $switches = $state->switches;
	return 1 if $state->clock->now - $at < $switches->{list_lag_seconds};
	return ($sub->{$count} // 0) < $switches->{list_lag_lists}
	    && ++$sub->{$count};
}

sub _unlisted ($state, $sub) {
	return 0 if $sub->{owner_app} ne 'app';
	return 1 if $state->switches->{list_omits_ours};
	return _lags($state, $sub, $sub->{made_at}, 'lists_without');
}

# Returns the subscriptions of one organization, scope and target that a list
# holds now, oldest first.
sub listed ($state, $org, $scope, $id) {
	my $hooks = $state->hooks;
	my @there = grep { !_unlisted($state, $_) }
	    $hooks->of($org, $scope, $id);
	my @gone = grep { $_->{owner_app} eq 'app'
	    && !$state->switches->{list_omits_ours}
	    && _lags($state, $_, $_->{gone_at}, 'lists_with') }
	    $hooks->gone_of($org, $scope, $id);
	return sort { $a->{seq} <=> $b->{seq} } @there, @gone;
}

my %PORT = (http => 80, https => 443);

my %CALLBACK = (
	capitals => sub ($url) { $url =~ s{\A([^:]+://[^/]+)}{\U$1}r },
	port => sub ($url) { $url =~ s{\A(https?)://([^/:]+)(?=/|\z)}
	    {$1://$2:$PORT{$1}}r },
	slash => sub ($url) { "$url/" },
	other => sub ($) { 'https://elsewhere.example/hook' },
);

my %STATE = (
	capital => sub ($value) { ucfirst $value },
	unknown => sub ($) { 'paused' },
);
my %EVENTS = (null => sub ($) { undef }, empty => sub ($) { [] });
my %URI = (
	null => sub ($) { undef },
	capitals => sub ($uri) { $uri =~ s{([\da-f-]{36}/*)\z}{\U$1}r },
	slash    => sub ($uri) { "$uri/" },
	web_host => sub ($uri) { $uri =~ s{\A\w+://[^/]+}
	    {https://calendly.com}r },
);

my @FIELDS = (
	[list_callback => 'callback_url', \%CALLBACK],
	[list_state    => 'state', \%STATE],
	[list_events   => 'events', \%EVENTS],
	[list_uri      => 'uri', \%URI],
);

sub shown_in_list ($state, $sub) {
	my $resource = $state->hooks->resource($sub);
	for my $row (@FIELDS) {
		my ($switch, $name, $forms) = @$row;
		my $form = $state->switches->{$switch};
		delete $resource->{$name} if $form eq 'absent';
		$resource->{$name} = $forms->{$form}->($resource->{$name})
		    if $forms->{$form};
	}
	return $resource;
}

1;
