# Calendly's ids are opaque: whatever they look like, a user connects, gets a
# booking and its cancellation, keeps one subscription, and disconnects without
# leaving anything behind.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited;

sub changes ($user)
{
	return map { $_->{data} } grep { $_->{type} eq 'meeting.changed' &&
	    $_->{user_id} eq $user } $c->events;
}

sub one_subscription ($person, $when)
{
	return is scalar $books->hooks($person), 1, "one subscription $when";
}

sub booking_comes ($user, $person)
{
	my $made = $c->sandbox(POST => '/sandbox/book',
		{ person => $person, wait => \1 });
	$c->sandbox(POST => '/sandbox/cancel', { wait => \1,
		invitee => $made->{invitee}{uri} });
	$c->wait_for(sub { (changes($user)) >= 2 }, 'the end of the meeting');
	my ($created, $canceled) = changes($user);
	is $created->{meeting}{calendly_uri}, $made->{event}{uri},
	    'the booking came, under its own name';
	is $canceled->{change}, 'canceled', 'and was canceled';
	is $canceled->{meeting}{id}, $created->{meeting}{id}, 'as the same';
	return is scalar(changes($user)), 2, 'nothing else was told';
}

sub disconnects ($user, $person)
{
	my $res = $c->api(DELETE => "/v1/connections/$user");
	is $res->code, 200, 'disconnected';
	is_deeply $res->json('/left_behind'), [], 'nothing is left behind';
	return is scalar $books->hooks($person), 0, 'which is true';
}

for my $style (qw(word punctuated short lower16 dashless upper_uuid twenty
    long longest slash)) {
	subtest "ids of the form $style" => sub {
		$books->switch(id_style => $style);
		$c->sandbox(POST => '/sandbox/people',
			{ count => 1, prefix => $style });
		my ($user, $person) = ("u-$style", "${style}1");
		$c->connect($user, person => $person,
			browser => $c->new_browser);
		is $c->api(GET => "/v1/connections/$user")->json('/status'),
		    'connected', 'connected';
		$c->api(POST => "/v1/connections/$user/reconcile");
		$books->settle;
		one_subscription($person, 'after a reconcile');
		booking_comes($user, $person);
		$c->connect($user, browser => $c->new_browser);
		$books->settle;
		one_subscription($person, 'after connecting again');
		disconnects($user, $person);
	};
}

done_testing;
