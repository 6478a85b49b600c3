# The rest of the API: tokens, rates, users, organizations, meetings.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use SandboxTest;
use Test::More;

my $s = SandboxTest->new;
my $all = 'users:read organizations:read scheduled_events:write '
    . 'webhooks:write';
my $olivia = $s->connect('olivia', $all);
my $marco = $s->connect('marco', $all);
my $sam = $s->connect('sam', $all);

sub get ($pair, $path, %query) {
	return $s->get(Mojo::URL->new($path)->query(\%query),
	    $pair->{access_token});
}

sub path ($uri) { return Mojo::URL->new($uri)->path->to_string }

subtest 'a token is needed, and a wrong one is told why' => sub {
	my $res = $s->get('/users/me');
	is $res->code, 401, 'none';
	is $res->json->{title}, 'Unauthenticated', 'title';
	is $s->get('/users/me', 'made-up')->json->{message},
	    'The access token is invalid', 'unknown';
	my $gone = $s->connect('sam');
	$s->control('revoke-app' => { person => 'sam' });
	is $s->get('/users/me', $gone->{access_token})->json->{message},
	    'The access token was revoked', 'revoked';
	$sam = $s->connect('sam', $all);
	is $s->get('/nowhere', $sam->{access_token})->code, 404,
	    'an unknown path';
};

subtest 'users and organizations' => sub {
	my $me = get($olivia, '/users/me')->json->{resource};
	is $me->{uri}, $olivia->{owner}, 'me';
	is $me->{current_organization}, $olivia->{organization}, 'mine';
	is_deeply get($olivia, path($me->{uri}))->json->{resource}, $me,
	    'by id too';
	is get($sam, path($me->{uri}))->code, 403, 'not for strangers';
	my $org = get($olivia, path($olivia->{organization}))->json;
	is $org->{resource}{plan}, 'professional', 'plan';
	is get($sam, path($olivia->{organization}))->code, 403, 'a stranger';
	my $list = get($olivia, '/organization_memberships',
	    organization => $olivia->{organization})->json->{collection};
	is_deeply [sort map { $_->{role} } @$list], [qw(owner user)], 'roles';
	is get($marco, '/organization_memberships',
	    organization => $olivia->{organization})->code, 403,
	    'a member may not see all';
	is @{ get($marco, '/organization_memberships', user =>
	    $marco->{owner})->json->{collection} }, 1, 'but oneself';
	is get($marco, '/organization_memberships')->code, 400, 'not neither';
	is $s->get('/organizations/x', $s->connect('sam')->{access_token})
	    ->code, 403, 'and all that needs its scope';
};

subtest 'the rate limit counts per user, and tells' => sub {
	$s->control(switches => { rate_limit_minute => 3,
	    retry_after_on_429 => \1 });
	my $who = $s->connect('frida');
	my @res = map { get($who, '/users/me') } 1 .. 4;
	is_deeply [map { $_->code } @res], [200, 200, 200, 429], 'limited';
	is_deeply [map { $_->headers->header('X-RateLimit-Remaining') } @res],
	    [2, 1, 0, 0], 'remaining';
	my $reset = $res[3]->headers->header('X-RateLimit-Reset');
	ok $reset >= 1 && $reset <= 60, 'seconds until reset';
	is $res[3]->headers->header('Retry-After'), $reset, 'if switched on';
	$s->control(clock => { advance => 61 });
	is get($who, '/users/me')->code, 200, 'a minute later';
	is_deeply $s->get('/sandbox/state?only=rates')->json->{rates}{frida},
	    { calls => 5, peak => 4, scheduled_events => 0, limited => 1 },
	    'the books';
	$s->control(switches => { rate_limit_seconds => 20 });
	$s->control(clock => { advance => 21 });
	$reset = get($who, '/scheduled_events', user => $who->{owner})->headers
	    ->header('X-RateLimit-Reset');
	ok $reset >= 1 && $reset <= 20, 'windows of any length';
	is $s->get('/sandbox/state?only=rates')->json->{rates}{frida}
	    {scheduled_events}, 1, 'of which the meetings';
	$s->control(switches => { retry_after_form => 'date' });
	@res = map { get($who, '/users/me') } 1 .. 3;
	my $until = Mojo::Date->new($res[2]->headers->header('Retry-After'));
	ok $until->epoch > time && $until->epoch <= time + 20,
	    'Retry-After may be a date';
	$s->control(switches => { rate_limit_minute => 'plan',
	    rate_limit_seconds => 60 });
	$s->control(clock => { advance => 61 });
	is get($who, '/users/me')->headers->header('X-RateLimit-Limit'), 50,
	    'Free has 50';
	is get($olivia, '/users/me')->headers->header('X-RateLimit-Limit'),
	    500, 'paid has 500';
};

