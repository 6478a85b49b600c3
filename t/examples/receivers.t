#!/usr/bin/perl
# The receivers of docs/examples take in what calendlyd pushes, each event once,
# keep the newest state of each meeting, and believe nobody else.

use lib 't/lib';
use Cal::Test;

use Cal::Test::Body qw(uuid);
use Cal::Test::Example;
use Cal::Test::Push qw(new_secret signature);
use Mojo::JSON qw(decode_json encode_json from_json);

my $c = Cal::Test->start(idle => 1);
my ($old, $new) = (new_secret(), new_secret());
my $push = Cal::Test::Push->new(secret => $new);
my $serial = 0;

sub event ($type, %more)
{
	return { id => uuid(1, ++$serial), type => $type, source => 'webhook',
		sequence => $serial, user_id => 'u1', meeting_id => undef,
		occurred_at => '2026-11-22T17:11:40Z',
		received_at => '2026-11-22T17:11:40.671Z', data => {}, %more };
}

sub changed ($name, %more)
{
	return event('meeting.changed', data => { change => 'updated',
		invitee_id => undef, meeting => { id => uuid(2, 1),
			user_id => 'u1', status => 'active', name => $name,
			start_time => '2026-12-01T09:00:00Z', price => 12.5,
			guests => [], rescheduled => \0, of_tomorrow => {
				x => [1, undef, \1] } } }, %more);
}

sub ids ($x)
{
	return $x->column('SELECT id FROM calendly_events ORDER BY id');
}

sub meeting ($x)
{
	my $body = $x->column('SELECT body FROM calendly_meetings')->[0];
	return defined $body ? from_json($body) : { name => '' };
}

# Each story gets the receiver, which has forgotten all before.

sub takes_what_is_signed ($x)
{
	my $event = changed("Žofie – 会議 😀 \"\\/ \x{1}\x{0}");
	is_deeply [$push->send($x->url, $push->of($event))], [204], 'taken';
	is_deeply ids($x), [$event->{id}], 'its id is stored';
	is_deeply meeting($x), decode_json(encode_json(
		$event->{data}{meeting})),
	    'its meeting is stored, letter by letter';
	my @other = (event('destination.test', user_id => undef,
		of_tomorrow => [{}]), event('connection.needs_reauth'),
		event('invitee.created', data => { x => undef }));
	is_deeply [$push->send($x->url, map { $push->of($_) } @other)],
	    [(204) x 3], 'so are types and members that it does not know';
	is scalar @{ ids($x) }, 4, 'which are stored, too';
	return;
}

sub rotates ($x)
{
	for ([[$old], 'the old secret'], [[$new], 'the new secret'],
	    [[new_secret(), $new], 'a second signature'],
	    [[$old, $new], 'both']) {
		my ($secrets, $what) = @$_;
		is_deeply [$push->send($x->url, $push->of(event('x.y'),
			secrets => $secrets))], [204], "$what is enough";
	}
	my $event = event('x.y');
	my $right = signature($new, $event->{id}, time, encode_json($event));
	my $odd = $push->of($event, header => { 'webhook-signature' =>
		"v1a,AAAA  v2,x v1 v1, $right" });
	is_deeply [$push->send($x->url, $odd)], [204],
	    'signatures of other kinds beside it do no harm';
	return;
}

sub refused ($x, $what, @push)
{
	my @status = $push->send($x->url, @push);
	return is_deeply [@status, @{ ids($x) }], [(401) x @push],
	    "$what: refused, nothing stored";
}

sub believes_nobody_else ($x)
{
	my $event = changed('forged');
	my $body = encode_json($event);
	my $of = sub (%with) { $push->of($event, %with) };
	my $right = signature($new, $event->{id}, time, $body);
	refused($x, 'another secret', $of->(secrets => [new_secret()]));
	refused($x, 'an empty key', $of->(secrets => ['whsec_']));
	refused($x, 'a changed body', [$of->()->[0], "$body "]);
	refused($x, 'the same JSON, otherwise written', [$of->()->[0],
		$body =~ s/,/, /r]);
	refused($x, 'another id', $of->(header => { 'webhook-id' => 'x' }));
	refused($x, 'another time', $of->(header => {
		'webhook-timestamp' => time - 1 }));
	refused($x, 'too old', $of->(time => time - 310));
	refused($x, 'of the future', $of->(time => time + 310));
	refused($x, "without $_", $of->(header => { "webhook-$_" => undef }))
	    for qw(id timestamp signature);
	refused($x, 'the time ' . substr($_, 0, 9), $of->(header => {
		'webhook-timestamp' => $_ }), $of->(time => $_))
	    for 'x', '-5', '1e9', '9' x 5000;
	refused($x, 'odd signatures', map {
		$of->(header => { 'webhook-signature' => $_ })
	} '', ' ', ',', 'v1', 'v1,', 'v1,x', $right =~ s/^v1,//r,
	    $right =~ s/^v1/v2/r, substr($right, 0, -1), "$right$right",
	    join ' ', ('v1,' . 'A' x 43 . '=') x 50);
	refused($x, 'an empty body', $push->of($event, body => ''));
	return;
}

