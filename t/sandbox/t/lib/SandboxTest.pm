package SandboxTest;

# SandboxTest: a sandbox and a receiver of webhooks in the test's own process.
# Both use one event loop, which runs while a call waits for its answer.

use Mojo::Base -base, -signatures;
use Digest::SHA qw(sha256);
use FindBin;
use MIME::Base64 qw(encode_base64url);
use Mojo::IOLoop;
use Mojo::Promise;
use Mojo::Server::Daemon;
use Mojo::URL;
use Mojo::UserAgent;
use Mojo::Util qw(b64_encode);
use lib "$FindBin::Bin/../lib";
use Sandbox;

our $DEADLINE = 20;
our $REDIRECT = 'https://app.example/oauth/calendly/callback';
our $VERIFIER = 'verifier-' x 6;
our $LEAST = 'users:read scheduled_events:read webhooks:write';

has [qw(app daemon base receiver got)];
has answers => sub { [] };
has ua => sub {
	Mojo::UserAgent->new(max_redirects => 0, request_timeout => $DEADLINE);
};

sub _serve ($app) {
	my $daemon = Mojo::Server::Daemon->new(app => $app, silent => 1,
	    listen => ['http://127.0.0.1:0'])->start;
	return ($daemon, 'http://127.0.0.1:' . $daemon->ports->[0]);
}

sub new ($class, %settings) {
	my $self = $class->SUPER::new(got => []);
	my $app = Sandbox->new(settings => {
		client_id => 'the-id', client_secret => 'the-secret',
		signing_key => 'the-key', redirect_uris => [$REDIRECT],
		auto_approve => 'olivia', delay => 0, %settings,
	});
	my ($daemon, $base) = _serve($app);
	$app->settings->{base} = $base;
	return $self->app($app)->daemon($daemon)->base($base)->_listen;
}

# The receiver keeps what it gets, and answers what the test has queued, else
# 200.
sub _listen ($self) {
	my $app = Mojolicious->new(mode => 'production');
	$app->log->level('fatal');
	$app->routes->any('/*any')->to(cb => sub ($c) {
		my $req = $c->req;
		push @{ $self->got }, { path => $req->url->path->to_string,
		    body => $req->body, json => $req->json,
		    headers => $req->headers->to_hash,
		    signature => $req->headers->header(
			'Calendly-Webhook-Signature') };
		my $status = shift @{ $self->answers } // 200;
		$c->res->headers->location('/elsewhere')
		    if $status =~ /\A3/;
		$c->render(text => 'received', status => $status);
	});
	(my $daemon, my $base) = _serve($app);
	$self->{receiver_daemon} = $daemon;
	return $self->receiver($base);
}

sub state ($self) { return $self->app->state }

sub _start ($self, $tx) {
	my $done;
	$self->ua->start_p($tx)->catch(sub ($error) {
		$tx->res->error({ message => $error });
	})->then(sub { $done = 1 })->wait;
	return $tx->res;
}

sub get ($self, $path, $token = undef) {
	return $self->call(GET => $path, $token);
}

sub call ($self, $method, $path, $token = undef, @body) {
	my %headers = $token ? (Authorization => "Bearer $token") : ();
	return $self->_start($self->ua->build_tx($method,
	    $self->base . $path, \%headers, @body));
}

sub control ($self, $path, $json = {}) {
	my $res = $self->call(POST => "/sandbox/$path", undef,
	    json => $json);
	return $res->json;
}

sub basic ($self, $id = 'the-id', $secret = 'the-secret') {
	return 'Basic ' . b64_encode("$id:$secret", '');
}

sub form ($self, $path, $form, %headers) {
	return $self->_start($self->ua->build_tx(POST => $self->base . $path,
	    \%headers, form => $form));
}

sub authorize_url ($self, %over) {
	my %query = (
		client_id => 'the-id', response_type => 'code',
		redirect_uri => $REDIRECT, scope => $LEAST, state => 's1',
		code_challenge => encode_base64url(sha256($VERIFIER)),
		code_challenge_method => 'S256', %over,
	);
	delete @query{ grep { !defined $query{$_} } keys %query };
	return Mojo::URL->new('/oauth/authorize')->query(\%query)->to_string;
}

# Returns what the browser brings back to the redirect URI.
sub authorize ($self, %over) {
	my $res = $self->get($self->authorize_url(%over));
	return Mojo::URL->new($res->headers->location // '')->query->to_hash;
}

sub exchange ($self, $code, %over) {
	my $form = {
		grant_type => 'authorization_code', code => $code,
		redirect_uri => $REDIRECT, code_verifier => $VERIFIER,
		client_id => 'the-id', %over,
	};
	delete @$form{ grep { !defined $form->{$_} } keys %$form };
	return $self->form('/oauth/token', $form,
	    Authorization => $self->basic);
}

sub refresh ($self, $token, %over) {
	return $self->form('/oauth/token', { grant_type => 'refresh_token',
	    refresh_token => $token, client_id => 'the-id', %over },
	    Authorization => $self->basic);
}

sub connect ($self, $person = 'olivia', $scope = $LEAST) {
	my $before = $self->state->auto_approve;
	$self->state->auto_approve($person);
	my $code = $self->authorize(scope => $scope)->{code};
	$self->state->auto_approve($before);
	return $self->exchange($code)->json;
}

# Makes a subscription of scope user for the person to whom the tokens belong.
sub subscribe ($self, $pair, %over) {
	return $self->call(POST => '/webhook_subscriptions',
	    $pair->{access_token}, json => {
		url => $self->receiver . '/hook', scope => 'user',
		events => [qw(invitee.created invitee.canceled
		    invitee_no_show.created invitee_no_show.deleted)],
		organization => $pair->{organization},
		user => $pair->{owner}, %over });
}

# Runs the loop until a condition is true; returns false if the deadline passed.
sub until ($self, $holds) {
	my $end = time + $DEADLINE;
	my $tick = Mojo::IOLoop->recurring(0.01 => sub { });
	Mojo::IOLoop->one_tick until $holds->() || time > $end;
	Mojo::IOLoop->remove($tick);
	return !!$holds->();
}

1;
