# A wrong value of any setting is refused with a message that says what to write
# instead; all faults are named at once; and nothing starts.
#
# With sanitizers in every run.

use Mojo::Base -strict, -signatures;

use File::Temp qw(tempdir);
use Mojo::File qw(path);
use Test::More;

use Cal::Test::Proc;
use Cal::Test::Stack;

my $dir	   = path(tempdir('cal-settings-XXXXXX', TMPDIR => 1, CLEANUP => 1));
my $binary = Cal::Test::Stack->new->build . '/calendlyd';
my $ring   = "$dir/keyring";
path($ring)->spurt("deployment 0f0e0d0c-0b0a-4908-8706-050403020100\n",
	'key 1 ', 'A' x 43, "\n");
chmod 0600, $ring;

my %good = (
	CALENDLY_OAUTH_CLIENT_ID     => 'client',
	CALENDLY_OAUTH_CLIENT_SECRET => 'client-secret',
	CALENDLY_WEBHOOK_SIGNING_KEY => 'signing-key',
	BACKEND_URL		     => 'https://calendly.example.com',
	DATABASE_URL		     => 'postgresql:///calendlyd?user=calendlyd',
	CALENDLYD_KEYRING_FILE	     => $ring,
	CALENDLYD_APP_SOCKET	     => "$dir/app.sock",
	CALENDLYD_INGEST_SOCKET	     => "$dir/ingest.sock",
);

