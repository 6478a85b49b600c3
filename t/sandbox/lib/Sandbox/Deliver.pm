package Sandbox::Deliver;

# Deliver: sends webhooks.
# The first attempts for one subscription are made one at a time and in order.
# A delivery that failed is retried on its own, with growing pauses on the
# sandbox's clock, and does not hold up later ones.  A day of failures disables
# the subscription, and a 410 deletes it at once.

use Mojo::Base -base, -signatures;
use Mojo::IOLoop;
use Mojo::Promise;
use Sandbox::Bodies qw(body_of);
use Sandbox::Sender;

use constant {
	KEEP       => 5000,
	AT_ONCE    => 64,
	GIVE_UP    => 24 * 3600,
	HOLD_REAL  => 3,
};

# Pauses in seconds before each further attempt; the last one repeats.
my @PAUSES = (10, 30, 60, 300, 900, 1800, 3600, 7200, 14_400);

has [qw(log waiting)] => sub { [] };
has retries => sub { {} };
has [qw(last_id active)] => 0;
has mode => 'send';	# or "lose" on the way, or "omit": make none
has state => undef, weak => 1;
has sender => sub ($self) {
	return Sandbox::Sender->new($self->state->config->%{qw(ca)});
};

# Sends one event of this kind to every subscription that wants it.  Returns the
# deliveries.
sub emit ($self, $kind, $payload, $org, @hosts) {
	return if $self->mode eq 'omit';
	my @subs = $self->state->hooks->wanting($kind, $org, @hosts) or return;
	my $at = $self->state->clock->text;
	return map {
		$self->enqueue($_, $kind, body_of($self->state, $kind,
		    $_->{creator}, $at, $payload), $payload->{uri});
	} @subs;
}

sub enqueue ($self, $sub, $kind, $body, $subject) {
	my $delivery = $self->_new_delivery($sub, $kind, $body);
	$delivery->{subject} = $subject;
	my $fault = $self->mode eq 'lose' ? { kind => 'lose' }
	    : $self->state->faults->for_delivery($kind);
	$self->_place($sub, $delivery, $fault);
	return $delivery;
}

sub _new_delivery ($self, $sub, $kind, $body) {
	$self->last_id(my $id = $self->last_id + 1);
	my $delivery = {
		id => $id, sub => $sub, event => $kind, body => $body,
		url => $sub->{url}, at => $self->state->clock->text,
		attempts => 0, copies => 0, state => 'queued',
		first_try => Mojo::Promise->new,
	};
	push @{ $self->log }, $delivery;
	shift @{ $self->log } if @{ $self->log } > KEEP;
	return $delivery;
}

# Puts a delivery into its subscription's queue, as a fault may demand.
sub _place ($self, $sub, $delivery, $fault) {
	my $kind = $fault ? $fault->{kind} : '';
	$delivery->{fault} = $kind || undef;
	return $self->_end($delivery, 'lost') if $kind eq 'lose';
	return $self->_hold($sub, $delivery, $fault->{value})
	    if $kind eq 'reorder';
	my $copies = $kind eq 'duplicate' ? $fault->{value} : 1;
	$delivery->{delay} = $fault->{value} if $kind eq 'latency';
	$delivery->{copies} = $copies - 1;
	push @{ $sub->{queue} }, $delivery;
	return $self->_pump($sub);
}

# Holds a delivery back until that many later ones are sent, or for a moment if
# none follows.
sub _hold ($self, $sub, $delivery, $later) {
	$delivery->{later} = $later;
	push @{ $sub->{held} }, $delivery;
	Mojo::IOLoop->timer(HOLD_REAL, sub {
		$delivery->{later} = 0;
		$self->_release($sub);
	});
	return;
}

sub _release ($self, $sub) {
	my $held = $sub->{held} or return;
	push @{ $sub->{queue} }, grep { $_->{later} <= 0 } @$held;
	@$held = grep { $_->{later} > 0 } @$held;
	return $self->_pump($sub);
}

# Begins the next first attempt, if none is under way and there is room.
sub _pump ($self, $sub) {
	return if $sub->{busy} || !@{ $sub->{queue} };
	if ($self->active >= AT_ONCE) {
		push @{ $self->waiting }, $sub unless $sub->{in_line}++;
		return;
	}
	my $delivery = shift @{ $sub->{queue} };
	return $self->_end($delivery, 'dropped') && $self->_pump($sub)
	    if $sub->{state} ne 'active';
	$sub->{busy} = 1;
	$self->active($self->active + 1);
	my $delay = $delivery->{delay} || $self->state->config->{delay};
	return $self->_first($sub, $delivery) unless $delay;
	Mojo::IOLoop->timer($delay / 1000,
	    sub { $self->_first($sub, $delivery) });
	return;
}

