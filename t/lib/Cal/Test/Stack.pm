package Cal::Test::Stack;

# Cal::Test::Stack: everything that a test needs, made for it alone: a
# directory, ports, a database, a certificate, the sandbox, calendlyd, and nginx
# with the shipped nginx.conf.example. Tests use it through Cal::Test.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use Digest::SHA qw(sha256_hex);
use Fcntl qw(:flock);
use File::Basename qw(basename dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use Mojo::File qw(path);
use Time::HiRes qw(sleep time);

use Cal::Test::Cluster;
use Cal::Test::Proc;

our $TOP = path(__FILE__)->to_abs->dirname->dirname->dirname->dirname->dirname
    ->to_string;

has build  => sub { path($ENV{CAL_BUILD} // 'build')->is_abs
	? $ENV{CAL_BUILD} : "$TOP/" . ($ENV{CAL_BUILD} // 'build') };
has 'dir';			# logs and configuration
has 'run';			# sockets: their paths must be short
has port => sub { {} };
has held => sub { [] };
has settings => sub { {} };
has [qw(cluster database calendlyd nginx sandbox conf)];

our %OAUTH = (
	id     => 'test-client-id',
	secret => 'test-client-secret-5d1f2b',
	key    => 'test-signing-key-9c0e7a',
);

# The port stays bound by a socket that does not listen. So the kernel gives it
# to nobody else, while our own server can still listen on it with SO_REUSEADDR.
sub hold_port ($self, $name)
{
	my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
		LocalPort => 0, ReuseAddr => 1, Proto => 'tcp')
	    or croak "no free port: $!";
	push @{ $self->held }, $socket;
	return $self->port->{$name} = $socket->sockport;
}

sub prepare ($self, $name)
{
	my $base = $ENV{CAL_TEST_DIR} // "$TOP/var/test";
	my $dir = join '/', $base, basename($self->build), $name;
	remove_tree($dir);
	make_path($dir);
	$self->dir($dir)->run(tempdir('cal-XXXXXX', TMPDIR => 1));
	$self->hold_port($_) for qw(http https sandbox);
	return $self->_copy_certificate("$base/tls", "$dir/tls");
}

# The certificate is for this machine, whoever serves with it: one is made, and
# replaced in time.
sub _copy_certificate ($self, $from, $to)
{
	make_path($from, $to);
	open my $lock, '>>', "$from/lock" or croak "$from/lock: $!";
	flock $lock, LOCK_EX or croak "flock: $!";
	$self->_script('certificate.sh', $from)
	    if !-e "$from/hosts" || -M "$from/hosts" > 1;
	path($from, $_)->copy_to("$to/$_") for qw(ca.pem cert.pem key.pem);
	chmod 0600, "$to/key.pem";
	return $self;
}

sub _script ($self, $script, @argv)
{
	my $r = Cal::Test::Proc->run(['sh', "$TOP/deploy/$script", @argv], 60);
	croak "$script: $r->{err}" if $r->{status};
	return $self;
}

sub backend ($self)	{ return "https://127.0.0.1:$self->{port}{https}" }
sub sandbox_url ($self) { return "http://127.0.0.1:$self->{port}{sandbox}" }
sub ca ($self)		{ return "$self->{dir}/tls/ca.pem" }

sub _defaults ($self)
{
	my ($run, $cluster, $name) = @$self{qw(run cluster database)};
	return (
		CALENDLY_OAUTH_CLIENT_ID     => $OAUTH{id},
		CALENDLY_OAUTH_CLIENT_SECRET => $OAUTH{secret},
		CALENDLY_WEBHOOK_SIGNING_KEY => $OAUTH{key},
		CALENDLY_AUTH_URL	     => $self->sandbox_url,
		CALENDLY_API_URL	     => $self->sandbox_url,
		BACKEND_URL		     => $self->backend,
		DATABASE_URL => $cluster->url($name, 'calendlyd'),
		DATABASE_ADMIN_URL => $cluster->url($name, 'calendlyd_admin'),
		CALENDLYD_KEYRING_FILE	 => "$run/keyring",
		CALENDLYD_APP_SOCKET	 => "$run/app.sock",
		CALENDLYD_INGEST_SOCKET	 => "$run/ingest.sock",
		CALENDLYD_APP_WORKERS	 => 3,
		CALENDLYD_INGEST_WORKERS => 2,
		CALENDLYD_RUNNERS	 => 1,
		CALENDLYD_LOG_LEVEL	 => 'debug',
	);
}

# Returns all settings: the defaults, replaced by those that were given; undef
# leaves one out.
sub values ($self) { return ($self->_defaults, %{ $self->settings }) }

# Writes the configuration anew, with further or changed settings.
sub configure ($self, $settings = {})
{
	$self->settings({ %{ $self->settings }, %$settings });
	my %value = $self->values;
	my $file = $self->dir . '/calendlyd.conf';
	path($file)->spurt(join '', map { "$_=$value{$_}\n" }
	    grep { defined $value{$_} } sort keys %value);
	chmod 0600, $file;
	return $self->conf($file);
}

sub ctl ($self, $argv, %arg)
{
	return Cal::Test::Proc->run([$self->build . '/calendlyctl', '-c',
		$self->conf, @$argv],
	    $arg{seconds} // $ENV{CAL_TEST_TIMEOUT} // 30,
		%arg, env => { _clean_env(), %{ $arg{env} // {} } });
}

sub ctl_must ($self, @argv)
{
	my $r = $self->ctl(\@argv);
	croak "calendlyctl @argv: exit $r->{status}: $r->{err}$r->{out}"
	    if $r->{status};
	return $r->{out} =~ s/\n\z//r;
}

# Makes an empty database, and then the schema by calendlyctl, as an operator
# does.
sub make_database ($self, $own = 0)
{
	for my $program (qw(calendlyd calendlyctl)) {
		-x $self->build . "/$program" or croak $self->build .
		    "/$program is not there: build it with make";
	}
	$self->cluster($own ? Cal::Test::Cluster->own($TOP)
	    : Cal::Test::Cluster->shared($TOP));
	$self->cluster->create($self->_schema, sub ($name) {
		$self->database($name)->configure;
		$self->ctl_must(qw(keyring new)) if !-e "$self->{run}/keyring";
		$self->ctl_must('migrate', '--dir', "$TOP/migrations");
	});
	return $self;
}

# Names this checkout and all that a migrated database is made of.
sub _schema ($self)
{
	my $made_of = path("$TOP/migrations")->list_tree->to_array;
	push @$made_of, @{ path("$TOP/app/ctl")->list->grep(qr/migrate/) };
	my $sum = Digest::SHA->new(256);
	$sum->add("$_\n")->addfile("$_") for sort @$made_of;
	return join '_', map { substr $_, 0, 12 } sha256_hex($TOP),
	    $sum->hexdigest;
}

# An option may be given several times.
sub _flags (%flag)
{
	return map { my $name = $_; map { ("--$name", $_) }
		ref $flag{$name} ? @{ $flag{$name} } : $flag{$name} }
	    grep { defined $flag{$_} } sort keys %flag;
}

# The sandbox always listens on sandbox_url; "listen" is a list of further URLs.
# calls.log has its calls.
sub start_sandbox ($self, $option = {})
{
	my %option = %$option;
	my @more = @{ delete $option{listen} // [] };
	my %flag = ('client-id' => $OAUTH{id},
		'client-secret' => $OAUTH{secret}, 'signing-key' => $OAUTH{key},
		'redirect-uri' => [map { "$_/oauth/calendly/callback" }
		    $self->backend, $self->backend =~ s/127\.0\.0\.1/localhost/r],
		ca => $self->ca, log => $self->dir . '/calls.log', %option);
	my $log = $self->dir . '/sandbox.log';
	$self->sandbox(Cal::Test::Proc->new(name => 'sandbox', log => $log,
		argv => [$^X, "$TOP/t/sandbox/calendly-sandbox",
		    (map { ('--listen', $_) } $self->sandbox_url, @more),
		    _flags(%flag)])->start);
	$self->_until($self->sandbox,
		sub { path($log)->slurp =~ /listening on/i });
	return $self;
}

sub start_calendlyd ($self)
{
	$self->calendlyd(Cal::Test::Proc->new(name => 'calendlyd',
		log => $self->dir . '/calendlyd.log',
		argv => [$self->build . '/calendlyd', '-c', $self->conf],
		env => { _clean_env() })->start);
	$self->_until($self->calendlyd, sub { -S $self->run . '/app.sock' &&
	    -S $self->run . '/ingest.sock' });
	return $self;
}

# Removes settings from the environment, so that the tester's own ones do not
# reach the programs.
sub _clean_env ()
{
	return (
		(map { ($_ => undef) } grep { /^(CALENDLY|DATABASE_|BACKEND_URL|
		    FRONTEND_URL|PG)/x } keys %ENV),
		ASAN_OPTIONS => 'detect_leaks=1' .
		    ':detect_stack_use_after_return=1',
		UBSAN_OPTIONS => 'print_stacktrace=1:halt_on_error=1',
	);
}

sub start_nginx ($self, $value = {})
{
	my ($dir, $run, $port) = ("$self->{dir}/nginx", @$self{qw(run port)});
	my %value = (SERVER_NAME => '127.0.0.1 localhost',
		LISTEN_HTTP  => "127.0.0.1:$port->{http}",
		LISTEN_HTTPS => "127.0.0.1:$port->{https}",
		CERT => "$self->{dir}/tls/cert.pem",
		KEY  => "$self->{dir}/tls/key.pem",
		APP_SOCKET => "$run/app.sock", INGEST_SOCKET => "$run/ingest.sock",
		PAGES => "$TOP/deploy/pages", LOG_DIR => $dir,
		BACKEND_URL => $self->backend, %$value);
	$self->_script('nginx-conf.sh', $dir,
		map { "$_=$value{$_}" } sort keys %value);
	$self->nginx(Cal::Test::Proc->new(name => 'nginx',
		log => "$dir/output.log", argv => ['nginx', '-p', $dir,
		    '-c', "$dir/nginx.conf", '-e', "$dir/error.log"])->start);
	$self->_until($self->nginx, sub { IO::Socket::INET->new(
		PeerAddr => "127.0.0.1:$port->{https}", Timeout => 1) });
	return $self;
}

# Waits for a program that was just started; if it ends instead, says why.
sub _until ($self, $proc, $ready)
{
	my $deadline = time + ($ENV{CAL_TEST_TIMEOUT} // 30);
	until ($ready->()) {
		$proc->running or croak $proc->name . " did not start:\n" .
		    $proc->tail;
		time < $deadline or croak $proc->name . " is not ready:\n" .
		    $proc->tail;
		sleep 0.01;
	}
	return;
}

# Returns the path of every log; PostgreSQL's only if it is the test's own.
sub logs ($self)
{
	my @log = path($self->dir)->list_tree->grep(qr/\.log$/)->each;
	my $cluster = $self->cluster;
	push @log, path($cluster->dir, 'server.log')
	    if $cluster && -e $cluster->dir . '/server.log';
	return map {"$_"} @log;
}

sub release ($self)
{
	for my $proc (grep {defined} @$self{qw(nginx calendlyd sandbox)}) {
		eval { $proc->stop; 1 } or warn $@;
	}
	eval { $self->_release_cluster($self->cluster); 1 } or warn $@
	    if $self->cluster;
	remove_tree($self->run) if $self->run;
	return;
}

# Removes the directory of the test's own cluster, but keeps its log.
sub _release_cluster ($self, $cluster)
{
	path($cluster->dir, 'server.log')
	    ->copy_to($self->dir . '/postgres.log') if $cluster->proc;
	return $cluster->release;
}

1;
