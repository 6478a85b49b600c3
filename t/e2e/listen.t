# calendlyctl listen: a developer, with nothing but an API key, has the events
# of a tenant pushed to an address on their own machine, as they will be later.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Listener;
use Cal::Test::Puppet;
use Digest::SHA qw(hmac_sha256);
use MIME::Base64 qw(decode_base64 encode_base64);
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json);

my $c = Cal::Test->start;
$c->connect('u1', person => 'olivia');
$c->connect('u2', person => 'marco', browser => $c->new_browser);
$c->wait_for(sub { 2 == grep { $_->{type} eq 'connection.synced' } $c->events },
	'the end of what connecting tells');
my $receiver = Cal::Test::Puppet->new->start;
my $serial = 0;

sub listener (@argv)
{
	return Cal::Test::Listener->new(url => $c->url, key => $c->key,
		argv => ['--ca-file', $c->stack->ca, @argv]);
}

# A booking; returns the id of Calendly's event about it.
sub booking ($user = 'u1')
{
	my $uri = invitee_uri(uuid(4, ++$serial));
	my $res = $c->deliver($c->endpoint($user),
		delivery('invitee.created', uri => $uri));
	is $res->code, 200, "a booking for $user";
	return event_of($uri);
}

sub event_of ($uri)
{
	return $c->wait_for(sub {
		my ($event) = grep { $_->{type} eq 'invitee.created' &&
		    ($_->{data}{uri} // '') eq $uri } $c->events;
		$event && $event->{id}
	}, 'the event of a booking');
}

# What the receiver got of an event, in the order in which it came.
sub pushed ($id)
{
	return grep { ($_->{headers}{'webhook-id'} // '') eq $id }
	    $receiver->asked->@*;
}

sub wait_pushed ($id, $times = 1)
{
	$c->wait_for(sub { pushed($id) >= $times }, "event $id");
	return (pushed($id))[-1];
}

# As a receiver does it, and by other code than ours.
sub signed ($push, $secret)
{
	my $h = $push->{headers};
	my $key = decode_base64($secret =~ s/^whsec_//r);
	return 'v1,' . encode_base64(hmac_sha256(join('.',
	    @$h{qw(webhook-id webhook-timestamp)}, $push->{body}), $key), '');
}

subtest 'each event is pushed as it stands in the feed, and signed' => sub {
	my $l = listener('--forward', $receiver->url('/hook?a=1'))->start
	    ->ready;
	my ($secret) = $l->err =~ /(whsec_\S+)/;
	my $id = booking();
	my $push = wait_pushed($id);
	is $push->{line}, 'POST /hook?a=1 HTTP/1.1', 'to its address';
	is $push->{body}, $c->api(GET => "/v1/events/$id")->body,
	    'the bytes of the feed';
	my $h = $push->{headers};
	is $h->{'content-type'}, 'application/json', 'its type';
	like $h->{'user-agent'}, qr{^calendlyd/\d}, 'its sender';
	cmp_ok abs($h->{'webhook-timestamp'} - time), '<', 300, 'its time';
	is $h->{'webhook-signature'}, signed($push, $secret), 'its signature';
	$l->wait_out(qr/^\S+ \S+Z  invitee\.created +u1 +200  \d+ ms$/m);
	$l->wait_out(qr/  meeting\.changed created +u1 +200  /);
	is $l->stop, 0, 'Ctrl-C ends it';
	like $l->err, qr/ \d+ events, \d+ delivered, 0 given up; --since e\w/,
	    'with what was done and how to go on';
	is index($l->err, $c->key), -1, 'the key is not shown';
	is scalar(() = $l->err =~ /whsec_/g), 1, 'the secret once';
};

subtest 'with a secret that the receiver has already' => sub {
	my $secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
	my $l = listener('--forward', $receiver->url, '--secret', $secret)
	    ->start->ready;
	my $push = wait_pushed(booking());
	is $push->{headers}{'webhook-signature'}, signed($push, $secret),
	    'signed by it';
	is $l->stop('TERM'), 0, 'SIGTERM ends it, too';
	is index($l->err . $l->out, substr $secret, 6), -1, 'never shown';
};

subtest 'a receiver that is started later gets the event' => sub {
	$receiver->stop;
	my $l = listener('--forward', $receiver->url)->start->ready;
	my @id = (booking(), booking());
	$l->wait_err(qr/nobody answers at .* until your receiver is there/);
	$receiver->start;
	wait_pushed($_) for @id;
	$l->wait_out(qr/u1 +200  .*u1 +200  /s);
	is scalar(() = $l->err =~ /nobody answers/g), 1, 'said once';
	is $l->stop, 0, 'the end';
	is scalar(pushed($_)), 1, 'each came once' for @id;
};

subtest 'one that fails gets a few tries, and then the next event' => sub {
	my $l = listener('--forward', $receiver->url, '--type',
		'invitee.created')->start->ready;
	$receiver->next(map { { status => 500, body => 'boom' } } 1 .. 4);
	my $id = booking();
	my $next = booking();
	wait_pushed($next);
	is scalar(pushed($id)), 4, 'tries';
	like $l->out, qr/ 500  \d+ ms  try 1 of 4: it says "boom"; again in /,
	    'a failure is told';
	like $l->out, qr/try 4 of 4: .*; given up, on with the next$/m,
	    'the end of it';
	my %stamp = map { ($_->{headers}{'webhook-timestamp'} => 1) }
	    pushed($id);
	cmp_ok keys %stamp, '>', 1, 'each try has a time of its own';
	is $l->stop, 0, 'the end';
	like $l->err, qr/2 events, 1 delivered, 1 given up/, 'summed up';
};

subtest 'a type, a user' => sub {
	my $l = listener('--user', 'u2', '--type', 'invitee.created,x.y',
		'--type', 'invitee.canceled')->start->ready;
	booking('u1');
	booking('u2');
	$l->wait_out(qr/invitee\.created +u2$/m);
	is $l->stop, 0, 'the end';
	is scalar(() = $l->out =~ /\n/g), 1, 'nothing else' or diag $l->out;
};

subtest 'from the oldest on, from a time on, from where one was' => sub {
	my @all = map { $_->{id} } $c->events;
	my $ids = sub ($l) { [map { decode_json($_)->{event}{id} }
		split /\n/, $l->out] };
	my $end = sub (@argv) {
		my $l = listener('--print', 'json', @argv)->start;
		$l->wait_out(qr/\Q$all[-1]\E.*\n/);
		is $l->stop, 0, "@argv";
		return $l;
	};
	my $l = $end->('--since', 'oldest');
	is_deeply $ids->($l), \@all, 'every event, in its order';
	my ($cursor) = $l->err =~ /--since (e\w+)/;
	is_deeply $ids->($end->('--since', '1h')), \@all, 'all of an hour';
	my $half = $c->api(GET => '/v1/events?limit=3')->json('/next');
	is_deeply $ids->($end->('--since', $half)), [@all[3 .. $#all]],
	    'behind a cursor';
	my @old = @all[0 .. 4];
	$c->db->do(q{UPDATE events SET received_at = received_at -
		interval '2 hours' WHERE id = ANY(?::uuid[])}, undef, \@old);
	is_deeply $ids->($end->('--since', '1h')), [@all[5 .. $#all]],
	    'not what is older';
	my $later = listener('--print', 'json', '--since', $cursor)->start
	    ->ready;
	my $id = booking();
	$later->wait_out(qr/\Q$id\E/);
	is $later->stop, 0, 'going on';
	is $ids->($later)->[0], $id, 'begins behind the last one';
};

subtest 'for programs' => sub {
	my $l = listener('--json', '--forward', $receiver->url, '--type',
		'invitee.created')->start->ready;
	$receiver->next({ status => 410 });
	my @id = (booking(), booking());
	wait_pushed($id[1]);
	$l->wait_out(qr/\n.*\n/);
	is $l->stop, 0, 'the end';
	my @got = map { decode_json($_) } split /\n/, $l->out;
	is_deeply [map { $_->{event}{id} } @got], \@id, 'a line for each event';
	delete $_->{push}{ms} for @got;
	is_deeply [map { $_->{push} } @got], [
		{ status => 410, tries => 1, delivered => Mojo::JSON->false,
		    error => 'this answer would pause a destination' },
		{ status => 200, tries => 1, delivered => Mojo::JSON->true,
		    error => undef },
	], 'with what became of it';
};

subtest 'the API is away for a while' => sub {
	my $l = listener('--forward', $receiver->url)->start->ready;
	my $url = $c->endpoint('u1');
	$c->nginx->stop;
	$l->wait_err(qr/: .*; trying again until it is there$/m);
	$c->stack->start_nginx;
	$c->wait_ready;
	my $id = booking();
	wait_pushed($id);
	$l->wait_err(qr/is there again, after \d+ /);
	is scalar(() = $l->err =~ /trying again/g), 1, 'said once';
	is scalar(pushed($id)), 1, 'nothing is lost or comes twice';
	is $l->stop, 0, 'the end';
};

subtest 'a reload of calendlyd is not even noticed' => sub {
	my $l = listener('--forward', $receiver->url)->start->ready;
	$c->calendlyd->signal('HUP');
	my $id = booking();
	wait_pushed($id);
	is $l->stop, 0, 'the end';
	unlike $l->err, qr/trying again/, 'no word of it';
};

subtest 'a certificate of a private authority' => sub {
	my $l = Cal::Test::Listener->new(url => $c->url, key => $c->key)->start;
	$l->wait_err(qr/certificate.*--ca-file FILE names the authority/);
	is $l->stop, 0, 'the end';
};

subtest 'a key that is revoked ends it' => sub {
	my $made = decode_json($c->stack->ctl_must(qw(--json key add test)));
	my $l = listener()->key($made->{key})->start->ready;
	$c->stack->ctl_must(qw(key revoke), $made->{id});
	booking();
	is $l->ended, 1, 'it failed';
	like $l->err, qr/revoked: ask your operator.*key add TENANT/,
	    'it says what to do';
};

# nginx takes its addresses from the documents, which say how to let people in.
sub let_in ($from, $to)
{
	my $site = path($c->stack->dir, 'nginx', 'site.conf');
	my $text = $site->slurp;
	$text =~ s/$from/$to/ or die "no $from in $site";
	$site->spurt($text);
	$c->nginx->signal('HUP');
	return;
}

sub may_read ($path)
{
	my $header = { Authorization => 'Bearer ' . $c->key };
	return $c->agent->get($c->url($path), $header)->res->code;
}

subtest 'whom nginx does not let in is told, and let in as documented' => sub {
	let_in(qr/\n\t\tallow 127\.0\.0\.0\/8;/, '');
	$c->wait_for(sub { may_read('/v1/events') == 403 }, 'nginx to refuse');
	my $l = listener()->start;
	is $l->ended, 1, 'it ends';
	like $l->err, qr/nginx lets in private addresses only.*Developing/,
	    'it says what to do';
	my ($more) = path("$Cal::Test::Stack::TOP/docs/integration.md")->slurp
	    =~ /^```nginx\n(.*?)^```/ms;
	let_in(qr/(?=\tlocation \/v1\/ )/, $more);
	$c->wait_for(sub { may_read('/v1/events') == 200 }, 'nginx to let in');
	is may_read('/v1/connections'), 403, 'nothing else';
	$l = listener('--forward', $receiver->url)->start->ready;
	is $l->stop, 0, 'a developer is in';
};

done_testing;
