package Cal::Test::Example;

# Cal::Test::Example: a program of docs/examples, in one of the languages, with
# one of the databases.
#
#	for my $x (Cal::Test::Example->all($c)) {
#		$x->receive(secrets => 'whsec_...');
#		... POST to $x->url ...
#		is_deeply $x->rows('SELECT id FROM calendly_events'), [[...]];
#	}
# read() starts the feed's reader instead. Each has a database of its own, with
# the tables of docs/examples/schema.sql.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use IO::Socket::INET;
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json);

use Cal::Test::Proc;
use Cal::Test::Stack;

my $TOP = $Cal::Test::Stack::TOP;
my $PYTHON = '/usr/bin/python3';	# the one that has Debian's psycopg

has [qw(test name language packages database db_name proc port file)];

my @KIND = (
	{ name => 'Node, Express 4, PostgreSQL', language => 'node',
		packages => 'express4', database => 'PostgreSQL' },
	{ name => 'Node, Express 5, PostgreSQL', language => 'node',
		packages => 'express5', database => 'PostgreSQL' },
	{ name => 'Python, SQLite', language => 'python',
		database => 'SQLite' },
	{ name => 'Python, psycopg', language => 'python',
		database => 'PostgreSQL' },
	{ name => 'PHP, SQLite', language => 'php', database => 'SQLite' },
	{ name => 'PHP, PostgreSQL', language => 'php',
		database => 'PostgreSQL' },
);

my $made = 0;

sub all ($class, $c)
{
	return map { $class->new(test => $c, %$_)->_make } @KIND;
}

# A directory with the program, and a database.
sub _make ($self)
{
	my $dir = path($self->test->stack->dir, 'example' . ++$made)->make_path;
	$self->file($dir);
	$_->copy_to($dir) for path("$TOP/docs/examples", $self->language)
	    ->list->each;
	symlink join('/', "$TOP/t/examples", $self->packages, 'node_modules'),
	    "$dir/node_modules" or croak "symlink: $!" if $self->packages;
	my $schema = path("$TOP/docs/examples/schema.sql")->slurp;
	return $self->_make_sqlite($schema) if $self->database eq 'SQLite';
	my $cluster = $self->test->cluster;
	$self->db_name("cal_example_${$}_$made");
	$cluster->db('postgres')->do("CREATE DATABASE $self->{db_name}");
	push @{ $cluster->databases }, $self->db_name;
	$cluster->db($self->db_name)->do($schema);
	return $self;
}

sub _make_sqlite ($self, $schema)
{
	$self->_sqlite('db.executescript(sys.argv[2])', $schema);
	return $self;
}

# Runs a statement of Python's with "db", and returns what it prints.
sub _sqlite ($self, $statement, @argv)
{
	my $r = Cal::Test::Proc->run([$PYTHON, '-c', join("\n",
		'import json, sqlite3, sys',
		'db = sqlite3.connect(sys.argv[1], timeout=30)', $statement,
		'db.commit()'), $self->_sqlite_file, @argv], 60);
	croak "sqlite: $r->{err}" if $r->{status};
	return $r->{out};
}

sub _sqlite_file ($self) { return $self->file . '/calendly.db' }

# Runs one statement of SQL in the example's database; returns its rows.
sub rows ($self, $sql)
{
	if ($self->database eq 'SQLite') {
		return decode_json($self->_sqlite(
			'print(json.dumps(db.execute(sys.argv[2]).fetchall()))',
			$sql));
	}
	my $db = $self->test->cluster->db($self->db_name);
	my $sth = $db->prepare($sql);
	$sth->execute;
	return $sth->{NUM_OF_FIELDS} ? $sth->fetchall_arrayref : [];
}

sub column ($self, $sql) { return [map { $_->[0] } @{ $self->rows($sql) }] }

sub _environment ($self)
{
	my $dir = $self->test->cluster->dir;
	my $name = $self->db_name // '';
	return (DATABASE_URL => $self->_sqlite_file,
		DATABASE_DSN => 'sqlite:' . $self->_sqlite_file)
	    if $self->database eq 'SQLite';
	return (DATABASE_URL => $self->test->cluster->url($name, 'postgres'),
		DATABASE_DSN => "pgsql:host=$dir;dbname=$name;user=postgres");
}

sub _start ($self, $argv, %env)
{
	my ($command) = "@$argv" =~ /(\w+)\.\w+$/;
	$self->proc(Cal::Test::Proc->new(name => "$command: $self->{name}",
		argv => $argv, log => $self->file . "/$command.log",
		env => { (map { ($_ => undef) } grep {/^(CALENDLY|PG|PORT)/}
			keys %ENV), $self->_environment, %env })->start);
	return $self;
}

sub _program ($self, $name)
{
	my $dir = $self->file;
	return ['node', "$dir/$name.js"] if $self->language eq 'node';
	return [$PYTHON, '-B', "$dir/$name.py"] if $self->language eq 'python';
	return ['php', "$dir/$name.php"];
}

# Starts the receiver, at a port that it keeps when it is started again.
sub receive ($self, %arg)
{
	$self->port($self->test->stack->hold_port("$self")) if !$self->port;
	my ($command, @argv) = @{ $self->_program('receiver') };
	unshift @argv, '-d', 'display_errors=1', '-S', "127.0.0.1:$self->{port}"
	    if $command eq 'php';
	$self->_start([$command, @argv], CALENDLYD_SECRETS => $arg{secrets},
		PORT => $self->port, PHP_CLI_SERVER_WORKERS => 4);
	$self->test->wait_for(sub {
		$self->proc->running or croak $self->proc->tail;
		IO::Socket::INET->new(PeerAddr => '127.0.0.1',
			PeerPort => $self->port);
	}, "$self->{name} to listen");
	return $self;
}

sub url ($self) { return "http://127.0.0.1:$self->{port}/calendly" }

# Starts the reader of the feed. %arg: url of another server; ca => undef, which
# trusts only the CAs that everybody trusts.
sub read ($self, %arg)
{
	my $ca = exists $arg{ca} ? $arg{ca} : $self->test->stack->ca;
	my ($command, @argv) = @{ $self->_program('reader') };
	unshift @argv, '-d', "curl.cainfo=$ca" if $command eq 'php' && $ca;
	return $self->_start([$command, @argv],
		CALENDLYD_URL => $arg{url} // $self->test->url,
		CALENDLYD_KEY => $self->test->key,
		NODE_EXTRA_CA_CERTS => $ca, SSL_CERT_FILE => $ca);
}

1;
