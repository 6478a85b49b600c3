# The control API and the pages: their answers are clear, the books are
# complete, and nothing secret is shown.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Mojo::DOM;
use SandboxTest;
use Test::More;

my $s = SandboxTest->new(auto_approve => undef);

sub state_now () { return $s->get('/sandbox/state')->json }

sub decide ($ask, %form) {
	my $res = $s->form('/oauth/authorize', { ask => $ask, %form });
	return Mojo::URL->new($res->headers->location // '')->query->to_hash;
}

sub ask () {
	my $dom = Mojo::DOM->new($s->get($s->authorize_url)->body);
	return ($dom->at('input[name=ask]')->{value}, $dom);
}

subtest 'the consent page asks, and does as it is told' => sub {
	my ($ask, $dom) = ask();
	is_deeply [map { $_->{value} } $dom->find('input[name=person]')
	    ->each], [qw(olivia marco frida sam)], 'four people';
	is_deeply $dom->find('.scopes code')->map('text')->to_array,
	    [split / /, $SandboxTest::LEAST], 'the scopes';
	ok !$dom->find('input[type=radio]')->grep(sub {
		!$_->parent || $_->parent->tag ne 'label' })->size,
	    'each choice has its label';
	my $back = decide($ask, person => 'sam', decision => 'allow');
	is $back->{state}, 's1', 'the state';
	my $pair = $s->exchange($back->{code})->json;
	is $s->get('/users/me', $pair->{access_token})->json->{resource}
	    {email}, 'sam@second.example', 'who was chosen';
	is_deeply decide($ask, person => 'sam', decision => 'allow'), {},
	    'an answered page is spent';
	($ask) = ask();
	is decide($ask, person => 'sam', decision => 'deny')->{error},
	    'access_denied', 'denied';
	is state_now()->{consent_visits}, 2, 'visits counted';
};

subtest 'the page at /sandbox and its parts' => sub {
	my $page = $s->get('/sandbox');
	is $page->code, 200, 'there';
	my $dom = Mojo::DOM->new($page->body);
	for my $path (map { $_->{src} // $_->{href} }
	    $dom->find('script[src], link[href]')->each) {
		is $s->get($path)->code, 200, $path;
	}
	is $dom->find('script:not([src])')->size, 0, 'no inline script';
};

subtest 'the books never show a secret unless asked' => sub {
	my ($ask) = ask();
	my $code = decide($ask, person => 'olivia', decision => 'allow')
	    ->{code};
	my $pair = $s->exchange($code)->json;
	$s->subscribe($pair);
	$s->control(book => { person => 'olivia', wait => \1 });
	my $plain = $s->get('/sandbox/state')->body;
	my $secrets = $s->get('/sandbox/state?secrets=1')->json->{secrets};
	for my $value ($code, @$pair{qw(access_token refresh_token)},
	    'the-secret', 'the-key') {
		is index($plain, $value), -1, 'not in the books';
		ok scalar(grep { $_ eq $value }
		    (map { ref ? @$_ : $_ } values %$secrets)),
		    'but among the secrets';
	}
};

subtest 'parts of the books can be had alone' => sub {
	my $books = $s->get('/sandbox/state?only=tokens,consent_visits')->json;
	is_deeply [sort keys %$books], [qw(consent_visits tokens)], 'two';
	like $s->get('/sandbox/state?only=token')->json->{error},
	    qr/no part "token"; there are: api_calls/, 'a wrong name';
};

subtest 'a page elsewhere cannot control it' => sub {
	my $tx = $s->ua->build_tx(POST => $s->base . '/sandbox/reset',
	    { Origin => 'https://evil.example' });
	$s->ua->start_p($tx)->wait;
	is $tx->res->code, 403, 'another origin';
	is $s->form('/sandbox/clock', { advance => 1 })->code, 415,
	    'a form';
};

subtest 'mistakes are told in plain words' => sub {
	my @mistakes = (
		[book => { person => 'nobody' }, qr/no person "nobody"/],
		[book => {}, qr/say which "person"/],
		[book => { person => 'sam', colour => 1 },
		    qr/unknown: colour; this takes/],
		[book => { person => 'sam', start_time => 'soon' },
		    qr/"start_time" takes a time/],
		[cancel => { invitee => 'x' }, qr/say which "invitee"/],
		[clock => {}, qr/say "offset" or "advance"/],
		[clock => { advance => 'x' }, qr/takes a number/],
		[switches => { zoom => 1 }, qr/no switch "zoom"/],
		[switches => { zoom_kind => 'x' }, qr/one of: zoom zoom_co/],
		[switches => { pkce_required => 'maybe' }, qr/true or false/],
		[switches => { rate_limit_seconds => 0 }, qr/above 0/],
		[people => { person => 'sam', changes => { shoe => 44 } },
		    qr/"shoe" cannot be changed; what can/],
		[people => { person => 'sam', changes => { role => 'boss' } },
		    qr/one of: owner admin user/],
		['auto-approve' => { person => 'eve' }, qr/no person "eve"/],
		[deliver => { subscription => 'x' }, qr/"subscription"/],
		[disable => { subscription => 'x' }, qr/"subscription"/],
		[emit => { person => 'sam', event => 'x' }, qr/no event "x"/],
	);
	for my $row (@mistakes) {
		my ($path, $json, $says) = @$row;
		like $s->control($path, $json)->{error}, $says, "$path $says";
	}
};

subtest 'switches explain themselves' => sub {
	my $list = $s->get('/sandbox/switches')->json->{switches};
	cmp_ok @$list, '>', 25, 'many';
	ok !(grep { !length $_->{about} || !length $_->{takes} } @$list),
	    'each with a word on what it asks';
	$s->control(switches => { iss_in_callback => 'right' });
	my ($ask) = ask();
	is decide($ask, person => 'sam', decision => 'allow')->{iss},
	    'https://auth.calendly.com', 'iss';
	$s->control(switches => { granted_scopes => 'users:read' });
	my $pair = $s->connect('sam');
	is $pair->{scope}, 'users:read', 'fewer scopes than asked for';
	$s->control(switches => { token_scope_returned => 'code_only',
	    invalid_grant_status => 401 });
	my $next = $s->refresh($pair->{refresh_token});
	ok !exists $next->json->{scope}, 'scope left out';
	is $s->refresh($pair->{refresh_token})->code, 401,
	    'invalid_grant as a 401';
};

subtest 'revoking one token may end others, or subscriptions' => sub {
	$s->control('reset');
	my ($one, $two) = map { $s->connect('sam') } 1, 2;
	my $revoke = sub ($pair) {
		$s->form('/oauth/revoke', { client_id => 'the-id',
		    client_secret => 'the-secret',
		    token => $pair->{refresh_token} });
	};
	$s->subscribe($one);
	$revoke->($one);
	is $s->get('/users/me', $two->{access_token})->code, 200, 'not so';
	is @{ state_now()->{subscriptions} }, 1, 'nor here';
	$s->control(switches => { revoke_removes_subscriptions => \1,
	    revoke_kills_all_tokens_of_user => \1 });
	$one = $s->connect('sam');
	$revoke->($one);
	is $s->get('/users/me', $two->{access_token})->code, 401, 'or so';
	is @{ state_now()->{subscriptions} }, 0, 'and here';
};

subtest 'subscriptions of another app are there and told apart' => sub {
	my $pair = $s->connect('sam');
	$s->control('foreign-subscription' => { person => 'sam',
	    url => $s->receiver . '/other' });
	$s->subscribe($pair);
	my $subs = state_now()->{subscriptions};
	is_deeply [map { $_->{owner_app} } @$subs], ['another app', 'app'],
	    'told apart';
	my $path = Mojo::URL->new('/webhook_subscriptions')->query(
	    organization => $pair->{organization}, scope => 'user',
	    user => $pair->{owner});
	my $list = sub { scalar @{ $s->get($path, $pair->{access_token})
	    ->json->{collection} } };
	is $list->(), 2, 'the API lists both';
	$s->control(switches => { foreign_subscriptions_visible => \0 });
	is $list->(), 1, 'or only ours';
};

subtest 'deliveries by hand' => sub {
	$s->control('reset');
	@{ $s->got } = ();
	$s->subscribe($s->connect('sam'));
	my $id = state_now()->{subscriptions}[0]{id};
	push @{ $s->answers }, 401;
	my $res = $s->control(deliver => { subscription => $id,
	    raw_body => 'not json', times => 2 });
	is_deeply [sort @{ $res->{statuses} }], [200, 401], 'statuses';
	my $got = $s->got->[0];
	my ($t) = $got->{signature} =~ /t=(\d+)/;
	my $sender = $s->state->deliver->sender;
	is $got->{signature}, $sender->sign('the-key', 'not json', $t), 'rightly signed';
	$s->control(deliver => { subscription => $id, raw_body => '{}',
	    headers => { 'Calendly-Webhook-Signature' => 'forged' } });
	is $s->got->[-1]{signature}, 'forged', 'or as told';
	my $signed = $s->get('/sandbox/sign?body=%7B%7D&t=5')->json;
	is $signed->{value}, $sender->sign('the-key', '{}', 5),
	    'a signature to use elsewhere';
	$s->control(emit => { person => 'sam', event => 'invitee.created',
	    wait => \1 });
	my $last = state_now()->{deliveries}[-1];
	$s->control(redeliver => { delivery => $last->{id}, wait => \1 });
	is $s->got->[-1]{body}, $s->got->[-2]{body}, 'once more, the same';
};

subtest 'many people for a load, and all forgotten by a reset' => sub {
	is $s->control(people => { count => 1000, prefix => 'load' })->{added},
	    1000, 'a thousand';
	my $pair = $s->connect('load777');
	ok $pair->{access_token}, 'each can connect';
	is $s->control(people => { person => 'zed', create => \1,
	    changes => { email => 'z@x.example' } })->{user}{email},
	    'z@x.example', 'or one by name';
	$s->control('reset');
	is @{ state_now()->{people} }, 4, 'four again';
	is $s->get('/users/me', $pair->{access_token})->code, 401, 'gone';
};

done_testing;
