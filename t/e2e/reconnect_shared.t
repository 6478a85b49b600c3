# Two users of one tenant or of two share a Calendly account: reconnecting one
# of them, however often and in whatever way, does not harm the other.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Users;

my $c = Cal::Test->start(settings => { CALENDLYD_APP_WORKERS => 10 });
my $books = Cal::Test::Books->new(test => $c)->unlimited(30);
my $users = Cal::Test::Users->new(test => $c, books => $books);

my $first = $c->key;
$c->stack->ctl_must(qw(tenant add other));
my $second = $c->stack->ctl_must(qw(key add other));

# What is done here is done by the other tenant.
sub as_second ($deed)
{
	$c->key($second);
	my @got = $deed->();
	$c->key($first);
	return wantarray ? @got : $got[0];
}

# Healthy, asked again, dead: one after the other.
sub reconnects ($user, $person)
{
	$users->connect($user);
	$users->connect($user, person => $person, force => \1);
	$users->connect($user, person => $person, answer => 'Deny',
		force => \1);
	$users->stale;
	return $users->connect($user);
}

subtest 'two users of one tenant' => sub {
	my ($one, $person) = $users->connected;
	my ($two) = $users->fresh;
	$users->connect($two, person => $person);
	my $hook = $users->connection($two)->{webhook}{uri};
	reconnects($one, $person);
	is $users->connection($two)->{webhook}{uri}, $hook,
	    'the other keeps its subscription';
	is $books->hooks($person), 2, 'each has one';
	$users->is_whole($_, $person) for $one, $two;
};

subtest 'one user each of two tenants, by the same name' => sub {
	my ($user, $person) = $users->connected;
	as_second(sub { $users->connect($user, person => $person) });
	reconnects($user, $person);
	is $books->hooks($person), 2, 'each tenant has one subscription';
	$users->is_whole($user, $person);
	as_second(sub { $users->is_whole($user, $person) });
};

subtest 'both reconnect at once, ten times each' => sub {
	my ($one, $person) = $users->connected;
	my ($two) = $users->fresh;
	$users->connect($two, person => $person);
	$users->stale;
	my $minted = $books->minted;
	my @session = map { $c->session($_) } ($one, $two) x 10;
	is $users->at_once(map { [$users->browser, $_->{url}] } @session),
	    '20 connected', 'all end at a success';
	is $books->minted, $minted + 2, 'one refresh for each';
	is $books->hooks($person), 2, 'one subscription for each';
	$users->is_whole($_, $person) for $one, $two;
};

subtest 'three users meet at one account at once' => sub {
	my (undef, $person) = $users->fresh;
	my @user = map { ($users->fresh)[0] } 1 .. 3;
	my @b = map { $users->at_callback($_, $person) } @user;
	is $users->finish_at_once(@b), '3 connected', 'all are connected';
	is $books->one('SELECT count(*) FROM accounts a WHERE EXISTS (SELECT' .
		' FROM grants WHERE account_id = a.id AND email LIKE ?)',
		"$person\@%"), 1, 'it is one account';
	is $books->hooks($person), 3, 'each has a subscription';
	$users->is_whole($_, $person) for @user;
};

subtest 'the account is taken away: each recovers by itself' => sub {
	my ($one, $person) = $users->connected;
	my ($two) = $users->fresh;
	$users->connect($two, person => $person);
	$users->stale;
	$c->sandbox(POST => '/sandbox/revoke-app', { person => $person });
	$users->connect($one, person => $person);
	$users->told($one, 'connected needs_reauth recovered',
		'the one recovered');
	$users->told($two, 'connected', 'the other is not spoken for');
	$users->connect($two, person => $person);
	$users->told($two, 'connected needs_reauth recovered', 'but asked');
	is $books->hooks($person), 2, 'each has one subscription';
	$users->is_whole($_, $person) for $one, $two;
};

subtest 'one leaves for another account, and comes back' => sub {
	my ($one, $person) = $users->connected;
	my ($two) = $users->fresh;
	my (undef, $elsewhere) = $users->fresh;
	$users->connect($two, person => $person);
	$users->connect($one, person => $elsewhere, force => \1);
	$books->settle;
	is $books->hooks($person), 1, 'the other is alone there';
	$users->is_whole($two, $person);
	$users->connect($one, person => $person, force => \1);
	$books->settle;
	is $books->hooks($person), 2, 'both are there again';
	is $books->hooks($elsewhere) + $books->live($elsewhere), 0,
	    'nothing is left elsewhere';
	$users->is_whole($_, $person) for $one, $two;
};

done_testing;
