package Sandbox::State;

# State: everything that the sandbox knows, in memory only.
# One object holds the parts and is given to every handler; reset makes the
# parts anew and keeps what the command line said.

use Mojo::Base -base, -signatures;
use Sandbox::Calendar;
use Sandbox::Clock;
use Sandbox::Deliver;
use Sandbox::Faults;
use Sandbox::Hooks;
use Sandbox::Ids ();
use Sandbox::Journal;
use Sandbox::Limits;
use Sandbox::People;
use Sandbox::Switches;
use Sandbox::Tokens;

has config => sub { {} };
has [qw(clock switches people tokens limits hooks calendar faults deliver
    journal signing_key auto_approve consents consent_visits)];

sub new ($class, %args) {
	return $class->SUPER::new(%args)->reset;
}

sub reset ($self) {
	$self->deliver->stop if $self->deliver;
	$self->clock(Sandbox::Clock->new);
	$self->switches(Sandbox::Switches->new);
	$self->switches->set(@$_) for @{ $self->config->{switches} // [] };
	$self->people(Sandbox::People->new(state => $self));
	$self->tokens(Sandbox::Tokens->new(state => $self));
	$self->limits(Sandbox::Limits->new(state => $self));
	$self->hooks(Sandbox::Hooks->new(state => $self));
	$self->calendar(Sandbox::Calendar->new(state => $self));
	$self->faults(Sandbox::Faults->new);
	$self->deliver(Sandbox::Deliver->new(state => $self));
	$self->journal(Sandbox::Journal->new(state => $self));
	$self->clock->on(changed => sub { $self->deliver->wake });
	$self->consents({})->consent_visits(0);
	$self->signing_key($self->config->{signing_key});
	return $self->auto_approve($self->config->{auto_approve});
}

sub new_id ($self) {
	return Sandbox::Ids::id_of_style($self->switches->{id_style});
}

sub base ($self) {
	my $base = $self->switches->{uri_base};
	return $base eq 'self' ? $self->config->{base} : $base;
}

sub uri ($self, @path) {
	my $slash = $self->switches->{id_style} eq 'slash' ? '/' : '';
	return join('/', $self->base, @path) . $slash;
}

# Returns the last part of a URI of this kind, or undef.  As at Calendly, the
# URI may be on its API host or its web host; here it may also be on this
# sandbox's own address.
sub id_in ($self, $uri, $kind) {
	return undef if ref $uri;
	my ($base, $id) = ($uri // '') =~
	    m{\A(https?://[^/]+)/\Q$kind\E/([!-.0->\@-~]+)/*\z} or return undef;
	return $id if $base =~ m{\Ahttps://(?:api\.)?calendly\.com\z};
	return $id if $base eq $self->base;
	return $base eq ($self->config->{base} // '') ? $id : undef;
}

1;
