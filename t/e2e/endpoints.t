# Each endpoint accepts deliveries for as long as it should, with the keys that
# it should: live, draining, retired; with its own key, the app's, or none yet.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);

my $c = Cal::Test->start;
my ($person, $serial) = ({ u1 => 'olivia', u2 => 'marco', u3 => 'frida' }, 0);

sub connected ($user)
{
	$c->connect($user, person => $person->{$user},
		browser => $c->new_browser);
	return $c->endpoint($user);
}

sub answer_to ($url, %sign)
{
	my $body = delivery('invitee.created',
		uri => invitee_uri(uuid(7, ++$serial)));
	my $res = $c->deliver($url, $body,
		{ 'Calendly-Webhook-Signature' => $c->sign($body, %sign) });
	return join ' ', $res->code, $res->json('/code') // ();
}

sub own_key ($user)
{
	my $state = $c->sandbox(GET =>
		'/sandbox/state?secrets=1&only=subscriptions');
	my ($app) = $Cal::Test::Stack::OAUTH{key};
	my @own = grep { $_ ne $app } @{ $state->{secrets}{signing_keys} };
	return $own[-1];
}

# A booking must arrive by the sandbox's own signature.
sub booking_arrives ($user, $title)
{
	my $event = $c->sandbox(POST => '/sandbox/book',
		{ person => $person->{$user}, wait => \1 });
	is $event->{deliveries}[0]{last_status}, 200, $title
	    or diag explain $event->{deliveries};
	return;
}

# New settings, and every process of before gone.
sub reload (%settings)
{
	my %old = map { $_ => 1 } $c->calendlyd->children;
	$c->configure(%settings)->calendlyd->signal('HUP');
	$c->wait_for(sub { my @now = $c->calendlyd->children;
		@now && !grep { $old{$_} } @now }, 'a new generation');
	$c->wait_ready;
	return;
}

my %url = (u1 => connected('u1'));
my $replaced;

subtest 'an endpoint that was replaced drains, then it is gone' => sub {
	my $old = $replaced = $url{u1};
	my ($hook) = @{ $c->sandbox_state->{subscriptions} };
	my $secret = $c->sandbox(GET => '/sandbox/state?secrets=1');
	my $done = 0;
	for my $token (@{ $secret->{secrets}{access_tokens} }) {
		my $path = Mojo::URL->new($hook->{uri})->path;
		$done ||= $c->agent->delete($c->stack->sandbox_url . $path,
			{ Authorization => "Bearer $token" })->res->code == 204;
	}
	ok $done, 'Calendly has lost the subscription';
	is $c->reconcile('u1')->code, 200,
	    'it is made anew';
	$url{u1} = $c->endpoint('u1');
	isnt $url{u1}, $old, 'with another endpoint';
	is answer_to($_), '200', 'both are taken' for $old, $url{u1};
	$c->db->do("UPDATE endpoints SET drain_until = now() WHERE state =" .
		' $$draining$$');
	is answer_to($old), '410 endpoint_retired', 'after a day it is not';
	is answer_to($url{u1}), '200', 'the new one is';
};

subtest 'one that is drained, but may be called, is never told to go' => sub {
	my $old = $c->db->selectrow_array('SELECT max(endpoint_id) FROM
	    subscriptions WHERE state = $$deleted$$');
	my $set = sub ($state) {
		$c->db->do(q{UPDATE endpoints SET state = 'draining',
		    drain_until = now() - interval '1 day' WHERE id = ?},
		    undef, $old);
		$c->db->do('UPDATE subscriptions SET state = ?
		    WHERE endpoint_id = ?', undef, $state, $old);
		$c->db->do('SELECT sweep_links(100)');
	};
	for my $state (qw(creating replaced)) {
		$set->($state);
		is answer_to($replaced), '200', "its subscription is $state";
		is answer_to($replaced, key => 'wrong'),
		    '401 signature_invalid', 'a forged one is refused';
	}
	$set->('deleted');
	is answer_to($replaced), '410 endpoint_retired',
	    'once that is deleted it is';
};

subtest 'a key that the subscription has of its own' => sub {
	$c->sandbox(POST => '/sandbox/switches',
		{ signing_key_returned => 'own' });
	$url{u2} = connected('u2');
	booking_arrives('u2', 'what Calendly signs with it is taken');
	my $key = own_key('u2');
	is answer_to($url{u2}, key => $key), '200', 'it counts';
	is answer_to($url{u2}), '200', 'so does the app\'s';
	is answer_to($url{u1}, key => $key), '401 signature_invalid',
	    'at its own endpoint alone';
};

subtest 'the app\'s key, sent back by Calendly' => sub {
	$c->sandbox(POST => '/sandbox/switches',
		{ signing_key_returned => 'app' });
	$url{u3} = connected('u3');
	booking_arrives('u3', 'is taken');
};

subtest 'the app\'s key is changed, the old one kept for a while' => sub {
	my $old = $Cal::Test::Stack::OAUTH{key};
	$c->sandbox(POST => '/sandbox/signing-key', { key => 'fresh-key-1' });
	reload(CALENDLY_WEBHOOK_SIGNING_KEY => "fresh-key-1,$old");
	booking_arrives('u1', 'what the new one signs is taken');
	is answer_to($url{u1}), '200', 'what the old one signed, too';
	reload(CALENDLY_WEBHOOK_SIGNING_KEY => 'fresh-key-1');
	is answer_to($url{u1}), '401 signature_invalid', 'then no more';
};

subtest 'no key yet: later, not never, and not without one' => sub {
	reload(CALENDLY_WEBHOOK_SIGNING_KEY => undef);
	is answer_to($url{u1}), '503 unavailable', 'try again';
	is answer_to($url{u1}, key => ''), '503 unavailable',
	    'an empty key is no key';
	is answer_to($url{u2}, key => own_key('u2')), '200',
	    'a subscription with its own is served';
	reload(CALENDLY_WEBHOOK_SIGNING_KEY => 'fresh-key-1');
	is answer_to($url{u1}, key => 'fresh-key-1'), '200', 'here it is';
};

subtest 'an endpoint that was let go is retired at once' => sub {
	is $c->api(DELETE => '/v1/connections/u2')->code, 200, 'disconnected';
	is answer_to($url{u2}), '410 endpoint_retired', 'the right form';
	is answer_to($url{u2}, key => 'wrong'), '410 endpoint_retired',
	    'whoever signed';
	$c->api(DELETE => '/v1/connections/u3?erase=true');
	$c->wait_for(sub { $c->api(GET => '/v1/connections/u3')->code == 404 },
		'the user to be forgotten');
	is answer_to($url{u3}), '410 endpoint_retired', 'even when erased';
	is answer_to($url{u1}, key => 'fresh-key-1'), '200',
	    'others are not touched';
};

done_testing;
