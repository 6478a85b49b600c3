package Cal::Test::Scene;

# Cal::Test::Scene: what could be seen where a test waited in vain, for who
# reads the log of a run whose machine is gone.
#
#	die 'it never came', Cal::Test::Scene->of($c);
#
# It shows who works or waits in the database and for whom, what is queued, and
# the last warnings of calendlyd's log. What cannot be seen is left out: often
# the test has stopped the database itself.

use Mojo::Base -base, -signatures;

use constant { WARNINGS => 12, WIDTH => 200 };

my @LOOK = (
	[sessions => q{SELECT application_name, state,
		coalesce(wait_event, '-'), pg_blocking_pids(pid)::text, pid,
		round(extract(epoch FROM now() - xact_start)::numeric, 1),
		left(regexp_replace(query, '\s+', ' ', 'g'), 90)
		FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()
		AND state <> 'idle' ORDER BY xact_start}],
	['deliveries that wait' => q{SELECT 'tenant ' || tenant_id, count(*),
		'due ' || count(*) FILTER (WHERE next_run_at <= now()),
		'first in ' || min(next_run_at) - now(),
		'last in ' || max(next_run_at) - now(),
		'tries ' || max(tries), coalesce(max(last_error), '-')
		FROM delivery_queue GROUP BY tenant_id ORDER BY tenant_id}],
	['events without a number' => q{SELECT 'tenant ' || tenant_id, count(*)
		FROM event_queue GROUP BY tenant_id ORDER BY tenant_id}],
	[jobs => q{SELECT kind, count(*), 'due ' || count(*)
		FILTER (WHERE next_run_at <= now()),
		'tries ' || max(tries), coalesce(max(last_error), '-')
		FROM jobs GROUP BY kind ORDER BY kind}],
);

sub of ($class, $c)
{
	my @seen = eval { $class->_database($c) };
	my @warned = grep { /level=(?:warn|error)/ } split /\n/,
	    eval { $c->log_text(qr/^calendlyd/) } // '';
	splice @warned, 0, -WARNINGS if @warned > WARNINGS;
	return join '', map { "\n  " . substr $_, 0, WIDTH } @seen, @warned;
}

sub _database ($class, $c)
{
	my $db = $c->cluster->db($c->stack->database);
	local $db->{PrintError} = 0;
	my @seen;
	for my $look (@LOOK) {
		my ($title, $query) = @$look;
		my $rows = eval { $db->selectall_arrayref($query) } // [];
		push @seen, map { "$title: " . join ', ',
		    map { $_ // '-' } @$_ } @$rows;
	}
	$db->disconnect;
	return @seen;
}

1;
