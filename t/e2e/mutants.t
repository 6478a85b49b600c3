# Whatever a rightly signed delivery contains, it is answered 200, is in the
# feed once, as what it is or as unreadable, and harms nobody.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Mutants qw(mutant);
use Cal::Test::Post;
use Cal::Test::Reader;
use Cal::Test::Residents;
use Digest::MD5 qw(md5_hex);
use Encode qw(decode);
use Mojo::JSON qw(encode_json from_json);

use constant UNREADABLE => 'webhook.unreadable';

my $seed = $ENV{CAL_TEST_SEED} // int rand 1e6;
my $most = $ENV{CAL_TEST_EVENTS} // ($ENV{CAL_TEST_LONG} ? 20_000 : 2_000);
srand $seed;
note "CAL_TEST_SEED=$seed repeats the choice";

my $c = Cal::Test->start(settings => { CALENDLYD_LOG_LEVEL => 'info' });
my @user = Cal::Test::Residents->settle($c, users => 4);
my @mutant = map { mutant($_) } 1 .. $most;
push @mutant, { body => '', kind => UNREADABLE, what => 'nothing' };
my %event;		# by id: its JSON, each time that it is in the feed

sub told_of ($mutant)
{
	return "$mutant->{what}: " . substr encode_json([$mutant->{body}]),
	    0, 400;
}

# Those of which something is true; named, so that they can be tried again.
sub none_of ($title, $is, @of)
{
	my @found = grep { $is->($_) } @of;
	is scalar @found, 0, $title;
	diag told_of($_) for @found > 5 ? @found[0 .. 4] : @found;
	return;
}

# Perl's own UTF-8 (not "UTF-8") is as lenient as JSON is.
sub kind_of ($json)
{
	my $event = eval { from_json(decode('utf8', $json)) };
	return $event ? $event->{type} : 'no JSON';
}

# Where nobody can say, it is unreadable or what it says.
sub is_it ($mutant, $kind)
{
	return $kind eq $mutant->{kind} if defined $mutant->{kind};
	return $kind eq UNREADABLE ||
	    index($mutant->{body}, qq("event":"$kind")) >= 0;
}

subtest 'all are taken at once' => sub {
	my $post = Cal::Test::Post->start($c, count => scalar @mutant,
		item => sub ($n) { ($user[$n % @user]{url},
			$mutant[$n]{body}) });
	is_deeply $post->wait_end, { 200 => scalar @mutant },
	    @mutant . ' are answered 200';
};

subtest 'all are worked off' => sub {
	eval { $c->wait_for(sub {
		!$c->db->selectrow_array('SELECT count(*) FROM delivery_queue' .
			' WHERE parked_at IS NULL AND tries = 0')
	}, 'the backlog to be worked off', $most / 20) } or diag $@;
	my $left = $c->db->selectall_arrayref('SELECT q.last_error, q.tries,' .
		' encode(substr(d.body, 1, 400), $$escape$$)' .
		' FROM delivery_queue q JOIN deliveries_in d USING (event_id)');
	is scalar @$left, 0, 'nothing is left or set aside';
	diag join ' ', map { $_ // '-' } @$_ for grep {defined} @$left[0 .. 4];
};

subtest 'all are in the feed' => sub {
	push @{ $event{ substr $_, 7, 36 } }, $_
	    for grep { !/^\{"id":"[^"]+","type":"meeting\.changed"/ }
	    Cal::Test::Reader->read_all($c, $c->key);
	my %id = map { @$_ } @{ $c->db->selectall_arrayref(
		'SELECT md5(body), event_id FROM deliveries_in') };
	$_->{id} = $id{ md5_hex($_->{body}) } for @mutant;
	none_of('each is stored as it came', sub ($m) { !$m->{id} }, @mutant);
	none_of('each is one event', sub ($m) {
		@{ $event{ $m->{id} // '' } // [] } != 1 }, @mutant);
	is scalar keys %event, scalar @mutant, 'nothing else is';
};

subtest 'each is what it is' => sub {
	my ($readable, $odd) = (0, []);
	for my $m (@mutant) {
		my $json = $event{ $m->{id} // '' }[0] // next;
		my $is = kind_of($json);
		push @$odd, { %$m, what => "$is: $m->{what}" }
		    if !is_it($m, $is);
		$readable++ if $is ne UNREADABLE;
	}
	none_of('of its kind', sub ($) {1}, @$odd);
	diag sprintf '%d of %d can be read', $readable, scalar @mutant;
};

unlike $c->log_text(qr/^calendlyd/), qr/ ended/, 'no process ended';
is $c->deliver($user[0]{url}, 'x')->code, 200, 'all goes on';

done_testing;
