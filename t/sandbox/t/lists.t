# What Calendly says about subscriptions may differ from what is so: lists that
# lag or lie, useless answers to a create, old page tokens.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use SandboxTest;
use Test::More;

my $s = SandboxTest->new;
my $sam;

sub begin (%switches) {
	$s->control('reset');
	$sam = $s->connect('sam');
	$s->control(switches => \%switches) if %switches;
	return;
}

sub subscribe (%over) { return $s->subscribe($sam, %over)->json->{resource} }

sub list_path (%more) {
	return Mojo::URL->new('/webhook_subscriptions')->query(
	    organization => $sam->{organization}, scope => 'user',
	    user => $sam->{owner}, %more);
}

sub list (%more) {
	return $s->get(list_path(%more), $sam->{access_token})->json;
}

sub listed () { return map { $_->{uri} } @{ list()->{collection} } }

sub path ($uri) { return Mojo::URL->new($uri)->path->to_string }

sub one ($uri) { return $s->get(path($uri), $sam->{access_token}) }

sub erase ($uri) {
	return $s->call(DELETE => path($uri), $sam->{access_token})->code;
}

sub books ($part) {
	return $s->get("/sandbox/state?only=$part")->json->{$part};
}

subtest 'lists lag by so many lists' => sub {
	begin(list_lag_lists => 2);
	my $uri = subscribe()->{uri};
	is_deeply [listed()], [], "not in list $_" for 1, 2;
	is one($uri)->code, 200, 'there all the same';
	is_deeply [listed()], [$uri], 'in the third';
	is erase($uri), 204, 'deleted';
	is one($uri)->code, 404, 'and gone';
	is_deeply [listed()], [$uri], 'but in two lists more';
	is list()->{collection}[0]{state}, 'active', 'as it was';
	is_deeply [listed()], [], 'at last not';
};

subtest 'lists lag by so many seconds' => sub {
	begin(list_lag_seconds => 60);
	my $uri = subscribe()->{uri};
	is_deeply [listed()], [], 'not yet';
	$s->control(clock => { advance => 61 });
	is_deeply [listed()], [$uri], 'listed a minute later';
	erase($uri);
	is_deeply [listed()], [$uri], 'still listed';
	$s->control(clock => { advance => 61 });
	is_deeply [listed()], [], 'for a minute';
};

subtest 'lists say other than the truth, a GET by URI does not' => sub {
	begin();
	my $truth = subscribe(url => 'https://x.example/hook');
	my $uri = $truth->{uri};
	my @lies = (
		[list_events => null => events => undef],
		[list_events => empty => events => []],
		[list_events => 'absent', 'events'],
		[list_state => capital => state => 'Active'],
		[list_state => unknown => state => 'paused'],
		[list_state => 'absent', 'state'],
		[list_uri => null => uri => undef],
		[list_uri => 'absent', 'uri'],
		[list_uri => slash => uri => "$uri/"],
		[list_uri => capitals => uri =>
		    $uri =~ s{([^/]+)\z}{\U$1}r],
		[list_uri => web_host => uri =>
		    $uri =~ s/api\.calendly/calendly/r],
		[list_callback => capitals => callback_url =>
		    'HTTPS://X.EXAMPLE/hook'],
		[list_callback => port => callback_url =>
		    'https://x.example:443/hook'],
		[list_callback => slash => callback_url =>
		    'https://x.example/hook/'],
		[list_callback => other => callback_url =>
		    'https://elsewhere.example/hook'],
		[list_callback => 'absent', 'callback_url'],
	);
	for my $row (@lies) {
		my ($switch, $value, $name, @said) = @$row;
		$s->control(switches => { $switch => $value });
		my %expected = %$truth;
		delete $expected{$name};
		$expected{$name} = $said[0] if @said;
		is_deeply list()->{collection}, [\%expected],
		    "$switch: $value";
		is_deeply one($uri)->json->{resource}, $truth, 'the truth';
		$s->control(switches => { $switch => 'right' });
	}
	is one($uri =~ s{([^/]+)\z}{\U$1}r)->code, 200,
	    'a UUID is the same in capitals';
	$s->control(switches => { list_omits_ours => 1 });
	is_deeply [listed()], [], 'omitted';
	is one($uri)->code, 200, 'and there';
};

subtest 'a GET by URI fails as told' => sub {
	begin();
	my $uri = subscribe()->{uri};
	for my $status (404, 410, 500) {
		$s->control(switches => { subscription_by_uri => $status });
		is one($uri)->code, $status, "a $status";
	}
	is_deeply [listed()], [$uri], 'the list is right';
};

subtest 'a create is refused, or its answer is of no use' => sub {
	begin(create_answer => 'refused');
	is $s->subscribe($sam)->code, 400, 'refused';
	is @{ books('subscriptions') }, 0, 'and not made';
	my %answer = (
		empty       => sub ($res) { $res->body eq '' },
		no_resource => sub ($res) { !keys %{ $res->json } },
		no_uri => sub ($res) { !exists $res->json->{resource}{uri} },
		odd_uri => sub ($res) { $res->json->{resource}{uri} !~ m{/} },
	);
	for my $how (sort keys %answer) {
		begin(create_answer => $how);
		my $res = $s->subscribe($sam);
		is $res->code, 201, "$how: 201";
		ok $answer{$how}->($res), 'of no use';
		is @{ books('subscriptions') }, 1, 'and made all the same';
	}
};

subtest 'page tokens do not keep' => sub {
	begin(page_token_seconds => 120);
	subscribe(url => "https://x.example/$_") for 1 .. 3;
	my $first = list(count => 2);
	my $token = $first->{pagination}{next_page_token};
	my $next = list_path(count => 2, page_token => $token);
	is $s->get($next, $sam->{access_token})->code, 200, 'fresh: good';
	$s->control(clock => { advance => 130 });
	my $res = $s->get($next, $sam->{access_token});
	is $res->code, 400, 'minutes later: refused';
	is $res->json->{details}[0]{parameter}, 'page_token', 'named';
};

subtest 'X-RateLimit-Reset may say 60 whatever is left' => sub {
	begin(rate_limit_reset => 'constant');
	list();
	$s->control(clock => { advance => 30 });
	my $res = $s->get(list_path(), $sam->{access_token});
	is $res->headers->header('X-RateLimit-Reset'), 60, 'always';
};

subtest 'the books know those that were, and the most there were' => sub {
	begin();
	my @uri = map { subscribe(url => "https://x.example/$_")->{uri} }
	    1 .. 3;
	erase($uri[0]);
	is books('subscriptions_peak')->{sam}, 3, 'three at one time';
	my ($gone) = @{ books('subscriptions_gone') };
	is_deeply [@$gone{qw(uri by person dropped)}],
	    [$uri[0], 'api', 'sam', 0], 'one is gone';
};

done_testing;
