package Sandbox::Switches::Bodies;

# Bodies: the switches for how the bodies of webhooks are written.

use v5.36;

my $BOOL = ['bool'];
my @TIMES = qw(micros seconds no_seconds blank lower offset offset_hour colon
    leap);

sub rows () {
	return (
[body_bad_byte => 0, $BOOL,
    'The first name in a body begins with a byte that is not UTF-8.'],
[body_bom => 0, $BOOL, 'A body begins with a byte order mark.'],
[body_numbers => 'integers', [qw(one_of integers doubles)],
    'Counters and positions: 1, or 1.0.'],
[body_shape => 'new', [qw(one_of new old null_event)],
    'A body holds its scheduled_event; has none, as those of 2020; has null.'],
[body_time => 'micros', [one_of => @TIMES],
    'How a payload writes times: with microseconds, in whole seconds, without '
    . 'seconds, with a blank for the T, in small letters, with the zone '
    . '+0200, +02 or +02:00, a full minute as :60.'],
[envelope_time => 'micros', [one_of => @TIMES],
    'The same of the envelope\'s created_at.'],
[host_twice => 0, $BOOL,
    'The first host stands twice in event_memberships.'],
	);
}

1;
