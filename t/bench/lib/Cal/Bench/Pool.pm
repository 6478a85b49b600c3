package Cal::Bench::Pool;

# Cal::Bench::Pool: requests for wrk.lua, in files on tmpfs: made before the
# clock starts, each different, rightly signed.
#
#	my $pool = Cal::Bench::Pool->new;
#	my $file = $pool->deliveries($c, \@endpoint, 50_000);
#	my $file = $pool->enough($c, \@endpoint, $seconds, $connections);
#	my $file = $pool->reads($c, @path);
#
# The same file may be sent again once what it stored is gone.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Spec;
use File::Temp qw(tempdir);
use List::Util qw(min);

use Cal::Bench::Body qw(body);
use Cal::Bench::Run;

has dir => sub { tempdir('cal-pool-XXXXXX', CLEANUP => 1,
	DIR => -w '/dev/shm' ? '/dev/shm' : File::Spec->tmpdir) };
has files => 0;

sub _open ($self)
{
	my $name = $self->dir . '/' . $self->files($self->files + 1)->files;
	open my $out, '>:raw', $name or croak "$name: $!";
	return ($name, $out);
}

sub _put ($out, $request)
{
	printf {$out} '%08d%s', length $request, $request;
	return;
}

# $times of them. Users take turns, a thousand of them or all; each sends ten
# bodies, which belong together (see Cal::Bench::Body), before others come.
# "first" is where a file goes on that was made before.
sub deliveries ($self, $c, $endpoint, $times, $first = 0)
{
	my ($name, $out) = $self->_open;
	my $host = $c->url =~ s{^https://}{}r;
	for my $at ($first .. $first + $times - 1) {
		my ($n, $who) = _turn($at, scalar @$endpoint);
		my $body = body($n, $who);
		_put($out, "POST /webhooks/calendly/$endpoint->[$who]" .
		    " HTTP/1.1\r\nHost: $host\r\n" .
		    "User-Agent: Calendly-Webhook\r\n" .
		    "Content-Type: application/json\r\n" .
		    'Calendly-Webhook-Signature: ' . $c->sign($body) .
		    "\r\nContent-Length: " . length($body) . "\r\n\r\n$body");
	}
	close $out or croak "$name: $!";
	return $name;
}

# As many as a run takes, however fast the machine is: twice what a trial of a
# second took. Who calls it has nothing in the tables of deliveries.
sub enough ($self, $c, $endpoint, $seconds, $connections)
{
	return $self->deliveries($c, $endpoint, int(2 * $seconds *
		$self->rate($c, $endpoint, $connections)));
}

# How many a second are taken in now.
sub rate ($self, $c, $endpoint, $connections)
{
	my $run = Cal::Bench::Run->new(c => $c, seconds => 1,
		connections => $connections);
	for (my $times = 20_000; ; $times *= 2) {
		my $file = $self->deliveries($c, $endpoint, $times);
		my $got = eval { $run->wrk($file) };
		my $why = $@;
		unlink $file;
		$c->db->do('TRUNCATE deliveries_in, delivery_queue');
		return $got->{rate} if $got;
		croak $why if $why !~ /too few requests/;
	}
}

# Which body comes when, and whose it is: 7919 is prime, so nobody is left out.
sub _turn ($at, $users)
{
	my $turn = min($users, 1000);
	my ($block, $in) = (int($at / ($turn * 10)), $at % ($turn * 10));
	my $user = $block * $turn + $in % $turn;
	return ($user * 10 + int($in / $turn), $user * 7919 % $users);
}

# Requests of the host app, as often as it takes.
sub reads ($self, $c, $times, @path)
{
	my ($name, $out) = $self->_open;
	my $host = $c->url =~ s{^https://}{}r;
	for my $n (0 .. $times - 1) {
		_put($out, "GET $path[$n % @path] HTTP/1.1\r\nHost: $host\r\n" .
		    'Authorization: Bearer ' . $c->key . "\r\n\r\n");
	}
	close $out or croak "$name: $!";
	return $name;
}

# Of the bodies that deliveries() sends, one of median length.
sub median_body ($self)
{
	my @by_length = sort { length $a <=> length $b }
	    map { body($_, 1) } 0 .. 999;
	return $by_length[500];
}

1;
