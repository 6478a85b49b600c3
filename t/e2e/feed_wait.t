# A reader may wait for new events. That costs the database next to nothing,
# ends when there is an event, when the reader goes away, or when calendlyd
# stops, and never keeps others from being served.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Metrics;
use Cal::Test::Twin;
use Cal::Test::Waiters;
use Mojo::File qw(path);

# A quarter of eight: two may wait.
my $c = Cal::Test->start(settings => { CALENDLYD_APP_WORKERS => 8 });
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $w = Cal::Test::Waiters->new(c => $c);
my $serial = 0;

sub head { return $c->api(GET => '/v1/events?limit=1000')->json('/next') }

sub booking
{
	return $c->deliver($url, delivery('invitee.created',
		uri => invitee_uri(uuid(8, ++$serial))));
}

$c->wait_for(sub { grep { $_->{type} eq 'connection.connected' } $c->events },
	'what connecting tells');
my $cursor = head();

subtest 'an event ends the waiting' => sub {
	my $reader = $w->ask("after=$cursor&wait=25");
	$w->wait_waiting(1);
	ok !$reader->{ended}, 'not answered while there is nothing';
	is booking()->code, 200, 'a booking comes';
	my $page = $w->wait_answer($reader);
	is $page->{data}[0]{type}, 'invitee.created', 'it has it';
	cmp_ok $reader->{took}, '<', 20, 'long before the time is over';
	$cursor = head();
};

subtest 'when the time is over it is as without "wait"' => sub {
	my $reader = $w->ask("after=$cursor&wait=1");
	is_deeply $w->wait_answer($reader), { data => [], next => $cursor,
		more => Mojo::JSON->false }, 'nothing, and the same place';
	cmp_ok $reader->{took}, '>=', 1, 'not before';
};

subtest 'what there is already is not waited for' => sub {
	my $reader = $w->ask('limit=1&wait=25');
	is scalar $w->wait_answer($reader)->{data}->@*, 1, 'it is there';
	cmp_ok $reader->{took}, '<', 10, 'at once';
};

subtest 'what does not fit the filter does not end the waiting' => sub {
	my $reader = $w->ask("after=$cursor&wait=3&type=x.none");
	$w->wait_waiting(1);
	booking();
	my $page = $w->wait_answer($reader);
	cmp_ok $reader->{took}, '>=', 3, 'it waited on';
	is_deeply $page->{data}, [], 'for nothing';
	is $page->{next}, head(), 'but the cursor has moved past it';
	$cursor = head();
};

subtest 'who has gone is not waited with' => sub {
	my $reader = $w->ask("after=$cursor&wait=25");
	$w->wait_waiting(1);
	$w->give_up($reader);
	$c->wait_for(sub { Cal::Test::Metrics->scrape($c)
		->value('calendlyd_readers_waiting') == 0 }, 'nobody to wait');
	cmp_ok time - $reader->{began}, '<', 20, 'its worker is free again';
};

subtest 'a quarter of the workers waits at most' => sub {
	my $two_wait_and_a_third_does_not = sub ($when) {
		my @reader = map { $w->ask("after=$cursor&wait=25") } 1, 2;
		$w->wait_waiting(2);
		my $third = $w->ask("after=$cursor&wait=25");
		is_deeply $w->wait_answer($third)->{data}, [],
		    "$when the third is answered without";
		cmp_ok $third->{took}, '<', 20, 'long before its time';
		ok !(grep { $_->{ended} } @reader), 'while two wait on';
		return @reader;
	};
	my @killed = $two_wait_and_a_third_does_not->('at first');
	kill KILL => grep { path("/proc/$_/comm")->slurp =~ /^app/ }
	    $c->calendlyd->children;
	$w->wait_answer($_) for @killed;
	is_deeply [map { $_->{code} } @killed], [503, 503],
	    'when its worker is killed a reader is told';
	$c->wait_ready;
	my @reader = $two_wait_and_a_third_does_not->('then');
	booking();
	is $w->wait_answer($_)->{data}[0]{type}, 'invitee.created', 'has the booking'
	    for @reader;
	$cursor = head();
};

subtest 'a key that is revoked meanwhile gets nothing more' => sub {
	my $made = Mojo::JSON::decode_json($c->stack->ctl_must(qw(--json key
		add test)));
	my $reader = $w->ask("after=$cursor&wait=25", undef, $made->{key});
	$w->wait_waiting(1);
	$c->stack->ctl_must(qw(key revoke), $made->{id});
	booking();
	is $w->wait_answer($reader)->{code}, 'unauthorized', 'no event';
	is $reader->{code}, 401, 'it is nobody now';
	$cursor = head();
};

subtest 'a reload ends the waiting at once, with an answer' => sub {
	my $reader = $w->ask("after=$cursor&wait=25");
	$w->wait_waiting(1);
	$c->calendlyd->signal('HUP');
	is_deeply $w->wait_answer($reader)->{data}, [], 'an answer';
	is $reader->{code}, 200, 'a good one';
	cmp_ok $reader->{took}, '<', 20, 'at once';
};

subtest 'what happens at one host ends the waiting at the other' => sub {
	my $twin = Cal::Test::Twin->start($c);
	my $reader = $w->ask("after=$cursor&wait=25", $twin);
	$w->wait_waiting(1);
	booking();
	is $w->wait_answer($reader)->{data}[0]{type}, 'invitee.created',
	    'it has it';
	$twin->stop;
	$cursor = head();
};

subtest 'stopping does not wait for who waits' => sub {
	my $reader = $w->ask("after=$cursor&wait=25");
	$w->wait_waiting(1);
	$c->calendlyd->signal('TERM');
	is_deeply $w->wait_answer($reader)->{data}, [], 'it is answered';
	is $reader->{code}, 200, 'well';
	cmp_ok $reader->{took}, '<', 20, 'at once';
	$c->wait_for(sub { !$c->calendlyd->running }, 'the end');
	pass 'and calendlyd is gone';
};

done_testing;
