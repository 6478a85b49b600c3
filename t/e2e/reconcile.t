# Whatever happened to our subscription at Calendly, reconciling ends with
# exactly one healthy one, and touches no others.
#
# With sanitizers in every run.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Load;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(30);
my $next = 0;

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

sub reconcile ($user)
{
	return $c->api(POST => "/v1/connections/$user/reconcile");
}

# A user connected as a person of one's own, the API's view of the connection.
sub connected
{
	my ($user, $person) = ('u' . ++$next, "p$next");
	$c->connect($user, person => $person);
	return ($user, $person, connection($user)->{webhook}{uri});
}

# One good subscription at Calendly, the one we say, and it delivers.
sub is_whole ($user, $person)
{
	my @hook = $books->hooks($person);
	is scalar @hook, 1, 'Calendly holds one subscription';
	my $u = connection($user);
	is "$u->{status} $u->{webhook}{state} $u->{webhook}{uri}",
	    "connected active $hook[0]{uri}", 'the one that we rely on';
	is $hook[0]{state}, 'active', 'it is active';
	like $hook[0]{callback_url}, qr{^\Q${\ $c->url }\E/webhooks/calendly/},
	    'and leads here';
	my $booked = $c->sandbox(POST => '/sandbox/book',
		{ person => $person, wait => \1 });
	return is_deeply [map { $_->{last_status} }
	    grep { $_->{url} eq $hook[0]{callback_url} }
	    @{ $booked->{deliveries} }], [200], 'and a booking arrives';
}

sub repaired ($user, $person)
{
	my $res = reconcile($user);
	is $res->code, 200, 'answered 200';
	is $res->json('/webhook/state'), 'active', 'with the repaired webhook';
	return is_whole($user, $person);
}

subtest 'all is well: nothing is done' => sub {
	my ($user, $person, $uri) = connected();
	repaired($user, $person) for 1 .. 2;
	is connection($user)->{webhook}{uri}, $uri, 'it is still the first one';
	is $books->calls('DELETE /webhook_subscriptions/{uuid}'), 0,
	    'nothing was deleted';
};

subtest 'deleted at Calendly by hand: made anew' => sub {
	my ($user, $person, $uri) = connected();
	my $old = $c->endpoint($user);
	$books->unsubscribe($person, $uri);
	repaired($user, $person);
	isnt connection($user)->{webhook}{uri}, $uri, 'it is another one';
	is $c->deliver($old, '{}')->code, 200,
	    'what is still on its way to the old one is taken';
};

