# The database does what it is asked, but its answer is lost: then what was done
# must not be undone in part.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Wire;

my $c = Cal::Test->start(idle => 1);
my $stack = $c->stack;
mkdir(my $dir = $stack->run . '/w') or die $!;
my $wire = Cal::Test::Wire->new(dir => $dir, to => $c->cluster->dir)->start;
my ($url) = { $stack->values }->{DATABASE_URL};
$c->configure(DATABASE_URL => $url =~ s/host=[^&]+/host=$dir/r);
$c->start_calendlyd;
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

# Whatever the browser was shown, what stands is whole.
sub is_whole ($user, $person, $title)
{
	return subtest $title => sub {
		$books->settle;
		is connection($user)->{status}, 'connected', 'connected';
		is $books->hooks($person), 1, 'with one subscription';
		is $books->one(q{SELECT g.status FROM connections c
			JOIN grants g ON g.id = c.grant_id
			WHERE c.user_id = '} . $user . q{'}), 'live',
		    'on a live grant';
		is $c->deliver($c->endpoint($user), '{}')->code, 200,
		    'deliveries are taken';
	};
}

subtest 'the commit of a connect' => sub {
	my $end = do {
		$wire->lose('audit_add');
		$c->connect('first', person => 'p1');
	};
	ok $wire->lost, 'its answer is lost';
	like $end->url, qr/calendly_result=connected/, 'shown as done';
	is_whole('first', 'p1', 'what stands is whole');
};

subtest 'the commit of a reconnect' => sub {
	$c->connect('again', person => 'p2');
	$wire->lose('audit_add');
	my $end = $c->connect('again', person => 'p2', force => \1);
	ok $wire->lost, 'its answer is lost';
	like $end->url, qr/calendly_result=reconnected/, 'shown as done';
	is_whole('again', 'p2', 'what stands is whole');
};

subtest 'the commit of a refresh' => sub {
	$c->connect('fresh', person => 'p3');
	$c->db->do('UPDATE grants SET refreshed_at = NULL');
	$wire->lose('lease_commit');
	my $end = $c->connect('fresh');
	ok $wire->lost, 'its answer is lost';
	like $end->url, qr/calendly_result=reconnected/, 'shown as done';
	is_whole('fresh', 'p3', 'what stands is whole');
};

subtest 'the commit of a disconnect' => sub {
	$c->connect('gone', person => 'p4');
	$wire->lose('grant_erase');
	my $code = $c->api(DELETE => '/v1/connections/gone')->code;
	ok $wire->lost, 'its answer is lost';
	cmp_ok $code, '<', 300, "answered $code";
	$books->settle;
	is connection('gone')->{status}, 'disconnected', 'disconnected';
	is $books->hooks('p4') + $books->live('p4'), 0, 'gone at Calendly';
};

done_testing;
