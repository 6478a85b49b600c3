package Cal::Test::Metrics;

# Cal::Test::Metrics: reads /metrics as strictly as Prometheus' promtool does.
#
#	my $m = Cal::Test::Metrics->scrape($c);
#	$m->value('calendlyd_requests_total', route => 'GET /healthz',
#	    status => 200);
# Whatever is malformed fails the test.

use Mojo::Base -base, -signatures;

use List::Util ();
use Test::More ();

has 'text';
has families => sub { {} };	# name => { help, type, series => {...} }
has faults   => sub { [] };

my $NAME  = qr/[a-zA-Z_:][a-zA-Z0-9_:]*/;
my $VALUE = qr/-?(?:\d+(?:\.\d+)?)/;
my $LABEL = qr/[a-z_]+="(?:[^"\\\n]|\\["\\n])*"/;

# Reads the present numbers.
sub scrape ($class, $c)
{
	my $res = $c->agent->get($c->url('/metrics'))->res;
	Test::More::is($res->code, 200, '/metrics answers')
	    if $res->code != 200;
	my $self = $class->new(text => $res->body)->_read;
	Test::More::fail('/metrics is well-formed: ' . join ', ',
		@{ $self->faults }[0 .. 4]) if @{ $self->faults };
	return $self;
}

sub parse ($class, $text) { return $class->new(text => $text)->_read }

# Returns the value of one series, undef if it is not there. Labels are given as
# key => value.
sub value ($self, $name, %label)
{
	my $family = $name =~ s/_(?:bucket|sum|count)$//r;
	my $of = $self->families->{$name} // $self->families->{$family};
	return $of && $of->{series}{ _key($name, %label) };
}

# Returns the values of all series of a metric that have these labels.
sub series ($self, $name, %label)
{
	my $series = ($self->families->{$name} // {})->{series} // {};
	my @key = keys %$series;
	for my $is (map { qq($_="$label{$_}") } keys %label) {
		@key = grep { index($_, $is) >= 0 } @key;
	}
	return @$series{@key};
}

# Returns their sum.
sub sum ($self, @which) { return List::Util::sum0($self->series(@which)) }

sub _key ($name, %label)
{
	return $name . '{' . join(',', map { qq($_="$label{$_}") }
		sort keys %label) . '}';
}

sub _fault ($self, $what) { push @{ $self->faults }, $what; return }

sub _read ($self)
{
	my $family;
	$self->_fault('no line end at the end') if $self->text !~ /\n\z/;
	for my $line (split /\n/, $self->text) {
		if ($line =~ /^# HELP ($NAME) (\S.*)$/) {
			$self->_fault("HELP twice: $1")
			    if $self->families->{$1};
			$family = $self->families->{$1} = {
				name => $1, help => $2, series => {} };
		} elsif ($line =~ /^# TYPE ($NAME) (counter|gauge|histogram)$/) {
			$self->_fault("TYPE without HELP: $line")
			    if !$family || $family->{name} ne $1 ||
			    $family->{type};
			$family->{type} = $2;
		} else {
			$self->_sample($family, $line);
		}
	}
	$self->_check_family($_) for values %{ $self->families };
	return $self;
}

sub _sample ($self, $family, $line)
{
	my ($name, $labels, $value) = $line =~
	    /^($NAME)(?:\{($LABEL(?:,$LABEL)*)\})? ($VALUE)$/
	    or return $self->_fault("no sample: $line");
	my $suffix = $family && $family->{type} eq 'histogram'
	    ? qr/_(?:bucket|sum|count)/ : qr//;
	return $self->_fault("under another's head: $line")
	    if !$family || $name !~ /^\Q$family->{name}\E$suffix$/;
	my %label = ($labels // '') =~ /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;
	my $key = _key($name, %label);
	$self->_fault("twice: $key") if exists $family->{series}{$key};
	$family->{series}{$key} = $value;
	push @{ $family->{buckets}{ _key('', map { ($_ => $label{$_}) }
		grep { $_ ne 'le' } keys %label) } }, [$label{le}, $value]
	    if $name =~ /_bucket$/;
	return;
}

sub _check_family ($self, $f)
{
	my $name = $f->{name};
	return $self->_fault("no TYPE: $name") if !$f->{type};
	$self->_fault("no prefix: $name") if $name !~ /^calendlyd_/;
	$self->_fault("no sample: $name") if !%{ $f->{series} };
	$self->_fault("a counter ends in _total: $name")
	    if ($f->{type} eq 'counter') != ($name =~ /_total$/);
	$self->_fault("a unit that is no base unit: $name")
	    if $name =~ /_(?:ms|milliseconds|minutes|hours|kb|percent)\b/;
	for my $key (keys %{ $f->{buckets} // {} }) {
		$self->_check_buckets($f, $key, @{ $f->{buckets}{$key} });
	}
	return;
}

sub _check_buckets ($self, $f, $key, @bucket)
{
	my $last = pop @bucket;
	$self->_fault("$f->{name}$key: no +Inf at the end")
	    if $last->[0] ne '+Inf';
	$self->_fault("$f->{name}$key: its count is not its last bucket")
	    if $last->[1] != ($f->{series}{"$f->{name}_count$key"} // -1);
	for my $i (1 .. $#bucket) {
		$self->_fault("$f->{name}$key: bounds or counts fall")
		    if $bucket[$i][0] <= $bucket[$i - 1][0] ||
		    $bucket[$i][1] < $bucket[$i - 1][1];
	}
	return;
}

1;
