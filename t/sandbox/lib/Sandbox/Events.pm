package Sandbox::Events;

# Events: the part of the API that reads scheduled events and invitees, cancels,
# and marks no-shows.

use v5.36;
use Sandbox::Answer qw(created denied invalid none not_found ok);
use Sandbox::Input qw(json_body only only_query organization_of person_of query
    text time_of);
use Sandbox::Moving qw(move);
use Sandbox::Paging qw(page);
use Sandbox::Sight qw(event_seen invitee_seen);

sub routes () {
	my ($read, $write) = qw(scheduled_events:read scheduled_events:write);
	my $event = '/scheduled_events/#id';
	my $no_show = '/invitee_no_shows/#id';
	return (
		[$read, GET => '/scheduled_events', \&_list],
		[$read, GET => $event, \&_show],
		[$read, GET => "$event/invitees", \&_invitees],
		[$read, GET => "$event/invitees/#invitee", \&_invitee],
		[$write, POST => "$event/cancellation", \&_cancel],
		[$write, POST => '/invitee_no_shows', \&_mark],
		[$read, GET => $no_show, \&_no_show],
		[$write, DELETE => $no_show, \&_unmark],
	);
}

# Returns the agenda of the query's user, organization and group, and the
# organization to which its events must belong, if any.
sub _agenda ($state, $c, $me) {
	my ($calendar, $people) = ($state->calendar, $state->people);
	my ($user, $organization, $group) =
	    map { query($c, $_) } qw(user organization group);
	invalid('user', 'or organization or group must be given')
	    unless grep { defined } $user, $organization, $group;
	my $person = defined $user ? person_of($state, user => $user) : undef;
	my $org = defined $organization
	    ? organization_of($state, organization => $organization) : undef;
	$org //= $me->{org} if defined $group;
	denied() if $org && $org != $me->{org};
	denied() if (!$person || $person != $me)
	    && !($org && $people->is_manager($me, $org));
	return ($person ? $calendar->of_host($person)
	    : $calendar->of_org($org), $org);
}

sub _has_invitee ($event, $email) {
	return grep { lc $_->{shape}{email} eq $email }
	    @{ $event->{invitees} };
}

# Returns whether the API shows an event, in a status if one is given.
sub _is_shown ($state, $event, $status) {
	my $shape = event_seen($state, $event) or return 0;
	return !defined $status || $shape->{status} eq $status;
}

# Returns the events that the query selects, in the order of their starts.
sub _selected ($state, $c, $me) {
	my $status = query($c, 'status', set => [qw(active canceled)]);
	my $email = query($c, 'invitee_email');
	my $from = time_of($state, $c, 'min_start_time');
	my $to = time_of($state, $c, 'max_start_time');
	my ($agenda, $org) = _agenda($state, $c, $me);
	my @found = grep {
		!$_->{vanished}
		&& (!defined $from || $_->{start} >= $from)
		&& (!defined $to || $_->{start} <= $to)
		&& (!$org || $_->{org} == $org)
	} $agenda->between($from, $to);
	my $switches = $state->switches;
	@found = grep { $_->{start} > $from } @found
	    if defined $from && $switches->{min_start_exclusive};
	@found = grep { _has_invitee($_, lc $email) } @found
	    if defined $email;
	@found = grep { _is_shown($state, $_, $status) } @found
	    if defined $status || $switches->{api_lag_seconds};
	return @found;
}

sub _list ($state, $c, $who) {
	only_query($c, qw(user organization group invitee_email status sort
	    min_start_time max_start_time count page_token));
	my $descending = query($c, 'sort', default => 'start_time:asc',
	    set => [qw(start_time:asc start_time:desc)]) =~ /desc/;
	my @found = _selected($state, $c, $who->{person});
	@found = reverse @found if $descending;
	my $answer = ok(page($state, $c, \@found, odd => 1,
	    descending => $descending, show => sub ($event) {
		event_seen($state, $event) }));
	move($state, $who->{person});
	return $answer;
}

