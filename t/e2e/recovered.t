# The host is told once that deliveries to a webhook fail, when Calendly says
# so, and once that they come through again: because a delivery came, because
# Calendly says so, or because another subscription has taken its place.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Body qw(delivery);

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);

sub look_now
{
	$c->db->do('UPDATE connections SET next_check_at = now()');
	$c->db->do('SELECT checks_ask(100)');
	return $books->settle;
}

# "failing(retrying) recovered()", as the feed has it.
sub told ($user)
{
	return join ' ', map {
		$_->{type} =~ s/^webhook\.//r . '(' .
		    ($_->{data}{reason} // '') . ')'
	} grep { $_->{type} =~ /^webhook/ && $_->{user_id} eq $user }
	    $c->events;
}

sub state_of ($user)
{
	return $c->api(GET => "/v1/connections/$user")->json('/webhook/state');
}

sub connected ($user, $person)
{
	$c->connect($user, person => $person, browser => $c->new_browser);
	return $c->endpoint($user);
}

# From now on Calendly retries, and that has been told.
sub fails ($user, $person)
{
	$c->nginx->stop;
	$c->sandbox(POST => '/sandbox/book', { person => $person, wait => \1 });
	$c->stack->start_nginx;
	look_now();
	is told($user), 'failing(retrying)', 'it is told';
	return;
}

subtest 'a delivery that comes through ends it' => sub {
	my $url = connected('u1', 'p1');
	fails('u1', 'p1');
	is state_of('u1'), 'failing', 'the API says so';
	is $c->deliver($url, delivery('invitee.created'))->code, 200, 'one';
	$c->wait_for(sub { told('u1') =~ /recovered/ }, 'the news');
	is told('u1'), 'failing(retrying) recovered()', 'once';
	is state_of('u1'), 'active', 'the API says so, too';
	ok +(grep { $_->{retry_started_at} } $books->hooks('p1')),
	    'although Calendly still retries others';
	look_now() for 1 .. 2;
	is told('u1'), 'failing(retrying) recovered()',
	    'what began before that does not count';
};

subtest 'a repeated delivery is no sign' => sub {
	my ($url, $body) = (connected('u2', 'p2'), delivery('invitee.created'));
	is $c->deliver($url, $body)->code, 200, 'one';
	fails('u2', 'p2');
	is $c->deliver($url, $body)->code, 200, 'known';
	$books->settle;
	is told('u2'), 'failing(retrying)', 'nothing new';
};

subtest 'Calendly says that it is over' => sub {
	connected('u3', 'p3');
	fails('u3', 'p3');
	$c->db->do(q{UPDATE subscriptions
		SET failing_since = now() + interval '1 hour'
		WHERE failing_since IS NOT NULL});
	$c->sandbox(POST => '/sandbox/clock', { advance => 3600 });
	$c->wait_for(sub { !grep { $_->{retry_started_at} }
		$books->hooks('p3') }, 'Calendly has caught up');
	look_now() for 1 .. 2;
	is told('u3'), 'failing(retrying) recovered()', 'told once';
	is state_of('u3'), 'active', 'the API says so';
};

subtest 'another takes the place of one that was disabled' => sub {
	connected('u4', 'p4');
	my ($old) = $books->hooks('p4');
	$c->sandbox(POST => '/sandbox/disable', { subscription => $old->{id} });
	look_now() for 1 .. 2;
	is told('u4'), 'failing(disabled) gap() recovered()', 'each once';
	is state_of('u4'), 'active', 'all is well';
};

subtest 'another takes the place of one that was deleted' => sub {
	connected('u5', 'p5');
	fails('u5', 'p5');
	my ($old) = $books->hooks('p5');
	$books->unsubscribe('p5', $old->{uri});
	look_now() for 1 .. 2;
	is told('u5') =~ s/ gap\(\)//r, 'failing(retrying) recovered()',
	    'each once';
	is state_of('u5'), 'active', 'all is well';
};

subtest 'a fresh failure is told again' => sub {
	$c->nginx->stop;
	$c->sandbox(POST => '/sandbox/book', { person => 'p3', wait => \1 });
	$c->stack->start_nginx;
	look_now();
	is told('u3'), 'failing(retrying) recovered() failing(retrying)',
	    'told';
};

# Whoever replaces a subscription locks it first and then its endpoint.
subtest 'good news waits for a repair, and not the other way round' => sub {
	my $url = connected('u6', 'p6');
	my $mine = "connection_id = (SELECT id FROM connections
	    WHERE user_id = 'u6')";
	my $of = "endpoint_id IN (SELECT id FROM endpoints WHERE $mine)";
	$c->db->do("UPDATE subscriptions
		SET failing_since = now() - interval '1 minute' WHERE $of");
	$c->db->do("UPDATE endpoints SET wrong_signatures = 1 WHERE $mine");
	$c->db->begin_work;
	$c->db->do("UPDATE subscriptions SET updated_at = now() WHERE $of");
	is $c->deliver($url, delivery('invitee.created'))->code, 200, 'one';
	$c->wait_for(sub { $c->db->selectrow_array("SELECT count(*)
		FROM pg_stat_activity WHERE wait_event_type = 'Lock'
		AND datname = current_database()") }, 'a runner to wait');
	ok eval { $c->db->do("UPDATE endpoints SET state = state
		WHERE $mine") }, 'the endpoint is free' or diag $@;
	$c->db->commit;
	$c->wait_for(sub { told('u6') }, 'the news');
	is told('u6'), 'recovered()', 'told';
	is $c->db->selectrow_array("SELECT wrong_signatures FROM endpoints
		WHERE $mine"), 0, 'and nothing is suspect';
};

done_testing;