sub takes_each_once ($x)
{
	my $event = changed('once');
	my @same = map { $push->of($event) } 1 .. 20;
	is_deeply [$push->send($x->url, @same)], [(204) x 20],
	    'twenty at the same time are all taken';
	is_deeply ids($x), [$event->{id}], 'and are one';
	$event->{data}{meeting}{name} = 'changed';
	$event->{sequence} += 1000;	# even if it looks new
	is_deeply [$push->send($x->url, $push->of($event, time => time - 200,
		header => { 'calendlyd-replay' => 'true' }))], [204],
	    'one that comes again is taken';
	is meeting($x)->{name}, 'once', 'and does nothing';
	my @many = map { event('x.y') } 1 .. 40;
	is_deeply [$push->send($x->url, map { $push->of($_) } @many)],
	    [(204) x 40], 'forty that differ, at the same time';
	is scalar @{ ids($x) }, 41, 'are forty';
	return;
}

sub keeps_the_newest ($x)
{
	my @event = map { changed("state $_", sequence => 9 + $_) } 0 .. 3;
	for my $n (0, 2, 1, 3, 1) {
		is_deeply [$push->send($x->url, $push->of($event[$n]))], [204],
		    "state $n";
	}
	is meeting($x)->{name}, 'state 3', 'the newest, last';
	my @late = map { changed("late $_", sequence => $_) } 5 .. 11;
	$push->send($x->url, map { $push->of($_) } @late);
	is meeting($x)->{name}, 'state 3', 'nothing older writes over it';
	is scalar @{ ids($x) }, 11, 'although all were taken';
	is_deeply $x->rows('SELECT sequence, status, start_time
		FROM calendly_meetings'), [[12, 'active',
		'2026-12-01T09:00:00Z']], 'its columns';
	return;
}

sub takes_large_ones ($x)
{
	my $large = changed('x' x 1_500_000);
	is_deeply [$push->send($x->url, $push->of($large))], [204],
	    'the largest that there can be';
	is length meeting($x)->{name}, 1_500_000, 'is stored';
	my ($status) = $push->send($x->url,
		$push->of(changed('x' x 6_000_000)));
	like $status, qr/^(413|0)$/, 'a larger one is refused';
	is scalar @{ ids($x) }, 1, 'and not stored';
	is_deeply [$push->send($x->url, $push->of(event('x.y')))], [204],
	    'what comes next is taken';
	return;
}

sub takes_nothing_that_it_cannot_store ($x)
{
	my $event = changed('later');
	$x->rows('ALTER TABLE calendly_meetings RENAME TO away');
	is_deeply [$push->send($x->url, $push->of($event))], [500],
	    'no 2xx while the database refuses';
	is_deeply [$push->send($x->url, [$push->of({ id => 'x' },
		body => 'no JSON')->@*])], [500], 'nor for what is no JSON';
	$x->rows('ALTER TABLE away RENAME TO calendly_meetings');
	is_deeply ids($x), [], 'nothing is half stored';
	$x->proc->kill9;
	$x->receive(secrets => "$old $new");
	is_deeply [$push->send($x->url, map { $push->of($event) } 1 .. 2)],
	    [204, 204], 'it is taken when it comes again';
	is_deeply ids($x), [$event->{id}], 'once';
	is meeting($x)->{name}, 'later', 'with its meeting';
	return;
}

my @STORY = (
	[takes_what_is_signed => \&takes_what_is_signed],
	[rotates => \&rotates],
	[believes_nobody_else => \&believes_nobody_else],
	[takes_each_once => \&takes_each_once],
	[keeps_the_newest => \&keeps_the_newest],
	[takes_large_ones => \&takes_large_ones],
	[takes_nothing_that_it_cannot_store =>
	    \&takes_nothing_that_it_cannot_store],
);

for my $x (Cal::Test::Example->all($c)) {
	$x->receive(secrets => "$old $new");
	for my $story (@STORY) {
		subtest "$x->{name}: " . $story->[0] =~ tr/_/ /r => sub {
			$x->rows("DELETE FROM $_")
			    for qw(calendly_events calendly_meetings);
			$story->[1]->($x);
		};
	}
	$x->proc->stop;
}

done_testing;
