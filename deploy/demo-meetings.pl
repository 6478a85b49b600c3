# demo-meetings.pl: the demo's steps about meetings that are booked, called off
# and moved. It is a part of demo-story.pl, whose functions it uses.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

our ($USER, $cal, %seen);

# Returns the meeting into which a person is booked, and that person's invitee.
sub meeting_of ($invitee)
{
	for my $meeting (meetings_of($USER)) {
		my ($who) = grep { $_->{calendly_uri} eq $invitee->{uri} }
		    @{ $meeting->{invitees} };
		return ($meeting, $who) if $who;
	}
	return;
}

# Waits until the feed has this change, and checks that the API shows the same
# meeting.
sub told ($change, $id)
{
	my $event;
	within(1, "meeting.changed: $change", sub {
		($event) = grep { $_->{meeting_id} eq $id &&
		    $_->{data}{change} eq $change } events_of('meeting.changed');
		return $event;
	});
	my $now = answer(200, $cal->api(GET => "/v1/meetings/$id"));
	must($event->{data}{meeting}{status} eq $now->{status},
	    "the feed says $event->{data}{meeting}{status}, the API " .
	    $now->{status});
	return $now;
}

sub meeting_is_there
{
	my ($meeting, $who);
	within(1, 'the meeting', sub {
		($meeting, $who) = meeting_of($seen{booking}{invitee})
	});
	must($meeting->{status} eq 'active', "it is $meeting->{status}");
	must($who->{email} eq $seen{booking}{invitee}{email},
	    'it has another invitee');
	told(created => $meeting->{id});
	$seen{meeting} = $meeting->{id};
	return;
}

sub meeting_is_canceled
{
	my $meeting = told(canceled => $seen{meeting});
	must($meeting->{status} eq 'canceled', "it is $meeting->{status}");
	must(($meeting->{cancellation}{reason} // '') eq 'Rain',
	    'it does not say why');
	return;
}

sub meeting_moves
{
	my $was = $cal->sandbox(POST => '/sandbox/book',
		{ person => 'olivia', wait => \1 })->{invitee};
	my $is = $cal->sandbox(POST => '/sandbox/reschedule',
		{ invitee => $was->{uri}, wait => \1 })->{invitee};
	my ($old, $left, $new, $came);
	within(1, 'both meetings', sub {
		($old, $left) = meeting_of($was);
		($new, $came) = meeting_of($is);
		return $old && $new && $old->{status} eq 'canceled';
	});
	must($old->{rescheduled}, 'the old one does not say that it moved');
	must($left->{rescheduled_to}{meeting_id} eq $new->{id},
	    'the old one leads elsewhere');
	must($came->{rescheduled_from}{meeting_id} eq $old->{id},
	    'the new one came from elsewhere');
	told(rescheduled => $old->{id});
	told(created => $new->{id});
	return;
}

1;
