# The primary does not die but hangs: its storage is stalled while its kernel
# lives, so that it accepts connections and bytes and answers nothing. A standby
# is made the primary. All pools work with it within 15 seconds, and what was
# acknowledged is there.

use Cal::Test;

use Cal::Test::Deliveries;
use Cal::Test::Readiness;
use Cal::Test::Standby;
use Mojo::Promise;
use Time::HiRes qw(time);

use constant LIMIT => 15;

my $c = Cal::Test->start(own_cluster => 1);
$c->connect('u1', person => 'olivia');
my $standby = Cal::Test::Standby->serve($c);

my $load = Cal::Test::Deliveries->start($c, $c->endpoint('u1'));
$c->wait_for(sub { $load->done(200) > 100 }, 'a load');
my $probe = Cal::Test::Readiness->start($c)->truth(0);
my $stalled = time;
$standby->take_over;
my $begun = time;

sub took ($condition, $what)
{
	$c->wait_for($condition, $what, 60);
	return time - $begun;
}

# So many questions at a time: is each answered well, and soon?
sub at_once ($n)
{
	my ($good, $asked) = (0, time);
	my @promise = map { $c->agent->get_p($c->url('/v1/connections'),
		{ Authorization => 'Bearer ' . $c->key })
	    ->then(sub ($tx) { $good++ if $tx->res->code == 200 }) } 1 .. $n;
	Mojo::Promise->all(@promise)->catch(sub { })->wait;
	return $good == $n && time - $asked < 2;
}

my $taken = $load->done(200);
took(sub { $load->done(200) > $taken }, 'a delivery to be taken');
$probe->truth(undef);
cmp_ok took(sub { $load->done(200) > $taken + 30 }, 'deliveries to be taken'),
    '<', LIMIT, 'ingest workers are at work';
cmp_ok took(sub { ($standby->db->selectrow_array(
	'SELECT count(*) FROM event_queue'))[0] == 0 &&
	$standby->db->selectrow_array(q{SELECT count(*) FROM deliveries_in
	    WHERE received_at > now() - interval '3 s'}) }, 'runners'), '<',
    LIMIT, 'runners are at work';
cmp_ok took(sub { $c->api(GET => '/v1/connections/u1')->code == 200 },
	'an answer'), '<', LIMIT, 'an app worker is at work';
cmp_ok took(sub { at_once(16) }, 'all app workers'), '<', LIMIT,
    'all app workers are';
my $all = time - $begun;
cmp_ok $all, '<', LIMIT, 'all of it within the limit';
note sprintf '%.1f s', $all;
$probe->truth(1);
$c->wait_ready;

my $count = $load->stop;
note explain $count;
is_deeply [$probe->lies], [], '/readyz said the truth all the time';
note sprintf '/readyz: not ready after %.1f s, ready after %.1f s',
    $probe->first(0, $stalled), $probe->first(1, $begun + 1);
note explain $probe->reasons;
my %stored = map { $_->[0] => 1 } @{ $standby->db->selectall_arrayref(
	q(SELECT convert_from(body, 'UTF8')::json -> 'payload' ->> 'uri')
	. ' FROM deliveries_in WHERE flaw IS NULL') };
is_deeply [grep { !$stored{$_} } $load->sent(200)], [],
    'each that was answered 200 is at the new primary';
is_deeply [grep { $load->again($c, $_) != 200 } $load->unacknowledged], [],
    'the others are taken when they come again';
is_deeply [$load->not_once($c)], [], 'each is in the feed once';

$standby->release;
done_testing;
