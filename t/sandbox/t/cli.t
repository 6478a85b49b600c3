# The program: its options, the line that it prints, and its end.

use v5.36;
use File::Temp qw(tempdir);
use FindBin;
use IPC::Open3 qw(open3);
use Mojo::UserAgent;
use Symbol qw(gensym);
use Test::More;

my $program = "$FindBin::Bin/../calendly-sandbox";
my @right = (qw(--client-id i --client-secret s --signing-key k),
    '--redirect-uri', 'https://app.example/cb');

sub run (@args) {
	my $pid = open3(my $in, my $out, my $err = gensym, $^X, $program,
	    @args);
	close $in;
	local $/;
	my ($said, $complained) = (scalar <$out>, scalar <$err>);
	waitpid $pid, 0;
	return ($? >> 8, $said, $complained);
}

subtest 'usage' => sub {
	my ($status, $out) = run('--help');
	is $status, 0, '--help is no failure';
	like $out, qr/\Ausage: calendly-sandbox/, 'and says how';
	my @wrong = (
		[qr/--client-id is missing/],
		[qr/--redirect-uri is missing/, @right[0 .. 5]],
		[qr/Unknown option: colour/, '--colour', 'x'],
		[qr/unexpected argument: x/, @right, 'x'],
		[qr/no person "eve"/, @right, '--auto-approve', 'eve'],
		[qr/no switch "colour"/, @right, '--switch', 'colour=1'],
		[qr/"id_style" takes/, @right, '--switch', 'id_style=odd'],
		[qr/--ca: cannot read/, @right, '--ca', '/nonexistent'],
		[qr/cannot listen on/, @right, '--listen', 'http://0.0.0.0.0:1'],
	);
	for my $row (@wrong) {
		my ($says, @args) = @$row;
		($status, undef, my $err) = run(@args);
		is $status, 2, "$says: 2";
		like $err, $says, 'and why';
	}
};

subtest 'it says where it listens, logs, and ends on SIGTERM' => sub {
	my $dir = tempdir(CLEANUP => 1);
	my $pid = open my $out, '-|', $^X, $program, @right, '--log',
	    "$dir/log", '--listen', 'http://127.0.0.1:0';
	my $line = <$out>;
	like $line, qr{\Alistening on http://127\.0\.0\.1:[1-9]\d*$}, 'one line';
	my ($url) = $line =~ /(http\S+)/;
	is(Mojo::UserAgent->new->get("$url/sandbox/state")->res->code, 200,
	    'and does');
	Mojo::UserAgent->new->get("$url/oauth/authorize?state=hidden");
	kill TERM => $pid;
	ok close $out, 'ends with 0';
	open my $log, '<', "$dir/log" or die "log: $!";
	my $logged = do { local $/; <$log> };
	like $logged, qr{GET /oauth/authorize 400}, 'logged';
	unlike $logged, qr/hidden/, 'without the query';
};

done_testing;
