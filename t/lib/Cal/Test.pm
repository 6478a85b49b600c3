package Cal::Test;

# Cal::Test: what end-to-end tests are written with.
#
#	use Cal::Test;
#	my $c = Cal::Test->start;
#	$c->connect('u1', person => 'olivia');
#	$c->sandbox(POST => '/sandbox/book', { person => 'olivia' });
#	$c->wait_for(sub { $c->events == 1 }, 'the booking in the feed', 1);
#	done_testing;
#
# start() makes a world of its own (Cal::Test::Stack): database, sandbox,
# calendlyd from $CAL_BUILD (else build/), nginx, a tenant with an API key.
# "use Cal::Test" also gives strict, warnings, utf8, signatures and Test::More.
# Everything is stopped at the end, however the test ends; after a failure the
# logs stay and are named. A sanitizer's report in any log fails the test.
#
#   settings    => { NAME => value, or undef to leave it out }  of calendlyd
#   sandbox     => { option => value }       of calendly-sandbox, without "--"
#   nginx       => { NAME => value }         of nginx.conf.example
#   origins     => [...]                     of the tenant
#   frontend_url => URL                      of the tenant
#   own_cluster => 1                         a PostgreSQL to stop and start
#   idle        => 1                         calendlyd is not started
#
# $c->calendlyd is a Cal::Test::Proc (signal, stop, kill9, start, restart,
# children(qr/ingest/)), $c->cluster a Cal::Test::Cluster (stop, start), and
# $c->db a DBI handle of the superuser's.
#
# Every answer of calendlyd is checked against docs/openapi.yaml; what that
# does not document fails the test.

use Mojo::Base 'Cal::Test::Client', -signatures;

use Carp qw(croak);
use File::Path qw(remove_tree);
use Mojo::File qw(path);
use Scalar::Util qw(weaken);
use Test::More ();
use Time::HiRes qw(sleep time);

use Cal::Test::Browser;
use Cal::Test::Scene;
use Cal::Test::Stack;

has tenant  => 'test';
has browser => sub ($self) { $self->new_browser };
has waits_for_walks => 1;	# does connect() wait for the first one?

my (@started, $owner);
$Carp::Internal{$_}++ for __PACKAGE__, 'Cal::Test::Client',
    'Cal::Test::Browser', 'Mojo::Base';

sub import ($class, @)
{
	$_->import for qw(strict warnings utf8);
	feature->import('signatures', ':5.28');
	warnings->unimport('experimental::signatures');
	Test::More->export_to_level(1);
	$owner = $$;
	$SIG{$_} = sub { exit 130 } for qw(INT TERM HUP);
	binmode $_, ':encoding(UTF-8)' for Test::More->builder->output,
	    Test::More->builder->failure_output;
	return;
}

