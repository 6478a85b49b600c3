package Sandbox::Paging;

# Paging: cuts a list into pages.
# A page token is opaque, belongs to one query, and names the item after (or
# before) which its page begins.  So items that come and go between two pages
# neither repeat nor hide others.  It also holds the time at which it was made,
# because by switch an old one is refused.

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

sub _token ($state, $c, $way, $item) {
	my $text = int($state->clock->now) . $way . $item->{page_key};
	return encode_base64url(_mac($c, $text) . $text);
}

sub _opened ($state, $c) {
	my $token = query($c, 'page_token') // return;
	my $text = decode_base64url($token);
	my ($mac, $made, $way, $at) =
	    $text =~ /\A(.{16})(\d+)([<>])(.+)\z/s;
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
		($order < 0 || $order == 0 && $way eq '>')
		    ? ($low = $mid + 1) : ($high = $mid);
	}
	return $low if $way eq '>';
	return $low > $count ? $low - $count : 0;
}

sub _link ($c, $base, $token) {
	return undef unless $token;
	my $url = $c->req->url->clone;
	$url->query({ page_token => $token });
	return $base . $url->path_query;
}

# Each item is {page_key, show}; calling show makes its resource.
sub page ($state, $c, $items, $descending = 0) {
	my ($count, $start) = (_count($c), 0);
	if (my ($way, $at) = _opened($state, $c)) {
		$start = _start($items, $way, $at, $count, $descending);
	}
	my $end = $start + $count > @$items ? @$items : $start + $count;
	my @shown = @$items[$start .. $end - 1];
	my $next = $end < @$items
	    ? _token($state, $c, '>', $items->[$end - 1]) : undef;
	$next //= _token($state, $c, '<', $items->[-1])
	    if @$items && $state->switches->{pages_without_end};
	my $previous = $start && @shown
	    ? _token($state, $c, '<', $shown[0]) : undef;
	return {
		collection => [map { $_->{show}->() } @shown],
		pagination => {
			count               => scalar @shown,
			next_page           => _link($c, $state->base, $next),
			previous_page =>
			    _link($c, $state->base, $previous),
			next_page_token     => $next,
			previous_page_token => $previous,
		},
	};
}

1;
