# A copied database does not use up the original's tokens: nothing at Calendly
# is changed until an operator adopts the database; webhooks are still accepted.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c);
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');

# As it would be on another host: the same data, another address.
my $here = $c->url;
sub copied { return $c->db->do('UPDATE deployment SET backend_url = ?', undef,
	'https://original.example') }

sub calls
{
	return scalar grep { $_->{path} !~ /sandbox/ }
	    @{ $books->state('api_calls')->{api_calls} };
}

copied();
my $before = calls();

subtest 'nothing is changed at Calendly' => sub {
	is $c->api(POST => '/v1/connections/u1/reconcile')->code, 202,
	    'a reconcile waits';
	my $session = $c->session('u2');
	my $browser = $c->new_browser;
	$browser->visit($session->{url});
	like $browser->url, qr{/pages/failed\.html}, 'nobody is sent to consent';
	is $c->api(DELETE => '/v1/connections/u1')->code, 202,
	    'a disconnect waits, too';
	is calls(), $before, 'no call was made';
	is $books->one('SELECT sum(tries) FROM jobs') // 0, 0,
	    'and no job used up a try';
};

subtest 'it is said, with what to do' => sub {
	my $res = $c->readyz(503);
	like $res->json('/checks/deployment/detail'),
	    qr{original\.example.*\Q$here\E.*adopt}, 'why, and what to do';
	like $c->log_text, qr{held: the database serves}, 'also in the log';
};

subtest 'webhooks are still taken in' => sub {
	is $c->deliver($url, '{"event":"x.y","payload":{}}')->code, 410,
	    'the disconnected one is refused as ever';
};

subtest 'adopting lets it go on' => sub {
	my $said = $c->stack->ctl_must('adopt', '--json');
	like $said, qr{"old_backend_url":"https://original\.example"}, 'from';
	like $said, qr{"new_backend_url":"\Q$here\E"}, 'to';
	$c->readyz(200);
	$c->wait_for(sub { $c->api(GET => '/v1/connections/u1')
		->json('/status') eq 'disconnected' }, 'the disconnect done');
	is scalar $books->hooks('olivia'), 0, 'nothing is left at Calendly';
	$c->connect('u1', person => 'olivia');
	is scalar $books->hooks('olivia'), 1, 'and connecting works';
};

subtest 'another deployment\'s keyring is held, too' => sub {
	$c->db->do('UPDATE deployment SET deployment_id = gen_random_uuid()');
	is $c->api(POST => '/v1/connections/u1/reconcile')->code, 202, 'held';
	$c->readyz(503);
	$c->stack->ctl_must('adopt');
	$books->settle;		# what waited, first
	is $c->api(POST => '/v1/connections/u1/reconcile')->code, 200,
	    'until adopted';
};

done_testing;
