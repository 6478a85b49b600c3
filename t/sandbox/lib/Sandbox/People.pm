package Sandbox::People;

# People: who has an account, and in which organization.
# A person belongs to one organization at a time and has one role in it; the
# plan belongs to the organization.

use Mojo::Base -base, -signatures;

has [qw(by_key by_id orgs memberships)] => sub { {} };
has state => undef, weak => 1;

my @ORGANIZATIONS = (
	{ key => 'acme', name => 'Acme', plan => 'professional',
	  stage => 'paid', kind => 'multiple' },
	{ key => 'frida', name => undef, plan => 'basic',
	  stage => 'free', kind => 'single' },
	{ key => 'second', name => 'Second Street Studio',
	  plan => 'standard', stage => 'paid', kind => 'single' },
);

my @CAST = (
	{ key => 'olivia', name => 'Olivia Owner', organization => 'acme',
	  email => 'olivia@acme.example', timezone => 'Europe/Prague',
	  role => 'owner' },
	{ key => 'marco', name => 'Marco Member', organization => 'acme',
	  email => 'marco@acme.example', timezone => 'Europe/Rome',
	  role => 'user' },
	{ key => 'frida', name => 'Frida Free', organization => 'frida',
	  email => 'frida@free.example', timezone => 'America/New_York',
	  role => 'owner' },
	{ key => 'sam', name => 'Sam Second', organization => 'second',
	  email => 'sam@second.example', timezone => 'Asia/Tokyo',
	  role => 'owner' },
);

sub new ($class, %args) {
	my $self = $class->SUPER::new(%args);
	$self->add_organization(%$_) for @ORGANIZATIONS;
	$self->add(%$_) for @CAST;
	return $self;
}

sub add_organization ($self, %org) {
	my $org = $self->orgs->{ $org{key} } = {
		id => $self->state->new_id, name => undef,
		plan => 'professional', stage => 'paid', kind => 'single',
		group => $self->state->new_id,
		created_at => $self->state->clock->text, %org,
	};
	$self->orgs->{ $org->{id} } = $org;
	return $org;
}

sub organization ($self, $key_or_id) { return $self->orgs->{$key_or_id} }

sub add ($self, %p) {
	my $now = $self->state->clock->text;
	my $org = delete $p{organization};
	my $person = {
		id => $self->state->new_id, name => ucfirst $p{key}, role => 'owner',
		email => "$p{key}\@people.example", timezone => 'UTC',
		event_type => $self->state->new_id, created_at => $now,
		updated_at => $now,
		%p,
	};
	$self->by_key->{ $p{key} } = $self->by_id->{ $person->{id} } = $person;
	$self->join_organization($person, $org // $p{key}, $p{role});
	return $person;
}

# Moves a person; an unknown organization is founded.
sub join_organization ($self, $person, $key, $role = undef) {
	my $known = $self->orgs->{$key};
	my $org = $known // $self->add_organization(key => $key);
	delete $self->memberships->{ $person->{membership} }
	    if $person->{membership};
	$person->{left}{ $person->{org}{id} } = 1 if $person->{org};
	$person->{membership} = $self->state->new_id;
	$person->{org} = $org;
	$person->{role} = $role // ($known ? 'user' : 'owner');
	$self->memberships->{ $person->{membership} } = $person;
	return;
}

sub find ($self, $key) { return $self->by_key->{ $key // '' } }
sub named ($self, $id) { return $self->by_id->{ $id // '' } }

sub list ($self) {
	return sort { $a->{created_at} cmp $b->{created_at}
	    || $a->{key} cmp $b->{key} } values %{ $self->by_key };
}

sub is_manager ($self, $person, $org) {
	return $person->{org}{id} eq $org->{id}
	    && $person->{role} =~ /\A(?:owner|admin)\z/;
}

sub uri ($self, $person) {
	return $self->state->uri('users', $person->{id});
}

sub organization_uri ($self, $person) {
	return $self->state->uri('organizations', $person->{org}{id});
}

sub resource ($self, $p) {
	return {
		uri            => $self->uri($p),
		name           => $p->{name},
		slug           => $p->{key},
		email          => $p->{email},
		scheduling_url => "https://calendly.com/$p->{key}",
		timezone       => $p->{timezone},
		avatar_url     => undef,
		created_at     => $p->{created_at},
		updated_at     => $p->{updated_at},
		locale         => 'en',
		time_notation  => '24h',
		resource_type  => 'User',
		current_organization => $self->organization_uri($p),
	};
}

sub organization_resource ($self, $org) {
	return {
		uri  => $self->state->uri('organizations', $org->{id}),
		(map { $_ => $org->{$_} } qw(name plan stage kind)),
		slug => $org->{key},
		created_at    => $org->{created_at},
		updated_at    => $org->{created_at},
		resource_type => 'Organization',
	};
}

sub membership_resource ($self, $p) {
	my $user = $self->resource($p);
	delete @$user{qw(current_organization resource_type locale
	    time_notation)};
	return {
		uri => $self->state->uri('organization_memberships',
		    $p->{membership}),
		role         => $p->{role},
		user         => $user,
		organization => $self->organization_uri($p),
		created_at   => $p->{created_at},
		updated_at   => $p->{updated_at},
	};
}

# Each function takes the person and the new value; changes that end the
# account's tokens at Calendly end them here.
my %CHANGE = (
	name     => sub ($self, $p, $v) { $p->{name} = $v },
	timezone => sub ($self, $p, $v) { $p->{timezone} = $v },
	role     => sub ($self, $p, $v) { $p->{role} = $v },
	plan     => sub ($self, $p, $v) {
		my $free = $v =~ /\A(?:free|basic)\z/;
		$p->{org}{plan} = $free ? 'basic' : $v;
		$p->{org}{stage} = $free ? 'free' : 'paid';
	},
	stage => sub ($self, $p, $v) { $p->{org}{stage} = $v },
	email => sub ($self, $p, $v) {
		$p->{email} = $v;
		$self->state->tokens->kill_person($p);
	},
	password => sub ($self, $p, $v) {
		$self->state->tokens->kill_person($p);
	},
	current_organization => sub ($self, $p, $v) {
		$self->join_organization($p, $v);
	},
);
$CHANGE{login_method} = $CHANGE{password};

my %TAKES = (
	role  => [qw(owner admin user)],
	plan  => [qw(free basic essentials standard professional teams
	    enterprise)],
	stage => [qw(trial free paid)],
);

# Returns undef if the change can be made, else the reason why not.
sub change_fault ($self, $name, $value) {
	return "\"$name\" cannot be changed; what can: "
	    . join ', ', sort keys %CHANGE unless $CHANGE{$name};
	return "\"$name\" takes a text" if !length($value // '') || ref $value;
	my $set = $TAKES{$name} or return undef;
	return undef if grep { $_ eq $value } @$set;
	return "\"$name\" takes one of: @$set";
}

# The organization is changed first, so that a role that is given with it
# applies there.
sub change ($self, $person, $changes) {
	for my $name (sort { $a =~ /^cur/ ? -1 : $a cmp $b } keys %$changes) {
		$CHANGE{$name}->($self, $person, $changes->{$name});
	}
	$person->{updated_at} = $self->state->clock->text;
	return;
}

1;
