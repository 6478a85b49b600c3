package Sandbox::Gate;

# Gate: checks who calls the API and whether they may: token, rate limit, scope.

use v5.36;
use Exporter 'import';
use Sandbox::Answer qw(refuse);
use Sandbox::Scopes qw(scope_covers);

our @EXPORT_OK = qw(admit needs);

my %WHY = (
	invalid => 'The access token is invalid',
	expired => 'The access token expired',
	revoked => 'The access token was revoked',
);

sub _pair ($state, $c) {
	my $header = $c->req->headers->authorization // '';
	my ($value) = $header =~ m{\ABearer ([A-Za-z0-9._~+/=-]+)\z}i;
	my $what = $state->tokens->access_state($value // '');
	refuse(401, 'Unauthenticated', $WHY{$what}) if $what ne 'live';
	my $pair = $state->tokens->access->{$value};
	$pair->{access_used} = 1;
	return $pair;
}

# Dies unless the grant covers every one of these scopes.
sub needs ($state, $who, @scopes) {
	return if $state->switches->{legacy_app};
	my %seen;
	my @missing = grep { !scope_covers($who->{scopes}, $_) }
	    grep { !$seen{$_}++ } @scopes or return;
	refuse(403, 'Insufficient scope',
	    'The access token lacks a scope that this call needs.',
	    required_scopes => \@missing);
}

# Returns the grant that calls and the headers for its answer, or dies with the
# refusal, which has these headers, too.
sub admit ($state, $c, $route) {
	my $grant = _pair($state, $c)->{grant};
	my ($fits, %headers) = $state->limits->take($grant->{person},
	    $c->req->url->path->to_string);
	eval {
		refuse(429, 'Too Many Requests',
		    'You have made too many requests; wait and try again.')
		    unless $fits;
		needs($state, $grant, $route->{scope});
		1;
	} or do {
		$@->{headers} = { %headers };
		die $@;
	};
	return ($grant, %headers);
}

1;
