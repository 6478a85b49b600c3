package Cal::Bench::Pool;

# Cal::Bench::Pool: requests for wrk.lua, in files on tmpfs: made before the
# clock starts, each different, rightly signed.
#
#	my $pool = Cal::Bench::Pool->new;
#	my $file = $pool->deliveries($c, \@endpoint, 50_000);
#	my $file = $pool->reads($c, @path);
#
# The same file may be sent again once what it stored is gone.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);

use Cal::Bench::Body qw(body);

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

# The n-th is body($n, ...), beginning at $first, sent by the user whose turn
# it is: of ten after another, all the same, because they belong together.
sub deliveries ($self, $c, $endpoint, $times, $first = 0)
{
	my ($name, $out) = $self->_open;
	my $host = $c->url =~ s{^https://}{}r;
	for my $n ($first .. $first + $times - 1) {
		my $who = ($n / 10) * 7919 % @$endpoint;
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
