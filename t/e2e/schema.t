# The database holds just what migrations/ and the documents say, and /readyz
# tells whether it is older than the program, newer, or altered.

use Cal::Test;

use Cal::Test::Sources qw(slurp sources);

my $top = $Cal::Test::Stack::TOP;
my $c = Cal::Test->start;
my $db = $c->db('calendlyd_admin');

sub names ($sql) { return $db->selectcol_arrayref($sql) }

my %file = sources(qr/\.sql$/, "$top/migrations");
my $sql = join "\n", map { $file{$_} } sort keys %file;

subtest 'the catalogue is as the files say' => sub {
	is_deeply names(q{SELECT proname FROM pg_proc
		WHERE pronamespace = 'public'::regnamespace ORDER BY 1}),
	    [sort $sql =~ /^CREATE (?:OR REPLACE )?FUNCTION (\w+)/mg],
	    'functions: none lingers that no file has any more' or
	    diag 'DROP what is too much, in a new numbered file';
	is_deeply names(q{SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
		ORDER BY 1}), [sort $sql =~ /^CREATE OR REPLACE TRIGGER (\w+)/mg],
	    'triggers';
	is_deeply names(q{SELECT tablename FROM pg_tables
		WHERE schemaname = 'public' AND tablename <> 'schema_files'
		ORDER BY 1}), [sort $sql =~ /^CREATE TABLE (\w+)/mg], 'tables';
	is $db->selectrow_array(q{SELECT has_schema_privilege(
		'calendlyd_definer', 'public', 'CREATE')}), 0,
	    'and the definer may make nothing in it';
};

# calendlyctl migrate lets them call what comes in a later file.
subtest 'the bodies of functions are good' => sub {
	$db->begin_work;
	my $n = 0;
	for my $text (@{ names(q{SELECT pg_get_functiondef(oid) FROM pg_proc
		WHERE pronamespace = 'public'::regnamespace}) }) {
		$n++, next if eval { $db->do($text); 1 };
		fail $text =~ s/\n.*//sr;
		diag $@;
		last;
	}
	$db->rollback;
	cmp_ok $n, '>', 60, "$n functions were made again";
};

subtest 'docs/design.md lists all tables' => sub {
	my ($rows) = slurp("$top/docs/design.md") =~
	    /^\| tables \| \|\n\|[-|]+\n((?:\|.*\n)+)/m;
	my @listed = map { my ($first) = /^\| ([^|]*)/; $first =~ /`(\w+)`/g }
	    split /\n/, $rows // '';
	is_deeply [sort @listed], names(q{SELECT tablename FROM pg_tables
		WHERE schemaname = 'public' ORDER BY 1}), 'and no others';
};

sub check ($code) { return $c->readyz($code)->json('/checks/migrations') }

sub well ($title)
{
	my $check = check(200);
	ok $check->{ok} && !defined $check->{detail}, $title
	    or diag $check->{detail};
	return;
}

# Changes what is on record, and waits until it is told so.
sub told ($change, $code, $pattern, $title)
{
	$db->do($change);
	$c->wait_for(sub { (check($code)->{detail} // '') =~ $pattern },
		$title);
	ok 1, $title;
	return;
}

subtest '/readyz compares' => sub {
	well('all is well');
	told(q{DELETE FROM schema_files WHERE name = 'functions/feed.sql'}, 503,
		qr/older than this program.*run "calendlyctl migrate"/,
		'an older database');
	is $c->run_ctl('migrate', '--dir', "$top/migrations")->{status}, 0,
	    'as it says';
	well('ready again');
	told(q{INSERT INTO schema_files (name, checksum)
		VALUES ('0099_later.sql', '0')}, 200,
		qr/newer than this program.*finish the upgrade/,
		'a newer one, which serves');
	ok check(200)->{ok}, 'and is no fault';
	told(q{UPDATE schema_files SET name = '0001_other.sql'
		WHERE name = '0099_later.sql'}, 503,
		qr/0001_other\.sql.*use the release that migrated it/,
		'an altered one');
	$db->do(q{DELETE FROM schema_files WHERE name = '0001_other.sql'});
	well('put right');
};

done_testing;
