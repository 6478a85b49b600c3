# Cal::Contract::Lint: checks the document itself.
#
# OpenAPI 3.1 lets a reader ignore keys that it does not know, so a misspelt key has no effect and
# nobody notices. Here every object may have only the keys that the specification names (and x-…),
# every reference must lead somewhere, and every example must be valid by its own schema.
package Cal::Contract::Lint;
use Mojo::Base -base, -signatures;

has 'contract';
has found      => sub { [] };
has operations => sub { {} };

my @METHODS = qw(get put post delete options head patch trace);
my @SCHEMA  = qw(type enum const title description default examples format pattern minLength maxLength minimum
	maximum items minItems maxItems uniqueItems properties required additionalProperties allOf anyOf oneOf not
	deprecated readOnly writeOnly);
my %KEYS = (
	document  => [qw(openapi info jsonSchemaDialect servers paths webhooks components security tags externalDocs)],
	info      => [qw(title summary description termsOfService contact license version)],
	path      => [qw(summary description servers parameters), @METHODS],
	operation => [qw(tags summary description externalDocs operationId parameters requestBody responses callbacks
		deprecated security servers)],
	parameter => [qw(name in description required deprecated style explode schema example examples)],
	header    => [qw(description required deprecated schema example examples)],
	body      => [qw(description required content)],
	response  => [qw(description headers content links)],
	media     => [qw(schema example examples encoding)],
	example   => [qw(summary description value externalValue)],
	schema    => \@SCHEMA,
	components => [qw(schemas responses parameters examples requestBodies headers securitySchemes links callbacks
		pathItems)],
);
my %FORMATS = map { $_ => 1 } qw(uuid uri uri-reference email date-time);

