# Bodies in the forms that Calendly sends or might send: numbers, times, hosts,
# bytes that are not text, and other words under the same identity.

use v5.36;
use Digest::SHA qw(hmac_sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use SandboxTest;
use Test::More;

my $s = SandboxTest->new;

# Returns the bytes of a booking that is sent under these switches.
sub body_under (%switches) {
	$s->control('reset');
	@{ $s->got } = ();
	$s->subscribe($s->connect('olivia'));
	$s->control(switches => \%switches);
	$s->control(book => { person => 'olivia', wait => \1,
	    start_time => '2031-05-06T07:00:00Z',
	    questions_and_answers => [{ question => 'Q', answer => 'A' }] });
	return $s->got->[-1]{body};
}

sub signed_ok () {
	my $got = $s->got->[-1];
	my ($t, $v1) = $got->{signature} =~ /\At=(\d+),v1=(\w+)\z/;
	return is $v1, hmac_sha256_hex("$t.$got->{body}", 'the-key'),
	    'signed over these bytes';
}

subtest 'counters and positions as doubles' => sub {
	like body_under(), qr/"active":1,/, 'else integers';
	my $body = body_under(body_numbers => 'doubles');
	like $body, qr/"$_":\d\.0[,}]/, $_ for qw(total active limit position);
	signed_ok();
};

subtest 'times in every form' => sub {
	my %start = (
		micros      => '2031-05-06T07:00:00.000000Z',
		seconds     => '2031-05-06T07:00:00Z',
		no_seconds  => '2031-05-06T07:00Z',
		blank       => '2031-05-06 07:00:00.000000Z',
		lower       => '2031-05-06t07:00:00.000000z',
		offset      => '2031-05-06T09:00:00.000000+0200',
		offset_hour => '2031-05-06T09:00:00.000000+02',
		colon       => '2031-05-06T09:00:00.000000+02:00',
		leap        => '2031-05-06T06:59:60.000000Z',
	);
	for my $form (sort keys %start) {
		my $body = body_under(body_time => $form);
		like $body, qr/"start_time":"\Q$start{$form}\E"/, $form;
	}
	my $whole = qr/\A\{"created_at":"[-\d]+T[:\d]+Z"/;
	like body_under(envelope_time => 'seconds'), $whole,
	    'the envelope in whole seconds';
	unlike body_under(body_time => 'seconds'), $whole,
	    'is a matter of its own';
};

subtest 'bytes that are no text' => sub {
	like body_under(body_bom => 1), qr/\A\xef\xbb\xbf\{/, 'a mark';
	signed_ok();
	like body_under(body_bad_byte => 1), qr/"name":"\xff\w/, 'a bad byte';
	signed_ok();
};

subtest 'shapes' => sub {
	body_under(body_shape => 'old');
	my $payload = $s->got->[-1]{json}{payload};
	ok !exists $payload->{scheduled_event}, 'without scheduled_event';
	ok $payload->{event}, 'but with its URI';
	body_under(body_shape => 'null_event');
	is $s->got->[-1]{json}{payload}{scheduled_event}, undef, 'or null';
	body_under(host_twice => 1);
	my $hosts = $s->got->[-1]{json}{payload}{scheduled_event}
	    {event_memberships};
	is @$hosts, 2, 'one host, two entries';
	is_deeply $hosts->[0], $hosts->[1], 'the same';
};

subtest 'the same identity with other words' => sub {
	body_under();
	my $first = $s->got->[-1]{json};
	$s->control(redeliver => { delivery => 1, wait => \1, changes => {
	    payload => { name => 'Other', timezone => undef } } });
	my $second = $s->got->[-1]{json};
	is $second->{payload}{name}, 'Other', 'changed';
	ok !exists $second->{payload}{timezone}, 'removed';
	is $second->{payload}{uri}, $first->{payload}{uri}, 'the same one';
	signed_ok();
	like $s->control(redeliver => { delivery => 1, changes => 1 })
	    ->{error}, qr/"changes" takes an object/, 'a mistake';
};

done_testing;
