# Webhook subscriptions: who may have which, one for each URL, listed in pages.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use SandboxTest;
use Test::More;

my $s = SandboxTest->new;
$s->control(switches => { rate_limit_minute => 0, token_limit_minute => 0 });
my $olivia = $s->connect('olivia');
my $marco = $s->connect('marco');
my $sam = $s->connect('sam');

sub details ($res) { return $res->json->{details}[0] // {} }

sub list_path ($pair, %over) {
	my %query = (organization => $pair->{organization}, scope => 'user',
	    user => $pair->{owner}, %over);
	delete @query{ grep { !defined $query{$_} } keys %query };
	return Mojo::URL->new('/webhook_subscriptions')->query(\%query);
}

subtest 'a subscription is created, shown, listed and deleted' => sub {
	my $res = $s->subscribe($olivia);
	is $res->code, 201, 'created';
	my $r = $res->json->{resource};
	is_deeply [sort keys %$r], [sort qw(uri callback_url created_at
	    updated_at retry_started_at state events scope organization user
	    group creator)], 'with these fields and no signing key';
	is $r->{state}, 'active', 'active';
	is $r->{user}, $olivia->{owner}, 'of its user';
	is $r->{group}, undef, 'of no group';
	my ($id) = $r->{uri} =~ m{([^/]+)\z};
	my $path = "/webhook_subscriptions/$id";
	is_deeply $s->get($path, $olivia->{access_token})->json->{resource},
	    $r, 'shown';
	my $list = $s->get(list_path($olivia), $olivia->{access_token});
	is_deeply $list->json->{collection}, [$r], 'listed';
	is $s->call(DELETE => $path, $sam->{access_token})->code, 404,
	    'not there for another account';
	is $s->call(DELETE => $path, $marco->{access_token})->code, 403,
	    'not to be touched by a plain member';
	my $gone = $s->call(DELETE => $path, $olivia->{access_token});
	is $gone->code, 204, 'deleted';
	is $s->call(DELETE => $path, $olivia->{access_token})->code, 404,
	    'once';
};

subtest 'a malformed one is refused, and the parameter named' => sub {
	my @bad = (
		[url => undef], [url => ''], [url => 'ftp://x/'],
		[url => '/hook'], [url => 'https://x/#f'], [url => ['x']],
		[events => undef], [events => []], [events => 'x'],
		[events => ['invitee.updated']],
		[events => ['invitee.created', 'invitee.created']],
		[scope => undef], [scope => 'galaxy'],
		[organization => undef], [organization => 'acme'],
		[organization => 'https://evil.example/organizations/x'],
		[user => undef], [user => $olivia->{organization}],
		[group => 'https://api.calendly.com/groups/x'],
		[colour => 'blue'], [signing_key => ['x']],
	);
	for my $row (@bad) {
		my ($name, $value) = @$row;
		my $res = $s->subscribe($olivia, $name => $value);
		is $res->code, 400, "$name: " . ($value // 'none');
		is details($res)->{parameter}, $name, 'named';
	}
};

subtest 'the body must be JSON and say so' => sub {
	my $res = $s->call(POST => '/webhook_subscriptions',
	    $olivia->{access_token}, form => { url => 'x' });
	is $res->code, 415, 'no form';
	$res = $s->call(POST => '/webhook_subscriptions',
	    $olivia->{access_token}, '[]');
	is $res->code, 415, 'no type at all';
};

subtest 'each kind of event allows certain scopes' => sub {
	$s->control(switches => { legacy_app => 1 });
	my $all = sub ($scope, $kind) {
		my $res = $s->subscribe($olivia, scope => $scope,
		    events => [$kind], url => "https://x.example/$scope$kind",
		    user => $scope eq 'user' ? $olivia->{owner} : undef);
		return $res->code;
	};
	is $all->('organization', 'routing_form_submission.created'), 201,
	    'routing forms: organization';
	is $all->('user', 'routing_form_submission.created'), 400,
	    'not user';
	is $all->('user', 'meeting_recap.created'), 201, 'recaps: user';
	is $all->('organization', 'meeting_recap.created'), 400,
	    'not organization';
	is $all->('organization', 'contact.created'), 201, 'contacts: both';
	$s->control(switches => { legacy_app => 0 });
};

subtest 'scopes: the call needs its own, each event its family\'s' => sub {
	my $bare = $s->connect('sam', 'users:read webhooks:write');
	my $res = $s->subscribe($bare);
	is $res->code, 403, 'refused';
	is $res->json->{title}, 'Insufficient scope', 'for the scope';
	is_deeply $res->json->{required_scopes}, ['scheduled_events:read'],
	    'which is named';
	my $reader = $s->connect('sam',
	    'users:read scheduled_events:read webhooks:read');
	is $s->subscribe($reader)->code, 403, 'read is not write';
	is $s->get(list_path($reader), $reader->{access_token})->code, 200,
	    'but reads';
	is $s->get(list_path($sam), $sam->{access_token})->code, 200,
	    'and write includes read';
	my $broad = $s->connect('sam', 'scheduled_events:write webhooks:write');
	is $s->subscribe($broad, url => 'https://x.example/broad')->code, 201,
	    'a write scope of the family is enough';
};

subtest 'role: a plain member only for oneself' => sub {
	is $s->subscribe($marco, url => 'https://x.example/m')->code, 201,
	    'oneself';
	my @refused = (
		['another user', user => $olivia->{owner}],
		['the organization', scope => 'organization', user => undef],
		['a foreign organization',
		    organization => $sam->{organization}],
	);
	for my $row (@refused) {
		my ($what, %over) = @$row;
		my $res = $s->subscribe($marco, %over);
		is $res->code, 403, $what;
		like $res->json->{message}, qr/\AYou do not have permission/,
		    'says so';
	}
	is $s->subscribe($olivia, url => 'https://x.example/o',
	    scope => 'organization', user => undef)->code, 201,
	    'an owner may have the organization';
	is $s->subscribe($olivia, url => 'https://x.example/om',
	    user => $marco->{owner})->code, 201, 'and its members';
	is $s->get(list_path($marco, scope => 'organization', user => undef),
	    $marco->{access_token})->code, 403, 'lists follow the same rule';
};

subtest 'a group: only one\'s own organization\'s' => sub {
	my %group = map { $_->{person} => $_->{group} }
	    @{ $s->get('/sandbox/state?only=people')->json->{people} };
	my @want = (scope => 'group', user => undef);
	is $s->subscribe($olivia, @want, group => $group{olivia},
	    url => 'https://x.example/g')->code, 201, 'ours';
	is $s->subscribe($olivia, @want, group => $group{sam})->code, 403,
	    'theirs';
	is details($s->subscribe($olivia, @want))->{parameter}, 'group',
	    'none';
};

subtest 'plan: Free has webhooks, unless switched off' => sub {
	my $frida = $s->connect('frida');
	is $s->subscribe($frida)->code, 201, 'today it has';
	$s->control(switches => { free_plan_webhooks => 0 });
	my $res = $s->subscribe($frida, url => 'https://x.example/f');
	is $res->code, 403, 'once it had not';
	like $res->json->{message}, qr/\APlease upgrade/, 'and says so';
	$s->control(people => { person => 'frida',
	    changes => { plan => 'professional' } });
	is $s->subscribe($frida, url => 'https://x.example/f')->code, 201,
	    'an upgrade helps';
};

subtest 'the same URL twice is a conflict' => sub {
	my $url = 'https://x.example/same';
	is $s->subscribe($sam, url => $url)->code, 201, 'first';
	my $res = $s->subscribe($sam, url => $url);
	is $res->code, 409, 'second';
	is $res->json->{title}, 'Already Exists', 'title';
	is $res->json->{message}, 'Hook with this url already exists',
	    'message';
	is $s->subscribe($marco, url => $url)->code, 201, 'another user may';
	$s->control(switches => { conflict_scope => 'global' });
	is $s->subscribe($olivia, url => $url)->code, 409,
	    'unless it is global';
};

subtest 'a list needs organization, scope, and what the scope needs' => sub {
	for my $name (qw(organization scope user)) {
		my $res = $s->get(list_path($sam, $name => undef),
		    $sam->{access_token});
		is $res->code, 400, "no $name";
		is details($res)->{parameter}, $name, 'named';
	}
};

subtest 'lists come in pages, even while they change' => sub {
	$s->control('reset');
	my $who = $s->connect('sam');
	$s->control(switches => { rate_limit_minute => 0 });
	$s->subscribe($who, url => "https://x.example/$_") for 1 .. 45;
	my $token = $who->{access_token};
	my $first = $s->get(list_path($who), $token)->json;
	is @{ $first->{collection} }, 20, 'twenty by default';
	is $first->{pagination}{count}, 20, 'counted';
	ok !$first->{pagination}{previous_page_token}, 'none before';
	my $next = $first->{pagination}{next_page_token};
	like $first->{pagination}{next_page},
	    qr{\Ahttps://api\.calendly\.com/webhook_subscriptions\?}, 'a link';
	for my $uri (map { $_->{uri} } @{ $first->{collection} }[18, 19]) {
		my ($id) = $uri =~ m{([^/]+)\z};
		$s->call(DELETE => "/webhook_subscriptions/$id", $token);
	}
	my $second = $s->get(list_path($who, page_token => $next),
	    $token)->json;
	is $second->{collection}[0]{callback_url}, 'https://x.example/21',
	    'the next page begins where the first ended';
	my $back = $s->get(list_path($who, page_token =>
	    $second->{pagination}{previous_page_token}), $token)->json;
	is $back->{collection}[0]{callback_url}, 'https://x.example/1',
	    'and the way back leads back';
	my $all = $s->get(list_path($who, count => 100), $token)->json;
	is @{ $all->{collection} }, 43, 'a hundred at most';
	is $all->{pagination}{next_page_token}, undef, 'that was all';
	for my $bad (0, 101, 'x', '') {
		is $s->get(list_path($who, count => $bad), $token)->code, 400,
		    "count=$bad";
	}
	is $s->get(list_path($who, page_token => "${next}x"), $token)->code,
	    400, 'a made-up page token';
	is $s->get(list_path($who, page_token => $next,
	    sort => 'created_at:desc'), $token)->code, 400,
	    'a page token of another query';
	my $desc = $s->get(list_path($who, sort => 'created_at:desc',
	    count => 1), $token)->json;
	is $desc->{collection}[0]{callback_url}, 'https://x.example/45',
	    'newest first';
	$desc = $s->get(list_path($who, sort => 'created_at:desc',
	    count => 1, page_token => $desc->{pagination}{next_page_token}),
	    $token)->json;
	is $desc->{collection}[0]{callback_url}, 'https://x.example/44',
	    'and on downwards';
};

subtest 'a sample body of every kind' => sub {
	$s->control(switches => { legacy_app => 1 });
	my $who = $s->connect('sam');
	for my $kind (Sandbox::Scopes::event_kinds()) {
		my $scope = $kind =~ /routing/ ? 'organization' : 'user';
		my $path = list_path($who, event => $kind, scope => $scope);
		$path->path('/sample_webhook_data');
		my $json = $s->get($path, $who->{access_token})->json;
		is $json->{event}, $kind, $kind;
	}
};

done_testing;
