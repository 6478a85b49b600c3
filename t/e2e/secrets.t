# No token, key, code, state or verifier is ever in a log or, in clear, in the
# database, whatever goes wrong; and this test would find one.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(delivery);
use Cal::Test::Echo;
use MIME::Base64 qw(decode_base64 encode_base64);
use Mojo::File qw(path);
use Mojo::JSON qw(encode_json);
use Mojo::Util qw(url_escape);

my $echo = Cal::Test::Echo->new->start;
my $c = Cal::Test->start(own_cluster => 1, settings => {
	CALENDLY_API_URL => $echo->url, CALENDLY_AUTH_URL => $echo->url,
	CALENDLY_OAUTH_CLIENT_SECRET => 'cs/needs+escaping"&=?1',
	CALENDLY_WEBHOOK_SIGNING_KEY => "$Cal::Test::Stack::OAUTH{key},old/k+2",
}, sandbox => { 'client-secret' => 'cs/needs+escaping"&=?1' });
$echo->upstream($c->stack->sandbox_url);

my %secret = (			# value => what it is
	$c->key => 'API key', 'cs/needs+escaping"&=?1' => 'client secret',
	$Cal::Test::Stack::OAUTH{key} => 'signing key',
	'old/k+2' => 'previous signing key', 'forged/code+"1"' => 'forged code',
	map { ($_ => 'master key') } path($c->stack->run . '/keyring')->slurp
	    =~ /^key \S+ (\S+)/mg,
);
my (@dump, @log);

sub browser
{
	my $browser = $c->new_browser;
	push @{ $browser->sites }, $echo->url;
	return $browser;
}

