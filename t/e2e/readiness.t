# /readyz says the truth about the database at every moment, whatever keeps it
# /readyz tells the truth about the database at every moment and soon, whatever
# keeps the database from accepting writes. Webhooks get 503 meanwhile, and none
# that was accepted is lost.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Deliveries;
use Cal::Test::Readiness;
use Time::HiRes qw(time sleep);

use constant WHILE => 6;	# s that each trouble lasts

my $c = Cal::Test->start(own_cluster => 1);
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $serial = 0;

sub deliver_one
{
	return $c->deliver($url, delivery('invitee.created',
		uri => invitee_uri(uuid(12, ++$serial))))->code;
}

sub superuser ($sql) { return $c->db->do($sql) }

# Breaks what is mended again, with a load balancer asking all the time.
sub story ($why, %deed)
{
	my $probe = Cal::Test::Readiness->start($c);
	my $load = Cal::Test::Deliveries->start($c, $url, clients => 2,
		pause => 0.02);
	$c->wait_for(sub { $load->done(200) > 20 }, 'a load');
	$probe->truth(undef);
	$deed{break}->();
	$c->wait_for(sub { deliver_one() == 503 }, 'webhooks to be refused');
	$probe->truth(0);
	my $broken = time;
	sleep 0.1 while time < $broken + WHILE;
	is deliver_one(), 503, 'webhooks are still refused';
	$probe->truth(undef);
	$deed{mend}->();
	$c->wait_for(sub { deliver_one() == 200 }, 'webhooks to be taken');
	$probe->truth(1);
	my $mended = time;
	sleep 0.1 while time < $mended + WHILE;
	is_deeply [$probe->lies], [], '/readyz said the truth all the time';
	my @why = grep { !/$why/ } keys %{ $probe->reasons };
	is_deeply \@why, [], 'and why';
	note sprintf 'not ready after %.1f s, ready after %.1f s',
	    $probe->first(0, $broken) // -1, $probe->first(1, $mended) // -1;
	nothing_lost($load);
	return;
}

sub nothing_lost ($load)
{
	my $count = $load->stop;
	note explain $count;
	is_deeply [grep { !/^(200|503)$/ } keys %$count], [],
	    'every answer was 200 or 503';
	my %stored = map { $_->[0] => 1 } @{ $c->db->selectall_arrayref(
		q(SELECT convert_from(body, 'UTF8')::json -> 'payload' ->> 'uri')
		. ' FROM deliveries_in WHERE flaw IS NULL') };
	is_deeply [grep { !$stored{$_} } $load->sent(200)], [],
	    'each that was answered 200 is stored';
	return;
}

sub reads_only ($value)
{
	superuser("ALTER SYSTEM SET default_transaction_read_only = $value");
	superuser('SELECT pg_reload_conf()');
	return;
}

subtest 'read-only by its configuration' => sub {
	story(qr/takes no writes/, break => sub { reads_only('on') },
		mend => sub {
			superuser('SET default_transaction_read_only = off');
			reads_only('off');
		});
};

subtest 'stopped, and started again' => sub {
	story(qr/cannot be reached|not looked at/, break => sub {
		delete $c->{db};
		$c->cluster->stop;
	}, mend => sub { $c->cluster->start });
};

# The watcher is connected and may stay: it is the others who cannot work.
subtest 'full of connections' => sub {
	my $which = q{usename = 'calendlyd' AND application_name <>
	    'calendlyd watch'};
	story(qr/cannot be reached/, break => sub {
		superuser('ALTER ROLE calendlyd CONNECTION LIMIT 0');
		superuser('SELECT pg_terminate_backend(pid)' .
			" FROM pg_stat_activity WHERE $which");
	}, mend => sub {
		superuser('ALTER ROLE calendlyd CONNECTION LIMIT -1');
	});
};

subtest 'a standby, and nothing else' => sub {
	my $dir = $c->cluster->dir;
	my $signal = Mojo::File->new($dir, 'data', 'standby.signal');
	my $restart = sub {
		delete $c->{db};
		$c->cluster->stop;
		$c->cluster->start;
	};
	story(qr/takes no writes|cannot be reached/, break => sub {
		$signal->spurt('');
		$restart->();
	}, mend => sub {
		superuser('SELECT pg_promote()');
	});
};

subtest 'nobody looks: it is not believed for long' => sub {
	my ($watch) = $c->calendlyd->children(qr{^watch/0$});
	kill STOP => $watch;
	like $c->readyz(503)->json('/checks/database/detail'),
	    qr/gave no answer/, 'who is silent brings no good news';
	kill KILL => $watch;
	$c->readyz(200);
	pass 'another one looks';
};

subtest 'who would answer hangs: nginx says so' => sub {
	my ($health) = $c->calendlyd->children(qr{^health/0$});
	kill STOP => $health;
	for my $path (qw(/readyz /healthz)) {
		my $asked = time;
		my $res = $c->agent->get($c->url($path))->res;
		is $res->code, 503, "$path: no";
		cmp_ok time - $asked, '<', 2.5, 'soon';
		is $res->json('/code'), 'unavailable', 'as documented';
		like $res->json('/detail'), qr/has not answered/, 'and why';
	}
	kill CONT => $health;
	$c->readyz(200);
	pass 'it answers again';
};

done_testing;
