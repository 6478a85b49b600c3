# demo-push.pl: the demo's steps about what is pushed to the host app. It is a
# part of demo-story.pl, whose functions it uses.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

use Mojo::Date;

our ($cal, %opt, %seen);

# The app tells what has been pushed to it, rightly signed, and when it came.
sub pushes
{
	return @{ answer(200, $cal->agent->get("$opt{app}/pushes")->res) };
}

sub heard_at ($event)
{
	return Mojo::Date->new($event->{received_at})->epoch;
}

# The time counts from Calendly's delivery to the app's receipt, each by the
# clock of who received.
sub pushed
{
	my $uri = $seen{booking}{invitee}{uri};
	my $push;
	within(5, 'the push to the host app', sub {
		($push) = grep { grep { $_->{calendly_uri} eq $uri }
		    @{ $_->{event}{data}{meeting}{invitees} // [] } } pushes();
		return $push;
	});
	my ($told) = grep { $_->{data}{uri} eq $uri }
	    events_of('invitee.created');
	$seen{push} = $push;
	return sprintf '%.2f s', $push->{at} - heard_at($told);
}

# The same push, by somebody who does not have the secret.
sub forged_push
{
	my $n = pushes();
	my %header = (%{ $seen{push}{headers} }, 'webhook-id' => 'another',
		'content-type' => 'application/json');
	answer(401, $cal->agent->post("$opt{app}/hooks/calendly", \%header,
		encode_json($seen{push}{event}))->res);
	must(pushes() == $n, 'the host app kept it');
	return;
}

1;