subtest 'scheduled events are listed, filtered and paged' => sub {
	$s->control(switches => { rate_limit_minute => 0 });
	for my $day (10 .. 40) {
		$s->control(book => { person => 'olivia', start_time =>
		    sprintf('2030-%02d-%02dT10:00:00Z', $day < 30 ? 1 : 2,
			$day % 30 || 1), invitee => { name => "N $day",
			email => "n$day\@x.example" } });
	}
	my $mine = sub (%query) {
		return get($olivia, '/scheduled_events',
		    user => $olivia->{owner}, %query)->json;
	};
	my $page = $mine->();
	is @{ $page->{collection} }, 20, 'twenty';
	is $page->{collection}[0]{start_time}, '2030-01-10T10:00:00.000000Z',
	    'earliest first';
	my $rest = $mine->(page_token =>
	    $page->{pagination}{next_page_token});
	is @{ $rest->{collection} }, 11, 'the rest';
	is @{ $mine->(invitee_email => 'N12@x.example')->{collection} }, 1,
	    'by invitee';
	is @{ $mine->(min_start_time => '2030-02-01T00:00:00Z', count => 100)
	    ->{collection} }, 11, 'from a time on';
	is @{ $mine->(max_start_time => '2030-01-11T11:00:00+01:00')
	    ->{collection} }, 2, 'up to a time';
	is get($olivia, '/scheduled_events', user => $olivia->{owner},
	    min_start_time => 'tomorrow')->code, 400, 'not any time';
	is get($olivia, '/scheduled_events')->code, 400, 'whose?';
	is get($marco, '/scheduled_events', user => $olivia->{owner})->code,
	    403, 'not others\'';
	is get($olivia, '/scheduled_events', user => $marco->{owner})->code,
	    403, 'user alone: only oneself, even for an owner';
	is get($olivia, '/scheduled_events', user => $marco->{owner},
	    organization => $olivia->{organization})->code, 200,
	    'with the organization an owner may';
	is get($marco, '/scheduled_events',
	    organization => $olivia->{organization})->code, 403,
	    'a plain member may not';
};

subtest 'one event, its invitees, its cancellation, no-shows' => sub {
	my $made = $s->control(book => { person => 'olivia', limit => 3 });
	$s->control(book => { event => $made->{event}{uri},
	    invitee => { email => 'two@x.example' } });
	my $path = path($made->{event}{uri});
	my $event = get($olivia, $path)->json->{resource};
	is $event->{invitees_counter}{total}, 2, 'two come';
	is get($sam, $path)->code, 404, 'a stranger sees nothing';
	is get($marco, $path)->code, 403, 'nor a plain member';
	my $invitees = get($olivia, "$path/invitees")->json->{collection};
	is @$invitees, 2, 'both listed';
	is @{ get($olivia, "$path/invitees", email => 'TWO@x.example')
	    ->json->{collection} }, 1, 'by e-mail';
	is_deeply get($olivia, path($invitees->[0]{uri}))->json->{resource},
	    $invitees->[0], 'one alone';
	my $post = sub ($who, $where, $json) {
		return $s->call(POST => $where, $who->{access_token},
		    json => $json);
	};
	my $marked = $post->($olivia, '/invitee_no_shows',
	    { invitee => $invitees->[0]{uri} });
	is $marked->code, 201, 'marked';
	my $where = path($marked->json->{resource}{uri});
	is get($olivia, $where)->code, 200, 'there';
	is $s->call(DELETE => $where, $olivia->{access_token})->code, 204,
	    'unmarked';
	is get($olivia, $where)->code, 404, 'gone';
	is $post->($marco, "$path/cancellation", {})->code, 403, 'not theirs';
	my $canceled = $post->($olivia, "$path/cancellation",
	    { reason => 'ill' });
	is $canceled->code, 201, 'canceled';
	is $canceled->json->{resource}{canceler_type}, 'host', 'by the host';
	is $post->($olivia, "$path/cancellation", {})->code, 403, 'once';
	is get($olivia, $path)->json->{resource}{status}, 'canceled', 'so';
};

