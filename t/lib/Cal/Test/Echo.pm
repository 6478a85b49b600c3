package Cal::Test::Echo;

# Cal::Test::Echo: a Calendly that repeats everything that it was told.
#
#	my $echo = Cal::Test::Echo->new->start;
#	... CALENDLY_API_URL => $echo->url, CALENDLY_AUTH_URL => $echo->url ...
#	$echo->upstream($c->stack->sandbox_url);
#	$echo->fail(qr{/oauth/revoke}, 500);
# A call that "fail" matches ("POST /oauth/token") gets that status. The answer
# repeats the request in every form that a server might use: as it is, in JSON,
# URL-encoded, in Base64 at all three alignments; for a GET it also has what the
# right answer would have been. All other calls go on to the sandbox. "heard"
# has everything that was ever asked.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use IO::Socket::INET;
use MIME::Base64 qw(encode_base64);
use Mojo::File qw(path);
use Mojo::JSON qw(encode_json);
use Mojo::Util qw(url_escape);
use POSIX ();

has dir => sub { path(tempdir('cal-echo-XXXXXX', TMPDIR => 1, CLEANUP => 1)) };
has [qw(socket pid)];

sub start ($self)
{
	$self->socket(IO::Socket::INET->new(LocalAddr => '127.0.0.1',
		Listen => 64, Proto => 'tcp') // croak "no socket: $!");
	$self->fail(qr/(?!)/, 500);
	my $owner = $$;
	$self->pid(fork // croak "cannot fork: $!");
	return $self if $self->pid;
	@SIG{qw(INT TERM HUP PIPE)} = (('DEFAULT') x 3, 'IGNORE');
	while (getppid == $owner) {
		my $ready = '';
		vec($ready, $self->socket->fileno, 1) = 1;
		select($ready, undef, undef, 0.2) > 0 or next;
		my $client = $self->socket->accept or next;
		eval { $self->_serve($client); 1 } or warn $@;
	}
	POSIX::_exit(0);
}

sub url ($self) { return 'http://127.0.0.1:' . $self->socket->sockport }

sub upstream ($self, $url)
{
	$self->dir->child('upstream')->spurt($url);
	return $self;
}

sub fail ($self, $what, $status)
{
	$self->dir->child('new')->spurt("$status $what")
	    ->move_to($self->dir->child('fail'));
	return $self;
}

sub heard ($self) { return eval { $self->dir->child('heard')->slurp } // '' }

sub _serve ($self, $client)
{
	my ($head, $body) = ('', '');
	$head .= <$client> // return until $head =~ /\r?\n\r?\n\z/;
	my ($n) = $head =~ /^content-length:\s*(\d+)/mi;
	read $client, $body, $n if $n;
	open my $book, '>>', $self->dir->child('heard') or croak $!;
	print {$book} "$head$body\n";
	close $book;
	my ($status, $what) = split / /, $self->dir->child('fail')->slurp, 2;
	my ($line) = $head =~ /\A(\S+ \S+)/;
	my $answer = $line =~ $what ? undef : $self->_pass_on($head, $body);
	$answer //= [$status, {}, _echo("$head$body", $line =~ /^GET/
		? $self->_pass_on($head, $body)->[2] : '')];
	_answer($client, @$answer);
	return;
}

sub _echo ($text, $right)
{
	my @form = ($text, url_escape($text),
		map { encode_base64('x' x $_ . $text, '') } 0 .. 2);
	return encode_json({ error => 'server_error', message => 'You said',
		right => $right, details => \@form,
		json => encode_json([$text, $right]) });
}

sub _pass_on ($self, $head, $body)
{
	my ($method, $target) = $head =~ /\A(\S+) (\S+)/;
	my %header = map { /^([\w-]+):\s*(.*?)\r?$/ ? (lc $1 => $2) : () }
	    split /\n/, $head;
	delete @header{qw(host connection content-length)};
	my $r = HTTP::Tiny->new(max_redirect => 0, timeout => 20)->request(
		$method, $self->dir->child('upstream')->slurp . $target,
		{ headers => \%header, content => $body });
	return [@$r{qw(status headers content)}];
}

sub _answer ($client, $status, $header, $body)
{
	$body //= '';
	my %header = ('content-type' => 'application/json', %$header,
		connection => 'close', 'content-length' => length $body);
	delete $header{'transfer-encoding'};
	print {$client} "HTTP/1.1 $status Said\r\n", map({ my $name = $_;
		map { "$name: $_\r\n" } ref $header{$name}
		    ? @{ $header{$name} } : $header{$name} } sort keys %header),
	    "\r\n", $body;
	close $client;
	return;
}

sub DESTROY ($self)
{
	kill KILL => $self->pid if $self->pid;
	return;
}

1;
