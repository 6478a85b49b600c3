# While the database is away, results are kept; when it is back, pushing goes on,
# and nothing is lost. A pusher that is stopped for long harms nobody, and one
# that leaves keeps nobody waiting.

use Cal::Test;

use Cal::Test::Pushes;
use Mojo::File qw(path);
use Time::HiRes qw(sleep time);

my $p = Cal::Test::Pushes->start(own_cluster => 1,
	settings => { CALENDLYD_PUSHERS => 1 });
my ($c, $r) = ($p->c, $p->receiver);
my $d = $p->destination('/a');

sub pushers { return sort keys %{ $c->calendlyd->workers('pusher') } }
sub pusher  { return (pushers())[0] }

subtest 'the database goes away while pushes are in flight' => sub {
	$r->says('/a' => { delay => 0.5 });
	$p->add(100, meetings => 100);
	$c->wait_for(sub { $r->got('/a') >= 10 }, 'some pushes');
	$c->cluster->stop('KILL');
	sleep 2;
	$r->says('/a');
	$c->wait_for(sub { eval { $c->cluster->start; 1 } },
		'PostgreSQL to start again');
	$c->wait_for(sub { eval { $c->db->do('SELECT 1') } },
		'PostgreSQL to be back');
	$p->drained($d);
	my $got = $p->judge('/a');
	is_deeply $got->{missing}, [], 'nothing is lost';
	is_deeply $got->{late}, [], 'the order is kept';
	cmp_ok $got->{again}, '<=', 10, 'what was in flight may come again';
};

subtest 'a pusher sleeps for longer than its claim' => sub {
	my $pid = pusher();
	$r->says('/a' => { delay => 0.5 });
	$p->add(30, meetings => 3);
	$c->wait_for(sub { $c->db->selectrow_array('SELECT owner IS NOT NULL
		FROM destinations WHERE id = ?', undef, $d) }, 'a claim');
	kill STOP => $pid;
	$c->db->do(q{UPDATE destinations SET owned_until = now() -
		interval '1 minute' WHERE id = ?}, undef, $d);
	$c->stack->configure({ CALENDLYD_PUSHERS => 2 });
	$c->calendlyd->signal('HUP');
	$r->says('/a');
	$p->drained($d);
	my $before = $r->got('/a');
	kill CONT => $pid;
	$p->add(30, meetings => 3)->drained($d);
	my $got = $p->judge('/a');
	is_deeply $got->{missing}, [], 'nothing is lost';
	is_deeply $got->{late}, [], 'the order is kept';
	is_deeply [grep { $_->{status} ne 'delivered' } $p->pushes($d)], [],
	    'and what it has to say late changes nothing';
};

# The database refuses whatever is taken for one destination, as it would if its
# rows were spoiled, or took too long to read.
subtest 'a destination that the database refuses stops no others' => sub {
	my $spoiled = $p->destination('/spoiled');
	my $name = $c->db->quote($spoiled);
	$c->db->do('CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
		AS $$ BEGIN RAISE EXCEPTION \'spoiled\'; END $$');
	$c->db->do("CREATE TRIGGER refuse BEFORE INSERT ON pushes FOR EACH ROW
		WHEN (NEW.destination_id = $name AND NEW.status = 'held')
		EXECUTE FUNCTION refuse()");
	my $before = $r->got('/a');
	$p->add(100, meetings => 2);
	$c->wait_for(sub { $r->got('/a') >= $before + 100 },
		'the other to get everything', 10);
	my @pid = pushers();
	$p->add(100, meetings => 2)->drained($d, 10);
	$c->wait_for(sub { $c->calendlyd->tail(100_000) =~
		/destination $spoiled: its events can't be read, see above/ },
	    'the log to name it');
	is_deeply [pushers()], \@pid, 'the pushers go on';
	$c->db->do('DROP TRIGGER refuse ON pushes');
	$p->drained($spoiled, 60);
	is_deeply $p->judge('/spoiled', $p->n - 199), { missing => [],
		late => [], again => 0 }, 'and it gets everything later';
};

subtest 'one that leaves keeps nobody waiting' => sub {
	$r->says('/a' => { way => 'hang' });
	my $n = $r->got('/a');
	$p->add(20, meetings => 20);
	$c->wait_for(sub { $r->got('/a') > $n }, 'pushes in flight');
	$r->says('/a');
	my $began = time;
	$c->calendlyd->signal('HUP');
	$p->drained($d);
	cmp_ok time - $began, '<', 12, 'its successor goes on soon';
	ok !(grep { $_->{attempts} > 1 } $p->pushes($d)),
	    'what was given up counts as not tried';
};

subtest 'a reload changes what is allowed' => sub {
	$c->stack->configure({ CALENDLYD_DELIVER_ALLOW => '10.0.0.0/8' });
	$c->calendlyd->signal('HUP');
	$c->wait_for(sub { !-e "/proc/$_" }, 'the old one to leave')
	    for pusher();
	$p->add(1);
	like $p->failed($d)->{error}, qr/^127\.0\.0\.1 is not a public/,
	    'now it is refused';
	$c->stack->configure({ CALENDLYD_DELIVER_ALLOW => '127.0.0.0/8' });
	$c->calendlyd->signal('HUP');
	$c->wait_for(sub { $p->hurry($d); eval { $p->drained($d, 1) } },
		'it to be allowed again');
	pass 'and then pushed';
};

done_testing;
