# calendlyctl listen against an API and receivers that answer oddly, late, half
# or never: it goes on where that makes sense, ends where it does not, and
# always says what is wrong and what to do.

use Cal::Test;

use Cal::Test::Listener;
use Cal::Test::Puppet;
use Mojo::File qw(tempfile);
use Mojo::JSON qw(decode_json encode_json);
use Time::HiRes qw(time);

my $KEY = 'cal_SeCrEt-KeY';
my $SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
my $c = Cal::Test->new;			# waits; no calendlyd runs here

sub event ($id, %member)
{
	return { id => $id, type => 'meeting.changed', source => 'webhook',
		user_id => 'u1', occurred_at => '2026-11-22T17:11:40Z',
		received_at => '2026-11-22T17:11:40.671Z', meeting_id => undef,
		data => { change => 'created' }, %member };
}

sub page ($next, @event)
{
	return { body => encode_json({ data => \@event, next => $next,
		more => Mojo::JSON->false }) };
}

sub problem ($status, $code, %more)
{
	my $headers = delete $more{headers} // {};
	return { status => $status, headers => $headers, body => encode_json({
		status => $status, code => $code, detail => 'Because.',
		%more }) };
}

# An API that has nothing new behind the cursor e0.
sub api ()
{
	return Cal::Test::Puppet->new->always(page('e0'))->start;
}

sub listener ($api, @argv)
{
	return Cal::Test::Listener->new(url => $api->url, key => $KEY,
		argv => \@argv);
}

sub ends_well ($l)
{
	is $l->stop, 0, 'Ctrl-C ends it';
	my $said = $l->err . $l->out;
	is index($said, $_), -1, 'no secret in what it says'
	    for $KEY, substr $SECRET, 6;
	return;
}

