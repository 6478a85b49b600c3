package Sandbox::Scopes;

# Scopes: all scopes that an app may ask for, and the scope that each kind of
# webhook needs.

use v5.36;
use Exporter 'import';

our @EXPORT_OK = qw(event_kind event_kinds scope_about scope_covers
    scope_known);

my %ABOUT = (
	'users:read'             => 'See your name, e-mail and time zone',
	'organizations:read'     => 'See your organization and its members',
	'organizations:write'    => 'Change your organization and its members',
	'scheduled_events:read'  => 'See your scheduled meetings',
	'scheduled_events:write' => 'Cancel meetings and mark no-shows',
	'webhooks:read'          => 'See webhook subscriptions',
	'webhooks:write'         => 'Be told about your meetings as they happen',
	'event_types:read'       => 'See your event types',
	'event_types:write'      => 'Change your event types',
	'routing_forms:read'     => 'See routing forms and their submissions',
	'contacts:read'          => 'See your contacts',
	'contacts:write'         => 'Change your contacts',
	'meeting_recaps:read'    => 'See meeting recaps',
	'meeting_recaps:write'   => 'Change meeting recaps',
	'groups:read'            => 'See groups',
	'availability:read'      => 'See your availability',
	'availability:write'     => 'Change your availability',
	'locations:read'         => 'See your locations',
	'shares:write'           => 'Make single-use scheduling links',
	'scheduling_links:write' => 'Make scheduling links',
	'activity_log:read'      => 'See the activity log',
	'data_compliance:write'  => 'Delete data of invitees',
	'outgoing_communications:read' => 'See messages that were sent',
);

my %KIND;

sub _family ($prefix, $needs, $scopes, @verbs) {
	$KIND{"$prefix.$_"} = { needs => $needs, scopes => $scopes } for @verbs;
	return;
}

my @all = qw(organization user group);
my @three = qw(created updated deleted);
_family('invitee', 'scheduled_events:read', \@all, qw(created canceled));
_family('invitee_no_show', 'scheduled_events:read', \@all,
    qw(created deleted));
_family('event_type', 'event_types:read', \@all, @three);
_family('routing_form_submission', 'routing_forms:read', ['organization'],
    'created');
_family('meeting_recap', 'meeting_recaps:read', ['user'], @three);
_family('contact', 'contacts:read', \@all, @three);

# The kinds that still need more than the Free plan.
for my $kind (keys %KIND) {
	$KIND{$kind}{paid} = $kind =~ /\A(?:routing|meeting_recap|contact)/;
}

sub scope_known ($scope) { return exists $ABOUT{$scope} }
sub scope_about ($scope) { return $ABOUT{$scope} }
sub event_kind ($kind)   { return $KIND{$kind} }
sub event_kinds ()       { return sort keys %KIND }

# A family's write scope includes its read scope.
sub scope_covers ($granted, $needed) {
	return 1 if $granted->{$needed};
	return $needed =~ s/:read\z/:write/r ne $needed
	    && $granted->{ $needed =~ s/:read\z/:write/r };
}

1;
