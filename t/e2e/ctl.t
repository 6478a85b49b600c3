# calendlyctl: what its commands do and print, and that its manual says the
# same.
#
# With sanitizers in every run.

use Mojo::Base -strict, -signatures;

use Digest::SHA qw(sha256_hex);
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json);
use Test::More;

use Cal::Test::Proc;
use Cal::Test::Stack;

my $top = $Cal::Test::Stack::TOP;
my $stack = Cal::Test::Stack->new->prepare('ctl')->make_database;
END { $stack->release if $stack }

my $db = $stack->cluster->db($stack->database);

sub ctl (@argv)	 { return $stack->ctl(\@argv) }

sub json (@argv)
{
	my $r = ctl('--json', @argv);
	is $r->{status}, 0, "@argv" or diag $r->{err};
	return decode_json($r->{out});
}

sub ends ($status, $pattern, @argv)
{
	my $r = ctl(@argv);
	subtest "@argv" => sub {
		is $r->{status}, $status, "exit $status";
		like $r->{err}, $pattern, 'and why';
		is $r->{out}, '', 'nothing on standard output';
	};
	return;
}

subtest 'the keyring' => sub {
	my $ring = path({ $stack->values }->{CALENDLYD_KEYRING_FILE});
	my $before = $ring->slurp;
	is $ring->stat->mode & 07777, 0600, 'is for its owner alone';
	ends(1, qr/there is a file already/, qw(keyring new));
	is $ring->slurp, $before, 'is never overwritten';
	is json(qw(keyring add))->{key}, 2, 'gets another key';
	like $ring->slurp, qr/\A\Q$before\Ekey 2 \S+\n\z/, 'after the first';
	is $db->selectrow_array('SELECT count(*) FROM deployment'), 1,
	    'the database knows its deployment';
};

