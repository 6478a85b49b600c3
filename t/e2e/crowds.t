# Many large group meetings at once, with long invitees: a runner has memory for
# them, and nobody's events stop.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Mojo::File;
use Mojo::JSON;

use constant { MEETINGS => 24, INVITEES => 100, BYTES => 128 * 1024 };

my $c = Cal::Test->start;
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');

sub say_all ($kind, %more)
{
	for my $n (1 .. MEETINGS) {
		my $r = $c->deliver($url, delivery($kind,
			uri => invitee_uri(uuid(31, $n)), %more));
		die $r->body if $r->code != 200;
	}
	return;
}

sub in_feed ($type)
{
	return $c->wait_for(sub { (grep { $_->{type} eq $type } $c->events) ==
		MEETINGS }, "each $type in the feed");
}

sub runner { grep { (eval { Mojo::File->new("/proc/$_/comm")->slurp } // '')
	=~ /^runner/ } $c->calendlyd->children }

say_all('invitee.created');
in_feed('invitee.created');
$c->db->do(q{INSERT INTO invitees (meeting_id, id, tenant_id, booked_at,
	content, content_version)
	SELECT meeting_id, gen_random_uuid(), tenant_id, 'epoch',
	jsonb_set(content::jsonb, '{name}', to_jsonb(repeat('x', ?))), '1'
	FROM invitees, generate_series(1, ?)}, undef, BYTES, INVITEES);

my ($pid) = runner();
kill STOP => $pid;
say_all('invitee.canceled', status => 'canceled');
kill CONT => $pid;
in_feed('invitee.canceled');
is((runner())[0], $pid, 'the runner lives');
my ($one) = grep { $_->{type} eq 'meeting.changed' &&
	$_->{data}{change} eq 'updated' } $c->events;
my $m = $one->{data}{meeting};
ok $m->{invitees_more}, 'an event says that there are more invitees';
cmp_ok length(Mojo::JSON::encode_json($m)), '<', 512 * 1024,
    'than it shows';

done_testing;
