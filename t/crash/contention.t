# Two hosts on one database, all tokens expired at once, everybody asking for
# them while users reconnect and disconnect, and some of Calendly's answers
# lost: no refresh token is sent twice but by a probe, none by two at a time,
# and each user ends with what was asked for.
#
# Calendly's limit of eight new tokens per account and minute is in force. How
# often a user happens to reconnect in a minute depends on the machine, so a
# minute passes between the rounds, and which accounts have used up their
# eight is the test's choice.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Crowd;
use Cal::Test::Promises;
use Cal::Test::Twin;

my $long = $ENV{CAL_TEST_LONG};
my $n = $long ? 1000 : 40;
my $c = Cal::Test->start(settings => { CALENDLYD_APP_WORKERS => 6,
	CALENDLYD_RUNNERS => 2, CALENDLYD_LOG_LEVEL => 'warn' });
my $books = Cal::Test::Books->new(test => $c)->unlimited($n);
$books->switch(token_limit_minute => 8);
my $twin = Cal::Test::Twin->start($c);
my $crowd = Cal::Test::Crowd->new(c => $c, n => $n, hosts => [$c, $twin],
	key => $c->stack->ctl_must(qw(key add test --allow-token)));

sub tokens { return $books->state('tokens')->{tokens} }
sub say_counts ($what, $count)
{
	diag join "\n\t", "$what:", map { "$count->{$_}  $_" }
	    sort keys %$count;
	return;
}

my $connected = $crowd->connect_all;
is_deeply $connected, { 'reconnect connected' => $n }, "$n are connected"
    or say_counts('instead', $connected);

# A minute, by Calendly's clock and by ours.
sub minute_passes
{
	$c->sandbox(POST => '/sandbox/clock', { advance => 61 });
	$c->db->do("UPDATE accounts SET mints = '{}'");
	return;
}

# Some accounts had their eight just now, and will have had them "just now"
# however long the round takes: a tenth of all, others each time. Their grants,
# by id, as they are: those that live, for a new consent brings a pair by its
# code, and that nobody refreshes at this moment, for what was minted before may
# still be on its way.
my $LIVE = "g.status = 'live' AND g.refresh_until IS NULL";

sub budgets_are_full ($round)
{
	$c->db->do("UPDATE accounts SET mints =
	    array_fill(now() + interval '1 hour', ARRAY[8]) WHERE id IN (
	    SELECT g.account_id FROM grants g WHERE $LIVE
	    ORDER BY md5(g.id::text || ?) LIMIT ?)", undef, $round, $n / 10);
	return $c->db->selectall_hashref("SELECT g.id, g.generation
	    FROM grants g JOIN accounts a ON a.id = g.account_id
	    WHERE cardinality(a.mints) >= 8 AND $LIVE", 'id');
}

# Of those that expired with the round: neither refreshed nor put off nor let
# go of, though nothing is in the way.
sub to_be_refreshed
{
	return $books->one("SELECT count(*) FROM grants g
	    JOIN accounts a ON a.id = g.account_id
	    WHERE g.status = 'live' AND g.access_expires_at <= now()
	    AND g.refresh_not_before IS NULL AND cardinality(a.mints) < 8");
}

# One round: all expire in one moment, and Calendly is slow enough to let
# others ask meanwhile.
sub round ($round, $lost)
{
	minute_passes();
	my $full = $c->wait_for(sub {
		my $these = budgets_are_full($round);
		%$these && $these
	}, 'grants whose budgets are full');
	$books->fault('drop', POST => '/oauth/token', times => $lost);
	$books->fault('latency', POST => '/oauth/token', value => 150);
	$c->db->do("UPDATE grants SET access_expires_at = now(),
	    refreshed_at = now() - interval '1 hour'");
	$crowd->begin;
	$c->wait_for(sub { to_be_refreshed() <= 0.1 * $n },
	    'most of them to be refreshed', $long ? 600 : undef);
	my $count = $crowd->end;
	$books->mend;
	my $now = $c->db->selectall_hashref('SELECT id, generation
	    FROM grants', 'id');
	my @minted = grep { $now->{$_} && $now->{$_}{generation} !=
		$full->{$_}{generation} } keys %$full;
	is scalar @minted, 0, 'where eight were minted in a minute, no more is'
	    or diag "grant @minted";
	return $count;
}

my %all;
for my $round (0 .. 4) {
	my $count = round($round, $n / 20);
	$all{$_} += $count->{$_} for keys %$count;
}
my @case = map { Cal::Test::Promises->new(c => $c, books => $books,
	user => "u$_", person => "p$_") } 1 .. $n;

# What was ambiguous is probed when its time has come, and people who are told
# so give a new consent.
minute_passes();
$case[0]->time_passes;
for my $case (@case) {
	next if $case->api(POST => '/reconcile')->code != 409;
	$case->connect_again;
}
# And those whom the background work tells so only now.
for (1 .. 5) {
	$case[0]->time_passes;
	$case[0]->settle;
	my @told = grep { $_->api('GET')->json->{status} eq 'needs_reauth' }
	    @case;
	last if !@told;
	$_->connect_again for @told;
}
my $reasons = $c->db->selectall_hashref("SELECT data->>'reason' AS reason,
    count(*) FROM events WHERE type = 'connection.needs_reauth' GROUP BY 1",
    'reason');

my (@broken, %state);
my %hooks;
push @{ $hooks{ $_->{person} } }, $_
    for @{ $books->state('subscriptions')->{subscriptions} };
for my $case (@case) {
	my $now = $case->api('GET')->json;
	my @hook = @{ $hooks{ $case->person } // [] };
	$state{ $now->{status} }++;
	my $want = $now->{status} eq 'connected' ? 1 :
	    grep { m{/webhook_subscriptions/} } @{ $now->{left_behind} };
	push @broken, "$now->{user_id} $now->{status}: " . @hook .
	    " subscriptions, not $want" if @hook != $want;
	push @broken, "$now->{user_id}: $_->{state}"
	    for grep { $_->{state} ne 'active' } @hook;
}
is join("\n", @broken), '', 'each has the one subscription, or none';
is scalar(grep { !/^(connected|disconnected)$/ } keys %state), 0,
    'nobody is left in between' or say_counts('states', \%state);

my $t = tokens();
is $t->{used_twice_after_answer}, 0, 'none was sent after a success';
is $t->{used_twice_after_invalid}, 0, 'none was sent after invalid_grant';
cmp_ok $t->{max_in_flight_per_grant}, '<=', 1, 'no two at a time';
is $books->one("SELECT count(*) FROM grants WHERE status IN ('pending',
    'teardown') AND id NOT IN ($Cal::Test::Books::KEPT)"), 0, 'no grant is left over';
is scalar(grep { / (?:500|no answer)/ } keys %all), 0,
    'each was answered, as documented';
say_counts('asked', \%all);
diag "$n grants: $t->{refreshed} refreshes, " .
    "$t->{used_twice_after_answer} sent again after a success, " .
    "$t->{used_twice_after_invalid} after invalid_grant, " .
    ($t->{max_in_flight_per_grant} > 1 ? 'some' : 0) . ' two in flight, ' .
    "$t->{used_twice_after_lost_reply} probes after a lost reply";
say_counts('needs_reauth', { map { $_ => $reasons->{$_}{count} }
	keys %$reasons });
$twin->stop;

done_testing;
