# The primary hangs just while the watcher has no connection to it: a wait in
# vain during connecting is noticed, too. /readyz is 503 for as long as others
# still wait for the primary, although the standby would accept writes.

use Cal::Test;

use Cal::Test::Deliveries;
use Cal::Test::Readiness;
use Cal::Test::Standby;

my $c = Cal::Test->start(own_cluster => 1);
$c->connect('u1', person => 'olivia');
my $standby = Cal::Test::Standby->serve($c);

my $load = Cal::Test::Deliveries->start($c, $c->endpoint('u1'));
$c->wait_for(sub { $load->done(200) > 100 }, 'a load');
my $probe = Cal::Test::Readiness->start($c)->truth(0);
my $pid = $c->db->selectrow_array('SELECT pid FROM pg_stat_activity' .
	q{ WHERE application_name = 'calendlyd watch'});
$c->db->do("SELECT pg_terminate_backend($pid)");
$standby->take_over;
my $taken = $load->done(200);
$c->wait_for(sub { $load->done(200) > $taken }, 'a webhook to be taken');
$probe->truth(undef);
$c->wait_for(sub { $load->done(200) > $taken + 100 }, 'more of them');
$c->wait_ready;
$probe->truth(1);
is_deeply [grep { !/^(200|503)$/ } keys %{ $load->stop }], [],
    'every answer was 200 or 503';
is_deeply [$probe->lies], [], '/readyz said the truth all the time';

$standby->release;
done_testing;
