# demo-reconnect.pl: the demo's steps about reconnecting: without a consent
# page, with a denial, and with another account. It is a part of demo-story.pl,
# whose functions it uses.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

our ($USER, $cal, $browser, %seen);

sub session (%field)
{
	return answer(201, $cal->api(POST => '/v1/connect-sessions',
		{ user_id => $USER, %field }));
}

sub result_of ($session)
{
	return answer(200, $cal->api(
		GET => "/v1/connect-sessions/$session->{id}"))->{result} // 'none';
}

# Lets a few minutes pass in the database, because right after a consent tokens
# are not refreshed.
sub some_minutes_pass
{
	database()->do(q{UPDATE grants
		SET refreshed_at = refreshed_at - interval '5 minutes'});
	return;
}

sub reconnects
{
	some_minutes_pass();
	my $before = $cal->sandbox_state;
	my $session = session();
	$browser->visit($session->{url});
	must(result_of($session) eq 'reconnected',
	    'the session says ' . result_of($session));
	my $after = $cal->sandbox_state;
	must($after->{consent_visits} == $before->{consent_visits},
	    'the consent page was visited');
	$seen{rotated} = $after->{tokens}{refreshed} -
	    $before->{tokens}{refreshed};
	return;
}

sub rotated
{
	must($seen{rotated} == 1, "there were $seen{rotated} refreshes");
	my $uri = $seen{hook}{uri};
	one_hook();
	must($seen{hook}{uri} eq $uri, 'it is another subscription');
	return;
}

sub denies
{
	my $session = session(force => \1);
	my $before = connection();
	$browser->visit($session->{url});
	$browser->press('Deny');
	must($browser->url->path =~ /cancelled/,
	    "the browser did not end as cancelled:\n" . $browser->story);
	must(result_of($session) eq 'denied',
	    'the session says ' . result_of($session));
	my $after = connection();
	must($after->{$_} eq $before->{$_}, "$_ has changed")
	    for qw(status updated_at);
	one_hook();
	return;
}

sub switches
{
	$seen{first} = $seen{hook};
	my $session = session(force => \1);
	$browser->visit($session->{url});
	$browser->press('Allow', fields => { person => 'sam' });
	must(result_of($session) eq 'switched',
	    'the session says ' . result_of($session));
	within(10, 'the first subscription to go', sub {
		my @hook = hooks();
		return @hook == 1 && $hook[0]{uri} ne $seen{first}{uri};
	});
	within(10, 'the first tokens to be revoked',
		sub { live('olivia') == 0 });
	one_hook();
	must($seen{hook}{person} eq 'sam', 'it is not the second account\'s');
	return;
}

sub refused
{
	$seen{hook} = $seen{first};
	answer(410, send_it(time));
	return;
}

1;
