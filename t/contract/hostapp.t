# The demo's host application: its page never gets the API key, and each curl command it shows is
# the request that its server really sent.
use Mojo::Base -strict, -signatures;

use FindBin;
use IO::Socket::INET;
use Mojo::File qw(path tempdir);
use Mojo::IOLoop;
use Mojo::JSON qw(decode_json);
use Mojo::Server::Daemon;
use Mojo::UserAgent;
use Mojolicious;
use Test::More;
use Time::HiRes qw(sleep time);

my $top = path($FindBin::Bin)->child('..', '..')->realpath;
my $dir = tempdir(CLEANUP => 1);
my $key = 'cal_' . 'k' x 43;
my @seen;
my $child;
# They stay bound, not listening, so that nobody else gets them, but who shall can listen there.
my @held = map { IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, ReuseAddr => 1, Proto => 'tcp') } 1, 2;
my ($port, $api_port) = map { $_->sockport } @held;
my ($base, $api) = map {"http://127.0.0.1:$_"} $port, $api_port;

# A calendlyd that notes what it is asked, in this process.
sub calendlyd () {
	my $app = Mojolicious->new;
	$app->log->level('fatal');
	$app->routes->any('/*all' => sub ($c) {
		my $req = $c->req;
		push @seen, {
			method => $req->method, url => $req->url->to_string, body => $req->body,
			type => $req->headers->content_type, key => $req->headers->authorization, origin => $req->headers->origin
		};
		$c->res->headers->connection('close');
		return $c->render(status => 201, json => {
			id => 'i', url => 'https://c.example/connect/SECRET', popup_url => 'https://c.example/p.html#SECRET'
		})
			if $req->url->path eq '/v1/connect-sessions';
		$c->render(json => {user_id => $c->param('all')});
	});
	my $daemon = Mojo::Server::Daemon->new(app => $app, listen => [$api], silent => 1)->start;
	return $daemon;
}

sub start ($api) {
	path("$dir/key")->spurt("$key\n");
	$child = fork // BAIL_OUT "no process: $!";
	if (!$child) {
		open STDOUT, '>', "$dir/log" or exit 127;
		open STDERR, '>&', \*STDOUT or exit 127;
		exec $^X, "$top/deploy/hostapp/hostapp", '--listen', $base, '--api', $api, '--api-key-file', "$dir/key",
			'--sandbox', 'http://127.0.0.1:1' or exit 127;
	}
	my $deadline = time + ($ENV{CAL_TEST_TIMEOUT} // 30);
	until (IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port")) {
		BAIL_OUT 'the host app does not start: ' . path("$dir/log")->slurp if time > $deadline;
		sleep 0.01;
	}
}

END {
	if ($child) {
		my $status = $?;
		kill TERM => $child;
		waitpid $child, 0;
		$? = $status;
	}
}

my $ua = Mojo::UserAgent->new;
my $all = '';

sub ask ($method, $path, $headers = {}, @body) {
	my $answer;
	$ua->start_p($ua->build_tx($method => "$base$path", $headers, @body))
		->then(sub ($tx) { $answer = $tx->res }, sub ($why) { fail "$method $path: $why" })->wait;
	$all .= $answer->to_string;
	return $answer;
}

# Runs the command as the reader of the page would, while our calendlyd listens.
sub run_shown ($command) {
	my $status;
	Mojo::IOLoop->subprocess->run_p(sub {
		local $ENV{KEY} = $key;
		return system('sh', '-c', "$command >/dev/null");
	})->then(sub ($got) { $status = $got })->wait;
	is $status, 0, 'the command runs';
}

start($api);
my $daemon = calendlyd();	# after the fork, which must not inherit its socket
my $user = q{a|b@c.example};
my $query = '?user=a%7Cb%40c.example';

my $page = ask(GET => "/$query");
is $page->code, 200, 'there is a page';
is $page->dom->find('[style], style, script:not([src]), [onclick]')->size, 0, 'with nothing inline';
is $page->dom->at('#user')->{value}, $user, 'for this user';
is ask(GET => $_)->code, 200, "$_ is there"
	for map {"/$_"} qw(tools.js meetings.js sync.js connect.js app.js app.css style.css icon.svg);

my $answer = ask(POST => '/connect', {}, form => {user => $user, force => 1});
is $answer->code, 303, 'Connect leads on at once';
is $answer->headers->location, 'https://c.example/connect/SECRET', 'to the link that was minted';
is_deeply decode_json($seen[-1]{body}), {user_id => $user, return_url => "$base/$query", force => Mojo::JSON->true},
	'what was asked for';
is $seen[-1]{key}, "Bearer $key", 'with the key';
$answer = ask(POST => '/connect-popup', {}, form => {user => $user});
is_deeply $answer->json, {id => 'i', popup_url => 'https://c.example/p.html#SECRET', detail => undef},
	'a popup gets its link and whom to ask about';
is_deeply decode_json($seen[-1]{body}), {user_id => $user}, 'and ends at no page of ours';
is ask(POST => '/connect-popup', {'Sec-Fetch-Site' => 'cross-site'})->code, 403, 'another site gets none';
unlike ask(GET => '/calls')->body, qr/SECRET/, 'the link is not shown';

ask(GET  => "/$_$query") for qw(connection webhooks log);
ask(POST => "/$_$query") for qw(reconcile sync disconnect);
ask(GET  => '/events?after=MQ');
is $seen[-1]{url}, '/v1/events?limit=100&after=MQ', 'the feed goes on from the cursor';

ask(GET  => "/meetings$query");
is $seen[-1]{url}, '/v1/meetings?user_id=a%7Cb%40c.example', "the user's own meetings";

my $calls = ask(GET => '/calls')->json;
is join(' ', map { $_->{method} } @$calls), 'POST POST GET GET POST POST DELETE', 'each click is listed';
my @asked = grep { $_->{url} !~ /events|meetings|connections\/[^\/]+\z/ || $_->{method} eq 'DELETE' } @seen;
for my $i (0 .. $#$calls) {
	run_shown($calls->[$i]{curl});
	is_deeply $seen[-1], $asked[$i], "curl does the same: $calls->[$i]{method} $calls->[$i]{path}";
}

my $before = @seen;
is ask(POST => "/disconnect$query", {'Sec-Fetch-Site' => 'cross-site'})->code, 403, 'another site can not click';
is @seen, $before, 'and nothing was asked';
unlike $all, qr/$key/, 'the key was never sent to the browser';

Mojo::IOLoop->remove($_) for @{$daemon->acceptors};
is ask(GET => "/connection$query")->json->{status}, 0, 'calendlyd out of reach is told, not thrown';
done_testing;
