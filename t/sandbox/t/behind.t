# What happens without the app's knowledge: subscriptions are deleted, people
# move.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use SandboxTest;
use Test::More;

my $s = SandboxTest->new;
my $marco;

sub begin (%switches) {
	$s->control('reset');
	$marco = $s->connect('marco');
	$s->control(switches => \%switches) if %switches;
	return $s->subscribe($marco)->json->{resource};
}

sub list ($organization) {
	return $s->get(Mojo::URL->new('/webhook_subscriptions')->query(
	    organization => $organization, scope => 'user',
	    user => $marco->{owner}), $marco->{access_token});
}

sub books ($part) {
	return $s->get("/sandbox/state?only=$part")->json->{$part};
}

subtest 'a subscription is deleted or disabled, by name or by person' => sub {
	my $sub = begin();
	$s->control(disable => { person => 'marco' });
	is books('subscriptions')->[0]{state}, 'disabled', 'disabled';
	$s->control('delete-subscription' =>
	    { subscription => $sub->{uri} });
	is @{ books('subscriptions') }, 0, 'deleted';
	is books('subscriptions_gone')->[0]{by}, 'somebody else', 'by whom';
	begin();
	$s->control('foreign-subscription' => { person => 'marco',
	    url => 'https://x.example/other' });
	$s->control('delete-subscription' => { person => 'marco' });
	is_deeply [map { $_->{owner_app} } @{ books('subscriptions') }],
	    ['another app'], 'only of this app';
};

subtest 'a person moves to another organization' => sub {
	my $sub = begin();
	my $moved = $s->control(move => { person => 'marco',
	    organization => 'second' });
	is $moved->{left}, $marco->{organization}, 'left that one';
	is_deeply $moved->{subscriptions}, [$sub->{uri}],
	    'and this behind';
	my $me = $s->get('/users/me', $marco->{access_token})->json->{resource};
	is $me->{current_organization}, $moved->{organization},
	    'users/me says so';
	is list($marco->{organization})->code, 403, 'the old one: 403';
	is list($moved->{organization})->code, 200, 'the new one is open';
	is $s->subscribe($marco)->code, 403, 'nothing more in the old';
	my ($id) = $sub->{uri} =~ m{([^/]+)\z};
	is $s->call(DELETE => "/webhook_subscriptions/$id",
	    $marco->{access_token})->code, 204, 'but it can be deleted';
	$s->control(switches => { former_organization => 404 });
	is list($marco->{organization})->code, 404, 'or by switch 404';
};

subtest 'subscriptions die with a move, by switch' => sub {
	begin(leavers_subscriptions => 'die');
	$s->control(move => { person => 'marco', organization => 'new' });
	is @{ books('subscriptions') }, 0, 'none is left';
	is books('subscriptions_gone')->[0]{by}, 'move', 'the books say why';
};

subtest 'mistakes are told' => sub {
	like $s->control(move => { person => 'marco' })->{error},
	    qr/"organization" takes/, 'nowhere';
	like $s->control('delete-subscription' => {})->{error},
	    qr/"subscription"/, 'none';
};

done_testing;
