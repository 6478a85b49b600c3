# calendlyctl migrate brings any database of ours to this release's schema,
# however often and by however many at the same time, and refuses what it must
# not touch.

use Mojo::Base -strict, -signatures;

use Mojo::File qw(path);
use Test::More;

use Cal::Test::Cluster;
use Cal::Test::Proc;
use Cal::Test::Stack;

my $top = $Cal::Test::Stack::TOP;
my $stack = Cal::Test::Stack->new->prepare('ctl_migrate');
END { $stack->release if $stack }

my $cluster = Cal::Test::Cluster->shared($top);
$stack->cluster($cluster);
my @files = map { path($_)->to_rel("$top/migrations")->to_string }
    sort map { glob "$top/migrations/$_" } '[0-9]*.sql', 'functions/*.sql';

# A database without a schema; "conf" is changed to name it.
my $made = 0;
sub fresh_database
{
	my $name = "cal_migrate_$$" . '_' . ++$made;
	$cluster->db('postgres')->do(
		"CREATE DATABASE $name OWNER calendlyd_admin");
	push @{ $cluster->databases }, $name;
	$stack->settings({ CALENDLYD_KEYRING_FILE =>
		$stack->run . "/keyring_$made" });
	$stack->database($name)->configure;
	$stack->ctl_must(qw(keyring new));
	return $name;
}

sub migrate ($dir = "$top/migrations")
{
	return $stack->ctl(['migrate', '--dir', $dir]);
}

sub applied ($name)
{
	return $cluster->db($name)->selectrow_array(
		'SELECT count(*) FROM schema_files');
}

sub refused ($r, $pattern, $title)
{
	subtest $title => sub {
		is $r->{status}, 1, 'exit 1';
		like $r->{err}, $pattern, 'and why';
	};
	return;
}

# The release's files, to be played with.
sub copy_of_files
{
	my $dir = path($stack->run, 'files' . ++$made);
	path($dir, 'functions')->make_path;
	path("$top/migrations", $_)->copy_to(path($dir, $_)) for @files;
	return $dir;
}

subtest 'once and again' => sub {
	my $name = fresh_database();
	my $r = migrate();
	is $r->{status}, 0, 'a database without a schema gets one'
	    or diag $r->{err};
	is applied($name), @files, 'with all files';
	$r = migrate();
	is $r->{status}, 0, 'migrating again is no error';
	like $r->{err}, qr/nothing to do/, 'and does nothing';
	$r = $stack->ctl(['--json', 'doctor']);
	is $r->{status}, 0, 'the doctor is content' or diag $r->{out};
};

