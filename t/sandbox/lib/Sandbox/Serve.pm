package Sandbox::Serve;

# Serve: runs a route's handler and sends its answer, or plays the fault that a
# rule asks for.

use v5.36;
use Exporter 'import';
use Mojo::IOLoop;
use Mojo::Promise;
use Sandbox::Answer;
use Sandbox::Gate;
use Scalar::Util qw(blessed);

our @EXPORT_OK = qw(serve);

# Returns the answer that the handler returned or died with; anything else is a
# bug of the sandbox.
sub _settled ($made) {
	return $made if blessed $made && $made->isa('Sandbox::Answer');
	warn "calendly-sandbox: handler failed: $made\n";
	return Sandbox::Answer::answer(500,
	    { title => 'Internal Server Error', message => "$made" });
}

sub _work ($state, $c, $route, $call) {
	my @headers;
	my $made = eval {
		my $who;
		($who, @headers) = Sandbox::Gate::admit($state, $c, $route)
		    if $route->{kind} eq 'api';
		$call->{person} = $who->{person}{key} if $who;
		$route->{handler}->($state, $c, $who);
	} // $@;
	return $made if blessed $made && $made->isa('Mojo::Promise');
	$made = _settled($made);
	$made->{headers} = { @headers, %{ $made->{headers} } };
	return $made;
}

sub _head ($c, $answer) {
	my $headers = $c->res->headers;
	$c->res->code($answer->{status});
	$headers->content_type($answer->{type}) if $answer->{type};
	$headers->header($_ => $answer->{headers}{$_})
	    for keys %{ $answer->{headers} };
	return;
}

sub _write ($c, $answer) {
	_head($c, $answer);
	$c->res->body($answer->{body});
	$c->rendered;
	return;
}

# Sends once the answer is there; the transaction must live until then.
sub _finish ($c, $answer) {
	return _write($c, $answer) unless $answer->isa('Mojo::Promise');
	my $tx = $c->tx;
	$answer->then(sub ($made) { _write($c, _settled($made)) if $tx },
	    sub ($error) { _write($c, _settled($error)) if $tx });
	return;
}

sub _patient ($c) {
	my $stream = Mojo::IOLoop->stream($c->tx->connection // '') or return;
	$stream->timeout(0);
	return;
}

sub _close ($c) { Mojo::IOLoop->remove($c->tx->connection) }

# Sends a body piece by piece, each when the one before is sent.
sub _dribble ($c, $next, $pause) {
	my $tx = $c->tx;
	my $more;
	$more = sub {
		return if $tx->is_finished;
		my $piece = $next->();
		my $again = defined $piece && length $piece;
		return $c->write('') unless $again;
		return $c->write($piece => sub { $more && $more->() })
		    unless $pause;
		$c->write($piece);
		Mojo::IOLoop->timer($pause, sub { $more && $more->() });
	};
	$tx->on(finish => sub { undef $more });
	$more->();
	return;
}

my %PLAY = (
	# The work is done even if the caller has gone away by then.
	latency => sub ($c, $fault, $work) {
		my $tx = $c->tx;
		Mojo::IOLoop->timer($fault->{value} / 1000, sub {
			_finish($c, $work->()) if $tx;
		});
	},
	hang => sub ($c, $fault, $work) {
		$work->() if ${ $fault->{commit} };
		Mojo::IOLoop->timer($fault->{value} / 1000, sub { _close($c) })
		    if $fault->{value};
	},
	drop => sub ($c, $fault, $work) {
		$work->() if ${ $fault->{commit} };
		_close($c);
	},
	status => sub ($c, $fault, $work) {
		$work->() if ${ $fault->{commit} };
		_write($c, Sandbox::Answer::answer($fault->{value}, {
		    title => 'Fault', message => 'The sandbox was told to '
		    . 'answer this.', error => 'server_error' }));
	},
	redirect => sub ($c, $fault, $work) {
		$work->() if ${ $fault->{commit} };
		_write($c, Sandbox::Answer::redirect($fault->{value}));
	},
	not_json => sub ($c, $fault, $work) {
		$work->() if ${ $fault->{commit} };
		_write($c, Sandbox::Answer::html($fault->{value},
		    "<!doctype html><title>Sorry</title><p>Be right back.\n"));
	},
	wrong_content_type => sub ($c, $fault, $work) {
		my $answer = $work->();
		$answer->{type} = $fault->{value};
		_write($c, $answer);
	},
	slow_body => sub ($c, $fault, $work) {
		my $answer = $work->();
		my $body = $answer->{body};
		_head($c, $answer);
		$c->res->headers->content_length(length $body);
		my $size = int(length($body) / 50) + 1;
		_dribble($c, sub { substr $body, 0, $size, '' },
		    $fault->{value} / 50_000);
	},
	huge_body => sub ($c, $fault, $work) {
		my $answer = $work->();
		my $left = $fault->{value};
		_head($c, $answer);
		$c->res->headers->content_length($left);
		_dribble($c, sub {
			my $n = $left < 65_536 ? $left : 65_536;
			$left -= $n;
			return '[' x $n;
		}, 0);
	},
);

# Kinds of faults after which the client cannot know what became of its request.
my %LOSES = map { $_ => 1 } qw(drop hang status not_json redirect slow_body
    huge_body wrong_content_type);

sub _count_refresh ($state, $c) {
	return sub { } unless $c->req->url->path->to_string eq '/oauth/token';
	return $state->tokens->enter($c->req->body_params
	    ->param('refresh_token'));
}

# Returns whose token comes with the call, valid or not; '' if nobody's.
sub _caller ($state, $c) {
	my $tokens = $state->tokens;
	my ($bearer) = ($c->req->headers->authorization // '')
	    =~ m{\ABearer (.+)\z}i;
	my $pair = defined $bearer ? $tokens->access->{$bearer}
	    : $tokens->refresh->{ $c->req->body_params
		->param('refresh_token') // '' };
	return $pair ? $pair->{grant}{person}{key} : '';
}

sub serve ($state, $c, $route) {
	my $tx = $c->render_later->tx;
	my $call = $route->{kind} eq 'control' ? undef
	    : $state->journal->begin($c, $route->{kind});
	my $leave = _count_refresh($state, $c);
	$tx->on(finish => sub ($done, @) {
		$leave->();
		$state->journal->end($call, $done->res->code) if $call;
	});
	my $work = sub { _work($state, $c, $route, $call) };
	my $fault = $call && $state->faults->for_call(@$call{qw(method path)},
	    sub { _caller($state, $c) }) or return _finish($c, $work->());
	$call->{fault} = $fault->{kind};
	$c->stash('sandbox.lost' => $LOSES{ $fault->{kind} });
	_patient($c);
	$PLAY{ $fault->{kind} }->($c, $fault, $work);
	return;
}

1;
