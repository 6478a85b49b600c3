# The primary does not die, it hangs: its storage is stalled and its kernel
# lives, so that it takes connections and bytes and answers nothing. A standby
# is made the primary. All pools are at work on that one within 15 seconds, and
# what was acknowledged is there.

use Cal::Test;

use Cal::Test::Deliveries;
use Cal::Test::Standby;
use Mojo::IOLoop;
use Mojo::Promise;
use Mojo::UserAgent;
use POSIX ();
use Time::HiRes qw(sleep time);

use constant { LIMIT => 15, PROBE => 0.1 };

my $c = Cal::Test->start(own_cluster => 1);
$c->connect('u1', person => 'olivia');
my $standby = Cal::Test::Standby->follow($c);
$c->configure(DATABASE_URL => $standby->both('calendlyd'));
$c->calendlyd->restart;
$c->wait_ready;

# /readyz, every 100 ms, until the file "stop" is there: [time, status].
sub probe_ready ($dir)
{
	my $pid = fork // die "fork: $!";
	return $pid if $pid;
	Mojo::IOLoop->reset;
	my $agent = Mojo::UserAgent->new(inactivity_timeout => 40)
	    ->ca($c->stack->ca);
	open my $out, '>', "$dir/ready" or POSIX::_exit(1);
	$out->autoflush(1);
	until (-e "$dir/stop") {
		my $asked = time;
		my $code = $agent->get($c->url('/readyz'))->res->code // 0;
		print {$out} "$asked ", time, " $code\n";
		sleep PROBE;
	}
	POSIX::_exit(0);
}

my $load = Cal::Test::Deliveries->start($c, $c->endpoint('u1'));
$c->wait_for(sub { $load->done(200) > 100 }, 'a load');
my $probe = probe_ready($load->dir);
$standby->stall_primary;
delete $c->{db};
$standby->promote;
my $old = $c->cluster;
$c->stack->cluster($standby->cluster);
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

my $count = $load->stop;
note explain $count;
waitpid $probe, 0;
my %stored = map { $_->[0] => 1 } @{ $standby->db->selectall_arrayref(
	q(SELECT convert_from(body, 'UTF8')::json -> 'payload' ->> 'uri')
	. ' FROM deliveries_in WHERE flaw IS NULL') };
is_deeply [grep { !$stored{$_} } $load->sent(200)], [],
    'each that was answered 200 is at the new primary';
is_deeply [grep { $load->again($c, $_) != 200 } $load->unacknowledged], [],
    'the others are taken when they come again';
is_deeply [$load->not_once($c)], [], 'each is in the feed once';

$c->stack->cluster($old);
$standby->release;
done_testing;
