package Cal::Test::Storm::Weather;

# Cal::Test::Storm::Weather: what goes wrong at Calendly: faults of single
# calls, and switches by which it answers in unexpected ways.

use Mojo::Base -base, -signatures;

has 'c';
has without => sub { [] };	# switches that stay as they are
has lies => 0;			# is a switch set?

# [fault, values, method, path]
my @FAULT = (
	[drop => [undef], POST => '/webhook_subscriptions'],
	[status => [400, 403, 409, 429, 500, 503],
	    POST => '/webhook_subscriptions'],
	[not_json => [200, 201], POST => '/webhook_subscriptions'],
	[status => [403, 404, 429, 500, 503],
	    GET => '/webhook_subscriptions'],
	[not_json => [200], GET => '/webhook_subscriptions'],
	[drop => [undef], GET => '/webhook_subscriptions'],
	[status => [403, 429, 500, 503], DELETE => '/webhook_subscriptions/*'],
	[drop => [undef], DELETE => '/webhook_subscriptions/*'],
	[status => [429, 500, 503], GET => '/webhook_subscriptions/*'],
	[status => [403, 429, 500], GET => '/users/me'],
	[drop => [undef], POST => '/oauth/token'],
	[status => [429, 500, 503], POST => '/oauth/token'],
	[drop => [undef], POST => '/oauth/revoke'],
	[status => [500], POST => '/oauth/revoke'],
);

# One value is chosen from each line, and the switches of other lines stay as
# they are. Lists that omit a subscription, together with a GET that denies it,
# would leave nobody a way to know.
my @LIE = (
	[list_lag_lists => 1, 2, 3], [list_omits_ours => 1],
	[list_events => qw(null absent empty)],
	[list_state => qw(capital unknown absent)],
	[list_uri => qw(null absent capitals slash web_host)],
	[list_callback => qw(capitals port slash other absent)],
	[create_answer => qw(refused empty no_resource no_uri odd_uri)],
	[subscription_by_uri => 500], [pages_without_end => 1],
	[conflict_wording => 'old'], [conflict_scope => 'global'],
	[rate_limit_reset => 'constant'], [user_names_null => 1],
	[former_organization => 404], [leavers_subscriptions => 'die'],
	[signing_key_returned => 'app'],
	[revoke_removes_subscriptions => 1],
	[reschedule_order => 'created_first'], [sign_retries_afresh => 0],
	[id_style => qw(upper_uuid dashless short lower16 word punctuated
	    twenty long longest slash)],
	[body_numbers => 'doubles'], [body_bom => 1], [host_twice => 1],
	[body_bad_byte => 1],
	[body_time => qw(seconds blank lower offset offset_hour colon leap)],
	[envelope_time => qw(seconds blank lower offset colon)],
);

sub _one_of (@list) { return $list[rand @list] }

sub break ($self)
{
	my ($kind, $values, $method, $path) = @{ _one_of(@FAULT) };
	my ($value, $times) = (_one_of(@$values), 1 + int rand 3);
	$self->c->sandbox(POST => '/sandbox/faults', { kind => $kind,
		match => { method => $method, path => $path }, times => $times,
		defined $value ? (value => $value) : () });
	return join ' ', $kind, $value // '', $method, $path, "x$times";
}

sub mend ($self)
{
	$self->c->sandbox(DELETE => '/sandbox/faults');
	return '';
}

sub lie ($self)
{
	my %without = map { $_ => 1 } @{ $self->without };
	my ($switch, @value) = @{ _one_of(grep { !$without{ $_->[0] } }
		@LIE) // return 'none' };
	my $value = _one_of(@value);
	$self->c->sandbox(POST => '/sandbox/switches', { $switch => $value });
	$self->lies(1);
	return "$switch=$value";
}

sub honest ($self)
{
	my $all = $self->c->sandbox(GET => '/sandbox/switches')->{switches};
	my %default = map { $_->{name} => $_->{default} } @$all;
	$self->c->sandbox(POST => '/sandbox/switches',
		{ map { $_->[0] => $default{ $_->[0] } } @LIE });
	$self->lies(0);
	return '';
}

1;
