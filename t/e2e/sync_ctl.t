# calendlyctl connection sync: asks for a walk, shows how far it is, and ends
# when it is complete or can't go on.

use Cal::Test;
use Mojo::JSON qw(decode_json);
use Mojo::Util qw(trim);

my $c = Cal::Test->start;
$c->waits_for_walks(0);
my @user = ($c->tenant, 'alice');
my $N = 3;

sub ctl (@argv) { return $c->stack->ctl(\@argv) }

sub book ($day)
{
	return $c->sandbox(POST => '/sandbox/book', { person => 'olivia',
		start_time => "2027-01-0${day}T09:00:00.000000Z" });
}

book($_) for 1 .. $N;
$c->connect('alice', person => 'olivia');

subtest 'lines, where there is no terminal' => sub {
	my $r = ctl(qw(connection sync), @user);
	is $r->{status}, 0, 'it ends when the walk is complete' or diag $r->{err};
	my @line = split /\n/, $r->{out};
	like $line[-1], qr/^complete  $N events, $N invitees$/, 'and says so';
	unlike $r->{out}, qr/[\r\e]/, 'nothing plays with a terminal';
};

subtest 'one document, for programs' => sub {
	my $r = ctl(qw(--json connection sync), @user);
	my $end = decode_json($r->{out});
	is "$end->{sync_state} $end->{sync_purpose} $end->{fed_by}",
	    'idle request webhook', 'how it ended';
	is $end->{sync_events_done}, $N, 'with how much was read';
};

subtest 'one line, on a terminal' => sub {
	my %v = $c->stack->values;
	local @ENV{qw(DATABASE_ADMIN_URL)} = $v{DATABASE_ADMIN_URL};
	my $ctl = ($ENV{CAL_BUILD} // 'build') . '/calendlyctl';
	my $out = qx{script -qec '$ctl connection sync @user' /dev/null};
	is $?, 0, 'it ends as well';
	like $out, qr/\r\w.*\e\[K/, 'drawn over itself';
	is scalar(my @end = trim($out) =~ /\n/g), 0, 'it stays one line';
};

subtest 'no waiting' => sub {
	my $r = ctl(qw(connection sync), @user, '--no-wait');
	is $r->{status}, 0, 'it ends at once';
	is $r->{out}, '', 'with nothing to show';
	like $r->{err}, qr/asked for/, 'but for where to look';
};

done_testing;
