# The demo's host application in a real browser: its page shows what its user
# has booked as bookings come, move and go, and what is pushed to it, on a phone
# and on a desktop.

use Cal::Test;
use Cal::Test::Chromium;
use Cal::Test::DemoApp;
use Cal::Test::Page qw(fits picture);
use JSON::PP ();
use YAML::XS ();

my $c = Cal::Test->start(settings => {
	CALENDLYD_DELIVER_ALLOW => '127.0.0.1' });
$c->connect('alice', person => 'olivia');
my $b = Cal::Test::Chromium->start($c->stack->dir)->screen(1280, 900);
my $app = Cal::Test::DemoApp->start($c, 1);

# What an element has, also where it can't be seen.
sub its ($property, $css)
{
	return $b->script('return document.querySelector(arguments[0])' .
		'[arguments[1]]', $css, $property);
}

# A list, of meetings unless another is named, comes to say this.
sub says ($like, $title, $list = '#meetings')
{
	my $text = '';
	eval { $c->wait_for(sub { ($text = $b->text($list)) =~ $like },
		$title) };
	return like $text, $like, $title;
}

$b->visit($app->url . '/?user=alice');
is $b->heading('Your app'), 'Your app', 'the page';
ok !its(hidden => '#no-meetings'), 'says that nothing is booked';

my $ivy = { person => 'olivia', invitee => { name => 'Ivy Example',
	email => 'ivy@example.org' }, name => 'Roof talk',
	start_time => '2026-12-24T09:00:00.000000Z', location => 'zoom' };
my $booked = $c->sandbox(POST => '/sandbox/book', $ivy);
says(qr/active\s+Roof talk with Ivy Example\s+.*Europe\/Prague/s,
	'a booking, as its host sees it');
ok its(hidden => '#no-meetings'), 'and not that there is none';
like its(textContent => '#meetings-curl'), qr{curl .*/v1/meetings\?user_id=alice},
    'with the curl behind it';
says(qr/meeting\.changed\s+created: Roof talk/, 'among the events, too',
	'#events');
says(qr/created: Roof talk.*alice .* s after calendlyd heard/s,
	'and it was pushed', '#pushes');
like its(textContent => '#pushes-curl'),
    qr{curl .*-d '\{.*"url":"http://.*/hooks/calendly"\}' .*/v1/destinations},
    'with the curl that asked for it';
unlike $b->text('body'), qr/whsec_(?!\*)/, 'but without its secret';
$b->click('Send a test push');
says(qr/destination\.test\s+a test: pushes arrive/, 'a test arrives, too',
	'#pushes');

# Nobody else can push: neither without the secret, nor what was sent long ago.
sub push_by_stranger (%header)
{
	return $c->agent->post($app->url . '/hooks/calendly', {
		'webhook-id' => 'x', 'webhook-timestamp' => time,
		'webhook-signature' => 'v1,' . 'A' x 43 . '=', %header },
	    '{}')->res->code;
}

is push_by_stranger(), 401, 'a stranger cannot push';
is push_by_stranger('webhook-signature' => ''), 401, 'nor without a signature';
is push_by_stranger('webhook-timestamp' => 'soon'), 401, 'nor without a time';
my ($push) = @{ $c->agent->get($app->url . '/pushes')->res->json };
is $c->agent->post($app->url . '/hooks/calendly', { %{ $push->{headers} } },
	'{}')->res->code, 401, 'nor other bytes';

$b->script('document.querySelector("#meetings summary").click()');
my $moved = $c->sandbox(POST => '/sandbox/reschedule',
	{ invitee => $booked->{invitee}{uri} })->{invitee};
says(qr/rescheduled.*Ivy Example \(moved\).*active.*Ivy Example/s,
	'what moved is there twice: as it was, and as it is');
ok its(open => '#meetings details'), 'what one has opened stays open';

$c->sandbox(POST => '/sandbox/no-show', { invitee => $moved->{uri} });
says(qr/Ivy Example \(did not come\)/, 'a no-show');
my $other = $c->sandbox(POST => '/sandbox/book', { %$ivy,
	invitee => { name => 'Ivan <b>Ivanov</b>', email => 'i@example.org' },
	start_time => '2026-12-26T09:00:00.000000Z' });
$c->sandbox(POST => '/sandbox/cancel', { by => 'olivia',
	invitee => $other->{invitee}{uri}, reason => 'It rains' });
says(qr/canceled\s+Roof talk with Ivan <b>Ivanov<\/b> \(canceled\).*It rains/s,
	'a cancellation, with its reason, and nobody\'s HTML');

# Meetings that were there before are read while a bar moves.
$c->sandbox(POST => '/sandbox/history', { person => 'olivia', past => 30,
	ahead => 10, days_back => 60 });
$c->sandbox(POST => '/sandbox/faults', { kind => 'latency', value => 500,
	match => { path => '/scheduled_events*' } });
$b->click('Read all meetings again');
my $position = 0;
$c->wait_for(sub {
	$position = its(position => '#sync-bar');
	return $position > 0 && $position < 1;
}, 'the bar to move');
ok $position, 'a bar moves while meetings are read';
$c->sandbox(DELETE => '/sandbox/faults');
says(qr/^Fed by a webhook\. All was last read at \d/, 'until all are read',
	'#sync-words');
ok its(hidden => '#sync-bar'), 'then it is gone';
says(qr/^30 are over$/, 'what is over stands apart', '#over-count');
says(qr/connection\.synced\s+\d+ meetings were read/,
	'and the events tell the end', '#events');

# How meetings are read: as the page shows what it is told of a connection.
my $api = YAML::XS::LoadFile("$Cal::Test::Stack::TOP/docs/openapi.yaml");

sub told ($example)
{
	my $value = $api->{components}{examples}{$example}{value};
	return $b->script('window.refreshConnection = async () => null;' .
		'showSync(arguments[0]); const bar = byId("sync-bar");' .
		'return [byId("sync-words").textContent, bar.hidden,' .
		'bar.position.toFixed(2)]', $value);
}

my $shown = told('Polled');
like $shown->[0], qr/^Fed by polling, as of \d.*; the next look is at \d/,
    'a user who is polled sees how old the picture is';
ok $shown->[1], 'and no bar';
$shown = told('Backfilling');
like $shown->[0], qr/there already: 640 of 2310, until about \d.* a webhook\.$/,
    'while meetings are read, how many are done';
is_deeply [@$shown[1, 2]], [JSON::PP::false, '0.28'], 'with a bar';
$b->script('for (const one of document.querySelectorAll("details"))' .
	' one.open = false');
fits($b, 'demo');
picture($b, 'demo-pushes', '#pushes');
done_testing;