subtest 'tenants' => sub {
	my $t = json(qw(tenant add acme --origin HTTPS://App.example.com:443/
		--origin http://localhost:3000));
	is_deeply $t->{origins}, ['http://localhost:3000',
		'https://app.example.com'], 'origins in their one form';
	ends(1, qr/there is a tenant "acme" already/, qw(tenant add acme));
	$t = json(qw(tenant set acme --no-origin http://localhost:3000
		--frontend-url https://app.example.com/done));
	is_deeply $t->{origins}, ['https://app.example.com'], 'one is gone';
	is $t->{frontend_url}, 'https://app.example.com/done', 'where to go';
	$t = json(qw(tenant set acme), '--frontend-url=');
	is $t->{frontend_url}, undef, 'nowhere of its own';
	is $db->selectrow_array('SELECT count(*) FROM tenant_origins'), 1,
	    'and the database holds it';
	ends(2, qr/cannot be a tenant's name/, qw(tenant add Acme));
	ends(2, qr/write scheme and host/, qw(tenant add b --origin),
		'https://b.example/path');
	ends(2, qr/plain http is/, qw(tenant add b --origin http://b.example));
	ends(2, qr/--frontend-url/, qw(tenant add b --frontend-url ftp://b));
	ends(1, qr/no tenant "nobody"/, qw(tenant set nobody --origin),
		'https://b.example');
};

subtest 'API keys' => sub {
	my $r = ctl(qw(key add acme));
	like $r->{out}, qr/\Acal_[\w-]{43}\n\z/, 'the key alone is printed';
	chomp(my $key = $r->{out});
	is $db->selectrow_array(q{SELECT encode(hash, 'hex') FROM api_keys}),
	    sha256_hex($key), 'its hash alone is stored';
	my $other = json(qw(key add acme --allow-token));
	is $other->{tenant}, 'acme', 'as JSON';
	ok $other->{allow_token}, 'with what it may do';
	my @listed = @{ json(qw(key list acme))->{data} };
	is_deeply [map { $_->{allow_token} ? 1 : 0 } @listed], [0, 1],
	    'both are listed';
	unlike ctl(qw(key list))->{out}, qr/cal_/, 'but not shown again';
	json(qw(key revoke), $other->{id});
	json(qw(key revoke), $other->{id});
	ok $db->selectrow_array('SELECT revoked_at FROM api_keys WHERE id = ?',
		{}, $other->{id}), 'revoked, and revoking twice is once';
	my $wrong = ctl(qw(key revoke), $key);
	unlike $wrong->{err}, qr/\Q$key\E/, 'a key is never echoed';
};

subtest 'connections, jobs, errors' => sub {
	$db->do(q{INSERT INTO connections (tenant_id, user_id, status, reason)
	    SELECT id, '-u 1', 'needs_reauth', 'invalid_grant' FROM tenants});
	$db->do(q{INSERT INTO jobs (tenant_id, kind, subject, parked_at,
	    last_error) SELECT id, 'sync', 'x', now(), E'bad\e[31m'
	    FROM tenants});
	is json(qw(connections acme --status needs_reauth))->{data}[0]{user_id},
	    '-u 1', 'who needs a new consent';
	is_deeply json(qw(connections --status connected))->{data}, [],
	    'and who does not';
	is json(qw(connection show acme -- ), '-u 1')->{reason},
	    'invalid_grant', 'one, although its id begins with a hyphen';
	ends(1, qr/nothing to reconcile/, qw(connection reconcile acme -- ),
		'-u 1');
	ends(1, qr/not connected/, qw(connection sync acme -- ), '-u 1');
	ends(1, qr/no user "x"/, qw(connection sync acme x));
	my $shown = ctl(qw(connection show acme -- ), '-u 1')->{out};
	like $shown, qr/^fed by +-\n.*^last complete \(UTC\) +-\n/ms,
	    'how its meetings come in';
	ends(1, qr/no user "x"/, qw(connection show acme x));
	unlike ctl('jobs')->{out}, qr/\e/, 'text cannot play with a terminal';
	my $errors = json(qw(errors acme));
	my ($job) = @{ $errors->{jobs} };
	is $job->{todo}, "mend the cause, then: calendlyctl jobs retry " .
	    $job->{id}, 'what to do about a parked job';
	is scalar @{ $errors->{connections} }, 1, 'and about a connection';
	json(qw(jobs retry), $job->{id});
	is_deeply json(qw(jobs --parked))->{data}, [], 'it is parked no more';
	is $db->selectrow_array(q{SELECT count(*) FROM audit
	    WHERE actor LIKE 'calendlyctl/%' AND action = 'job.retry'}), 1,
	    'and who did it is on record';
};

subtest 'settings that a command does not need' => sub {
	my %keep = %{ $stack->settings };
	$stack->configure({ CALENDLY_OAUTH_CLIENT_ID => undef,
		CALENDLYD_RUNNERS => 'many' });
	is ctl(qw(tenant list))->{status}, 0, 'may be wrong';
	my $r = ctl('doctor');
	is $r->{status}, 1, 'but not for the doctor';
	like $r->{out}, qr/CALENDLY_OAUTH_CLIENT_ID.*CALENDLYD_RUNNERS/s,
	    'who names each';
	$stack->settings(\%keep)->configure;
};

subtest 'misuse ends with 2' => sub {
	ends(2, qr/which command/);
	ends(2, qr/no such command/, 'tenants');
	ends(2, qr/argument is missing.*usage: .*key add/s, qw(key add));
	ends(2, qr/one argument too many/, qw(key add a b));
	ends(2, qr/no such option/, qw(key add acme --allow));
	ends(2, qr/needs a value/, qw(errors --limit));
	ends(2, qr/whole number from 1/, qw(errors --limit 0));
	ends(2, qr/write one of: connected, .*, disconnected$/m,
		qw(connections --status lost));
};

subtest 'the manual' => sub {
	my $page = Cal::Test::Proc->run(['mandoc', '-T', 'utf8', '-O',
	    'width=200', "$top/docs/man/calendlyctl.8"], 20)->{out};
	$page =~ s/.\x08//g;
	my ($synopsis) = $page =~ /^SYNOPSIS\n\s+(.+)\n/m;
	my ($usage) = ctl()->{err} =~ /^usage: (.+)$/m;
	is $synopsis, $usage, 'has the synopsis that usage has';
	my @command = ctl('--help')->{out} =~ /^  (\S+(?: \S+)?) {2,}\S/mg;
	cmp_ok scalar @command, '>', 15, 'the help lists commands';
	like $page, qr/^\s+\Q$_\E\b/m, "the manual tells of $_" for @command;
};

done_testing;
