package Sandbox::Hooks;

# Hooks: the webhook subscriptions that exist, found by id, URL or target.

use Mojo::Base -base, -signatures;
use Sandbox::Ids qw(random_text);

use constant KEEP => 5000;

has [qw(by_id by_url by_target peaks)] => sub { {} };
has gone => sub { [] };
has last_seq => 0;
has state => undef, weak => 1;

sub _target ($sub) {
	my $id = { user => $sub->{user} && $sub->{user}{id},
	    group => $sub->{group},
	    organization => $sub->{org}{id} }->{ $sub->{scope} };
	return "$sub->{scope} $id";
}

# Returns the subscription that makes this URL a conflict, if any.
sub conflict ($self, $sub) {
	my $scope = $self->state->switches->{conflict_scope};
	my @same = values %{ $self->by_url->{ $sub->{url} } // {} };
	return (grep {
		$scope eq 'global'
		|| $scope eq 'per_user' && $_->{creator} == $sub->{creator}
		|| $scope eq 'per_organization' && $_->{org} == $sub->{org}
	} @same)[0];
}

# Takes url, events, scope, org, user, group, creator, owner_app, own_key.
sub add ($self, %sub) {
	my $now = $self->state->clock->text;
	my $id = $self->state->new_id;
	$self->last_seq(my $seq = $self->last_seq + 1);
	my $sub = {
		%sub, id => $id, seq => $seq, state => 'active',
		made_at => $self->state->clock->now,
		created_at => $now, updated_at => $now,
		uri => $self->state->uri('webhook_subscriptions', $id),
		retry_started_at => undef, failing => 0, queue => [],
		wanted => { map { $_ => 1 } @{ $sub{events} } },
	};
	$self->by_id->{$id} = $sub;
	$self->by_url->{ $sub->{url} }{$id} = $sub;
	$self->by_target->{ _target($sub) }{$id} = $sub;
	$self->_count_peak($sub->{creator});
	return $sub;
}

# Records the most subscriptions that this app ever had of one person at the
# same time, including disabled ones.
sub _count_peak ($self, $person) {
	my $now = () = $self->made_by($person, 'app');
	my $peaks = $self->peaks;
	$peaks->{ $person->{key} } = $now
	    if $now > ($peaks->{ $person->{key} } // 0);
	return;
}

# A UUID in capitals names the same subscription.
sub find ($self, $id) {
	my $small = ($id // '') =~ /\A[0-9A-F-]{36}\z/ ? lc $id : '';
	return $self->by_id->{ $id // '' } // $self->by_id->{$small};
}

# "by" says who removed it; its waiting deliveries are dropped.
sub remove ($self, $sub, $by) {
	my $id = $sub->{id};
	delete $self->by_id->{$id};
	my $index = $self->by_url->{ $sub->{url} };
	delete $index->{$id};
	delete $self->by_url->{ $sub->{url} } unless %$index;
	delete $self->by_target->{ _target($sub) }{$id};
	@$sub{qw(was state gone_by gone_at)} = ($sub->{state}, 'deleted', $by,
	    $self->state->clock->now);
	$sub->{dropped} = $self->state->deliver->forget($sub);
	push @{ $self->gone }, $sub;
	shift @{ $self->gone } if @{ $self->gone } > KEEP;
	return;
}

sub _by_age (@subs) { return sort { $a->{seq} <=> $b->{seq} } @subs }

# Returns all of one organization with one scope and target, oldest first.
sub of ($self, $org, $scope, $target_id) {
	return _by_age(grep { $_->{org} == $org }
	    values %{ $self->by_target->{"$scope $target_id"} // {} });
}

# Does the same for those that are gone.
sub gone_of ($self, $org, $scope, $target_id) {
	return grep { $_->{org} == $org
	    && _target($_) eq "$scope $target_id" } @{ $self->gone };
}

sub made_by ($self, $person, $owner_app) {
	return grep { $_->{creator} == $person
	    && $_->{owner_app} eq $owner_app } values %{ $self->by_id };
}

# Returns the active ones that want this kind for these hosts.
sub wanting ($self, $kind, $org, @hosts) {
	my @targets = ("organization $org->{id}", "group $org->{group}",
	    map { "user $_->{id}" } @hosts);
	return _by_age(grep {
		$_->{org} == $org && $_->{wanted}{$kind}
		&& $_->{state} eq 'active'
	} map { values %{ $self->by_target->{$_} // {} } } @targets);
}

sub signing_key ($self, $sub) {
	return $sub->{own_key} // $self->state->signing_key;
}

sub disable ($self, $sub) {
	$sub->{state} = 'disabled';
	$sub->{updated_at} = $self->state->clock->text;
	return;
}

sub resource ($self, $sub) {
	my $people = $self->state->people;
	my %r = map { $_ => $sub->{$_} } qw(uri created_at updated_at
	    retry_started_at state events scope);
	$r{state} = $sub->{was} if $sub->{was};
	$r{callback_url} = $sub->{url};
	$r{organization} = $self->state->uri('organizations',
	    $sub->{org}{id});
	$r{user} = $sub->{user} ? $people->uri($sub->{user}) : undef;
	$r{group} = $sub->{group}
	    ? $self->state->uri('groups', $sub->{group}) : undef;
	$r{creator} = $people->uri($sub->{creator});
	my $shown = $self->state->switches->{signing_key_returned};
	$r{signing_key} = $self->signing_key($sub)
	    if $shown ne 'none' && $sub->{owner_app} eq 'app';
	return \%r;
}

# Returns what GET /sandbox/state shows: the resource, and what Calendly hides.
sub books ($self) {
	return [map { {
		%{ $self->resource($_) },
		signing_key => undef,
		id          => $_->{id},
		person      => $_->{creator}{key},
		owner_app   => $_->{owner_app},
		queued      => scalar @{ $_->{queue} },
		failing     => $_->{failing},
	} } _by_age(values %{ $self->by_id })];
}

# Returns those that are gone, and how many deliveries were dropped with each.
sub gone_books ($self) {
	return [map { {
		%{ $self->resource($_) },
		id        => $_->{id},
		person    => $_->{creator}{key},
		owner_app => $_->{owner_app},
		by        => $_->{gone_by},
		gone_at   => $self->state->clock->text($_->{gone_at}),
		dropped   => $_->{dropped},
		signing_key => undef,
	} } @{ $self->gone }];
}

1;
