package Sandbox::Switches::Events;

# Events: the switches for how the API shows scheduled events and invitees, and
# how it cuts their lists into pages.

use v5.36;

my $BOOL = ['bool'];
my $COUNT = ['count'];

sub rows () {
	return (
[api_lag_seconds => 0, $COUNT,
    'For how many seconds, on the settable clock, scheduled events and '
    . 'invitees are shown as they were before a change. Only changes that '
    . 'are made while this is set are held back.'],
[calendar_moves => 0, $COUNT,
    'How many acts happen on a calendar after each page of its events that '
    . 'is read: in turn a booking, a cancellation, a reschedule, a no-show.'],
[conference_processing_seconds => 0, $COUNT,
    'For how many seconds, on the settable clock, the room of a '
    . 'google_conference is "processing". When it is there no webhook says '
    . 'so, and updated_at does not move. 0: it is there at once.'],
[min_start_exclusive => 0, $BOOL,
    'An event that starts exactly at min_start_time is not listed.'],
[no_show_moves_updated_at => 0, $BOOL,
    'Marking a no-show, or undoing it, moves the updated_at of the invitee.'],
[page_repeats => 0, $BOOL,
    'The next_page_token of a list of events or invitees leads to the same '
    . 'page again, without end.'],
[short_pages => 0, $BOOL,
    'Pages of events and invitees hold fewer entries than asked for although '
    . 'more follow, and every other one is empty, with a next_page_token.'],
[unreadable_entry => 'none', [qw(one_of none null text no_uri)],
    'The second entry of each page of events or invitees is null, a text, or '
    . 'has no uri.'],
	);
}

1;
