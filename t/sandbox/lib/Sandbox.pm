package Sandbox;

# Sandbox: a Calendly that runs on loopback.
# This file maps routes to handlers.  A handler is a plain function of the
# state, the request and (for the API) the grant that calls.  It returns an
# answer, which Sandbox::Serve writes, or garbles if a fault says so.

use Mojo::Base 'Mojolicious', -signatures;
use Mojo::File qw(curfile);
use Sandbox::Answer ();
use Sandbox::Behind;
use Sandbox::Books;
use Sandbox::Bookings;
use Sandbox::Consent;
use Sandbox::Events;
use Sandbox::History;
use Sandbox::Meetings;
use Sandbox::OAuth;
use Sandbox::Serve qw(serve);
use Sandbox::Settings;
use Sandbox::State;
use Sandbox::Subscriptions;
use Sandbox::Unseen;
use Sandbox::Users;

has settings => sub { {} };
has state => sub ($self) {
	return Sandbox::State->new(config => $self->settings);
};

sub _route ($self, $kind, $method, $path, $handler, $scope = undef) {
	my $state = $self->state;
	my $route = { kind => $kind, handler => $handler, scope => $scope };
	$self->routes->any([$method] => $path)
	    ->to(cb => sub ($c) { serve($state, $c, $route) });
	return;
}

sub _nothing_here ($self) {
	my $state = $self->state;
	my $route = { kind => 'unknown',
	    handler => sub { Sandbox::Answer::not_found() } };
	$self->routes->any($_)->to(cb => sub ($c) {
		serve($state, $c, $route);
	}) for '/', '/*unknown';
	return;
}

sub startup ($self) {
	my $here = curfile->dirname->dirname;
	$self->mode('production');
	$self->log->level('warn');
	$self->secrets([Sandbox::Ids::random_text(43)]);
	$self->static->paths(["$here/public"]);
	$self->renderer->paths([]);
	$self->types->type(js => 'text/javascript; charset=utf-8');
	$self->_route(oauth => @$_) for Sandbox::OAuth::routes(),
	    Sandbox::Consent::routes();
	for my $module (qw(Users Subscriptions Events)) {
		for my $row ("Sandbox::$module"->can('routes')->()) {
			my ($scope, @rest) = @$row;
			$self->_route(api => @rest, $scope);
		}
	}
	$self->_route(control => @$_) for Sandbox::Books::routes(),
	    Sandbox::Bookings::routes(), Sandbox::Settings::routes(),
	    Sandbox::Behind::routes(), Sandbox::History::routes(),
	    Sandbox::Meetings::routes(), Sandbox::Unseen::routes();
	return $self->_nothing_here;
}

1;
