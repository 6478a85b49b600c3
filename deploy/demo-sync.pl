# demo-sync.pl: the demo's steps about meetings that no webhook tells of: those
# from before a user connected, and those of a user who may have no webhook. It
# is a part of demo-story.pl, whose functions it uses.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

use Cal::Test::Browser;
use Time::HiRes qw(time);

our ($USER, $FRIDA, $cal, %opt, %seen);

# A person has used Calendly for a while. No webhook tells of that.
sub used_before ($person, %number)
{
	$cal->sandbox(POST => '/sandbox/history', { person => $person,
		days_back => 60, days_ahead => 30, %number });
	return;
}

sub meetings_of ($user)
{
	my $list = answer(200, $cal->api(
		GET => "/v1/meetings?user_id=$user"));
	return @{ $list->{data} };
}

sub earlier_meetings
{
	within(10, 'the meetings that she had before',
		sub { meetings_of($USER) == 55 });
	return sprintf '%.1f s', time - $seen{connected};
}

# Lets the pause before the next poll pass, which is a quarter of an hour.
sub pause_passes
{
	database()->do('UPDATE syncs SET next_at = now()
		WHERE next_at IS NOT NULL');
	return;
}

sub polled
{
	$cal->sandbox(POST => '/sandbox/switches',
		{ free_plan_webhooks => \0 });
	used_before(frida => (past => 8, ahead => 4));
	connect_as($FRIDA, 'frida', Cal::Test::Browser->new(ca => $opt{ca},
		sites => [@opt{qw(backend sandbox)}]));
	within(10, 'the meetings that she had before',
		sub { meetings_of($FRIDA) == 12 });
	within(5, 'the end of reading them',
		sub { connection($FRIDA)->{sync}{state} eq 'idle' });
	my $is = connection($FRIDA);
	must($is->{webhook}{state} eq 'none', 'she has a webhook');
	must($is->{sync}{fed_by} eq 'poll', 'she is not polled');
	my $uri = $cal->sandbox(POST => '/sandbox/book',
		{ person => 'frida' })->{event}{uri};
	pause_passes();
	within(10, 'the booking', sub {
		grep { $_->{calendly_uri} eq $uri } meetings_of($FRIDA)
	});
	disconnect($FRIDA);
	return;
}

1;
