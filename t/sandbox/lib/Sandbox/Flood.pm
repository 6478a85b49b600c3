package Sandbox::Flood;

# Flood: lists that are longer than anybody can want to read.

use v5.36;
use Exporter 'import';
use Sandbox::Input qw(query);

our @EXPORT_OK = qw(flooded);

my $ALL = 200_000;
my %A_PAGE = (pages => 19_950, page => $ALL, foreign => 3_000);

sub _foreign ($state, $n) {
	return { uri => $state->base . "/webhook_subscriptions/flood-$n",
	    callback_url => "https://elsewhere.example/$n" };
}

# Returns what this person's list holds instead of "page", by switch.  Its page
# tokens are the number of entries before the page.
sub flooded ($state, $c, $person, $page) {
	my $switches = $state->switches;
	my $kind = $switches->{list_flood};
	return $page->() if $kind eq 'none'
	    || $switches->{list_flood_spares} eq $person->{key};
	my $before = query($c, 'page_token') // 0;
	my @there = $before ? () : @{ $page->()->{collection} };
	my $next = $before + $A_PAGE{$kind};
	my @flood = $kind eq 'foreign'
	    ? map { _foreign($state, $_) } $before .. $next - 1
	    : map { +{} } $before .. $next - 1;
	return { collection => [@there, @flood], pagination => {
		next_page_token => $kind eq 'foreign' || $next < $ALL
		    ? "$next" : undef } };
}

1;
