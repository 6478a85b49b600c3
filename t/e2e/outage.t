# Calendly is away for a whole day: a disconnect ends all the same, keeps no
# secret, and names what it could not remove.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c);
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my ($hook) = $books->hooks('olivia');

sub connection { return $c->api(GET => '/v1/connections/u1')->json }

subtest 'at first it is tried again' => sub {
	$books->fault(status => undef, '/webhook_*', value => 503);
	is $c->api(DELETE => '/v1/connections/u1')->code, 202, 'under way';
	$books->hurry;
	is connection()->{status}, 'disconnecting', 'still under way';
	ok $books->sealed > 0, 'with what it takes to finish';
	is $c->deliver($url, '{}')->code, 410, 'deliveries are refused already';
};

subtest 'after a day it ends' => sub {
	$c->db->do('UPDATE grants SET teardown_deadline = now()');
	$books->settle;
	my $is = connection();
	is $is->{status}, 'disconnected', 'disconnected';
	is_deeply $is->{left_behind}, [$hook->{uri}], 'it names what is left';
	is $books->sealed, 0, 'no secret remains';
	is scalar(grep { $_->{type} eq 'connection.disconnected' } $c->events),
	    1, 'the host is told, once';
};

subtest 'and coming back cleans up' => sub {
	$books->mend;
	$c->connect('u1', person => 'olivia', browser => $c->new_browser);
	$books->settle;
	my @now = $books->hooks('olivia');
	is scalar @now, 1, 'exactly one subscription';
	isnt $now[0]{uri}, $hook->{uri}, 'a new one';
	is_deeply connection()->{left_behind}, [], 'nothing is left behind';
};

done_testing;