sub _first ($self, $sub, $delivery) {
	$self->_attempt($delivery)->finally(sub {
		return $self->_first($sub, $delivery)
		    if $delivery->{copies}-- > 0;
		$sub->{busy} = 0;
		$self->active($self->active - 1);
		$_->{later}-- for @{ $sub->{held} // [] };
		$self->_release($sub);
		$self->_pump($sub);
		$self->_next_in_line;
	});
	return;
}

sub _next_in_line ($self) {
	while ($self->active < AT_ONCE) {
		my $sub = shift @{ $self->waiting } or return;
		$sub->{in_line} = 0;
		$self->_pump($sub);
	}
	return;
}

# By default this is not the settable clock, because a receiver knows only the
# real time.
sub signing_time ($self) {
	return $self->state->switches->{signature_clock} eq 'real'
	    ? time : int $self->state->clock->now;
}

sub _signature ($self, $delivery) {
	my $afresh = $self->state->switches->{sign_retries_afresh};
	return $delivery->{signature} if $delivery->{signature} && !$afresh;
	my $key = $self->state->hooks->signing_key($delivery->{sub});
	return $delivery->{signature} = $self->sender->sign($key,
	    $delivery->{body}, $self->signing_time);
}

# Sends once; the promise is kept when the outcome is recorded.
sub _attempt ($self, $delivery) {
	my $now = $self->state->clock->now;
	$delivery->{first_at} //= $now;
	$delivery->{attempts}++;
	$delivery->{state} = 'sending';
	$delivery->{last_attempt_at} = $self->state->clock->text($now);
	my %headers = (
		'Content-Type' => 'application/json',
		'Calendly-Webhook-Signature' => $self->_signature($delivery),
	);
	return $self->sender->post($delivery->{url}, \%headers,
	    $delivery->{body})->then(sub ($status, $error) {
		$self->_booked($delivery, $status, $error);
	});
}

sub _booked ($self, $delivery, $status, $error) {
	($status, $error) = (undef, 'the answer was lost (a fault)')
	    if ($delivery->{fault} // '') eq 'drop'
	    && $delivery->{attempts} == 1;
	$delivery->{last_status} = $status;
	$delivery->{last_error} = $error;
	my $good = $status && $status =~ /\A2/;
	$good ? $self->_succeeded($delivery) : $self->_failed($delivery);
	$delivery->{first_try}->resolve($delivery);
	return;
}

sub _succeeded ($self, $delivery) {
	my $sub = $delivery->{sub};
	$self->_recover($delivery);
	$sub->{retry_started_at} = undef unless $sub->{failing};
	return $self->_end($delivery, 'delivered');
}

sub _recover ($self, $delivery) {
	$delivery->{sub}{failing}-- if delete $delivery->{failing};
	return;
}

sub _failed ($self, $delivery) {
	my ($sub, $now) = ($delivery->{sub}, $self->state->clock->now);
	$self->state->hooks->remove($sub, 'answer 410')
	    if $sub->{state} eq 'active' && $self->_means_gone($delivery);
	return $self->_end($delivery, 'dropped') if $sub->{state} ne 'active';
	$sub->{retry_started_at} //= $self->state->clock->text;
	$sub->{failing}++ unless $delivery->{failing}++;
	my $until = $delivery->{first_at} + GIVE_UP;
	return $self->_give_up($delivery) if $now >= $until;
	my $n = $delivery->{attempts} - 1;
	my $due = $now + $PAUSES[ $n > $#PAUSES ? $#PAUSES : $n ];
	$delivery->{due} = $due < $until ? $due : $until;
	$delivery->{state} = 'retrying';
	$self->retries->{ $delivery->{id} } = $delivery;
	return $self->_arm($delivery);
}

# A 410 says that nobody will accept deliveries there any more.
sub _means_gone ($self, $delivery) {
	return $self->state->switches->{gone_deletes}
	    && ($delivery->{last_status} // 0) == 410;
}

sub _give_up ($self, $delivery) {
	$self->state->hooks->disable($delivery->{sub});
	$self->_end($delivery, 'given_up');
	return $self->forget($delivery->{sub});
}

sub _end ($self, $delivery, $state) {
	$delivery->{state} = $state;
	$self->_recover($delivery);
	$delivery->{first_try}->resolve($delivery);
	return 1;
}

sub _arm ($self, $delivery) {
	my $wait = $delivery->{due} - $self->state->clock->now;
	$wait = 0 if $wait < 0;
	$delivery->{timer} = Mojo::IOLoop->timer($wait,
	    sub { $self->_retry($delivery) });
	return;
}

sub _retry ($self, $delivery) {
	delete $self->retries->{ $delivery->{id} };
	return $self->_end($delivery, 'dropped')
	    if $delivery->{sub}{state} ne 'active';
	$self->_attempt($delivery);
	return;
}

# Sends what is due after the clock was set.
sub wake ($self) {
	for my $delivery (values %{ $self->retries }) {
		Mojo::IOLoop->remove($delivery->{timer});
		$self->_arm($delivery);
	}
	return;
}

# Sends nothing more for this subscription.  Returns how many deliveries were
# dropped.
sub forget ($self, $sub) {
	my @gone = splice @{ $sub->{queue} };
	push @gone, splice @{ $sub->{held} // [] };
	for my $delivery (values %{ $self->retries }) {
		next if $delivery->{sub} != $sub;
		Mojo::IOLoop->remove($delivery->{timer});
		delete $self->retries->{ $delivery->{id} };
		push @gone, $delivery;
	}
	$self->_end($_, 'dropped') for @gone;
	return scalar @gone;
}

sub stop ($self) {
	$_->{state} = 'deleted' for values %{ $self->state->hooks->by_id };
	$self->forget($_) for values %{ $self->state->hooks->by_id };
	return;
}

sub find ($self, $id) {
	return (grep { $_->{id} eq $id } @{ $self->log })[0];
}

sub shown ($self, $delivery) {
	my $due = $delivery->{state} eq 'retrying' ? $delivery->{due} : undef;
	return {
		(map { $_ => $delivery->{$_} } qw(id event subject url attempts at
		    state fault last_status last_error last_attempt_at)),
		subscription    => $delivery->{sub}{id},
		next_attempt_at => $due && $self->state->clock->text($due),
	};
}

sub books ($self) { return [map { $self->shown($_) } @{ $self->log }] }

sub summary ($self) {
	my %count;
	$count{ $_->{state} }++ for @{ $self->log };
	return { %count, sent => $self->sender->sent, ever => $self->last_id };
}

1;