# Returns every fault of the document with its place; none if it is right.
sub faults ($self) {
	my $doc = $self->contract->doc;
	$self->_keys('#', document => $doc);
	$self->_fault('#/openapi', 'must be 3.1.x') if ($doc->{openapi} // '') !~ /\A3\.1\.\d+\z/;
	$self->_keys('#/info', info => $doc->{info});
	$self->_path($_, $doc->{paths}{$_}) for sort keys %{$doc->{paths}};
	$self->_target("#/x-unknown-address/$_", $doc->{'x-unknown-address'}{$_}) for sort keys %{$doc->{'x-unknown-address'}};
	$self->_components($doc->{components});
	$self->_unused;
	return @{$self->found};
}

sub _fault ($self, $at, $what) { push @{$self->found}, "$at: $what" }

sub _keys ($self, $at, $kind, $node) {
	return $self->_fault($at, "must be an object ($kind)") if ref $node ne 'HASH';
	my %known = map { $_ => 1 } @{$KEYS{$kind}};
	$self->_fault($at, "'$_' is no key of a $kind") for sort grep { !$known{$_} && !/\Ax-/ } keys %$node;
}

# Returns the node, or the target of its $ref; undef, and a fault, if that does not exist. The
# target is checked where it is defined.
sub _target ($self, $at, $node) {
	return $node if ref $node ne 'HASH' || !exists $node->{'$ref'};
	$self->_fault($at, 'a $ref stands alone') if keys %$node > 1;
	my $target = eval { $self->contract->follow($node) };
	$self->_fault($at, "$node->{'$ref'} leads nowhere") if !$target;
	$self->{used}{$node->{'$ref'}} = 1;
	return $target;
}

sub _own ($node) { return ref $node ne 'HASH' || !exists $node->{'$ref'} }

sub _path ($self, $path, $item) {
	my $at = "#/paths/$path";
	$self->_keys($at, path => $item);
	for my $method (grep { $item->{$_} } @METHODS) {
		$self->_operation("$at/$method", $path, $item, $item->{$method});
	}
}

sub _operation ($self, $at, $path, $item, $operation) {
	$self->_keys($at, operation => $operation);
	my $id = $operation->{operationId} // '';
	$self->_fault($at, "operationId '$id' must be there, once") if $id eq '' || $self->operations->{$id}++;
	$self->_fault($at, 'needs a summary') if !length($operation->{summary} // '');
	my %tags = map { $_->{name} => 1 } @{$self->contract->doc->{tags}};
	$self->_fault($at, "tag '$_' is not declared") for grep { !$tags{$_} } @{$operation->{tags}};
	$self->_parameters($at, $path, [@{$item->{parameters} // []}, @{$operation->{parameters} // []}]);
	$self->_body("$at/requestBody", $operation->{requestBody}) if $operation->{requestBody};
	my $responses = $operation->{responses};
	for my $status (sort keys %$responses) {
		$self->_fault($at, "'$status' is no status") if $status !~ /\A[1-5]\d\d\z/;
		my $response = $self->_target("$at/$status", $responses->{$status}) or next;
		$self->_status("$at/$status", $status, $response);
		$self->_response("$at/$status", $response) if _own($responses->{$status});
	}
}

# An example of a problem must have the status of the answer that it is shown for.
sub _status ($self, $at, $status, $response) {
	my $problem = $response->{content}{'application/problem+json'} or return;
	my $shown = $problem->{example} or return;
	$self->_fault($at, "its example is of status $shown->{status}") if $shown->{status} != $status;
}

sub _parameters ($self, $at, $path, $parameters) {
	my %wanted = map { $_ => 1 } $path =~ /\{([^}]+)\}/g;
	my %seen;
	for my $i (0 .. $#$parameters) {
		my $p = $self->_target("$at/parameters/$i", $parameters->[$i]) or next;
		$self->_parameter("$at/parameters/$i", $p) if _own($parameters->[$i]);
		$self->_fault($at, "parameter $p->{name} comes twice") if $seen{"$p->{in} $p->{name}"}++;
		next if $p->{in} ne 'path';
		$self->_fault($at, "$p->{name} is not in the path") if !delete $wanted{$p->{name}};
		$self->_fault($at, "$p->{name} must be required") if !$p->{required};
	}
	$self->_fault($at, "path parameter $_ is not declared") for sort keys %wanted;
}

sub _parameter ($self, $at, $p) {
	$self->_keys($at, parameter => $p);
	$self->_fault($at, 'needs a name') if !length($p->{name} // '');
	$self->_fault($at, 'in must be path, query or header') if ($p->{in} // '') !~ /\A(?:path|query|header)\z/;
	$self->_valued($at, $p);
}

sub _body ($self, $at, $body) {
	$self->_keys($at, body => $body);
	$self->_valued("$at/$_", $body->{content}{$_}, 'media') for sort keys %{$body->{content}};
}

sub _response ($self, $at, $response) {
	$self->_keys($at, response => $response);
	$self->_fault($at, 'needs a description') if !length($response->{description} // '');
	for my $name (sort keys %{$response->{headers} // {}}) {
		$self->_target("$at/headers/$name", $response->{headers}{$name});
	}
	for my $type (sort keys %{$response->{content} // {}}) {
		$self->_valued("$at/$type", $response->{content}{$type}, 'media');
	}
}

# Checks a parameter, header or media type, which has a schema and examples of it.
sub _valued ($self, $at, $node, $kind = undef) {
	$self->_keys($at, $kind => $node) if $kind;
	my $schema = $node->{schema} or return;
	$self->_schema("$at/schema", $schema);
	my %shown = exists $node->{example} ? (example => {value => $node->{example}}) : %{$node->{examples} // {}};
	for my $name (sort keys %shown) {
		my $example = $self->_target("$at/examples/$name", $shown{$name}) or next;
		$self->_keys("$at/examples/$name", example => $example);
		my @errors = eval { $self->contract->check_schema($schema, $example->{value}) };
		$self->_fault("$at/examples/$name", $_) for $@ ? $@ : @errors;
	}
}

sub _schema ($self, $at, $schema) {
	return $self->_target($at, $schema) if !_own($schema);
	return if ref $schema ne 'HASH';
	$self->_keys($at, schema => $schema);
	my $properties = $schema->{properties} // {};
	$self->_schema("$at/properties/$_", $properties->{$_}) for sort keys %$properties;
	$self->_schema("$at/$_", $schema->{$_}) for grep { $schema->{$_} } qw(items not);
	for my $of (grep { $schema->{$_} } qw(allOf anyOf oneOf)) {
		$self->_schema("$at/$of/$_", $schema->{$of}[$_]) for 0 .. $#{$schema->{$of}};
	}
	$self->_fault($at, "requires '$_', which is no property of it")
		for grep { !$properties->{$_} } @{$schema->{required} // []};
	$self->_fault($at, "format '$schema->{format}' is not checked by anyone")
		if $schema->{format} && !$FORMATS{$schema->{format}};
	$self->_fault($at, "pattern does not compile: $@")
		if defined $schema->{pattern} && !eval { qr/$schema->{pattern}/ };
	my %twice;
	$self->_fault($at, "enum has '$_' twice") for grep { $twice{$_}++ } map { $_ // 'null' } @{$schema->{enum} // []};
}

sub _components ($self, $components) {
	my $at = '#/components';
	$self->_keys($at, components => $components);
	$self->_schema("$at/schemas/$_", $components->{schemas}{$_}) for sort keys %{$components->{schemas}};
	$self->_response("$at/responses/$_", $components->{responses}{$_}) for sort keys %{$components->{responses}};
	$self->_parameter("$at/parameters/$_", $components->{parameters}{$_}) for sort keys %{$components->{parameters}};
	for my $name (sort keys %{$components->{headers}}) {
		$self->_valued("$at/headers/$name", $components->{headers}{$name}, 'header');
	}
}

# A component to which nothing refers is a fault.
sub _unused ($self) {
	my $components = $self->contract->doc->{components};
	for my $kind (sort grep { $_ ne 'securitySchemes' } keys %$components) {
		for my $name (sort keys %{$components->{$kind}}) {
			my $pointer = "#/components/$kind/$name";
			$self->_fault($pointer, 'nothing refers to it') if !$self->{used}{$pointer};
		}
	}
}

1;
