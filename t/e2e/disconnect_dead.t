# A user reconnects the same account while the first grant's teardown still
# waits and its tokens are dead: the new grant removes what the first one could
# not.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(4);

sub connection { return $c->api(GET => '/v1/connections/u1')->json }

$c->connect('u1', person => 'p1');
my $first = connection()->{webhook}{uri};
$books->fault('status', undef, '/*', value => 503);
is $c->api(DELETE => '/v1/connections/u1')->code, 202,
    'disconnected while Calendly is away';
$books->put_off;
$books->mend;
$books->switch(new_grant_kills_older => \1);
$c->connect('u1', person => 'p1', browser => $c->new_browser);
is connection()->{status}, 'connected', 'connected again meanwhile';
isnt connection()->{webhook}{uri}, $first, 'with a subscription of its own';
is scalar(() = $books->hooks('p1')), 2, 'the first one is still there';

$books->settle;
is_deeply [map { $_->{uri} } $books->hooks('p1')],
    [connection()->{webhook}{uri}], 'then only the one that counts';
is_deeply connection()->{left_behind}, [], 'and nothing is left behind';
is $books->live('p1'), 1, 'one grant lives';

# What the first account's grant had to leave is still there when the second
# account is let go of, too.
$c->connect('u2', person => 'p2', browser => $c->new_browser);
my $left = $c->api(GET => '/v1/connections/u2')->json('/webhook/uri');
$books->fault('status', DELETE => '/webhook_subscriptions/*', value => 503);
$c->connect('u2', person => 'p3', force => \1, browser => $c->new_browser);
$c->db->do(q{UPDATE grants SET teardown_deadline = now()
    WHERE status = 'teardown'});
$books->settle;
$books->mend;
my $end = $c->api(DELETE => '/v1/connections/u2')->json;
is $end->{status}, 'disconnected', 'another account, and let go of it';
is scalar(() = $books->hooks('p2')), 1, 'what was left before is there';
is_deeply $end->{left_behind}, [$left], 'and named';
is $end->{reason}, 'unfinished', 'with why';

done_testing;