sub _may ($state, $event, $me) {
	return if grep { $_ == $me } @{ $event->{hosts} };
	not_found() if $event->{org} != $me->{org};
	denied() unless $state->people->is_manager($me, $event->{org});
	return;
}

# Returns the event that the path names, which must be there for the API.
sub _event ($state, $c, $who) {
	my $event = $state->calendar->events->{ $c->param('id') }
	    // not_found();
	event_seen($state, $event) // not_found();
	_may($state, $event, $who->{person});
	return $event;
}

sub _show ($state, $c, $who) {
	only_query($c);
	my $event = _event($state, $c, $who);
	return ok({ resource => event_seen($state, $event) });
}

sub _invitees ($state, $c, $who) {
	only_query($c, qw(status email sort count page_token));
	my $status = query($c, 'status', set => [qw(active canceled)]);
	my $email = query($c, 'email');
	my $descending = query($c, 'sort', default => 'created_at:asc',
	    set => [qw(created_at:asc created_at:desc)]) =~ /desc/;
	my $n = 0;
	my @items = map { {
		page_key => sprintf('%012d', $n++),
		shape    => invitee_seen($state, $_),
	} } grep { !$_->{unlisted} } @{ _event($state, $c, $who)->{invitees} };
	@items = grep {
		$_->{shape}
		&& (!defined $status || $_->{shape}{status} eq $status)
		&& (!defined $email || lc $_->{shape}{email} eq lc $email)
	} @items;
	@items = reverse @items if $descending;
	return ok(page($state, $c, \@items, odd => 1,
	    descending => $descending, show => sub ($item) {
		$item->{shape} }));
}

sub _invitee ($state, $c, $who) {
	only_query($c);
	my $event = _event($state, $c, $who);
	my $invitee = $state->calendar->invitees->{ $c->param('invitee') };
	not_found() unless $invitee && $invitee->{event} == $event;
	return ok({ resource => invitee_seen($state, $invitee)
	    // not_found() });
}

sub _cancel ($state, $c, $who) {
	my $event = _event($state, $c, $who);
	my $json = length $c->req->body ? json_body($c) : {};
	only($json, 'reason');
	my $reason = text($json, 'reason');
	denied('Event is already canceled')
	    if $event->{shape}{status} eq 'canceled';
	$state->calendar->cancel_event($event, reason => $reason,
	    by => $who->{person});
	return created({ resource => $event->{shape}{cancellation} });
}

# Returns the invitee that a URI names, whatever its event part says.
sub _invitee_at ($state, $uri) {
	my $calendar = $state->calendar;
	my ($front, $id) =
	    $uri =~ m{\A(.+)/invitees/([^/?\s]+)/*\z};
	invalid('invitee', 'is not a URI of an invitee')
	    unless $front && $state->id_in($front, 'scheduled_events');
	my $invitee = $calendar->invitees->{$id};
	return $invitee && invitee_seen($state, $invitee) ? $invitee
	    : not_found();
}

sub _no_show_resource ($invitee) {
	return { resource => {
		%{ $invitee->{shape}{no_show} },
		invitee => $invitee->{shape}{uri},
	} };
}

sub _mark ($state, $c, $who) {
	my $json = json_body($c);
	only($json, 'invitee');
	my $invitee = _invitee_at($state, text($json, 'invitee',
	    required => 1));
	_may($state, $invitee->{event}, $who->{person});
	denied('Invitee is already marked as a no-show')
	    if $invitee->{no_show};
	$state->calendar->mark_no_show($invitee);
	return created(_no_show_resource($invitee));
}

sub _marked ($state, $c, $who) {
	my $invitee = $state->calendar->no_shows->{ $c->param('id') }
	    // not_found();
	not_found() if $invitee->{vanished} || $invitee->{event}{vanished};
	_may($state, $invitee->{event}, $who->{person});
	return $invitee;
}

sub _no_show ($state, $c, $who) {
	return ok(_no_show_resource(_marked($state, $c, $who)));
}

sub _unmark ($state, $c, $who) {
	$state->calendar->clear_no_show(_marked($state, $c, $who));
	return none();
}

1;
