# In whatever order the deliveries about a meeting come, and however often each,
# they lead to the same meeting.

use Cal::Test;

use Cal::Test::Mutants qw(oddly);
use Cal::Test::Post;
use Cal::Test::Reader;
use Cal::Test::Residents;
use Cal::Test::Story;
use List::Util qw(shuffle uniq);
use Mojo::JSON qw(decode_json encode_json);

my $seed = $ENV{CAL_TEST_SEED} // int rand 1e6;
my $users = $ENV{CAL_TEST_USERS} // ($ENV{CAL_TEST_LONG} ? 500 : 20);
srand $seed;
note "CAL_TEST_SEED=$seed repeats the choice";

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2,
	CALENDLYD_LOG_LEVEL => 'info' });
my @user = Cal::Test::Residents->settle($c, users => $users);
my $story = Cal::Test::Story->new;

# What is sent, the same to everybody: the story as Calendly tells it, and with
# odd things in it.
my @sent = map { $story->body(1, $_) } $story->meeting_steps;
my @odd = map { my $n = $_; map { oddly($story->body($n, $_)) }
    $story->meeting_steps } 2, 3;

# How one user's calendlyd hears of it: in any order, some of it twice; the
# first one hears it as it happened.
sub course ($user, @body)
{
	my @step = 0 .. $#body;
	@step = shuffle @step, grep { rand() < 0.3 } @step if $user;
	return @step;
}

# One after the other for each, all users at the same time.
sub play ($bodies, @course)
{
	my @plan;
	while (grep {@$_} @course) {
		push @plan, map { @{ $course[$_] } ?
			[$_, shift @{ $course[$_] }] : () }
		    shuffle 0 .. $#course;
	}
	return Cal::Test::Post->start($c, count => scalar @plan,
		item => sub ($n) { ($user[$plan[$n][0]]{url},
			$bodies->[$plan[$n][1]]) })->wait_end;
}

# A user's meetings as the host app sees them, invitees in an order of their
# own, and our ids replaced by what they stand for: a meeting, an invitee, or
# one that is only linked to, since an odd body may name an invitee of whom
# nothing else is ever told.
sub seen_by ($user)
{
	my $meetings = $c->api(GET =>
		"/v1/meetings?user_id=$user->{name}")->json('/data');
	my %name = map { $_->{id} => 'OUR ID OF ' . $_->{calendly_uri} }
	    map { ($_, @{ $_->{invitees} }) } @$meetings;
	for my $link (grep {$_} map { @$_{qw(rescheduled_from rescheduled_to)} }
	    map { @{ $_->{invitees} } } @$meetings) {
		$name{ $link->{$_} // '' } //= "OUR $_ OF $link->{calendly_uri}"
		    for qw(meeting_id invitee_id);
	}
	for my $m (@$meetings) {
		delete $m->{user_id};
		@{ $m->{invitees} } = sort { $a->{calendly_uri} cmp
		    $b->{calendly_uri} } @{ $m->{invitees} };
	}
	my $json = encode_json([sort { $a->{calendly_uri} cmp
		$b->{calendly_uri} } @$meetings]);
	return $json =~ s/([-0-9a-f]{36})/$name{$1} \/\/ $1/ger;
}

# What a person would say of it.
sub summary ($json)
{
	my @line;
	for my $m (@{ decode_json($json) }) {
		push @line, "$m->{status} with $m->{hosts}[0]{name}" .
		    ($m->{rescheduled} ? ', moved' : '');
		push @line, map { my $i = $_; join ' ', " $i->{name}:",
			$i->{status}, map { $i->{$_} ? $_ : () }
			qw(no_show rescheduled_from rescheduled_to)
		} @{ $m->{invitees} };
	}
	return \@line;
}

# In which order each hears it.
sub everybody_hears (@body)
{
	my @course = map { [course($_, @body)] } 0 .. $#user;
	my @order = map { join ' ', @$_ } @course;
	cmp_ok scalar uniq(@order), '>', $users * 0.9, 'each hears it otherwise';
	is_deeply [keys %{ play(\@body, @course) }], [200], 'all is taken';
	$c->wait_for(sub {
		!$c->db->selectrow_array('SELECT count(*) FROM delivery_queue')
	}, 'the backlog to be worked off');
	return @order;
}

sub all_see_the_same (@order)
{
	my ($want, @seen) = map { seen_by($_) } @user;
	my @other = grep { $seen[$_ - 1] ne $want } 1 .. $#user;
	is scalar @other, 0, "all $users see the same";
	for my $n (grep {defined} @other[0 .. 2]) {
		diag "told in the order $order[$n]:";
		is_deeply decode_json($seen[$n - 1]), decode_json($want),
		    $user[$n]{name};
	}
	return $want;
}

subtest 'a story as Calendly tells it' => sub {
	is_deeply summary(all_see_the_same(everybody_hears(@sent))), [
		'active with Marco',
		' Ann: active no_show',
		' Bea: canceled rescheduled_to',
		' Cyd: canceled',
		' Dan: active',
		'canceled with Marco',
		' Bea: canceled rescheduled_from',
	], 'and it is right';
};

subtest 'two with odd things in them' => sub {
	all_see_the_same(everybody_hears(@odd));
};

subtest 'the last that the feed tells of a meeting is how it is' => sub {
	my %last;
	for my $json (Cal::Test::Reader->read_all($c, $c->key)) {
		my $event = decode_json($json);
		$last{ $event->{meeting_id} } = $event->{data}{meeting}
		    if $event->{type} eq 'meeting.changed';
	}
	is scalar keys %last, 6 * $users, 'it tells of each';
	my @wrong = grep { encode_json($last{$_}) ne encode_json(
		$c->api(GET => "/v1/meetings/$_")->json) } sort keys %last;
	is scalar @wrong, 0, 'and how each is now';
	is_deeply $last{$_}, $c->api(GET => "/v1/meetings/$_")->json, $_
	    for grep {defined} $wrong[0];
};

done_testing;
