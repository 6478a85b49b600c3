# Somebody has locked the connection of one user, for whom more deliveries wait
# than a runner takes at a time: the deliveries of others are applied meanwhile.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);

use constant WAITING => 300;

my $c = Cal::Test->start;
$c->connect('held', person => 'olivia');
$c->connect('free', person => 'marco', browser => $c->new_browser);
my %url = map { $_ => $c->endpoint($_) } qw(held free);

sub book ($user, $n)
{
	my $r = $c->deliver($url{$user}, delivery('invitee.created',
		uri => invitee_uri(uuid(41, $n))));
	die $r->body if $r->code != 200;
	return;
}

sub booked ($user, $n)
{
	my $count = sub { scalar grep { $_->{user_id} eq $user &&
		$_->{type} eq 'invitee.created' } $c->events };
	$c->wait_for_all($count, $n, "what $user has in the feed");
	return $count->() == $n;
}

my $lock = $c->cluster->db($c->stack->database);
$lock->begin_work;
$lock->do(q{SELECT FROM connections WHERE user_id = 'held' FOR UPDATE});
book(held => $_) for 1 .. WAITING;
book(free => WAITING + 1);
ok booked(free => 1), 'who is free need not wait';
$lock->rollback;
ok booked(held => WAITING), 'and nothing of the other is lost';
done_testing;
