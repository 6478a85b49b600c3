package Cal::Test::Walks;

# Cal::Test::Walks: users whose meetings are read back, for tests of that.
#
#	use Cal::Test::Walks;
#	walks_of($c, $books);
#	my ($user, $person) = fresh(past => 5, ahead => 10);
#	backfilled($user, $person);
#	is_complete($user, $person, 'everything is there');

use Mojo::Base -strict, -signatures;

use Exporter qw(import);
use Test::More;

use Cal::Test::Picture;

our @EXPORT = qw(walks_of sync fresh connect_as complete ask backfilled gone
    differs is_complete);

my ($c, $books, $picture);
my $next = 0;

# Names the world in which all of this happens.
sub walks_of ($test, $its_books)
{
	($c, $books) = ($test, $its_books);
	$picture = Cal::Test::Picture->new(c => $c);
	return $picture;
}

sub sync ($user) { return $c->api(GET => "/v1/connections/$user")->json('/sync') }

# Makes a person with a calendar; returns the user and the person.
sub fresh (%calendar)
{
	my ($user, $person) = ('u' . ++$next, "p$next");
	$c->sandbox(POST => '/sandbox/people', { person => $person,
		create => \1 });
	$c->sandbox(POST => '/sandbox/history', { person => $person,
		days_back => 60, %calendar });
	return ($user, $person);
}

sub connect_as ($user, $person)
{
	my $browser = $c->new_browser;
	$browser->ua->socket_options({ LocalAddr => '127.0.7.' . $next });
	return $c->connect($user, person => $person, browser => $browser);
}

sub complete ($user, $since = '')
{
	my $sync;
	$c->wait_for(sub { $books->hurry;
		$sync = sync($user);
		($sync->{state} eq 'idle' && ($sync->{last_complete_at} // '')
		    gt $since) }, "the meetings of $user to be read");
	return $sync;
}

sub ask ($user)
{
	my $was = sync($user)->{last_complete_at} // '';
	$c->api(POST => "/v1/connections/$user/sync");
	return complete($user, $was);
}

sub backfilled ($user, $person)
{
	connect_as($user, $person);
	return complete($user);
}

sub gone ($user)
{
	return grep { $_->{status} eq 'gone' }
	    values %{ $picture->meetings($user) };
}

sub differs ($user, $person)
{
	$picture->from(sync($user)->{from});
	return $picture->differences($user, $person);
}

sub is_complete ($user, $person, $name)
{
	is scalar gone($user), 0, "$name: none is gone";
	return is_deeply [differs($user, $person)], [], "$name: complete";
}

1;
