# Every call to Calendly is logged, and a failed one with the whole reply; a
# hostile reply is cut, and no token follows a redirect.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Books;
use IO::Socket::INET;
use Mojo::JSON qw(decode_json);

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c);
$c->connect('u1', person => 'olivia');

sub calls { return @{ $c->api(GET => '/v1/connections/u1/log')->json('/data') } }

# What a fault in every call makes of a repair: the newest call in the log. A
# repair that failed before must not be under way in the background, or it
# would meet the fault.
sub with_fault (%fault)
{
	$books->settle;
	my $n = calls();
	$c->sandbox(POST => '/sandbox/faults', { times => 1,
		match => { path => '/webhook_subscriptions' }, %fault });
	my $res = $c->api(POST => '/v1/connections/u1/reconcile');
	$c->sandbox(DELETE => '/sandbox/faults');
	my @call = calls();
	cmp_ok @call, '>', $n, 'the call is in the log';
	my ($bad) = grep { $_->{error} || ($_->{status} // 0) !~ /^2/ }
	    @call[0 .. $#call - $n];
	return ($bad // $call[0], $res);
}

subtest 'each call is in the connection\'s log and in calendlyd\'s' => sub {
	my $browser = $c->browser;
	my %purpose = map { $_->{purpose} => $_ } calls();
	is_deeply [sort keys %purpose], [qw(code_exchange event_list
		subscription_create subscription_list user_me)], 'all that connecting takes'
	    or diag explain [sort keys %purpose];
	for my $call (values %purpose) {
		like $call->{status}, qr/^20[01]$/, "$call->{purpose}: status";
		cmp_ok $call->{duration_ms}, '>=', 0, 'how long it took';
		is $call->{reply}, undef, 'no reply where nothing failed';
		unlike $call->{url_path}, qr/\?/, 'no query';
		like $c->log_text(qr/^calendlyd\.log/),
		    qr/$call->{request_id}.*$call->{purpose}/, 'logged';
	}
};

subtest 'one request id leads through nginx, the logs and Calendly' => sub {
	my $res = $c->api(POST => '/v1/connections/u1/reconcile');
	my $id = $res->headers->header('X-Request-Id');
	like $id, qr/^[0-9a-f]{32}$/, 'nginx made it';
	is((calls())[0]{request_id}, $id, 'it is in the connection\'s log');
	for my $log (qr/^calendlyd\.log/, qr/^calendlyd-access\.log/) {
		# nginx buffers its own for a second.
		ok $c->wait_for(sub { $c->log_text($log) =~ /$id/ },
			"it in $log"), "in $log";
	}
	my $sent = $c->sandbox(GET => '/sandbox/state?only=api_calls');
	is $sent->{api_calls}[-1]{request_id}, $id, 'and went to Calendly';
	my $refused = $c->api(GET => '/v1/events?limit=x');
	is $refused->json('/request_id'),
	    $refused->headers->header('X-Request-Id'), 'problems name it';
};

subtest 'an error is there with Calendly\'s whole reply' => sub {
	my ($call, $res) = with_fault(kind => 'status', value => 500);
	is $call->{status}, 500, 'the status';
	ok decode_json($call->{reply})->{message}, 'the reply, as it came';
	like $c->log_text(qr/^calendlyd\.log/),
	    qr/$call->{request_id}.*500/, 'in the log as well';
	isnt $res->code, 200, 'nobody is told that all is well';
};

subtest 'a reply that is no reply' => sub {
	my ($call) = with_fault(kind => 'not_json');
	is $call->{status}, 200, 'a page';
	like $call->{error}, qr/JSON/, 'it is no JSON';
	like $call->{reply}, qr/<title>/i, 'here it is';
	($call) = with_fault(kind => 'drop', times => 20);
	is $call->{status}, undef, 'no answer has no status';
	ok length $call->{error}, "but a cause: $call->{error}";
};

subtest 'a huge reply is cut short, in memory and in the logs' => sub {
	my $before = length $c->log_text(qr/^calendlyd\.log/);
	my ($call) = with_fault(kind => 'huge_body', value => 64 << 20);
	ok length $call->{error}, "refused: $call->{error}";
	cmp_ok length($call->{reply} // ''), '<', 5000, 'only its start kept';
	cmp_ok length($c->log_text(qr/^calendlyd\.log/)) - $before, '<',
	    20_000, 'nor is the log flooded';
};

subtest 'the wrong name for the right thing is forgiven' => sub {
	my (undef, $res) = with_fault(kind => 'wrong_content_type');
	is $res->code, 200, 'it is read';
};

subtest 'no redirect is followed: a token goes to Calendly alone' => sub {
	my $trap = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
		Listen => 5, Blocking => 0);
	my $url = 'http://127.0.0.1:' . $trap->sockport . '/trap';
	for my $path ('/webhook_subscriptions', '/webhook_*') {
		my ($call) = with_fault(kind => 'redirect', value => $url,
			match => { path => $path });
		like $call->{status}, qr/^30\d$/, 'the redirect is an error';
	}
	is $trap->accept, undef, 'nobody came';
	like $c->log_text(qr/^calendlyd\.log/), qr/subscription_list.* 30\d/,
	    'it is in the log';
};

subtest 'an operator sees all of it in one place' => sub {
	my $r = $c->run_ctl('errors');
	is $r->{status}, 0, 'calendlyctl errors' or diag $r->{err};
	like $r->{out}, qr/u1\b.*subscription_list/, 'who and what';
	$r = $c->run_ctl('--json', 'errors');
	my $told = decode_json($r->{out});
	my ($call) = grep { ($_->{status} // 0) == 500 }
	    @{ $told->{calls} // [] };
	ok $call, 'as JSON' or diag $r->{out};
	like $call->{request_id}, qr/^[0-9a-f]{32}$/, 'with the request id';
	ok length $call->{todo}, 'and what to do';
};

subtest 'it ends well by itself' => sub {
	$c->wait_for(sub {
		$c->api(GET => '/v1/connections/u1')->json('/webhook/state')
		    eq 'active' }, 'an active webhook');
	is scalar(grep { $_->{owner_app} eq 'app' }
		@{ $c->sandbox_state->{subscriptions} }), 1,
	    'one subscription, after all that';
};

done_testing;