subtest 'duplicated at another host: only the right one stays' => sub {
	my ($user, $person, $uri) = connected();
	my $path = $c->endpoint($user) =~ s{^https://[^/]+}{}r;
	$books->subscribe($person, "https://$_$path")
	    for qw(old.example older.example);
	is $books->hooks($person), 3, 'three of ours';
	repaired($user, $person);
	is connection($user)->{webhook}{uri}, $uri, 'the right one was kept';
};

subtest 'only one at another host: made anew, then the other goes' => sub {
	my ($user, $person, $uri) = connected();
	my $path = $c->endpoint($user) =~ s{^https://[^/]+}{}r;
	$books->subscribe($person, "https://old.example$path");
	$books->unsubscribe($person, $uri);
	repaired($user, $person);
};

subtest 'with other events than configured: made anew' => sub {
	my ($user, $person, $uri) = connected();
	my ($hook) = $books->hooks($person);
	$books->unsubscribe($person, $uri);
	is $books->as($person, POST => '/webhook_subscriptions', {
		url => $hook->{callback_url}, events => ['invitee.created'],
		map { $_ => $hook->{$_} } qw(organization user scope) })->code,
	    201, 'only one kind is subscribed to';
	repaired($user, $person);
	is scalar @{ connection($user)->{webhook}{events} }, 4, 'all four are';
};

subtest 'made, but the reply was lost' => sub {
	my ($user, $person, $uri) = connected();
	$books->unsubscribe($person, $uri);
	$books->fault('drop', POST => '/webhook_subscriptions', times => 1);
	is reconcile($user)->code, 202, 'answered 202: it goes on';
	$books->settle;
	is_whole($user, $person);
};

subtest 'a 409 on create' => sub {
	my ($user, $person, $uri) = connected();
	$books->unsubscribe($person, $uri);
	$books->fault('status', POST => '/webhook_subscriptions', value => 409,
		times => 2);
	is reconcile($user)->code, 202, 'answered 202: it goes on';
	$books->settle;
	is_whole($user, $person);
};

subtest 'a delete that fails leaves two for a while, never none' => sub {
	my ($user, $person) = connected();
	my $path = $c->endpoint($user) =~ s{^https://[^/]+}{}r;
	$books->subscribe($person, "https://old.example$path");
	$books->fault('status', DELETE => '/webhook_*', value => 503,
		times => 1);
	is reconcile($user)->code, 202, 'answered 202: it goes on';
	is $books->hooks($person), 2, 'both are still there';
	$books->settle;
	is_whole($user, $person);
};

subtest 'on the third page of the listing, among foreign ones' => sub {
	my ($user, $person, $uri) = connected();
	$books->unsubscribe($person, $uri);
	$books->another($person, "https://other.example/$_") for 1 .. 210;
	$books->another($person, $c->url('/webhooks/calendly/' . 'y' x 43));
	$books->another($person, $c->url('/webhooks/calendly/'));
	my $foreign = $books->foreign;
	repaired($user, $person);
	my ($at, $lists) = (connection($user)->{webhook}{uri},
	    $books->calls('GET /webhook_subscriptions'));
	repaired($user, $person);
	is $books->calls('GET /webhook_subscriptions'), $lists + 3,
	    'three pages are read';
	is connection($user)->{webhook}{uri}, $at, 'and ours found on the last';
	is $books->foreign, $foreign, 'no other app lost anything';
	my $seen = $c->api(GET => "/v1/connections/$user/webhooks")
	    ->json('/data');
	is scalar @$seen, 213, 'the API shows all of them';
	is_deeply [map { $_->{uri} } grep { $_->{ours} } @$seen], [$at],
	    'and which one is ours';
	unlike join(' ', map { $_->{callback_url} } grep { $_->{ours} } @$seen),
	    qr/[\w-]{43}/, 'without its secret part';
};

subtest 'two at once end with one' => sub {
	my ($user, $person, $uri) = connected();
	$books->unsubscribe($person, $uri);
	my $count = Cal::Test::Load->start($c, clients => 4, times => 2,
		request => [POST => "/v1/connections/$user/reconcile",
		    { Authorization => 'Bearer ' . $c->key }])->wait_end;
	is join(' ', grep { !/^20[02]$/ } keys %$count), '', 'all are answered';
	$books->settle;
	is_whole($user, $person);
};

subtest 'a listing without an end is given up, and changes nothing' => sub {
	my ($user, $person, $uri) = connected();
	$books->switch(pages_without_end => \1);
	my $res = reconcile($user);
	is $res->code, 202, 'it waits';
	# Its own: it is tried again in the background.
	my $pages = $books->one(q{SELECT count(*) FROM api_calls
		WHERE purpose = 'subscription_list' AND request_id = ?},
		$res->headers->header('X-Request-Id'));
	cmp_ok $pages, '>', 1, 'it reads on and on';
	cmp_ok $pages, '<=', 20, 'but no more than so many pages';
	like $c->log_text, qr/the listing does not end/, 'and is said';
	$books->switch(pages_without_end => \0);
	$books->settle;
	repaired($user, $person);
	is connection($user)->{webhook}{uri}, $uri, 'it is still the first one';
};

# The clock of Calendly goes a day ahead, so this comes last.
subtest 'disabled by Calendly after a day of failures: made anew' => sub {
	my ($user, $person, $uri) = connected();
	# While nobody is here who could repair it first.
	$c->calendlyd->stop;
	$c->sandbox(POST => '/sandbox/book', { person => $person, wait => \1 });
	$c->sandbox(POST => '/sandbox/clock', { advance => 25 * 3600 });
	my $disabled = sub { ($books->hooks($person))[0]{state} eq 'disabled' };
	$c->wait_for($disabled, 'Calendly to disable it');
	$c->start_calendlyd;
	repaired($user, $person);
	isnt connection($user)->{webhook}{uri}, $uri, 'it is another one';
};

subtest 'what cannot be reconciled says so' => sub {
	my ($user, $person) = connected();
	is reconcile('nobody')->code, 404, 'a user never seen';
	is reconcile('a%20b')->code, 400, 'a user_id that cannot be';
	$c->sandbox(POST => '/sandbox/revoke-app', { person => $person });
	my $res = reconcile($user);
	is $res->code . ' ' . $res->json('/code'), '409 needs_reauth',
	    'a dead credential';
	is reconcile($user)->code, 409, 'again';
	is connection($user)->{status}, 'needs_reauth', 'it says so';
	$c->api(DELETE => "/v1/connections/$user");
	is reconcile($user)->json('/status'), 'disconnected',
	    'one that is disconnected stays so';
};

done_testing;