sub start ($class, %arg)
{
	my $self = $class->new(stack => Cal::Test::Stack->new);
	push @started, $self;
	my $name = path($0)->basename =~ s/\.t$//r;
	my $stack = $self->stack->prepare(join '.', $name, $$, scalar @started);
	$stack->settings($arg{settings} // {});
	$stack->make_database($arg{own_cluster});
	$self->_make_tenant(%arg);
	$stack->start_sandbox($arg{sandbox} // {});
	$stack->start_calendlyd if !$arg{idle};
	$stack->start_nginx($arg{nginx} // {});
	$self->wait_ready if !$arg{idle};
	return $self;
}

sub _make_tenant ($self, %arg)
{
	my @origin = map { ('--origin', $_) }
	    @{ $arg{origins} // ['https://app.example'] };
	my @front = $arg{frontend_url} ? ('--frontend-url',
		$arg{frontend_url}) : ();
	$self->stack->ctl_must(qw(tenant add), $self->tenant, @origin, @front);
	return $self->key($self->stack->ctl_must(qw(key add), $self->tenant));
}

# For tests that start with "idle", or after a crash.
sub start_calendlyd ($self)
{
	$self->stack->start_calendlyd;
	return $self->wait_ready;
}

sub wait_ready ($self, $seconds = undef)
{
	$self->wait_for(sub {
		$self->calendlyd->running or croak "calendlyd ended:\n" .
		    $self->calendlyd->tail;
		($self->agent->get($self->url('/readyz'))->res->code // 0) == 200
	}, 'calendlyd to say that it is ready', $seconds);
	return $self;
}

# Reconciles by the API, after waiting until no runner works on this user or is
# about to: otherwise the API would answer 202 without having looked.
sub reconcile ($self, $user)
{
	my $tenant = $self->tenant;
	$self->wait_for(sub { !$self->db->selectrow_array(q{SELECT count(*)
		FROM jobs j JOIN connections c ON c.id::text = j.subject
		JOIN tenants t ON t.id = c.tenant_id
		WHERE t.name = ? AND c.user_id = ? AND j.kind = 'reconcile' AND
		(j.owner IS NOT NULL OR j.parked_at IS NULL AND
		j.next_run_at <= now())}, undef, $tenant, $user) },
	    "no runner to reconcile $user");
	return $self->api(POST => "/v1/connections/$user/reconcile");
}

# Waits until /readyz gives this status, which may take a second, and returns
# its JSON.
sub readyz ($self, $code)
{
	my $res;
	$self->wait_for(sub {
		$res = $self->agent->get($self->url('/readyz'))->res;
		$res->code == $code && ($res->json('/checks/database/detail')
		    // '') !~ /not looked at/
	}, "/readyz to answer $code");
	return $res;
}

sub calendlyd ($self)	     { return $self->stack->calendlyd }
sub nginx ($self)	     { return $self->stack->nginx }
sub cluster ($self)	     { return $self->stack->cluster }
sub run_ctl ($self, @argv)   { return $self->stack->ctl(\@argv) }

# Writes new settings for calendlyd, which take effect at its next start or
# SIGHUP.
sub configure ($self, %settings)
{
	$self->stack->configure(\%settings);
	return $self;
}

sub new_browser ($self)
{
	weaken(my $weak = $self);
	my $stack = $self->stack;
	return Cal::Test::Browser->new(ca => $stack->ca,
		sites => [$stack->backend, $stack->sandbox_url,
		    $stack->backend =~ s/127\.0\.0\.1/localhost/r],
		check => sub ($tx) { $weak->check_contract($tx) });
}

# Makes a connect session as the host application does; returns its JSON.
sub session ($self, $user, %field)
{
	my $res = $self->api(POST => '/v1/connect-sessions',
		{ user_id => $user, %field });
	$res->code == 201 or croak "no connect session for $user: " .
	    $res->code . ' ' . $res->body;
	return $res->json;
}

# The whole way through the consent page, as a person does it. The browser
# stands at its end; "session" in it is what was minted.
#   person  => who, on the consent page (none: it is not expected to appear)
#   answer  => 'Allow' or 'Deny'
#   browser => another browser,  session => one minted before
#   until   => qr/.../, stop before such a URL after the consent page
#   anything else goes into the request for the session (return_url, ...)
sub connect ($self, $user, %arg)
{
	my ($person, $answer, $browser, $session, $until) =
	    delete @arg{qw(person answer browser session until)};
	$browser //= $self->browser;
	$session //= $self->session($user, %arg);
	$browser->{session} = $session;
	$browser->visit($session->{url});
	return $browser if !defined $person;
	$browser->press($answer // 'Allow', fields => { person => $person },
		until => $until);
	$self->_let_walk($user);
	return $browser;
}

# Lets the walk end that reads a user's earlier meetings after a connect, so that
# what a test does next is not read by it. A walk that can't end, because the
# test has spoiled Calendly, is left alone after some seconds.
sub _let_walk ($self, $user)
{
	return if !$self->waits_for_walks;
	return eval { $self->wait_for(sub { !$self->db->selectrow_array(q{
		SELECT count(*) FROM syncs s
		JOIN connections c ON c.id = s.connection_id
		JOIN tenants t ON t.id = c.tenant_id
		WHERE t.name = ? AND c.user_id = ?
		AND (s.phase IS NOT NULL OR s.asked IS NOT NULL)},
		undef, $self->tenant, $user) }, 'the first walk', 5); 1 };
}

# Has nobody's meetings read back: jobs of that kind are not stored. For tests
# that stop calendlyd at a certain passing of a point, which walks would pass at
# other times. let_walks() ends this.
sub hold_walks ($self)
{
	$self->db->do('CREATE OR REPLACE FUNCTION test_hold() RETURNS trigger
	    LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$');
	$self->db->do("CREATE OR REPLACE TRIGGER test_hold BEFORE INSERT ON jobs
	    FOR EACH ROW WHEN (NEW.kind = 'sync')
	    EXECUTE FUNCTION test_hold()");
	return $self->waits_for_walks(0);
}

sub let_walks ($self)
{
	$self->db->do('DROP TRIGGER IF EXISTS test_hold ON jobs');
	return $self->waits_for_walks(1);
}

# Returns a user's callback URL at Calendly, to which deliveries go.
sub endpoint ($self, $user)
{
	my $uri = $self->api(GET => "/v1/connections/$user")
	    ->json('/webhook/uri') or croak "$user has no subscription";
	my ($hook) = grep { $_->{uri} eq $uri }
	    @{ $self->sandbox_state->{subscriptions} };
	return $hook ? $hook->{callback_url} // $hook->{url}
	    : croak "the sandbox knows no subscription $uri";
}

# Waits until $condition returns a true value and returns that. If the time is
# over first, the test ends here and says what never came. No test waits in any
# other way.
sub wait_for ($self, $condition, $what, $seconds = undef)
{
	$seconds //= $ENV{CAL_TEST_TIMEOUT} // 30;
	my $deadline = time + $seconds;
	for (;;) {
		my $value = $condition->();
		return $value if $value;
		last if time > $deadline;
		sleep 0.02;
	}
	croak "waited $seconds seconds for $what, in vain",
	    Cal::Test::Scene->of($self);
}

# Waits until $count->() has reached $all. The deadline applies to each step by
# which it grows, so that much work may take long.
sub wait_for_all ($self, $count, $all, $what, $seconds = undef)
{
	for (my $n = $count->(); $n < $all; ) {
		$n = $self->wait_for(sub {
			my $now = $count->();
			$now > $n ? $now : 0
		}, "more than $n of $all: $what", $seconds);
	}
	return 1;
}

# Returns a handle to the test's database, by default as its superuser. A child
# process gets connections of its own, because two processes that use the same
# one take each other's answers.
sub db ($self, $role = 'postgres')
{
	if (($self->{db_owner} //= $$) != $$) {
		$_->{InactiveDestroy} = 1 for values %{ $self->{db} // {} };
		@$self{qw(db db_owner)} = ({}, $$);
	}
	my $of = $self->{db} //= {};
	delete $of->{$role} if $of->{$role} && !$of->{$role}->ping;
	return $of->{$role} //= $self->cluster->db($self->stack->database,
		$role);
}

# Returns all that was logged, or only the logs whose file name matches.
sub log_text ($self, $pattern = qr/./)
{
	return join '', map { path($_)->slurp }
	    grep { path($_)->basename =~ $pattern } $self->stack->logs;
}

my $SANITIZER = qr{
	^.* (?: ERROR:\ \w+Sanitizer | SUMMARY:\ \w+Sanitizer |
	    :\d+:\d+:\ runtime\ error: ) .* $
}mx;

# Stops everything. A sanitizer's report is a failure, even if it was written at
# the very end.
sub stop ($self)
{
	return if $self->{stopped}++;
	delete $self->{db};
	$self->stack->release;
	my @report = map { path($_)->slurp =~ /($SANITIZER)/ ? "$_: $1" : () }
	    $self->stack->logs;
	return @report;
}

END {
	my $status = $?;
	if (@started && $$ == $owner) {
		my @report = map { $_->stop } reverse @started;
		Test::More::diag("sanitizer: $_") for @report;
		$status ||= 97 if @report;
		$status ||= 1 if !Test::More->builder->is_passing;
		for my $dir (map { $_->stack->dir // () } @started) {
			$status ? Test::More::diag("logs kept in $dir")
			    : remove_tree($dir);
		}
	}
	$? = $status;
}

1;