subtest 'former organizations: events stay with the user' => sub {
	my $path = sub (%query) {
		return get($sam, '/scheduled_events',
		    user => $sam->{owner}, %query);
	};
	my $made = $s->control(book => { person => 'sam' });
	$s->control(people => { person => 'sam',
	    changes => { current_organization => 'acme', role => 'user' } });
	is @{ $path->()->json->{collection} }, 1, 'user alone: still there';
	my $now = get($sam, '/users/me')->json->{resource};
	is $now->{current_organization}, $olivia->{organization}, 'moved';
	is @{ $path->(organization => $olivia->{organization})->json
	    ->{collection} }, 0, 'with the new organization: not';
	is $path->(organization => $sam->{organization})->code, 403,
	    'the old one is closed';
	is get($sam, path($made->{$_}{uri}))->code, 200, "the $_ is there"
	    for qw(event invitee);
	$made = $s->control(book => { person => 'sam' });
	is_deeply $path->(organization => $olivia->{organization})->json
	    ->{collection}, [$made->{event}], 'later ones belong to the new';
	is @{ $path->()->json->{collection} }, 2, 'user alone: both';
};

subtest 'a change of host is seen in both calendars' => sub {
	my $made = $s->control(book => { person => 'olivia' });
	my $moved = $s->control('change-host' => { person => 'marco',
	    event => $made->{event}{uri} });
	is $moved->{event}{event_memberships}[0]{user}, $marco->{owner},
	    'the new host';
	is get($marco, path($made->{event}{uri}))->code, 200, 'may see it';
};

subtest 'ids of any form' => sub {
	my %form = (
		upper_uuid => qr/[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}/,
		dashless   => qr/[0-9a-f]{32}/,
		lower16    => qr/[a-z2-7]{16}/,
		word       => qr/[\w-]{4}_[\w-]{4}-[\w-]{4}/a,
		punctuated => qr/[!-~]{23}/,
		twenty     => qr/[\w-]{20}/a,
		long       => qr/[\w-]{200}/a,
		longest    => qr/[\w-]{255}/a,
		slash      => qr{[0-9a-f-]{36}/},
	);
	for my $style (sort keys %form) {
		$s->control(switches => { id_style => $style });
		$s->control(people => { person => $style, create => \1 });
		my $who = $s->connect($style,
		    "$SandboxTest::LEAST scheduled_events:write");
		like $who->{owner}, qr{/users/$form{$style}\z}, $style;
		my $sub = $s->subscribe($who)->json->{resource};
		my $list = get($who, Mojo::URL->new('/webhook_subscriptions')
		    ->query(organization => $who->{organization},
			scope => 'user', user => $who->{owner}));
		is_deeply $list->json->{collection}, [$sub], 'listed';
		is get($who, path($sub->{uri}))->code, 200, 'a subscription';
		my $made = $s->control(book => { person => $style });
		my $invitee = $made->{invitee}{uri};
		is get($who, path($invitee))->code, 200, 'an invitee';
		is $s->call(POST => '/invitee_no_shows', $who->{access_token},
		    json => { invitee => $invitee })->code, 201, 'a no-show';
	}
	$s->control(switches => { id_style => 'uuid' });
};

subtest 'ids and URIs in their other forms' => sub {
	$s->control(switches => { id_style => 'short', uri_base => 'self' });
	my $made = $s->control(book => { person => 'olivia' });
	my $base = $s->base;
	like $made->{event}{uri},
	    qr{\A\Q$base\E/scheduled_events/[A-Z2-7]{16}\z}, 'short, here';
	is get($olivia, path($made->{event}{uri}))->code, 200, 'and works';
};

done_testing;
