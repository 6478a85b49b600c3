package Sandbox::Subscriptions;

# Subscriptions: the part of the API for webhook subscriptions and sample
# bodies.

use v5.36;
use Mojo::URL;
use Sandbox::Answer qw(created denied invalid none not_found ok refuse);
use Sandbox::Flood qw(flooded);
use Sandbox::Gate qw(needs);
use Sandbox::Ids qw(random_text);
use Sandbox::Input qw(json_body only organization_of person_of query text);
use Sandbox::Lists qw(listed shown_in_list);
use Sandbox::Paging qw(page);
use Sandbox::Samples;
use Sandbox::Scopes qw(event_kind);

my @SCOPES = qw(organization user group);

sub routes () {
	my ($one, $all) = ('/webhook_subscriptions/#id',
	    '/webhook_subscriptions');
	return (
		['webhooks:write', POST => $all, \&_create],
		['webhooks:read', GET => $all, \&_list],
		['webhooks:read', GET => $one, \&_show],
		['webhooks:write', DELETE => $one, \&_delete],
		['webhooks:read', GET => '/sample_webhook_data', \&_sample],
	);
}

sub _url ($json) {
	my $text = text($json, 'url', required => 1);
	my $url = Mojo::URL->new($text);
	invalid('url', 'must be an absolute http or https URL')
	    unless ($url->scheme // '') =~ /\Ahttps?\z/ && $url->host
	    && !$url->fragment && !$url->userinfo && $text !~ /[\s\0]/
	    && length $text <= 2048;
	return $text;
}

sub _events ($json) {
	my $events = $json->{events};
	invalid('events', 'must be a list of event names')
	    if ref $events ne 'ARRAY' || !@$events;
	my %seen;
	for my $kind (@$events) {
		invalid('events', 'holds an unknown event')
		    if ref $kind || !event_kind($kind // '');
		invalid('events', "holds $kind twice") if $seen{$kind}++;
	}
	return $events;
}

sub _scope ($json) {
	my $scope = text($json, 'scope', required => 1);
	invalid('scope', 'must be organization, user or group')
	    unless grep { $_ eq $scope } @SCOPES;
	return $scope;
}

# Each event must allow the scope.
sub _fit ($sub) {
	for my $kind (@{ $sub->{events} }) {
		next if grep { $_ eq $sub->{scope} }
		    @{ event_kind($kind)->{scopes} };
		invalid('events',
		    "$kind cannot be had with scope $sub->{scope}");
	}
	return;
}

sub _group ($state, $org, $uri) {
	my $id = $state->id_in($uri, 'groups')
	    // invalid('group', 'is not a URI of a group');
	denied() if $id ne $org->{group};
	return $id;
}

# Returns what the body says, or dies with a 400.
sub _read ($state, $json) {
	only($json, qw(url events organization scope user group signing_key));
	my $sub = { url => _url($json), events => _events($json),
	    scope => _scope($json) };
	my $uri = text($json, 'organization', required => 1);
	$sub->{org} = organization_of($state, organization => $uri);
	for my $target (qw(user group)) {
		my $mine = $sub->{scope} eq $target;
		my $given = text($json, $target, required => $mine);
		invalid($target, "is only for scope $target")
		    if defined $given && !$mine;
	}
	_fit($sub);
	$sub->{user} = person_of($state, user => $json->{user})
	    if $sub->{scope} eq 'user';
	$sub->{group} = _group($state, $sub->{org}, $json->{group})
	    if $sub->{scope} eq 'group';
	return $sub;
}

# A manager may do everything in their organization; a member may only use scope
# user for themselves.
sub _role ($state, $me, $org, $scope, $user) {
	not_found() if $me->{left}{ $org->{id} } && $org != $me->{org}
	    && $state->switches->{former_organization} eq '404';
	denied() if $org != $me->{org};
	return if $state->people->is_manager($me, $org)
	    && (!$user || $user->{org} == $org);
	denied() unless $scope eq 'user' && $user == $me;
	return;
}

sub _plan ($state, $sub) {
	my $switches = $state->switches;
	my $free = $sub->{org}{stage} eq 'free';
	my $paid = grep { event_kind($_)->{paid} } @{ $sub->{events} };
	return if !$free || !$paid && $switches->{free_plan_webhooks};
	denied($switches->{plan_wording} eq 'new'
	    ? 'Please upgrade your Calendly account to use this webhook.'
	    : 'Please upgrade your Calendly account to Standard.');
}

sub _key ($state, $json) {
	my $switches = $state->switches;
	my $sent = text($json, 'signing_key');
	invalid('signing_key', 'is not supported for OAuth apps')
	    if defined $sent && $switches->{signing_key_sent} eq 'rejected';
	return $sent
	    if defined $sent && $switches->{signing_key_sent} eq 'used';
	return random_text(43) if $switches->{signing_key_returned} eq 'own';
	return undef;
}

sub _conflict ($state, $sub) {
	$state->hooks->conflict($sub) or return;
	refuse(409, $state->switches->{conflict_wording} eq 'new'
	    ? 'Already Exists' : 'conflict_error',
	    'Hook with this url already exists');
}

sub _create ($state, $c, $who) {
	my $json = json_body($c);
	my $sub = _read($state, $json);
	needs($state, $who, map { event_kind($_)->{needs} }
	    @{ $sub->{events} });
	_role($state, $who->{person}, @$sub{qw(org scope user)});
	_plan($state, $sub);
	my $key = _key($state, $json);
	$sub->{creator} = $who->{person};
	_conflict($state, $sub);
	invalid('url', 'was refused, as the sandbox was told to')
	    if $state->switches->{create_answer} eq 'refused';
	my $made = $state->hooks->add(%$sub, owner_app => 'app',
	    own_key => $key);
	return _made($state, $state->hooks->resource($made));
}

# Returns the answer to a create; by switch a useless one.
sub _made ($state, $resource) {
	my $how = $state->switches->{create_answer};
	return none(201) if $how eq 'empty';
	return created({}) if $how eq 'no_resource';
	delete $resource->{uri} if $how eq 'no_uri';
	$resource->{uri} = 'subscription no. 17' if $how eq 'odd_uri';
	return created({ resource => $resource });
}

# Returns for whom a list or a sample is requested.
sub _target ($state, $c, $me) {
	my $org = organization_of($state, organization =>
	    query($c, 'organization', required => 1));
	my $scope = query($c, 'scope', required => 1, set => \@SCOPES);
	my ($user, $group);
	$user = person_of($state, user => query($c, 'user', required => 1))
	    if $scope eq 'user';
	$group = _group($state, $org, query($c, 'group', required => 1))
	    if $scope eq 'group';
	_role($state, $me, $org, $scope, $user);
	return ($org, $scope, $user ? $user->{id} : $group // $org->{id});
}

sub _list ($state, $c, $who) {
	my ($org, $scope, $id) = _target($state, $c, $who->{person});
	my $sort = query($c, 'sort', default => 'created_at:asc',
	    set => [qw(created_at:asc created_at:desc)]);
	my @subs = listed($state, $org, $scope, $id);
	@subs = grep { $_->{owner_app} eq 'app' } @subs
	    unless $state->switches->{foreign_subscriptions_visible};
	my $descending = $sort =~ /desc/;
	@subs = reverse @subs if $descending;
	my @items = map { {
		page_key => sprintf('%012d', $_->{seq}), sub => $_,
	} } @subs;
	my $show = sub ($item) { shown_in_list($state, $item->{sub}) };
	return ok(flooded($state, $c, $who->{person}, sub {
		page($state, $c, \@items, descending => $descending,
		    show => $show) }));
}

# Returns a subscription that the caller made or manages; for the caller others
# do not exist.
sub _mine ($state, $c, $who) {
	my ($me, $sub) =
	    ($who->{person}, $state->hooks->find($c->param('id')));
	not_found() unless $sub;
	return $sub if $sub->{creator} == $me
	    || $sub->{user} && $sub->{user} == $me
	    || $state->people->is_manager($me, $sub->{org});
	denied() if $sub->{org} == $me->{org};
	not_found();
}

sub _show ($state, $c, $who) {
	my $sub = _mine($state, $c, $who);
	my $says = $state->switches->{subscription_by_uri};
	not_found() if $says eq '404';
	refuse($says, 'Fault', 'The sandbox was told to answer this.')
	    if $says ne 'right';
	return ok({ resource => $state->hooks->resource($sub) });
}

sub _delete ($state, $c, $who) {
	$state->hooks->remove(_mine($state, $c, $who), 'api');
	return none();
}

sub _sample ($state, $c, $who) {
	my $kind = query($c, 'event', required => 1);
	my $about = event_kind($kind)
	    // invalid('event', 'is not a known event');
	my ($org, $scope) = _target($state, $c, $who->{person});
	invalid('scope', "does not fit $kind")
	    unless grep { $_ eq $scope } @{ $about->{scopes} };
	needs($state, $who, $about->{needs});
	return ok(Sandbox::Samples::body($state, $kind, $who->{person}));
}

1;
