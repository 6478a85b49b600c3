# The host application does not get again what it has already (RFC 9110,
# 13.1.2): all that it reads has an ETag and honours If-None-Match.

use Cal::Test;

my $c = Cal::Test->start;
$c->connect('u1', person => 'olivia');
$c->stack->ctl_must(qw(tenant add other));
my $session = $c->session('u2')->{id};
my $event = $c->wait_for(sub { ($c->events)[0] }, 'an event');
my $one = '/v1/connections/u1';
my @READ = ('/v1/connections', $one, "$one/webhooks", "$one/log",
    "/v1/connect-sessions/$session", '/v1/events',
    "/v1/events/$event->{id}");

sub ask ($method, $path, $tags = undef, %header)
{
	$header{'If-None-Match'} = $tags if defined $tags;
	return $c->api($method => $path, undef, \%header);
}

sub etag ($path) { return ask(GET => $path)->headers->etag }

# What proxies and clients are told about keeping an answer.
sub keeping ($res) { return $res->headers->every_header('Cache-Control') }

subtest 'all that can be read' => sub {
	for my $path (@READ) {
		my $first = ask(GET => $path);
		like $first->headers->etag, qr/\A"[\w-]{22}"\z/,
		    "$path has a strong tag";
		is_deeply keeping($first), ['private, no-cache'],
		    'and is asked for again before it is used again';
		my $head = ask(HEAD => $path);
		is $head->headers->etag, $first->headers->etag,
		    'HEAD has the same tag';
		is $head->headers->content_length, length $first->body,
		    'and the same length';
		for my $again (map { ask($_ => $path, $first->headers->etag) }
		    qw(GET HEAD)) {
			is $again->code . $again->body, '304',
			    'is not sent again';
			is $again->headers->etag, $first->headers->etag,
			    'and named once more';
			is_deeply keeping($again), ['private, no-cache'],
			    'still to be asked for';
			is $again->headers->content_type, undef,
			    'nothing is said of a body that is not there';
		}
	}
};

subtest 'what changed is sent, under another tag' => sub {
	my $was = etag($one);
	$c->api(DELETE => $one);
	my $res = ask(GET => $one, $was);
	is $res->code, 200, 'sent';
	is $res->json('/status'), 'disconnected', 'as it is now';
	isnt $res->headers->etag, $was, 'another tag';
	is ask(GET => $one, "$was, " . $res->headers->etag)->code, 304,
	    'both known: nothing to send';
};

subtest 'every way to name what one has' => sub {
	my $tag = etag($one);
	is ask(GET => $one, $_)->code, 304, $_ for $tag, "W/$tag", '*',
	    qq{"x", $tag}, qq{W/"x",W/$tag}, qq{, "a,b" ,\t$tag , "c"},
	    qq{"", $tag};
	my $bare = $tag =~ s/"//gr;
	is ask(GET => $one, $_)->code, 200, 'not by ' . substr $_, 0, 40
	    for '"x"', $bare, qq{"$bare}, "w/$tag", "*, $tag", '"*"', 'x' x 4000,
	    qq{"${bare}x"}, qq{"x$tag};
};

subtest 'only what is right and was let in' => sub {
	is ask(GET => '/v1/connections/nobody', '*')->code, 404,
	    'what is not there is no match';
	is ask(GET => "$one/log?limit=0", '*')->code, 400, 'nor is a mistake';
	is ask(GET => $one, '*', Authorization => undef)->code, 401,
	    'without a key nothing is told';
	my $key = $c->stack->ctl_must(qw(key add other));
	is ask(GET => $one, etag($one), Authorization => "Bearer $key")->code,
	    404, "nor of another tenant's";
	for my $refused (ask(GET => '/v1/connections/nobody'),
	    ask(GET => '/v1/connections?limit=0')) {
		is $refused->headers->etag, undef, 'a problem has no tag';
		is_deeply keeping($refused), ['no-store'], 'and is not kept';
	}
};

subtest 'secrets are never kept' => sub {
	my $key = $c->stack->ctl_must(qw(key add --allow-token test));
	my %with = (Authorization => "Bearer $key");
	$c->connect('u2', person => 'olivia');
	for my $res ($c->api(POST => '/v1/connect-sessions',
		{ user_id => 'u2' }, { 'If-None-Match' => '*' }),
	    ask(POST => '/v1/connections/u2/token', '*', %with)) {
		like $res->code, qr/\A20[01]\z/, 'always answered in full';
		is_deeply keeping($res), ['no-store'], 'not to be kept';
		is $res->headers->etag, undef, 'and without a tag';
	}
};

done_testing;
