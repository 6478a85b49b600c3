# Cal::Contract: checks whether an HTTP answer keeps what docs/openapi.yaml promises.
#
#      my $contract = Cal::Contract->new('docs/openapi.yaml');
#      my @errors   = $contract->check(GET => '/v1/events?limit=1', 200, 'application/json', $body);
#
# The published schemas leave objects open, because clients must accept new fields. Here they are
# closed: a field, status or media type that the document does not name is an error, so that
# calendlyd sends nothing that is undocumented.
package Cal::Contract;
use Mojo::Base -base, -signatures;

use JSON::Validator::Schema::Draft201909;
use Mojo::JSON;
use YAML::XS ();

has 'doc';
has routes     => sub ($self) { _routes($self->doc->{paths}) };
has validators => sub { {} };

sub new ($class, $file) {
	local $YAML::XS::Boolean = 'JSON::PP';
	return $class->SUPER::new(doc => YAML::XS::LoadFile("$file"));
}

# Returns a sentence for each way in which this answer breaks the contract; none if it keeps it.
# $headers (names in any case) is optional; if it is given, the headers are checked, too.
sub check ($self, $method, $path, $status, $type, $body, $headers = undef) {
	my $where = "$method $path: $status";
	my ($route, $operation) = $self->find($method, $path);
	my ($response, $why) = $operation
		? ($self->follow($operation->{responses}{$status}), 'this status is not documented')
		: $self->_refusal($route, $status);
	return "$where: $why" if !$response;

	my @errors = $self->_check_body($method, $status, $response, $type, $body);
	push @errors, $self->_check_headers($response, $headers) if $headers;
	return map {"$where: $_"} @errors;
}

# Returns the path's entry in the document and the operation in it; either may be undef.
sub find ($self, $method, $path) {
	my $bare = $path =~ s/[?#].*//sr;
	for my $route (@{$self->routes}) {
		next if $bare !~ $route->{match};
		my $item = $route->{item};
		my $operation = $item->{lc $method};
		$operation //= $item->{get} if $method eq 'HEAD';
		return ($route, $operation);
	}
	return;
}

# Returns the object that a `$ref` names, or the object itself.
sub follow ($self, $node) {
	while (ref $node eq 'HASH' && defined $node->{'$ref'}) {
		$node = $self->at($node->{'$ref'});
	}
	return $node;
}

# Returns what a pointer such as `#/components/schemas/Event` points to.
sub at ($self, $pointer) {
	my $node = $self->doc;
	my (undef, @steps) = split m{/}, $pointer;
	for my $step (@steps) {
		$step =~ s/~1/\//g;
		$step =~ s/~0/~/g;
		$node = ref $node eq 'HASH' ? $node->{$step} : undef;
	}
	return $node // die "docs: nothing is at $pointer\n";
}

# Returns how $value breaks $schema (as the document has it), with objects closed.
sub check_schema ($self, $schema, $value) {
	my $validator = $self->validators->{"$schema"} //=
		JSON::Validator::Schema::Draft201909->new($self->_closed($schema));
	return map {"$_"} $validator->validate($value);
}

# Paths without parameters come before those with, so that /connect/again is not taken for a
# session.
sub _routes ($paths) {
	my @routes;
	for my $path (sort { ($a =~ tr/{//) <=> ($b =~ tr/{//) || $a cmp $b } keys %$paths) {
		my $match = join '', map { /^\{/ ? '[^/]+' : quotemeta } split /(\{[^}]+\})/, $path;
		push @routes, {path => $path, match => qr/\A$match\z/, item => $paths->{$path}};
	}
	return \@routes;
}

# A request for an address or method that is not in the document may only be refused, in the usual
# form.
sub _refusal ($self, $route, $status) {
	my ($want, $what) = $route ? (405, 'method') : (404, 'path');
	my $refusal = $self->doc->{'x-unknown-address'}{$status};
	return $self->follow($refusal) if $refusal && !($route && $status == 404);
	return (undef, "this $what is not documented, so the answer must be $want");
}

sub _check_body ($self, $method, $status, $response, $type, $body) {
	my $content = $response->{content};
	if ($method eq 'HEAD' || !$content) {
		return defined $body && (ref $body || length $body) ? 'there must be no body' : ();
	}
	my $bare = lc(($type // '') =~ s/\s*;.*//sr);
	my $media = $content->{$bare}
		or return "media type '$bare' is not documented, only " . join(', ', sort keys %$content);
	my @errors = $media->{schema} ? $self->check_schema($media->{schema}, $body) : ();
	return @errors if @errors || $bare ne 'application/problem+json';
	return $self->_check_problem($status, $body);
}

# Checks what a schema can't say: the members of a problem document must agree with each other and
# with the status.
sub _check_problem ($self, $status, $body) {
	my @errors;
	my $statuses = $self->at('#/components/schemas/ProblemCode')->{'x-status'};
	push @errors, "/type: must end in '$body->{code}'" if $body->{type} ne "urn:calendlyd:problem:$body->{code}";
	push @errors, "/status: is $body->{status}" if $body->{status} != $status;
	push @errors, "/code: '$body->{code}' belongs to status $statuses->{$body->{code}}"
		if $statuses->{$body->{code}} != $status;
	return @errors;
}

sub _check_headers ($self, $response, $headers) {
	my %have = map { lc($_) => $headers->{$_} } keys %$headers;
	my @errors;
	for my $name (sort keys %{$response->{headers} // {}}) {
		my $header = $self->follow($response->{headers}{$name});
		my $value = $have{lc $name};
		if (!defined $value) {
			push @errors, "header $name is missing" if $header->{required};
			next;
		}
		my $schema = $self->follow($header->{schema});
		$value += 0 if ($schema->{type} // '') eq 'integer' && $value =~ /\A\d+\z/;
		push @errors, map {"header $name: $_"} $self->check_schema($schema, $value);
	}
	return @errors;
}

# Returns a copy of the schema in which every $ref is replaced by its target, and every object that
# does not say otherwise is closed.
sub _closed ($self, $schema) {
	return $schema if ref $schema ne 'HASH';
	my %copy = %{$self->follow($schema)};
	for my $key (grep { exists $copy{$_} } qw(items additionalProperties not)) {
		$copy{$key} = $self->_closed($copy{$key});
	}
	for my $key (grep { exists $copy{$_} } qw(allOf anyOf oneOf)) {
		$copy{$key} = [map { $self->_closed($_) } @{$copy{$key}}];
	}
	if (my $properties = $copy{properties}) {
		$copy{properties} = {map { $_ => $self->_closed($properties->{$_}) } keys %$properties};
		$copy{additionalProperties} //= Mojo::JSON->false;
	}
	return \%copy;
}

1;