subtest 'an answer that no repetition would change ends it' => sub {
	for my $case (
		[{ status => 401 }, qr/does not know this API key/],
		[{ status => 403, body => '<html>' }, qr/operator allows/],
		[{ status => 404, body => 'no' }, qr/BACKEND_URL/],
		[{ status => 302, headers => { Location => 'https://x/' } },
		    qr{a redirect to https://x/ is not followed: give --url}],
		[problem(400, 'invalid_request', errors => [
		    { field => 'user_id', message => "is \e[2J odd" }]),
		    qr/--user is \?\[2J odd/],
		[problem(400, 'cursor_invalid', errors => [
		    { field => 'after', message => 'is not a cursor' }]),
		    qr/--since is not a cursor/],
	) {
		my ($answer, $pattern) = @$case;
		my $api = api()->always($answer);
		my $l = listener($api)->start;
		is $l->ended, 1, "$answer->{status}: it failed";
		like $l->err, $pattern, 'and says why';
		is scalar $api->asked->@*, 1, 'after one request';
		is index($l->err, $KEY), -1, 'without the key';
	}
};

subtest 'one that may pass is asked again' => sub {
	my $e = event('e-1');
	for my $answer (
		{ status => 500 }, { status => 502, body => '<html>' },
		{ status => 504 }, { status => 204 }, { status => 206 },
		{ status => 404 }, { status => 302 },
		{ half => 0 }, { half => 10 },
		{ %{ page('e1', $e) }, half => 150 },
		{ body => '<html>Welcome to this hotel</html>' },
		{ body => '{}' }, { body => '' }, { body => 'null' },
		page('e0', $e),			# does not move on
		page('e1', event("a\r\nb: c")),	# would be a header
		page('e1', {}), page('e' x 300, $e),
		{ body => '[' x 5000 },
	) {
		my $api = api()->next(page('e0'), page('e0'), $answer,
			page('e1', $e))->always(page('e1'));
		my $l = listener($api)->start;
		$l->wait_out(qr/meeting\.changed created +u1$/m);
		$c->wait_for(sub { $api->done }, 'the answers');
		is $l->stop, 0, encode_json($answer) =~ s/(.{50}).*/$1/r;
		is scalar(() = $l->out =~ /\n/g), 1, 'the event, once';
		unlike $l->err, qr/trying again/, 'one failure is not told';
	}
};

subtest 'Retry-After is kept, and told if it is long' => sub {
	for my $status (429, 503) {
		my $api = api();
		my $l = listener($api)->start->ready;
		$api->next(problem($status, 'x_code',
			headers => { 'Retry-After' => 4 }));
		$l->wait_err(qr/it answers $status, x_code; trying again/);
		my $before = time;
		$l->wait_err(qr/is there again, after \d+ s/);
		cmp_ok time - $before, '>', 2.5, 'it waited';
		ends_well($l);
	}
};

subtest 'a cursor that has expired: what was missed, and on' => sub {
	my $api = api();
	my $l = listener($api)->start->ready;
	$api->next(page('e1', event('e-1')));
	$api->always(page('e9'));
	$l->wait_out(qr/u1\n/);
	$api->next(problem(410, 'cursor_expired'), page('e8',
		event('e-8', received_at => '2026-11-25T08:00:00Z')));
	$l->wait_out(qr/2026-11-25 08:00:00Z/);
	$l->wait_err(qr/after 2026-11-22 17:11:40Z and before 2026-11-25 /);
	my ($again) = grep { $api->asked->[$_]{line} !~ /after=/ }
	    3 .. $#{ $api->asked };
	ok $again, 'it began without a cursor';
	ends_well($l);
};

subtest 'an API that says so of every cursor is not stormed' => sub {
	my $api = api()->next(page('e0'), page('e0'));
	my $l = listener($api)->start->ready;
	$api->always(problem(410, 'cursor_expired'));
	my ($n, $before) = (scalar $api->asked->@*, time);
	$c->wait_for(sub { $api->asked->@* >= $n + 4 }, 'some requests');
	cmp_ok time - $before, '>', 2, 'it pauses';
	ends_well($l);
};

subtest 'empty pages that come early are not asked for at once' => sub {
	my $api = api();
	my $l = listener($api)->start->ready;
	my ($n, $before) = (scalar $api->asked->@*, time);
	$c->wait_for(sub { $api->asked->@* >= $n + 4 }, 'some requests');
	cmp_ok time - $before, '>', 3, 'a second or more between two';
	like $api->asked->[-1]{line}, qr/[?&]wait=25\b/, 'though it would wait';
	ends_well($l);
};

subtest 'an API that is not there yet, or hangs' => sub {
	my $api = api()->stop;
	my $l = listener($api)->start;
	$l->wait_err(qr/Couldn't connect to server; trying again/);
	$api->always({ hang => 1 })->start;
	$c->wait_for(sub { $api->asked->@* }, 'a request');
	my $before = time;
	ends_well($l);
	cmp_ok time - $before, '<', 10, 'at once';
};

# A feed with these events, then nothing, and a receiver.
sub two (@event)
{
	my $api = api()->next(page('e0'), page('e1', @event));
	return ($api->always(page('e1')), Cal::Test::Puppet->new->start);
}

subtest 'receivers that take nothing' => sub {
	for my $case (
		[{ status => 302, headers => { Location => '/login' } },
		    qr{a redirect to /login is not followed: give --forward}],
		[{ status => 401 }, qr/secret/], [{ status => 404 }, qr/path/],
		[{ status => 500, body => "a\e[2Jb" }, qr/it says "a\?\[2Jb"/],
		[{ half => 0 }, qr/Empty reply/],
		[{ half => 120, body => 'x' x 99 }, qr/again in 1 s/],
		[{ fill => 5_000_000 }, qr/over \d+ bytes/],
	) {
		my ($answer, $pattern) = @$case;
		my ($api, $receiver) = two(event('e-1'), event('e-2'));
		$receiver->next($answer);
		my $l = listener($api, '--forward', $receiver->url, '--secret',
			$SECRET)->start;
		$l->wait_out(qr/try 1 of 4.*  200  .*  200  /s);
		like $l->out, $pattern, 'it says why';
		is_deeply [map { $_->{headers}{'webhook-id'} }
			$receiver->asked->@*], ['e-1', 'e-1', 'e-2'],
		    'it tries again, in order';
		ends_well($l);
	}
};

subtest '410 is not tried again, Retry-After is kept' => sub {
	my ($api, $receiver) = two(event('e-1'), event('e-2'));
	$receiver->next({ status => 410 },
		{ status => 429, headers => { 'Retry-After' => 3 } });
	my $l = listener($api, '--forward', $receiver->url)->start;
	$l->wait_out(qr/ 410 .*given up.* 429 .*again in 3 s.* 200 /s);
	ends_well($l);
};

subtest 'Ctrl-C ends it at once, whatever it waits for' => sub {
	my ($api, $receiver) = two(event('e-1'));
	$receiver->always({ hang => 1 });
	my $l = listener($api, '--forward', $receiver->url)->start->ready;
	$c->wait_for(sub { $receiver->asked->@* }, 'a push');
	my $before = time;
	ends_well($l);
	like $l->err, qr/0 events, 0 delivered, 0 given up; --since e0 /,
	    'the event comes again';
	$receiver->always({ status => 500 });
	$api->next(page('e0'), page('e1', event('e-1')));
	$l = listener($api, '--forward', $receiver->url)->start;
	$l->wait_out(qr/try 3 of 4/);
	ends_well($l);
	$receiver->stop;
	$api->next(page('e0'), page('e1', event('e-1')));
	$l = listener($api, '--forward', $receiver->url)->start;
	$l->wait_err(qr/nobody answers/);
	ends_well($l);
	cmp_ok time - $before, '<', 60, 'all of that';
};

subtest 'nobody reads the output any more' => sub {
	my ($api) = two(event('e-1'));
	my $l = listener($api)->to('| head -n 1 >"$0/out"')->start;
	$l->ended;
	like $l->out, qr/\A.* u1\n\z/, 'head has its line';
	like $l->err, qr/nobody reads the output any more/, 'and it ends';
	$l = listener($api)->to('>&-')->start;
	is $l->ended, 1, 'closed from the start';
	like $l->err, qr/standard output is closed/, 'it says so';
};

subtest 'a reader that is stuck does not keep it from ending' => sub {
	my $big = 'x' x 200_000;
	my ($api) = two(map { event("e-$_", data => { x => $big }) } 1 .. 9);
	my $l = listener($api, '--json')
	    ->to('2>"$0/err" | { echo $$ >"$0/pid"; exec sleep 600; }');
	$l->start->ready;
	my ($pid) = grep { -d "/proc/$_" } $l->proc->children(qr/calendlyctl/);
	ok $pid, 'it runs' or return;
	kill INT => $pid;
	$l->wait_err(qr/--since e0 goes on from here/);
	$c->wait_for(sub { !grep { $_ == $pid } $l->proc->children },
		'its end');
	$l->proc->kill9;
};

subtest 'a page of any size, whole' => sub {
	my @event = map { event("e-$_", data => { x => "\x{e9}" x 50_000 }) }
	    1 .. 20;
	my ($api) = two(@event);
	my $l = listener($api, '--print', 'json')->start;
	$c->wait_for(sub { (() = $l->out =~ /\n/g) == 20 }, 'all lines');
	ends_well($l);
	is_deeply [map { decode_json($_)->{event} } split /\n/, $l->out],
	    \@event, 'each event is whole';
};

subtest 'the key, from wherever' => sub {
	my $api = api();
	my $file = tempfile;
	$file->spurt("$KEY\r\n");
	for my $how ([{ CALENDLYD_API_KEY => undef }, '--key-file', $file],
	    [{ CALENDLYD_API_KEY => undef, CALENDLYD_API_KEY_FILE => $file }],
	    [{ CALENDLYD_API_KEY => 'another' }, '--key', $KEY],
	    [{ CALENDLYD_URL => undef }, '--url', $api->url . '/']) {
		my ($env, @argv) = @$how;
		my $l = listener($api, @argv)->env($env)->start->ready;
		is $api->asked->[-1]{headers}{authorization}, "Bearer $KEY",
		    'the right one';
		is $l->err =~ /other users of this machine/ ? 1 : 0,
		    "@argv" =~ /--key / ? 1 : 0, 'a warning where it is due';
		ends_well($l);
	}
};

subtest 'what is wrong from the start' => sub {
	my $api = api();
	my ($url, $hook) = ($api->url, 'http://127.0.0.1:9/hook');
	for my $case (
		[2, { CALENDLYD_URL => undef }, [], qr/which calendlyd\?/],
		[2, { CALENDLYD_API_KEY => undef }, [], qr/which API key\?/],
		[2, { CALENDLYD_API_KEY => "$KEY\n$KEY" }, [], qr/one word/],
		[2, {}, ['--url', 'calendly.example.com'], qr/not a valid/],
		[2, {}, ['--url', 'http://calendly.example.com'], qr/by https/],
		[2, {}, ['--url', 'https://x.example/v1'], qr/without a path/],
		[2, {}, ['--url', 'https://u:p@x.example'], qr/not a valid/],
		[2, {}, ['--key', $KEY, '--key-file', 'x'], qr/either/],
		[1, {}, ['--key-file', '/nowhere'], qr/No such file/],
		[1, {}, ['--key-file', '/'], qr/Is a directory/],
		[2, {}, ['--key-file', '/dev/null'], qr/not one word/],
		[1, {}, ['--key-file', '/dev/zero'], qr/is it the right file/],
		[1, {}, ['--ca-file', '/nowhere'], qr/No such file/],
		[2, {}, ['--forward', 'localhost:3000'], qr/not a valid/],
		[2, {}, ['--forward', 'http://192.168.1.9/hook'],
		    qr/http only for addresses of this machine/],
		[2, {}, ['--secret', $SECRET], qr/goes with --forward/],
		[2, {}, ['--forward', $hook, '--secret', substr $SECRET, 6],
		    qr/begins with whsec_/],
		[2, {}, ['--forward', $hook, '--secret', "$SECRET="],
		    qr/must be Base64/],
		[2, {}, ['--forward', $hook, '--secret', 'whsec_AAAA'],
		    qr/24 to 64 bytes/],
		[2, {}, ['--since', '5 minutes'], qr/write now, oldest/],
		[2, {}, ['--print', 'xml'], qr/write text or json/],
		[2, {}, ['--bogus'], qr/no such option/],
	) {
		my ($status, $env, $argv, $pattern) = @$case;
		my $r = listener($api, @$argv)->env($env)->run;
		is $r->{status}, $status, "@$argv: its status";
		like $r->{err}, $pattern, 'it says what to write';
		is index($r->{err}, $_), -1, 'and shows no secret'
		    for $KEY, substr $SECRET, 6;
	}
	is scalar $api->asked->@*, 0, 'nothing was sent';
};

done_testing;
