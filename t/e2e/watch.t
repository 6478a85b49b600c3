# Connections are checked without anybody asking: what Calendly disabled is made
# anew, trouble is reported early, and an upgrade of the plan turns the webhook
# on.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Body qw(delivery);

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

# As when the time for the next look has come.
sub look_now
{
	$c->db->do('UPDATE connections SET next_check_at = now()');
	$c->db->do('SELECT checks_ask(100)');
	return $books->settle;
}

sub told ($user, $type)
{
	return grep { $_->{type} eq $type && $_->{user_id} eq $user } $c->events;
}

subtest 'a disabled subscription is made anew' => sub {
	$c->connect('u1', person => 'p1');
	my ($old) = $books->hooks('p1');
	$c->sandbox(POST => '/sandbox/disable', { subscription => $old->{id} });
	look_now();
	my @now = $books->hooks('p1');
	is scalar @now, 1, 'exactly one';
	isnt $now[0]{id}, $old->{id}, 'another one';
	is $now[0]{state}, 'active', 'which is active';
	is((told('u1', 'webhook.failing'))[0]{data}{reason}, 'disabled',
	    'the host was told');
	is scalar told('u1', 'webhook.recovered'), 1, 'and that it is over';
};

subtest 'it is told once when Calendly retries, and when that is over' => sub {
	$c->connect('u2', person => 'p2');
	my ($hook) = $books->hooks('p2');
	$c->nginx->stop;
	$c->sandbox(POST => '/sandbox/book', { person => 'p2', wait => \1 });
	$c->stack->start_nginx;
	look_now() for 1 .. 2;
	is connection('u2')->{webhook}{state}, 'failing', 'the API says so';
	is scalar told('u2', 'webhook.failing'), 1, 'the feed says so once';
	is((told('u2', 'webhook.failing'))[0]{data}{reason}, 'retrying', 'why');
	$c->sandbox(POST => '/sandbox/clock', { advance => 3600 });
	$c->wait_for(sub { !grep { $_->{retry_started_at} }
		$books->hooks('p2') }, 'Calendly has caught up');
	look_now();
	is connection('u2')->{webhook}{state}, 'active', 'and that it is over';
	is scalar told('u2', 'webhook.recovered'), 1, 'so does the feed, once';
};

subtest 'an upgrade turns the webhook on by itself' => sub {
	$books->switch(free_plan_webhooks => \0);
	$c->connect('u4', person => 'frida');
	is connection('u4')->{webhook}{capability}, 'plan', 'none on this plan';
	$books->switch(free_plan_webhooks => \1);
	look_now();
	is connection('u4')->{webhook}{capability}, 'ok', 'allowed now';
	is connection('u4')->{webhook}{state}, 'active', 'and there';
};

done_testing;
