# Deliveries are verified with whichever key Calendly signs: the app's, one that
# we sent, or one that Calendly returned; and it is recorded which one it was.

use Cal::Test;
use Cal::Test::Books;

# A world whose Calendly treats keys that way, and one user in it.
sub world ($switch, $key)
{
	my $c = Cal::Test->start(settings =>
		{ CALENDLY_WEBHOOK_SIGNING_KEY => $key });
	my $books = Cal::Test::Books->new(test => $c);
	$books->switch(%$switch);
	$c->connect('u1', person => 'olivia');
	is $c->api(GET => '/v1/connections/u1')->json('/webhook/state'),
	    'active', 'connected, with a webhook';
	return ($c, $books);
}

sub booked ($c)
{
	my $booked = $c->sandbox(POST => '/sandbox/book',
		{ person => 'olivia', wait => \1 });
	return $booked->{deliveries}[0]{last_status};
}

sub signed_with ($books) { return $books->one(
	'SELECT signed_with FROM deliveries_in ORDER BY id DESC LIMIT 1') }

my $KEY = $Cal::Test::Stack::OAUTH{key};

subtest 'with the app\'s' => sub {
	my ($c, $books) = world({}, $KEY);
	is booked($c), 200, 'taken';
	is signed_with($books), 1, 'noted: the app\'s current key';
};

subtest 'with one that it returned' => sub {
	my ($c, $books) = world({ signing_key_returned => 'own' }, $KEY);
	is booked($c), 200, 'taken';
	is signed_with($books), 0, 'noted: the subscription\'s';
};

subtest 'with the one that we sent, for the app\'s is not known' => sub {
	my ($c, $books) = world({ signing_key_sent => 'used' }, undef);
	is booked($c), 200, 'taken';
	is signed_with($books), 0, 'noted: the subscription\'s';
};

subtest 'a key that Calendly does not take costs no connection' => sub {
	my ($c, $books) = world({ signing_key_sent => 'rejected' }, undef);
	is booked($c), 503, 'a delivery waits for the app\'s key';
	is scalar $books->hooks('olivia'), 1, 'one subscription';
};

subtest 'a key that Calendly ignores: the app\'s key mends it' => sub {
	my ($c, $books) = world({ signing_key_sent => 'ignored' }, undef);
	is booked($c), 503, 'a delivery waits';
	$c->configure(CALENDLY_WEBHOOK_SIGNING_KEY => $KEY);
	$c->calendlyd->signal('HUP');
	$c->wait_for(sub { booked($c) == 200 }, 'a delivery taken');
	is signed_with($books), 1, 'noted: the app\'s';
};

done_testing;
