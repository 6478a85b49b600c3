# Lists: every entry once, page by page, and only cursors of their own.
#
# With sanitizers in every run.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);
my @USER = ('a|b@c.d:e+f=g', map {"page$_"} 2 .. 7);
$c->connect($USER[$_ - 1], person => "p$_") for 1 .. 7;

sub refused ($path, $code, $title)
{
	my $res = $c->api(GET => $path);
	return is $res->code . ' ' . ($res->json('/code') // '-'), "400 $code",
	    $title;
}

subtest 'connections, by user' => sub {
	my ($next, @user);
	do {
		my $res = $c->api(GET => '/v1/connections?limit=2' .
			($next ? "&after=$next" : ''));
		push @user, map { $_->{user_id} } @{ $res->json('/data') };
		$next = $res->json('/next');
	} while ($next && @user < 20);
	is_deeply \@user, [sort @USER], 'each is there once';
	$c->api(DELETE => '/v1/connections/page7');
	for my $is (['connected', @USER[0 .. 5]], ['disconnected', 'page7'],
	    ['needs_reauth']) {
		my ($status, @want) = @$is;
		is_deeply [map { $_->{user_id} } @{ $c->api(GET =>
			"/v1/connections?status=$status")->json('/data') }],
		    \@want, "those that are $status";
	}
	refused('/v1/connections?status=well', 'invalid_request',
		'an unknown status');
};

subtest 'the feed' => sub {
	$books->settle;
	$c->wait_for(sub { grep { $_->{type} eq 'connection.disconnected' }
		$c->events }, 'the last event');
	my @all = map { $_->{id} } $c->events;
	my ($next, @id) = ('');
	for (1 .. 20) {
		my $res = $c->api(GET => '/v1/events?limit=3' .
			($next && "&after=$next"));
		push @id, map { $_->{id} } @{ $res->json('/data') };
		$next = $res->json('/next');
		last if !$res->json('/more');
	}
	is_deeply \@id, \@all, 'every event once, in order';
	is_deeply $c->api(GET => "/v1/events?after=$next")->json,
	    { data => [], next => $next, more => \0 },
	    'at the end it stays where it is';
	is $c->api(GET => "/v1/events/$id[0]")->json('/id'), $id[0],
	    'one by its id';
};

subtest 'the log of calls' => sub {
	my $path = '/v1/connections/page2/log?limit=3';
	my $log = $c->api(GET => $path)->json;
	my $more = $c->api(GET => "$path&after=$log->{next}")->json;
	is join(' ', map { $_->{purpose} } @{ $log->{data} },
		@{ $more->{data} }), 'event_list subscription_create ' .
	    'subscription_list user_me code_exchange', 'newest first';
	is $more->{next}, undef, 'and no more';
};

subtest 'limits and cursors that are none' => sub {
	my ($c1, $e1) = map { $c->api(GET => "$_?limit=1")->json('/next') }
	    '/v1/connections', '/v1/events';
	for my $list ('/v1/connections', '/v1/connections/page2/log',
	    '/v1/events') {
		refused("$list?limit=$_", 'invalid_request', "$list: limit=$_")
		    for 0, 1001, -1, 'x', '1.5', '', '%201', '9' x 30;
		is $c->api(GET => "$list?limit=1000")->code, 200, 'the most';
		my $foreign = $list =~ /events/ ? $c1 : $e1;
		refused("$list?after=$_", 'cursor_invalid',
			"$list: after=" . substr $_, 0, 20)
		    for '', 'x', 'e', '!', $foreign, 'eLTE', 'lLTE', "l$c1",
		    map { $_ . 'OTk5' x 12 } qw(e l);
	}
};

done_testing;
