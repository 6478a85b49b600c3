package Cal::Test::Mutants;

# Cal::Test::Mutants: deliveries of every kind with one odd thing in each.
#
#	my $mutant = mutant($n);	# the same for the same srand
#	$mutant->{body}		# bytes, no two of them alike
#	$mutant->{kind}		# what it must be taken for; undef: nobody knows
#	$mutant->{what}		# what is odd about it, for people
#	oddly($body)		# still about the same meeting and invitee

use Mojo::Base -strict, -signatures;

use Exporter qw(import);
use Mojo::JSON qw(decode_json encode_json);
use Storable qw(dclone);

use Cal::Test::Body qw(envelope invitee_uri uuid);
use Cal::Test::Kinds qw(api_uri kinds payload);

our @EXPORT_OK = qw(mutant oddly);

my $HOLE = 'HOLE-FOR-THE-ODD-ONE';

# Any member may be replaced by one of these, which are written in JSON.
my @ODD = (
	qw(null true false {} [] [null] [[[]]] 0 -0 -1 1.5 1e400 -1e-400
	    12345678901234567890 -9223372036854775809),
	'0.' . '1' x 400, '9' x 1000, '{"":{"":""}}', '[1,"two",{"three":3}]',
	(map {qq("$_")} '', ' ', '\u0000', 'a\u0000b', '\ud800', '\udc00x',
	    '\ud83d\ude00', '\\\\', '\b\f\n\r\t', "\xc5\xbdofie",
	    "\xef\xbf\xbe", '<script>', q{'; DROP TABLE events; --}, '%s%n',
	    'null', 'canceled', 'ACTIVE', 'x' x 5000, 'x' x 20_000,
	    "\xe4\xbc\x9a" x 20_000, 'https://', 'https://x.example/a/b',
	    'AAAABBBBCCCCDDDD', '00000000-0000-0000-0000-000000000000'),
	# Times.
	(map {qq("$_")} qw(now infinity -infinity epoch 2026-02-30T10:00:00Z
	    0000-00-00T00:00:00Z 0001-01-01T00:00:00Z 9999-12-31T23:59:59.9Z
	    99999-01-01T00:00:00Z +275760-09-13T00:00:00Z 2026-11-20
	    2026-11-20T10:00:00 2026-11-20T10:00:00+14:00 2026-11-20T24:00:00Z
	    2026-11-20T10:00:00+25:00 2026-06-30T23:59:60Z
	    1969-12-31T23:59:59Z 2026-11-20T10:00:00.1234567890123Z)),
	(map { '[' x $_ . ']' x $_ } 5, 24),
	'[' . join(',', ('"x"') x 3000) . ']',
	'{' . join(',', map {qq("k$_":$_)} 1 .. 500) . '}',
);

# Ways to make a body unreadable, or possibly so.
my @BAD = (
	qw(NaN Infinity 01 1. .5 +1 0x1 1e tru 'x'), '"', "\"\n\"", "\"\0\"",
	"\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf5\x80\x80\x80\"",
	'"\x41"', '"\u12"', '{"a"}', '[1,]', '[1 2]', '{,}', '',
	'[' x 40 . ']' x 40, '[' x 5000 . ']' x 5000, '{"a":' x 2000,
	'[' . join(',', (0) x 60_000) . ']',
);

# Without these members nobody can know what a delivery is about.
my %VITAL = map { $_ => 1 } qw(event payload payload.uri payload.contact
    payload.contact.uri payload.recap payload.recap.uri);

sub _any (@of) { return $of[rand @of] }

# Every delivery is about a subject of its own.
sub _sample ($kind, $n)
{
	my $payload = payload($kind);
	my $id = uuid(0xab, $n);
	if ($payload->{contact}) {
		$payload->{contact}{uri} = api_uri('contacts', $id);
	} elsif ($payload->{recap}) {
		$payload->{recap}{uri} = api_uri('meeting_recaps', $id);
	} else {
		$payload->{uri} = $kind =~ /^invitee/ ? invitee_uri($id)
		    : api_uri('things', $id);
	}
	return { event => $kind, created_at => '2026-11-20T10:00:00.000000Z',
		created_by => api_uri('users', uuid(9, $n)),
		payload => dclone($payload) };
}

# Returns every place in the sample: [container, key, path].
sub _places ($node, $path = '')
{
	my @key = ref $node eq 'HASH' ? sort keys %$node :
	    ref $node eq 'ARRAY' ? 0 .. $#$node : return;
	return map {
		my $here = length $path ? "$path.$_" : $_;
		my $child = ref $node eq 'HASH' ? $node->{$_} : $node->[$_];
		([$node, $_, $here], _places($child, $here))
	} @key;
}

sub _put ($place, $value)
{
	my ($node, $key) = @$place;
	return ref $node eq 'HASH' ? ($node->{$key} = $value)
	    : ($node->[$key] = $value);
}

sub _with ($sample, $raw)
{
	my $text = encode_json($sample);
	substr $text, index($text, qq("$HOLE")), length($HOLE) + 2, $raw;
	return $text;
}

# Returns what a body must be taken for when something odd is at this place.
sub _kind_after ($sample, $place)
{
	return $VITAL{ $place->[2] } ? undef : $sample->{event};
}

sub _short ($raw)
{
	return length $raw > 40 ? substr($raw, 0, 40) . "..." : $raw;
}

sub _replaced ($sample, $odd, $sure)
{
	my $place = _any(_places($sample));
	my $kind = _kind_after($sample, $place);
	_put($place, $HOLE);
	return { body => _with($sample, $odd), kind => $sure ? $kind : undef,
		what => "$place->[2] = " . _short($odd) };
}

sub _missing ($sample)
{
	my $place = _any(grep { ref $_->[0] eq 'HASH' } _places($sample));
	my $kind = _kind_after($sample, $place);
	delete $place->[0]{ $place->[1] };
	return { body => encode_json($sample), kind => $kind,
		what => "no $place->[2]" };
}

sub _extra ($sample, $odd)
{
	my $place = _any(grep { ref $_->[0] eq 'HASH' } _places($sample));
	$place->[0]{ 'extra_' . int rand 1e6 } = $HOLE;
	return { body => _with($sample, $odd), kind => $sample->{event},
		what => "more beside $place->[2]: " . _short($odd) };
}

# Writes a member twice; no rule says which one counts.
sub _twice ($sample, $odd)
{
	my $place = _any(grep { ref $_->[0] eq 'HASH' } _places($sample));
	my $kind = _kind_after($sample, $place);
	my ($node, $key) = @$place;
	my $was = encode_json($node->{$key});
	$node->{$key} = $HOLE;
	return { body => _with($sample, _any("$was,\"$key\":$odd",
		"$odd,\"$key\":$was")), kind => $kind,
		what => "$place->[2] twice: " . _short($odd) };
}

# Cuts the text off after what tells it from all others.
sub _cut ($sample)
{
	my $text = encode_json($sample);
	my $length = 150 + int rand(length($text) - 150);
	return { body => substr($text, 0, $length),
		what => "cut after $length bytes" };
}

sub _bytes ($sample)
{
	my $text = encode_json($sample);
	my $at = 150 + int rand(length($text) - 150);
	my $odd = _any("\0", "\xff", "\x80", "\xc3", "\n", '"', '\\', '{', '}',
		',', "\x7f", map { chr int rand 256 } 1 .. 4);
	substr $text, $at, _any(0, 1, 7), $odd;
	return { body => $text, what => sprintf 'byte %02x at %d',
		ord $odd, $at };
}

sub _around ($sample)
{
	my $text = encode_json($sample);
	my ($before, $after) = @{ _any(["\xef\xbb\xbf", ''], ['', "\0"],
		['', ' {}'], ['[', ']'], ['"', '"'], ["\xff\xfe", ''],
		['// ', ''], ['', '/* */'], ['data=', '']) };
	return { body => "$before$text$after", what => "in $before...$after" };
}

sub _unknown ($sample)
{
	my $kind = _any(qw(invitee.updated invitee.vanished thing.happened
	    a.b invitee_no_show.updated one.two.three), 'x' x 62 . '.y');
	$sample->{event} = $kind;
	return { body => encode_json($sample), kind => $kind, what => $kind };
}

sub _short_id ($sample, $n)
{
	my $id = sprintf 'B%015d', $n;
	my $p = $sample->{payload};
	my $of = $p->{contact} // $p->{recap} // $p;
	$of->{uri} = _any("https://api.calendly.com/things/$id",
		"https://calendly.com/things/$id", "http://x/$id", "/$id");
	return { body => encode_json($sample), kind => undef,
		what => "subject $of->{uri}" };
}

sub _blanks ($sample)
{
	my $most = 1024 * 1024;
	my $text = encode_json($sample);
	return { body => $text . ' ' x ($most - length $text),
		kind => $sample->{event}, what => '1 MiB' };
}

# Makes some members of the payload odd, but not those that say whom it is
# about, with values that are short and that Perl can read, too.
sub oddly ($body)
{
	my $sample = decode_json($body);
	my @odd = grep { !/\xef\xbf\xbe/ && length() < 1000 } @ODD;
	my @raw = map { _any(@odd) } 0 .. int rand 5;
	for my $n (0 .. $#raw) {
		my $place = _any(grep { $_->[2] =~ /^payload\./ &&
			$_->[2] !~ /^payload(?:\.scheduled_event|\.no_show|
			    \.event|(?:\.scheduled_event|\.no_show)?\.uri)$/x
		} _places($sample));
		_put($place, "$HOLE.$n");
	}
	my $text = encode_json($sample);
	$text =~ s/"\Q$HOLE\E\.(\d)"/$raw[$1]/g;
	return $text;
}

# How often each way is taken.
my @HOW = (
	(sub ($s, $) { _replaced($s, _any(@ODD), 1) }) x 12,
	(sub ($s, $) { _replaced($s, _any(@BAD), 0) }) x 4,
	(sub ($s, $) { _extra($s, _any(@ODD)) }) x 3,
	(sub ($s, $) { _twice($s, _any(@ODD)) }) x 3,
	(sub ($s, $) { _missing($s) }) x 3,
	\&_short_id,
	map { my $how = $_; sub ($s, $) { $how->($s) } } \&_unknown,
	    (\&_bytes) x 4, \&_cut, \&_cut, \&_around,
);

sub mutant ($n)
{
	my @kind = kinds();
	my $sample = _sample($kind[$n % @kind], $n);
	return _blanks($sample) if $n % 1000 == 0;
	return _any(@HOW)->($sample, $n);
}

1;
