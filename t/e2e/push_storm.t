# A storm: many events for many destinations, of which some are dead, some hang,
# and some answer 500, 429 and 410 at random, while pushers are killed. The
# healthy ones have everything, in order for each meeting, and as soon as if the
# others were not there. Those that were away catch up by themselves once they
# are back. What was refused again and again waits for its own next try, which
# may be hours away by then, or is tried when a tenant asks for it.
#
# The long form has 100,000 events and 50 destinations.

use Cal::Test;

use Cal::Test::Killer;
use Cal::Test::Pushes;
use Cal::Test::Sink;
use IO::Socket::INET;
use Time::HiRes qw(sleep time);

my $LONG = $ENV{CAL_TEST_LONG};
my ($HEALTHY, $BAD) = $LONG ? (20, 10) : (6, 2);	# bad ones of each kind
my ($EVENTS, $A_SECOND) = $LONG ? (100_000, 80) : (1_600, 60);
my ($MEETINGS, $TICK) = ($EVENTS / 20, 0.1);
my $KILL = $LONG ? 7 : 3;	# seconds between kills

my $p = Cal::Test::Pushes->start(settings => { CALENDLYD_PUSHERS => 2 });
my ($c, $db) = ($p->c, $p->c->db);
my $killer = Cal::Test::Killer->new(c => $c);
my $sink = Cal::Test::Sink->start($c);
my %port = map { $_ => $c->stack->hold_port($_) } qw(dead hangs);
my $hangs = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 100,
	LocalPort => $port{hangs}, ReuseAddr => 1) or die "listen: $!";
my %destination;		# path => id
my %since;			# path => number of the event before its first
my @flaky;

sub destination ($path, $where = $sink->url($path))
{
	$since{$path} = $p->n;
	return $destination{$path} = $p->destination($where);
}

sub add_bad_ones ($name)
{
	for my $i (1 .. $BAD) {
		destination("/timed/$_/$name/$i",
			"https://127.0.0.1:$port{$_}/timed/$_/$name/$i")
		    for keys %port;
		push @flaky, destination("/flaky/$name/$i");
	}
	return;
}

sub remove_bad_ones ()
{
	for my $path (grep { !/healthy/ } keys %destination) {
		is $c->api(DELETE => "/v1/destinations/$destination{$path}")
		    ->code, 204, "$path is removed";
		delete $destination{$path};
	}
	@flaky = ();
	return;
}

# As a tenant would do it.
sub resume_the_gone ()
{
	for my $d (grep { ($p->show($_)->{reason} // '') eq 'gone' }
	    @flaky) {
		$p->change($d, state => 'active');
	}
	return;
}

# So does this.
sub ask_for_retries ($d)
{
	for my $push ($p->pushes($d, '&status=waiting&limit=100')) {
		my $code = $c->api(POST => "/v1/pushes/$push->{id}/retry")
		    ->code;
		die "a retry: $code" if $code !~ /^(?:200|202|404|409)$/;
	}
	return;
}

# Adds events at a steady pace; returns the numbers of the first and the last.
# Meanwhile, every so often, $often->().
sub blow ($events, $every, $often)
{
	my ($first, $begun, $last) = ($p->n + 1, time, time);
	my $end = $first + $events - 1;
	while ((my $left = $end - $p->n) > 0) {
		my $due = int((time - $begun) * $A_SECOND) - $events + $left;
		$due = $left if $due > $left;
		$p->add($due, meetings => $MEETINGS) if $due > 0;
		if (time - $last > $every) {
			$often->();
			$last = time;
		}
		sleep $TICK;
	}
	return [$first, $end];
}

sub healthy ()
{
	return map { $destination{$_} } grep {/healthy/} keys %destination;
}

# --- what arrived

my (%event, %seen, %latest, %late, %ms);

sub read_events ()
{
	my $rows = $db->selectall_arrayref(q{SELECT id, data->>'n', data->>'m',
		extract(epoch FROM received_at) FROM events
		WHERE type = 'invitee.created'});
	%event = map { my ($id, @rest) = @$_; ($id => \@rest) } @$rows;
	return;
}

sub read_arrived ($from, %slice)
{
	$from->arrived(sub ($at, $path, $status, $id) {
		my $event = $event{$id};
		return if !$event || $status != 204;
		my ($n, $m, $begun) = @$event;
		$seen{$path} //= '';
		return if vec $seen{$path}, $n, 1;
		vec($seen{$path}, $n, 1) = 1;
		$late{$path}++ if $n < ($latest{$path}{$m} // 0);
		$latest{$path}{$m} = $n;
		return if $path !~ /healthy/;
		for my $name (keys %slice) {
			push @{ $ms{$name} }, 1000 * ($at - $begun)
			    if grep { $n >= $_->[0] && $n <= $_->[1] }
			    @{ $slice{$name} };
		}
	});
	return;
}

sub has_all ($path)
{
	my @missing = grep { !vec $seen{$path} // '', $_, 1 }
	    $since{$path} + 1 .. $p->n;
	is scalar @missing, 0, "$path: nothing is lost"
	    or diag "missing: @missing[0 .. ($#missing > 20 ? 20 : $#missing)]";
	is $late{$path} // 0, 0, "$path: in order";
	return;
}

sub told ($name, @ms)
{
	@ms = sort { $a <=> $b } @ms;
	my ($median, $p99) = @ms[@ms / 2, @ms * 0.99];
	note sprintf '%s: %d pushes, median %.0f ms, p99 %.0f ms, most %.0f ms',
	    $name, scalar @ms, $median, $p99, $ms[-1];
	return $p99;
}

# --- the storm

destination("/timed/healthy/$_") for 1 .. $HEALTHY;
blow($A_SECOND * 2, 1000, sub { });		# until everything is warm
$p->drained([healthy()]);
my %slice;
for my $round (1 .. 2) {
	push @{ $slice{without} }, blow($EVENTS / 8, 1000, sub { });
	$p->drained([healthy()], 60);
	add_bad_ones($round);
	push @{ $slice{with} }, blow($EVENTS / 8, 1, \&resume_the_gone);
	$p->drained([healthy()], 60);
	remove_bad_ones() if $round == 1;
}
my $kills = 0;
$slice{kills} = [blow($EVENTS / 2, $KILL, sub {
	$killer->kill_one('pusher');
	$kills++;
	resume_the_gone();
})];
note "$kills pushers were killed";
$p->drained([healthy()], 120);
pass 'the healthy ones have been told everything';

close $hangs;
my @back = map { Cal::Test::Sink->start($c, $_, $port{$_}) } keys %port;
$sink->get_well;
my @away = map { $destination{$_} } grep {/dead|hangs/} keys %destination;
$c->wait_for(sub {
	$LONG or $p->hurry($_) for @away;
	return eval { $p->drained(\@away, 2) };
}, 'those that were away to catch up', $LONG ? 1800 : 120);
pass 'those that were away catch up';
$c->wait_for(sub {
	resume_the_gone();
	ask_for_retries($_) for @flaky;
	return eval { $p->drained(\@flaky, 10) };
}, 'the others to catch up', 600);

read_events();
read_arrived($_, %slice) for $sink, @back;
has_all($_) for sort keys %destination;
my %p99 = map { $_ => told($_, @{ $ms{$_} }) } sort keys %slice;
cmp_ok $p99{with}, '<', $LONG ? 1.2 * $p99{without} : 1000,
    'the bad ones make the healthy ones no slower';

done_testing;
