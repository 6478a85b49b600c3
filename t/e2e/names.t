# An account without a name or a time zone connects like any other, and our
# answers about it are as docs/openapi.yaml says (each answer is checked).

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c);

$books->switch(user_names_null => \1);
my $end = $c->connect('u1', person => 'olivia');
like $end->url, qr/connected/, 'it connects';

my $account = $c->api(GET => '/v1/connections/u1')->json('/calendly');
is_deeply [@$account{qw(name timezone email)}], [undef, undef,
	'olivia@acme.example'], 'name and time zone are null';
is_deeply $c->api(GET => '/v1/connections')->json('/data/0/calendly'),
    $account, 'in the list, too';
is $c->reconcile('u1')->code, 200, 'reconciled';
like $c->stack->ctl_must(qw(connection show test u1)),
    qr/^Calendly e-mail\s+olivia/m, 'calendlyctl shows it';

$books->switch(user_names_null => \0);
$c->connect('u1', person => 'olivia', force => \1);
is $c->api(GET => '/v1/connections/u1')->json('/calendly/timezone'),
    'Europe/Prague', 'a later consent brings what there is by then';

done_testing;
