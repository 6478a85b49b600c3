# Lists with 200,000 entries that say nothing, or with endless subscriptions of
# others, are read with limited time, memory and log. A good connection is not
# delayed meanwhile, the lists are called unreadable, and no subscription is
# believed to be gone because of them.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Readiness;
use Mojo::File qw(path);
use Time::HiRes qw(time);

use constant { MOST_LINES => 200, MOST_KIB => 64 * 1024, MOST_S => 10 };

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
my $probe = Cal::Test::Readiness->start($c);
my $books = Cal::Test::Books->new(test => $c)->unlimited(4);
my @bad = qw(p1 p2 p3);

$c->connect($_, person => $_, browser => $c->new_browser) for @bad, 'p4';
my %uri = map { $_ => connection($_)->{webhook}{uri} } @bad, 'p4';
$books->settle;

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

# In the background, these first.
sub ask_all (@user)
{
	$c->db->do(q{SELECT job_ask(tenant_id, 'reconcile', id::text)
		FROM connections WHERE user_id = ?}, {}, $_) for @user;
	return;
}

# That a job stands for: undef, or how often it was tried.
sub tries ($user)
{
	return $books->one(q{SELECT max(CASE WHEN j.owner IS NULL
			THEN j.tries ELSE 0 END)
		FROM jobs j JOIN connections c ON j.subject = c.id::text
		WHERE c.user_id = ?}, $user);
}

sub runners () { return $c->calendlyd->children(qr{^runner/}) }

# The most memory that a runner ever had, in KiB.
sub most_memory ()
{
	my ($most) = sort { $b <=> $a } map {
		path("/proc/$_/status")->slurp =~ /^VmHWM:\s+(\d+)/m } runners();
	return $most;
}

sub lines () { return scalar split /\n/, $c->log_text(qr/^calendlyd/) }

for my $kind (qw(pages page foreign)) {
	subtest "lists flooded: $kind" => sub {
		my ($lines, $memory, @runner) = (lines(), most_memory(),
			runners());
		$c->db->do('DELETE FROM jobs');
		$books->switch(list_flood => $kind, list_flood_spares => 'p4');
		my $start = time;
		ask_all(@bad, 'p4');
		$c->wait_for(sub { !defined tries('p4') },
			'the good one to be reconciled');
		cmp_ok time - $start, '<', MOST_S, 'it waited for nothing';
		for my $user (@bad) {
			$c->wait_for(sub { tries($user) }, "$user to be tried");
		}
		is_deeply [runners()], \@runner, 'no runner died of it';
		cmp_ok most_memory() - $memory, '<', MOST_KIB,
		    'nor took much memory';
		cmp_ok lines() - $lines, '<', MOST_LINES, 'nor wrote much';
		is connection($_)->{webhook}{capability}, 'unreadable',
		    "$_: the API says why" for @bad;
		is connection('p4')->{webhook}{capability}, 'ok',
		    'the good one is well';
		$books->switch(list_flood => 'none');
	};
	subtest 'and when Calendly is itself again' => sub {
		$c->db->do('DELETE FROM jobs');
		ask_all(@bad);
		$books->settle;
		for my $user (@bad, 'p4') {
			is_deeply [map { $_->{uri} } $books->hooks($user)],
			    [$uri{$user}], "$user has its subscription";
			my $hook = connection($user)->{webhook};
			is $hook->{uri}, $uri{$user}, 'and knows it';
			is $hook->{capability}, 'ok', 'and is well';
		}
	};
}

is_deeply [$probe->lies], [], '/readyz said the truth all the time';
done_testing;
