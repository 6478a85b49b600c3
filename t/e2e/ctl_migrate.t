# calendlyctl migrate brings any database of ours to this release's schema, as
# often and by as many at once as may be, and refuses what it must not touch.

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
my @newest = sort map { $_->basename } path("$top/migrations")->list->each;
my $newest = 0 + ($newest[-1] =~ /^(\d+)/)[0];

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
		'SELECT count(*) FROM schema_migrations');
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
	my $dir = path($stack->run, 'files' . ++$made)->make_path;
	$_->copy_to($dir) for path("$top/migrations")->list->each;
	return $dir;
}

subtest 'once and again' => sub {
	my $name = fresh_database();
	my $r = migrate();
	is $r->{status}, 0, 'a database without a schema gets one'
	    or diag $r->{err};
	is applied($name), $newest, 'with all migrations';
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
	is applied($name), $newest, 'each migration is applied once';
	my $text = join '', map { path($_->log)->slurp } @proc;
	is scalar(() = $text =~ /: applied /g), $newest, 'by one of them';
};

subtest 'what it refuses' => sub {
	my $name = fresh_database();
	is migrate()->{status}, 0, 'a migrated database';

	my $dir = copy_of_files();
	path($dir, $newest[1])->spurt(path($dir, $newest[1])->slurp . "--\n");
	refused(migrate($dir), qr/\Q$newest[1]\E is not what was applied/,
		'a file that was edited since');

	$dir = copy_of_files();
	path($dir, $newest[1])->remove;
	refused(migrate($dir), qr/there is no migration 0002/, 'a gap');

	$dir = copy_of_files();
	path($dir, sprintf '%04d_later.sql', $newest + 1)->spurt('');
	refused(migrate($dir), qr/different releases/,
		'the files of another release');
	refused(migrate('/nowhere'), qr/cannot read the directory/,
		'no files at all');

	my $db = $cluster->db($name);
	$db->do('INSERT INTO schema_migrations VALUES (?, ?, ?)', {},
		$newest + 1, 'later.sql', '');
	refused(migrate(), qr/a newer one was here/,
		'the database of a newer release');
	$db->do('DELETE FROM schema_migrations WHERE version IN (2, ?)', {},
		$newest + 1);
	refused(migrate(), qr/has no migration 0002/,
		'a database that lost a migration');
};

subtest 'a migration that fails leaves nothing' => sub {
	my $name = fresh_database();
	my $dir = copy_of_files();
	path($dir, $newest[1])->spurt(
		"CREATE TABLE half_done ();\nSELECT 1 / 0;\n");
	refused(migrate($dir), qr/\Q$newest[1]\E/, 'it says which');
	is applied($name), 1, 'those before it stay';
	is $cluster->db($name)->selectrow_array(
		q{SELECT to_regclass('half_done')}), undef,
	    'nothing of it does';
	is migrate()->{status}, 0, 'and the mended one is applied';
};

# As when a backup reads: who comes after the one that waits to change a table
# would wait as long as the backup takes.
subtest 'it waits for a long reader and nobody waits for it' => sub {
	my $name = fresh_database();
	my $dir = copy_of_files();
	path($dir, $newest[-1])->spurt("SELECT 1 / 0;\n");
	refused(migrate($dir), qr/\Q$newest[-1]\E/, 'all but the last one');
	my $reader = $cluster->db($name);
	$reader->begin_work;
	$reader->do('SELECT count(*) FROM jobs');

	my $log = path($stack->dir, 'migrate_waits.log');
	my $migrate = Cal::Test::Proc->new(name => 'migrate', log => "$log",
		argv => [$stack->build . '/calendlyctl', '-c', $stack->conf,
		    'migrate', '--dir', "$top/migrations"])->start;
	sleep 3;
	my $other = $cluster->db($name);
	$other->do(q{SET statement_timeout = '15s'});
	for my $n (1 .. 3) {
		ok eval { $other->do('SELECT count(*) FROM jobs'); 1 },
		    "others read meanwhile, $n" or diag $@;
		sleep 1;
	}
	ok $migrate->running, 'it waits';
	$reader->rollback;
	is $migrate->wait_end($ENV{CAL_TEST_TIMEOUT} // 30), 0, 'and is done';
	like $log->slurp, qr/somebody holds what is to be changed/,
	    'having said why';
	is applied($name), $newest, 'with all migrations';
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
