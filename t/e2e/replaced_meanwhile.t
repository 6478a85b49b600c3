# While a new subscription is being made, deliveries to the old one begin to
# fail: the old one is checked once more before it would be deleted.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Load;

use constant SLOW => 2000;	# ms that Calendly takes

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c);
my $url = '/v1/connections/u1';

$c->connect('u1', person => 'olivia');
my $old = $c->api(GET => $url)->json('/webhook/uri');
$c->calendlyd->stop;
$c->configure(CALENDLY_WEBHOOK_EVENTS => 'invitee.created,invitee.canceled');
$c->start_calendlyd;

$books->fault('latency', POST => '/webhook_subscriptions', value => SLOW,
    times => 1);
my $repair = Cal::Test::Load->start($c, clients => 1, times => 1,
    request => [POST => "$url/reconcile",
	{ Authorization => 'Bearer ' . $c->key }]);
$c->wait_for(sub {
	my $last = $books->state('api_calls')->{api_calls}[-1];
	$last->{method} eq 'POST' && !defined $last->{status}
}, 'the create to be on its way');

$c->sandbox(POST => '/sandbox/signing-key', { key => 'another' });
$c->sandbox(POST => '/sandbox/book', { person => 'olivia', wait => \1 });
$c->sandbox(POST => '/sandbox/signing-key',
    { key => $Cal::Test::Stack::OAUTH{key} });

is join(' ', %{ $repair->wait_end }), '200 1', 'the repair is done';
isnt $c->api(GET => $url)->json('/webhook/uri'), $old, 'another one counts';
is scalar(grep { $_->{uri} eq $old } $books->hooks('olivia')), 1,
    'the old one is still there';
$c->sandbox(POST => '/sandbox/clock', { advance => 60 });
ok $c->wait_for(sub { grep { $_->{type} eq 'invitee.created' } $c->events },
    'the booking'), 'what it retries arrives';

done_testing;
