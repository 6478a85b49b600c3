package Sandbox::Books;

# Books: what has happened so far, for tests and for the page at /sandbox; and
# deliveries made by hand.

use v5.36;
use Mojo::JSON qw(decode_json);
use Mojo::Promise;
use Mojo::Util qw(encode);
use Sandbox::Answer qw(bad_control html ok);
use Sandbox::Control qw(body number outcome person_named
    subscription_named);
use Sandbox::Ids qw(random_text);
use Sandbox::Json qw(encode_json);
use Sandbox::Page qw(page);
use Sandbox::Scopes qw(event_kind);
use Sandbox::Sight qw(event_now);

sub routes () {
	return (
		[GET  => '/sandbox', \&_page],
		[GET  => '/sandbox/state', \&_state],
		[GET  => '/sandbox/sign', \&_sign],
		[POST => '/sandbox/deliver', \&_deliver],
		[POST => '/sandbox/redeliver', \&_redeliver],
		[POST => '/sandbox/foreign-subscription', \&_foreign],
	);
}

sub _page ($state, $c, $) { return html(200, page('sandbox')) }

sub _people ($state) {
	my $people = $state->people;
	return [map { {
		person => $_->{key}, role => $_->{role}, id => $_->{id},
		uri => $people->uri($_), organization_key => $_->{org}{key},
		organization => $people->organization_uri($_),
		name => $_->{name}, email => $_->{email},
		timezone => $_->{timezone}, plan => $_->{org}{plan},
		stage => $_->{org}{stage},
		group  => $state->uri('groups', $_->{org}{group}),
		grants => scalar keys %{ $_->{grants} // {} },
	} } $people->list];
}

sub _codes ($state) {
	my ($tokens, %count) = ($state->tokens, minted => 0, used => 0,
	    expired => 0, live => 0);
	for my $code (values %{ $tokens->codes }) {
		$count{minted}++;
		$count{ $code->{used} ? 'used'
		    : $tokens->code_expired($code) ? 'expired' : 'live' }++;
	}
	return \%count;
}

# Returns the newest bookings, for the page.
sub _bookings ($state) {
	my $made = $state->calendar->made;
	my $first = @$made > 50 ? @$made - 50 : 0;
	return [map { {
		%{ event_now($state, $_) },
		host     => $_->{hosts}[0]{key},
		invitees => [map { $_->{shape} } @{ $_->{invitees} }],
	} } reverse @$made[$first .. $#$made]];
}

sub _secrets ($state) {
	my $config = $state->config;
	return {
		%{ $state->tokens->secrets },
		client_secret => $config->{client_secret},
		signing_keys  => [$config->{signing_key}, $state->signing_key,
		    grep { defined } map { $_->{own_key} }
		    values %{ $state->hooks->by_id }],
	};
}

# The parts of the books, each made only when it is asked for.
my %PART = (
	now              => sub ($state) { $state->clock->text },
	clock_offset     => sub ($state) { $state->clock->offset },
	auto_approve     => sub ($state) { $state->auto_approve },
	consent_visits   => sub ($state) { $state->consent_visits },
	codes            => \&_codes,
	tokens           => sub ($state) { $state->tokens->summary },
	people           => \&_people,
	subscriptions    => sub ($state) { $state->hooks->books },
	subscriptions_gone => sub ($state) { $state->hooks->gone_books },
	subscriptions_peak => sub ($state) { $state->hooks->peaks },
	deliveries       => sub ($state) { $state->deliver->books },
	deliveries_count => sub ($state) { $state->deliver->summary },
	bookings         => \&_bookings,
	rates            => sub ($state) { $state->limits->counts },
	faults           => sub ($state) { $state->faults->rules },
	api_calls        => sub ($state) { $state->journal->calls },
	api_calls_count  => sub ($state) { $state->journal->counts },
	api_calls_total  => sub ($state) { $state->journal->total },
	requests_in_flight_token =>
	    sub ($state) { $state->tokens->max_in_flight },
);

# Returns all parts, or with ?only=a,b only those; secrets only with ?secrets=1.
sub _state ($state, $c, $) {
	my $query = $c->req->query_params;
	my @parts = split /,/, $query->param('only') // '';
	my ($odd) = grep { !$PART{$_} } @parts;
	bad_control("there is no part \"$odd\"; there are: "
	    . join ' ', sort keys %PART) if defined $odd;
	@parts = keys %PART unless @parts;
	my %books = map { $_ => $PART{$_}->($state) } @parts;
	$books{secrets} = _secrets($state) if $query->param('secrets');
	return ok(\%books);
}

# Returns the signature of exactly these bytes, with the app's key or a
# subscription's; "t" may be any time.
sub _sign ($state, $c, $) {
	my $query = $c->req->query_params;
	my $body = encode('UTF-8', $query->param('body') // '');
	my $t = $query->param('t') // $state->deliver->signing_time;
	bad_control('"t" takes seconds since 1970') if $t =~ /\D/;
	my $id = $query->param('subscription');
	my $key = defined $id ? $state->hooks->signing_key(
	    subscription_named($state, { subscription => $id }))
	    : $state->signing_key;
	return ok({ t => 0 + $t, header => 'Calendly-Webhook-Signature',
	    value => $state->deliver->sender->sign($key, $body, $t) });
}

# Makes a subscription of another app for the same account, signed with a key
# that nobody else knows.
sub _foreign ($state, $c, $) {
	my $json = body($c, qw(person url events scope));
	my $person = person_named($state, $json);
	my $events = $json->{events} // ['invitee.created'];
	my $scope = $json->{scope} // 'user';
	bad_control('say the "url"') unless length($json->{url} // '');
	bad_control('"scope" takes user or organization')
	    unless $scope =~ /\A(?:user|organization)\z/;
	bad_control('"events" takes a list of event names')
	    if ref $events ne 'ARRAY' || grep { !event_kind($_) } @$events;
	my $sub = $state->hooks->add(url => $json->{url}, events => $events,
	    scope => $scope, org => $person->{org}, creator => $person,
	    user => $scope eq 'user' ? $person : undef,
	    owner_app => 'another app', own_key => random_text(43));
	return ok({ resource => $state->hooks->resource($sub) });
}

# Sends any bytes, as a hostile or broken sender would.  They are signed with
# the right key, unless the headers are given.
sub _deliver ($state, $c, $) {
	my $json = body($c, qw(subscription url raw_body headers times t));
	my $sub = defined $json->{url} ? undef
	    : subscription_named($state, $json);
	my ($sender, $times) =
	    ($state->deliver->sender, number($json, 'times', 1));
	my $body = $json->{raw_body} // '{}';
	$body = ref $body ? encode_json($body) : encode('UTF-8', $body);
	my $key = $sub ? $state->hooks->signing_key($sub)
	    : $state->signing_key;
	my $t = number($json, 't', $state->deliver->signing_time);
	my $headers = $json->{headers} // {
		'Calendly-Webhook-Signature' => $sender->sign($key, $body, $t),
	};
	$headers = { 'Content-Type' => 'application/json', %$headers };
	my $url = $json->{url} // $sub->{url};
	my @promises = map { $sender->post($url, $headers, $body) }
	    1 .. $times;
	return Mojo::Promise->all(@promises)->then(sub (@outcomes) {
		return ok({
			status => $outcomes[0][0], error => $outcomes[0][1],
			statuses => [map { $_->[0] } @outcomes],
		});
	});
}

# RFC 7396: replaces what the patch names, or removes it if the patch has null.
sub _merged ($target, $patch) {
	return $patch if ref $patch ne 'HASH';
	my %made = ref $target eq 'HASH' ? %$target : ();
	for my $name (keys %$patch) {
		$made{$name} = _merged($made{$name}, $patch->{$name});
		delete $made{$name} unless defined $patch->{$name};
	}
	return \%made;
}

# Sends an earlier delivery again, signed anew; with "changes" it has another
# content under the same identity.
sub _redeliver ($state, $c, $) {
	my $json = body($c, qw(delivery changes wait));
	my $old = $state->deliver->find($json->{delivery} // '')
	    // bad_control('there is no such "delivery" (any more)', 404);
	my ($body, $changes) = ($old->{body}, $json->{changes});
	bad_control('"changes" takes an object')
	    if defined $changes && ref $changes ne 'HASH';
	$body = encode_json(_merged(eval { decode_json($body) }
	    // bad_control('its body is no JSON to be changed'), $changes))
	    if $changes;
	my $new = $state->deliver->enqueue(@$old{qw(sub event)}, $body,
	    $old->{subject});
	return outcome($state, $json, {}, $new);
}

1;
