# Events of a megabyte for many destinations that hang: a pusher has memory for
# them, and nobody else waits.

use Cal::Test;

use Cal::Test::Pushes;
use Cal::Test::Sink;
use IO::Socket::INET;
use Time::HiRes qw(sleep time);

use constant { HANGING => 40, LARGE => 900_000, MEGABYTE => 1024 };

# Sanitizers need some for themselves.
my $MOST = ($ENV{CAL_BUILD} // '') =~ /san/ ? 1000 : 300;

my $p = Cal::Test::Pushes->start;
my $c = $p->c;
my $sink = Cal::Test::Sink->start($c);
my $port = $c->stack->hold_port('hangs');
my $hangs = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 100,
	LocalPort => $port, ReuseAddr => 1) or die "listen: $!";

# The most that the pusher has ever used, in kilobytes.
sub peak ()
{
	my ($pid) = keys %{ $c->calendlyd->workers('pusher') };
	my ($peak) = Mojo::File->new("/proc/$pid/status")->slurp =~
	    /^VmHWM:\s+(\d+) kB/m;
	return $peak;
}

my @d = map { $p->destination("https://127.0.0.1:$port/timed/$_",
	user_id => 'large') } 1 .. HANGING;
my $well = $p->destination($sink->url, user_id => 'small');
$p->add(20, user => 'large', pad => LARGE);
$c->wait_for(sub { $c->db->selectrow_array('SELECT count(*)
	FROM destinations WHERE owner IS NOT NULL') >= HANGING },
    'many of them to hang');
sleep 3;		# they have all that they may have
my $begun = time;
$p->add(50, user => 'small')->drained($well);
cmp_ok time - $begun, '<', 5, 'who is well does not wait';
cmp_ok peak(), '<', $MOST * MEGABYTE, 'there is memory for it';
note 'at most ' . int(peak() / MEGABYTE) . ' MB';

close $hangs;
my $back = Cal::Test::Sink->start($c, 'back', $port);
$c->wait_for(sub { $p->hurry($_) for @d; eval { $p->drained(\@d, 1) } },
	'the large ones to arrive', 120);
my %got;
$back->arrived(sub ($, $path, $status, $id) { $got{$path}{$id}++ });
is_deeply [sort { $a <=> $b } map { scalar keys %$_ } values %got],
    [(20) x HANGING], 'all arrive';
cmp_ok peak(), '<', $MOST * MEGABYTE, 'there is memory for that, too';
note 'at most ' . int(peak() / MEGABYTE) . ' MB';

done_testing;