# What one browser, the sandbox and Calendly's other end have seen by now.
sub learn ($browser)
{
	my %seen;
	my $s = $c->sandbox(GET => '/sandbox/state?secrets=1');
	my $by = $s->{secrets};
	push @{ $seen{$_} }, @{ $by->{$_} // [] }
	    for qw(codes access_tokens refresh_tokens signing_keys);
	push @{ $seen{endpoint} }, map { ($_->{url} // $_->{callback_url}) =~
		m{/webhooks/calendly/([\w-]+)} } @{ $s->{deliveries} },
		@{ $s->{subscriptions} };
	$seen{verifier} = [$echo->heard =~ /code_verifier=([\w-]+)/g];
	push @{ $seen{endpoint} }, $echo->heard =~
	    m{webhooks\\?/calendly\\?/([\w-]{43})}g;
	my $trail = join ' ', map { $_->{url} } @{ $browser->trail },
	    { url => $browser->url };
	$seen{state} = [$trail =~ /[?&]state=([\w-]{20,})/g];
	$seen{session} = [$trail =~ m{/connect/([\w-]{43})}g];
	$seen{cookie} = [map { $_->value } grep { $_->name =~ /calendlyd/ }
		@{ $browser->ua->cookie_jar->all }];
	# A link's secret is in a cookie, too; in this order it counts as a link's.
	for my $what (sort keys %seen) {
		$secret{$_} = $what for @{ $seen{$what} };
	}
	return;
}

# Every form in which a value could lie somewhere, as one pattern.
sub forms ($value)
{
	my %form = map { $_ => 1 } $value, url_escape($value),
	    url_escape($value, '^A-Za-z0-9'),
	    encode_json([$value]) =~ /"(.*)"/, unpack('H*', $value);
	for my $before (0 .. 2) {
		my $n = $before + length $value;
		my $first = int(($before * 8 + 5) / 6);
		my $core = substr encode_base64('x' x $before . $value, ''),
		    $first, int($n * 8 / 6) - $first;
		$form{$_} = 1 for $core, $core =~ tr{+/}{-_}r,
		    $core =~ s{/}{\\/}gr, url_escape($core);
	}
	$form{ unpack 'H*', decode_base64($value =~ tr{-_}{+/}r . '=') } = 1
	    if $value =~ /^[\w-]{43}$/;
	return join '|', map {quotemeta} grep { length >= 6 } keys %form;
}

# The names of the secrets that a text holds, in whatever form.
sub found_in ($text)
{
	my %found;
	for my $value (keys %secret) {
		my $form = forms($value);
		$found{ $secret{$value} } = $& if $text =~ /$form/;
	}
	return \%found;
}

sub dump_database
{
	my ($program) = reverse sort glob '/usr/lib/postgresql/*/bin/pg_dump';
	my $r = Cal::Test::Proc->run([$program, '-h', $c->cluster->dir, '-U',
		'postgres', $c->stack->database], 30);
	is $r->{status}, 0, 'dumped' or diag $r->{err};
	return push @dump, $r->{out};
}

# The whole main job, with Calendly refusing this and telling what it heard.
sub go_through ($user, $person, $refused = qr/(?!)/, $status = 500)
{
	my $browser = browser();
	$c->connect($user, person => $person, browser => $browser,
		until => qr/^never/);
	learn($browser);
	$echo->fail($refused, $status);
	$c->api(POST => "/v1/connections/$user/reconcile");
	$c->api(GET => "/v1/connections/$user/webhooks");
	$browser->visit($c->session($user)->{url});	# refreshes
	learn($browser);
	my $mallory = browser();
	$mallory->visit($c->session($user, force => \1)->{url},
		until => qr{/oauth/authorize});
	my ($state) = $mallory->url =~ /[?&]state=([\w-]+)/;
	learn($mallory);
	dump_database();
	$mallory->visit($c->url('/oauth/calendly/callback?code=' .
		url_escape('forged/code+"1"') . "&state=$_")) for $state, 'x';
	learn($mallory);
	$c->deliver($c->url('/webhooks/calendly/' . 'x' x 43), '{}');
	$c->api(GET => "/v1/connections/$user/log?limit=100");
	$c->api(DELETE => "/v1/connections/$user");
	$echo->fail(qr/(?!)/, 500);
	return learn($browser);
}

# A destination with a header of its own, made and rotated under a key.
sub make_destination ($name)
{
	my $own = "own/header+$name";
	my %key = ('Idempotency-Key' => "made $name");
	my $made = $c->api(POST => '/v1/destinations', {
		url => 'https://receiver.invalid/', types => ['*'],
		from => 'oldest', headers => { Authorization => "Bearer $own" }
	}, \%key)->json;
	my $path = "/v1/destinations/$made->{id}";
	my @whsec = ($made->{secret}, $c->api(POST => "$path/rotate-secret",
		undef, { 'Idempotency-Key' => "rotated $name" })
	    ->json('/secret'));
	$secret{$own} = 'own header';
	for my $whsec (@whsec) {
		my $key = $whsec =~ s/^whsec_//r;
		$secret{$key} = 'destination secret';
		$secret{ unpack 'H*', decode_base64($key) } =
		    'key of a destination';
	}
	$c->api(PATCH => $path, { headers => {
		Authorization => "Bearer $own" } });
	return;
}

subtest 'the main job, and everything that can go wrong in it' => sub {
	make_destination('first');
	go_through('u1', 'olivia');
	go_through('u2', 'marco', qr/./, 500);
	go_through('u3', 'sam', qr{POST|DELETE}, 400);
	$c->configure(CALENDLYD_LOG_FORMAT => 'json');
	$c->calendlyd->restart;
	$c->wait_ready;
	make_destination('second');
	go_through('u4', 'frida', qr{POST /webhook|DELETE}, 409);
	go_through('u5', 'olivia', qr{oauth/token|GET}, 401);
	dump_database();
	my %n;
	$n{$_}++ for values %secret;
	cmp_ok $n{$_} // 0, '>=', 1, "there are secrets to find: $_" for
	    qw(codes access_tokens refresh_tokens endpoint verifier state
	    session cookie), 'master key', 'own header', 'destination secret';
	like $c->log_text(qr/^calendlyd\.log/), qr/You said/,
	    'what Calendly said is logged';
};

subtest 'no secret is in any log' => sub {
	for my $log ($c->stack->logs) {
		is_deeply found_in(path($log)->slurp), {},
		    path($log)->basename;
	}
};

subtest 'no secret is in the database' => sub {
	is_deeply found_in($_), {}, 'a dump of ' . length for @dump;
};

subtest 'no secret is in what an operator or a host gets to see' => sub {
	my $said = join '', map { my $r = $c->run_ctl(@$_); "@$r{qw(out err)}" }
	    ['errors'], ['--json', 'errors'], ['jobs'], ['connections'],
	    ['key', 'list', 'test'], ['destinations', 'test'],
	    ['--json', 'pushes', 'test'],
	    map { ['--json', 'destination', 'show', 'test', $_->{id}] }
	    @{ $c->api(GET => '/v1/destinations')->json('/data') };
	$said .= $c->agent->get($c->url('/metrics'))->res->body;
	$said .= $c->api(GET => $_)->body
	    for '/v1/destinations', '/v1/pushes?limit=1000';
	$said .= $c->api(GET => "/v1/connections/u$_/log?limit=500")->body
	    for 1 .. 5;
	is_deeply found_in($said), {}, 'neither here';
};

subtest 'one that is planted is found' => sub {
	my ($token) = grep { $secret{$_} eq 'access_tokens' } keys %secret;
	for my $form ($token, url_escape($token), encode_base64("ab$token", ''),
	    encode_base64("c$token", ''), unpack('H*', $token)) {
		ok found_in("line\nx=$form y\n")->{access_tokens}, 'in a log';
	}
	$c->db->do('UPDATE api_calls SET reply = $1', undef, "at $token.");
	dump_database();
	ok found_in($dump[-1])->{access_tokens}, 'in a dump';
	ok found_in('Basic ' . encode_base64(
		'id:cs/needs+escaping"&=?1', ''))->{'client secret'},
	    'in a header of HTTP Basic';
};

done_testing;