subtest 'by many at once' => sub {
	my $name = fresh_database();
	my @proc = map { Cal::Test::Proc->new(name => "migrate $_",
		log => $stack->dir . "/migrate$_.log",
		argv => [$stack->build . '/calendlyctl', '-c', $stack->conf,
		    'migrate', '--dir', "$top/migrations"])->start } 1 .. 3;
	is $_->wait_end($ENV{CAL_TEST_TIMEOUT} // 30), 0, $_->name
	    for @proc;
	is applied($name), @files, 'each file is applied once';
	my $text = join '', map { path($_->log)->slurp } @proc;
	is scalar(() = $text =~ /: applied /g), @files, 'by one of them';
};

subtest 'files that it refuses' => sub {
	my $name = fresh_database();
	my $other = qr/not the file that this calendlyctl was built with/;
	my $dir = copy_of_files();
	path($dir, $files[1])->spurt(path($dir, $files[1])->slurp . "--\n");
	refused(migrate($dir), qr/\Q$files[1]\E is $other/, 'an edited one');

	$dir = copy_of_files();
	path($dir, $files[-1])->spurt('');
	refused(migrate($dir), qr/\Q$files[-1]\E is $other/,
		'functions of another release');

	$dir = copy_of_files();
	path($dir, $files[1])->remove;
	refused(migrate($dir), qr/\Q$files[1]\E: cannot open.*release whole/,
		'one that is not there');

	$dir = copy_of_files();
	path($dir, '0099_later.sql')->spurt('');
	refused(migrate($dir), qr/0099_later\.sql is no file of the release/,
		'tables of another release');
	refused(migrate('/nowhere'), qr/cannot read the directory/,
		'no files at all');
	is $cluster->db($name)->selectrow_array(
		q{SELECT to_regclass('schema_files')}), undef,
	    'the database was left alone';

	# Of an earlier release, when this one was installed over it.
	$dir = copy_of_files();
	path($dir, 'functions/earlier.sql')->spurt('SELECT 1 / 0;');
	is migrate($dir)->{status}, 0, 'functions that are too much are not run';
};

# What the doctor says of the schema, by its result.
sub doctor ($result, $pattern, $title)
{
	my $r = $stack->ctl(['doctor']);
	like $r->{out}, qr/^migrations\s+$result\s.*$pattern/m, $title;
	return $r->{status};
}

subtest 'databases that it refuses' => sub {
	my $name = fresh_database();
	is migrate()->{status}, 0, 'a migrated database';
	my $db = $cluster->db($name);

	my $story = sub ($sql, $result, $pattern, $title) {
		$db->do($_) for ref $sql ? @$sql : $sql;
		refused(migrate(), $pattern, $title);
		is doctor($result, $pattern, 'so the doctor says'),
		    $result eq 'fail' ? 1 : 0, 'who ' . ($result eq 'fail' ?
		    'fails' : 'is content: it runs this program, too');
		$db->do('DELETE FROM schema_files');
		$db->do('INSERT INTO schema_files (name, checksum)
			SELECT name, checksum FROM saved ORDER BY id');
		return;
	};
	$db->do('CREATE TABLE saved AS SELECT * FROM schema_files');
	my $insert = 'INSERT INTO schema_files (name, checksum) VALUES';
	$story->("$insert ('0099_later.sql', '0')", 'warn',
		qr/newer than this program \(0099_later\.sql\)/,
		'one with a later file of tables');
	$story->("$insert ('functions/feed.sql', '0')", 'warn',
		qr{newer than this program \(functions/feed\.sql\)},
		'one with later functions');
	$story->("UPDATE schema_files SET checksum = '0'
		WHERE name = '$files[1]'", 'fail',
		qr/\Q$files[1]\E is not what was applied/,
		'one with other tables');
	$story->("DELETE FROM schema_files WHERE name = '$files[1]'", 'fail',
		qr/but not \Q$files[1]\E/, 'one that lost a file');
	$story->("$insert ('0001_other.sql', '0')", 'fail',
		qr/0001_other\.sql, which is not of this release/,
		'one with a file of another program');
	$story->(["$insert ('0099_later.sql', '0')",
		q{DELETE FROM schema_files WHERE name = 'functions/feed.sql'}],
		'fail', qr/another line of releases/,
		'one that went another way');
	is doctor('ok', 'all files of this release were applied', 'as it was, it is in order'), 0, 'again';
};

# As a demo that was left under var/, say.
subtest 'a database from before the first release' => sub {
	my $name = fresh_database();
	my $db = $cluster->db($name, 'calendlyd_admin');
	$db->do('CREATE TABLE schema_migrations (version integer PRIMARY KEY,
		name text NOT NULL, checksum text NOT NULL)');
	$db->do(q{CREATE FUNCTION look_across() RETURNS void LANGUAGE sql
		AS ''});
	my $cure = qr/before the first release.*drop it.*migrate.*demo\.sh/;
	refused(migrate(), $cure, 'is refused, with what to do');
	is doctor('fail', $cure, 'the doctor says so'), 1, 'and fails';
	refused($stack->ctl([qw(tenant list)]), $cure, 'as other commands do');
	is $db->selectrow_array(q{SELECT to_regclass('schema_files')}), undef,
	    'nothing was changed';
};

subtest 'a table of migrations that another program has is no matter' => sub {
	my $name = fresh_database();
	$cluster->db($name, 'calendlyd_admin')->do(
		'CREATE TABLE schema_migrations (version varchar PRIMARY KEY)');
	is migrate()->{status}, 0, 'it is migrated beside it';
};

subtest 'a migration that fails leaves nothing' => sub {
	my $name = fresh_database();
	my $db = $cluster->db($name, 'calendlyd_admin');
	$db->do('CREATE TABLE jobs ()');
	refused(migrate(), qr/jobs.*not migrated/s, 'it says why');
	for my $table (qw(schema_files tenants)) {
		is $db->selectrow_array('SELECT to_regclass(?)', {}, $table),
		    undef, "$table is not there";
	}
	$db->do('DROP TABLE jobs');
	is migrate()->{status}, 0, 'and once mended it is applied';
	is applied($name), @files, 'with all files';
};

# What an older release left: a file of functions that changed since, and
# another one that it did not have.
sub make_older ($name)
{
	my $db = $cluster->db($name, 'calendlyd_admin');
	$db->do(q{UPDATE schema_files SET checksum = 'old'
		WHERE name = 'functions/feed.sql'});
	$db->do('DROP FUNCTION feed_head');
	$db->do(q{CREATE OR REPLACE FUNCTION feed_extend(most integer)
		RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'});
	$db->do(q{DELETE FROM schema_files
		WHERE name = 'functions/connection.sql'});
	return $db;
}

sub functions_of ($db)
{
	return $db->selectall_arrayref(q{SELECT oid::regprocedure::text,
		prosrc, prosecdef, proconfig, proowner::regrole::text,
		proacl::text FROM pg_proc
		WHERE pronamespace = 'public'::regnamespace ORDER BY 1});
}

subtest 'an older database gets what it lacks' => sub {
	my $name = fresh_database();
	is migrate()->{status}, 0, 'a migrated database';
	my $before = functions_of($cluster->db($name));
	my $db = make_older($name);
	my $lacks = qr/it lacks 2 of its files \(functions.*run "calendlyctl mig/;
	is doctor('fail', $lacks, 'the doctor says so'), 1, 'and fails';
	refused($stack->ctl([qw(tenant list)]), $lacks,
		'other commands wait for it');
	my $r = migrate();
	is $r->{status}, 0, 'it is migrated' or diag $r->{err};
	is_deeply [$r->{err} =~ /applied (\S+)/g], [qw(functions/connection.sql
		functions/feed.sql)], 'by what is not as it should be';
	is_deeply functions_of($db), $before,
	    'every function is as it was, its owner and rights, too';
	is_deeply $db->selectcol_arrayref(q{SELECT checksum <> 'old'
		FROM schema_files WHERE name = 'functions/feed.sql'
		ORDER BY id}), [0, 1], 'both versions are on record';
	is doctor('ok', 'all files of this release were applied', 'the doctor'), 0, 'is content';
};

# As when somebody writes and does not end: who comes after the one that waits
# to change a table would wait as long.
subtest 'it waits for a long writer and nobody waits for it' => sub {
	my $name = fresh_database();
	is migrate()->{status}, 0, 'a migrated database';
	make_older($name);
	my $writer = $cluster->db($name);
	$writer->begin_work;
	$writer->do('UPDATE connections SET reason = reason');

	my $log = path($stack->dir, 'migrate_waits.log');
	my $migrate = Cal::Test::Proc->new(name => 'migrate', log => "$log",
		argv => [$stack->build . '/calendlyctl', '-c', $stack->conf,
		    'migrate', '--dir', "$top/migrations"])->start;
	sleep 3;
	my $other = $cluster->db($name);
	$other->do(q{SET statement_timeout = '15s'});
	for my $n (1 .. 3) {
		ok eval { $other->do('UPDATE connections
			SET reason = reason'); 1 },
		    "others write meanwhile, $n" or diag $@;
		sleep 1;
	}
	ok $migrate->running, 'it waits';
	$writer->rollback;
	is $migrate->wait_end($ENV{CAL_TEST_TIMEOUT} // 30), 0, 'and is done';
	like $log->slurp, qr/somebody holds what is to be changed/,
	    'having said why';
	is doctor('ok', 'all files of this release were applied', 'the schema is right'), 0, 'again';
};

subtest 'roles and keys' => sub {
	my $name = fresh_database();
	$stack->configure({ DATABASE_URL => $cluster->url($name, 'postgres') });
	refused(migrate(), qr/is a superuser/,
		'a superuser is no run-time role');
	$stack->configure({ DATABASE_URL => $cluster->url($name, 'nobody') });
	refused(migrate(), qr/no role nobody.*CREATE ROLE/s,
		'nor is one that is not there');
	$stack->configure({ DATABASE_URL => undef });
	refused(migrate(), qr/DATABASE_URL is missing/, 'nor none');
	$stack->configure({ DATABASE_URL =>
		$cluster->url($name, 'calendlyd') });
	is migrate()->{status}, 0, 'calendlyd is';

	path($stack->run, 'other')->remove;
	$stack->configure({ CALENDLYD_KEYRING_FILE => $stack->run . '/other' });
	$stack->ctl_must(qw(keyring new));
	refused(migrate(), qr/belongs to deployment/,
		'the keyring of another deployment');
	my $r = $stack->ctl([qw(--json doctor)]);
	is $r->{status}, 1, 'which the doctor finds, too';
};

done_testing;
