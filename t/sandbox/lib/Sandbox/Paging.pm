package Sandbox::Paging;

# Paging: cuts a list into pages.
# A page token is opaque, belongs to one query, and names the item after (or
# before) which its page begins.  So items that come and go between two pages
# neither repeat nor hide others.  It also holds the time at which it was made,
# because by switch an old one is refused.  A page begins after its item (">"),
# after its item where an empty page was given already ("~"), at its item ("=")
# or ends before it ("<").

use v5.36;
use Exporter 'import';
use Digest::SHA qw(hmac_sha256);
use MIME::Base64 qw(decode_base64url encode_base64url);
use Sandbox::Answer qw(invalid);
use Sandbox::Ids qw(random_bytes);
use Sandbox::Input qw(query);

our @EXPORT_OK = qw(page);

my $key = random_bytes(32);

sub _query ($c) {
	my %pairs = %{ $c->req->query_params->to_hash };
	delete @pairs{qw(page_token count)};
	return join '&', map { "$_=$pairs{$_}" } sort keys %pairs;
}

sub _mac ($c, $text) {
	return encode_base64url(substr hmac_sha256(
	    $c->req->url->path . '?' . _query($c) . "\0$text", $key), 0, 12);
}

sub _token ($state, $c, $way, $at) {
	my $text = int($state->clock->now) . $way . $at;
	return encode_base64url(_mac($c, $text) . $text);
}

sub _opened ($state, $c) {
	my $token = query($c, 'page_token') // return;
	my $text = decode_base64url($token);
	my ($mac, $made, $way, $at) =
	    $text =~ /\A(.{16})(\d+)([<>=~])(.+)\z/s;
	invalid('page_token', 'is invalid')
	    unless $mac && $mac eq _mac($c, $made . $way . $at)
	    && $token eq encode_base64url($text);
	my $life = $state->switches->{page_token_seconds};
	invalid('page_token', 'has expired')
	    if $life && $state->clock->now - $made > $life;
	return ($way, $at);
}

sub _count ($c) {
	my $count = query($c, 'count', default => 20);
	invalid('count', 'must be a number from 1 to 100')
	    unless $count =~ /\A\d{1,3}\z/ && $count >= 1 && $count <= 100;
	return $count;
}

# Returns where the page begins.  Keys grow along the list, or fall if it is
# descending.
sub _start ($items, $way, $at, $count, $descending) {
	my ($low, $high) = (0, scalar @$items);
	while ($low < $high) {
		my $mid = ($low + $high) >> 1;
		my $order = $items->[$mid]{page_key} cmp $at;
		$order = -$order if $descending;
		($order < 0 || $order == 0 && $way =~ /[>~]/)
		    ? ($low = $mid + 1) : ($high = $mid);
	}
	return $low if $way ne '<';
	return $low > $count ? $low - $count : 0;
}

sub _link ($c, $base, $token) {
	return undef unless $token;
	my $url = $c->req->url->clone;
	$url->query({ page_token => $token });
	return $base . $url->path_query;
}

# Returns how many entries the page holds at most.
sub _size ($switches, $way, $count) {
	return $count unless $switches->{short_pages};
	return 0 if $way eq '>';
	return $count > 1 ? $count - 1 : 1;
}

# Returns the token for the page after this one, or undef.  $at is where the
# page begins if it is empty.
sub _next ($state, $c, $switches, $items, $start, $end, $at) {
	return _token($state, $c, '=', $items->[$start]{page_key})
	    if $switches->{page_repeats} && $end > $start;
	if ($end < @$items) {
		return _token($state, $c, '>', $items->[$end - 1]{page_key})
		    if $end > $start;
		return _token($state, $c, '~', $at);
	}
	return undef unless @$items && $state->switches->{pages_without_end};
	return _token($state, $c, '<', $items->[-1]{page_key});
}

my %UNREADABLE = (
	null   => sub ($entry) { undef },
	text   => sub ($entry) { 'unreadable' },
	no_uri => sub ($entry) {
		my %copy = %$entry;
		delete $copy{uri};
		return \%copy;
	},
);

sub _spoilt ($switches, @entries) {
	my $how = $UNREADABLE{ $switches->{unreadable_entry} // 'none' };
	$entries[1] = $how->($entries[1]) if $how && @entries > 1;
	return \@entries;
}

sub _pagination ($state, $c, $n, $next, $previous) {
	return {
		count               => $n,
		next_page           => _link($c, $state->base, $next),
		previous_page       => _link($c, $state->base, $previous),
		next_page_token     => $next,
		previous_page_token => $previous,
	};
}

# Items are hashes with a page_key; show makes the resource of one.  Takes
# descending, and odd: whether the switches for odd pages apply.
sub page ($state, $c, $items, %how) {
	my $switches = $how{odd} ? $state->switches : {};
	my ($count, $start) = (_count($c), 0);
	my ($way, $at) = _opened($state, $c);
	$start = _start($items, $way, $at, $count, $how{descending})
	    if defined $way;
	my $end = $start + _size($switches, $way // '', $count);
	$end = @$items if $end > @$items;
	my $next = _next($state, $c, $switches, $items, $start, $end, $at);
	my $previous = $start && $end > $start
	    ? _token($state, $c, '<', $items->[$start]{page_key}) : undef;
	return {
		collection => _spoilt($switches,
		    map { $how{show}->($_) } @$items[$start .. $end - 1]),
		pagination => _pagination($state, $c, $end - $start, $next,
		    $previous),
	};
}

1;