# calendlyd -t with nothing but these settings; undef leaves one out.
sub check ($change, %arg)
{
	my %value = (%good, %$change);
	my $file = $dir->child('conf')->spurt(map { "$_=$value{$_}\n" }
	    grep { defined $value{$_} } sort keys %value);
	chmod 0600, $file;
	my @env = map { "$_=$arg{env}{$_}" } sort keys %{ $arg{env} // {} };
	return Cal::Test::Proc->run(['env', '-i', @env, $binary,
		$arg{start} ? () : '-t', '-c', $file], 20);
}

sub refused ($change, $say, $title, %arg)
{
	my $r = check($change, %arg);
	is $r->{status}, 1, "$title: refused";
	like $r->{err}, $say, "$title: the message helps";
	return $r;
}

my @scopes = qw(users:read scheduled_events:read webhooks:write);
my $url = qr{write an https://|write https://};
my @wrong = (
	[CALENDLY_OAUTH_CLIENT_ID     => 'a b',	       qr/client id alone/],
	[CALENDLY_OAUTH_CLIENT_SECRET => "a\001b",     qr/control character/],
	[CALENDLY_WEBHOOK_SIGNING_KEY => 'a,b,c',      qr/new one and.*old/],
	[CALENDLY_AUTH_URL  => 'http://auth.example',  $url],
	[CALENDLY_AUTH_URL  => 'https://a.example/x',  qr{write https://a.ex}],
	[CALENDLY_API_URL   => 'api.calendly.com',     $url],
	[CALENDLY_API_URL   => 'https://a.example/v2', qr{write https://a.ex}],
	[CALENDLY_SCOPES    => "@scopes invitees:read",
	    qr/no scope "invitees:read".*write some of.*users:read/],
	[CALENDLY_SCOPES    => "@scopes[0, 1]",	       qr/add webhooks:write/],
	[CALENDLY_WEBHOOK_EVENTS => 'invitee.updated',
	    qr/no event "invitee.updated".*write some of.*invitee.created/],
	[CALENDLY_WEBHOOK_EVENTS => 'contact.created',
	    qr/add it to CALENDLY_SCOPES/],
	[CALENDLY_WEBHOOK_EVENTS => 'routing_form_submission.created',
	    qr/leave "routing_form_submission.created" out/],
	[BACKEND_URL  => 'http://c.example',	       $url],
	[BACKEND_URL  => 'https://c.example/?a=1',     qr{write https://c.ex}],
	[FRONTEND_URL => 'app.example',		       $url],
	[DATABASE_URL => 'postgres//x',		 qr{such as postgresql://}],
	[DATABASE_ADMIN_URL => 'nonsense',	 qr{such as postgresql://}],
	[DATABASE_ADMIN_URL => $good{DATABASE_URL}, qr/owns the database/],
	[CALENDLYD_KEYRING_FILE	 => 'keyring', qr{such as /etc/calendlyd/}],
	[CALENDLYD_APP_SOCKET	 => 'a.sock',  qr{such as /run/calendlyd/}],
	[CALENDLYD_INGEST_SOCKET => '/' . 'x' x 107, qr/shorter path/],
	[CALENDLYD_INGEST_SOCKET => "$dir/app.sock", qr/another path/],
	[CALENDLYD_APP_WORKERS	  => 0,	      qr/from 1 to/],
	[CALENDLYD_INGEST_WORKERS => 'many',  qr/whole number/],
	[CALENDLYD_RUNNERS	  => -1,      qr/from 0 to/],
	[CALENDLYD_PUSHERS	  => 17,      qr/from 0 to 16/],
	[CALENDLYD_WORKER_REQUESTS => '1e3',  qr/whole number/],
	[CALENDLYD_SIGNATURE_SKEW  => 86401,  qr/to 86400/],
	[CALENDLYD_SIGNATURE_MAX_AGE => 1,    qr/from 60/],
	[CALENDLYD_SYNC_PAST	     => '3 days', qr/whole number/],
	[CALENDLYD_RETENTION_EVENTS  => 0,    qr/from 2/],
	[CALENDLYD_RETENTION_DELIVERIES => 1, qr/from 2/],
	[CALENDLYD_RETENTION_MEETINGS => -1,  qr/from 0 to/],
	[CALENDLYD_RETENTION_PUSHES => 0,     qr/from 1/],
	[CALENDLYD_RETENTION_LOG     => '99999999999999999999', qr/from 1/],
	[CALENDLYD_DELIVER_ALLOW => '10.0.0.0/33', qr{such as 10\.0\.0\.0/8}],
	[CALENDLYD_DELIVER_ALLOW => '10.0.0.0/8, 10/8 ::1 host',
	    qr{"10/8", "host"; write}],
	[CALENDLYD_CA_FILE    => 'ca.pem',     qr/whole path/],
	[CALENDLYD_CA_FILE    => "$dir/none",  qr/No such file/],
	[CALENDLYD_LOG_LEVEL  => 'loud', qr/one of: warn, info, debug/],
	[CALENDLYD_LOG_FORMAT => 'xml',	 qr/one of: logfmt, json/],
);

subtest 'what is good is called good' => sub {
	my $r = check({});
	is $r->{status}, 0, 'exit status' or diag $r->{err};
	like $r->{err}, qr/configuration is good/, 'says so';
	like $r->{err}, qr/^calendlyd: \d+ app workers, .* on \d+ processors$/m,
	    'and how many processes fit';
};

subtest 'each setting' => sub {
	for (@wrong) {
		my ($name, $value, $say) = @$_;
		my $r = refused({ $name => $value }, qr/$name.*$say/,
			"$name=" . $value =~ s/[^ -~]/?/gr);
		my @line = grep { !/not good|warning/ } split /\n/, $r->{err};
		is @line, 1, "$name: one fault, one line" or diag $r->{err};
	}
};

subtest 'no setting is forgotten here' => sub {
	my %tried = map { $_->[0] => 1 } @wrong;
	my $table = path("$Cal::Test::Stack::TOP/app/settings/settings.c")->slurp;
	my @name = $table =~ /\.name = "(\w+)"/g;
	cmp_ok @name, '>', 20, 'the table was found';
	is_deeply [grep { !$tried{$_} } @name], [],
	    'each has a wrong value above';
};

subtest 'all faults are named at once' => sub {
	my %change = map { $_->[0] => $_->[1] } reverse @wrong;
	my $r = check(\%change);
	like $r->{err}, qr/^calendlyd: $_\b/m, $_ for sort keys %change;
};

subtest 'what is required and missing' => sub {
	for my $name (qw(CALENDLY_OAUTH_CLIENT_ID CALENDLY_OAUTH_CLIENT_SECRET
	    BACKEND_URL DATABASE_URL CALENDLYD_KEYRING_FILE)) {
		refused({ $name => undef }, qr/$name is missing/, $name);
	}
	my $r = check({ CALENDLY_WEBHOOK_SIGNING_KEY => undef });
	is $r->{status}, 0, 'without a signing key it can begin';
	like $r->{err}, qr/warning: CALENDLY_WEBHOOK_SIGNING_KEY/, 'warned';
};

subtest 'a name nobody knows' => sub {
	refused({ CALENDLYD_RUNERS => 2 }, qr/CALENDLYD_RUNERS.*CALENDLYD_RUNNERS/,
		'in the file');
	my $r = check({}, env => { CALENDLYD_RUNERS => 2 });
	is $r->{status}, 0, 'in the environment it may be another program\'s';
	like $r->{err}, qr/warning: .*CALENDLYD_RUNNERS/, 'but is mentioned';
};

subtest 'the environment wins over the file' => sub {
	refused({}, qr/CALENDLYD_APP_WORKERS/, 'a wrong value there',
		env => { CALENDLYD_APP_WORKERS => 0 });
	is check({ CALENDLYD_APP_WORKERS => 0 },
		env => { CALENDLYD_APP_WORKERS => 3 })->{status}, 0,
	    'a good one over a wrong one';
};

subtest 'a secret in a file of its own' => sub {
	my $file = $dir->child('secret')->spurt("from-a-file\n");
	chmod 0600, $file;
	my $name = 'CALENDLY_OAUTH_CLIENT_SECRET';
	is check({ $name => undef, "${name}_FILE" => $file })->{status}, 0,
	    'is read from there';
	refused({ "${name}_FILE" => $file }, qr/$name/, 'twice is a fault');
	refused({ $name => undef, "${name}_FILE" => "$dir/none" },
		qr/No such file/, 'one that is not there');
};

subtest 'no secret is ever quoted' => sub {
	my $r = check({
		CALENDLY_OAUTH_CLIENT_SECRET => "canary-one\001",
		CALENDLY_WEBHOOK_SIGNING_KEY => 'canary-two,b,c',
		DATABASE_URL => 'postgresql://u:canary-three@[::1/x',
		DATABASE_ADMIN_URL => 'password=canary-four nonsense',
	});
	is $r->{status}, 1, 'refused';
	unlike $r->{err} . $r->{out}, qr/canary/, 'and not told';
};

subtest 'the keyring is looked at' => sub {
	refused({ CALENDLYD_KEYRING_FILE => "$dir/none" }, qr/No such file/,
		'one that is not there');
	chmod 0640, $ring;
	refused({}, qr/\Q$ring\E/, 'one that others can read');
	chmod 0600, $ring;
};

subtest 'with a fault nothing starts' => sub {
	my $r = refused({ CALENDLYD_APP_WORKERS => 0 }, qr/not started/,
		'without -t', start => 1);
	ok !-e "$dir/app.sock", 'no socket was made';
};

subtest 'the command line' => sub {
	my $r = Cal::Test::Proc->run([$binary, '-x'], 10);
	is $r->{status}, 2, 'an option nobody knows';
	like $r->{err}, qr/^usage: calendlyd/m, 'usage';
	$r = Cal::Test::Proc->run([$binary, '-V'], 10);
	is $r->{status}, 0, '-V';
	like $r->{out}, qr/^calendlyd \d+\.\d+\.\d+$/, 'the version';
	$r = Cal::Test::Proc->run(['env', '-i', $binary, '-t', '-c',
		"$dir/nowhere"], 10);
	is $r->{status}, 1, 'a file that is not there';
	like $r->{err}, qr/nowhere: No such file/, 'is named';
};

done_testing;
