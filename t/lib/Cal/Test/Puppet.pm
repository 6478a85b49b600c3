package Cal::Test::Puppet;

# Cal::Test::Puppet: a server on loopback that answers as it is told, and keeps
# what it was asked.
#
#	my $p = Cal::Test::Puppet->new->start;	# answers 200 and "{}"
#	$p->always({ status => 204 });
#	$p->next({ status => 503, headers => { 'Retry-After' => 1 } }, ...);
#	$p->asked		# [{ line, headers, body }, ...]
# An answer may have: status, headers, body; "fill", the size of a long body in
# its place; "half", a number of bytes after
# which the connection is cut; "hang", which keeps it open without an answer.
# While it is stopped, its port refuses connections and nobody else gets it.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use MIME::Base64 qw(decode_base64 encode_base64);
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json encode_json);
use POSIX ();

has dir => sub { path(tempdir('cal-puppet-XXXXXX', TMPDIR => 1,
	CLEANUP => 1)) };
has [qw(pid tls)];		# "tls": the directory of a certificate
has told => 0;
# This socket is bound but does not listen, so that the port stays ours.
has held => sub {
	IO::Socket::INET->new(LocalAddr => '127.0.0.1', ReuseAddr => 1,
		Proto => 'tcp') // croak "no free port: $!"
};

sub port ($self) { return $self->held->sockport }

sub url ($self, $path = '')
{
	return ($self->tls ? 'https' : 'http') . '://127.0.0.1:' .
	    $self->port . $path;
}

sub start ($self)
{
	my $port = $self->port;
	my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
		LocalPort => $port, Listen => 64, ReuseAddr => 1,
		Proto => 'tcp') // croak "port $port: $!";
	$self->always({ body => '{}' }) if !-e $self->dir->child('always');
	my $owner = $$;
	$self->pid(fork // croak "cannot fork: $!");
	return $self if $self->pid;
	@SIG{qw(INT TERM HUP PIPE)} = (('DEFAULT') x 3, 'IGNORE');
	my @hanging;
	while (getppid == $owner) {
		my $ready = '';
		vec($ready, $listen->fileno, 1) = 1;
		select($ready, undef, undef, 0.2) > 0 or next;
		my $client = $listen->accept or next;
		eval { push @hanging, $self->_serve($client); 1 } or warn $@;
	}
	POSIX::_exit(0);
}

sub stop ($self)
{
	my $pid = $self->pid or return $self;
	kill KILL => $pid;
	waitpid $pid, 0;
	return $self->pid(undef);
}

sub always ($self, $answer)
{
	$self->dir->child('new')->spurt(encode_json($answer))
	    ->move_to($self->dir->child('always'));
	return $self;
}

sub next ($self, @answer)
{
	for my $answer (@answer) {
		my $n = $self->told($self->told + 1)->told;
		$self->dir->child('new')->spurt(encode_json($answer))
		    ->move_to($self->dir->child(sprintf 'next.%06d', $n));
	}
	return $self;
}

# Whether all that was told by next() has been answered.
sub done ($self) { return !$self->_queue }

sub asked ($self)
{
	my $book = $self->dir->child('asked');
	return [] if !-e $book;
	my @asked = map { decode_json($_) } $book->slurp =~ /^(.*)\n/mg;
	$_->{body} = decode_base64($_->{body}) for @asked;
	return \@asked;
}

sub _queue ($self)
{
	return sort map {"$_"} $self->dir->list->grep(qr/next\.\d+$/)->each;
}

sub _answer_now ($self)
{
	my ($next) = $self->_queue;
	my $answer = decode_json(path($next // $self->dir->child('always'))
	    ->slurp);
	unlink $next if defined $next;
	return $answer;
}

sub _secured ($self, $client)
{
	my $tls = $self->tls or return $client;
	require IO::Socket::SSL;
	return IO::Socket::SSL->start_SSL($client, SSL_server => 1,
		SSL_cert_file => "$tls/cert.pem", SSL_key_file =>
		"$tls/key.pem");
}

# Returns the connection if it is to be kept open.
sub _serve ($self, $client)
{
	$client = $self->_secured($client) or return;
	my ($head, $body) = ('', '');
	$head .= <$client> // return until $head =~ /\r?\n\r?\n\z/;
	my ($n) = $head =~ /^content-length:\s*(\d+)/mi;
	read $client, $body, $n if $n;
	my ($line) = $head =~ /\A(.*?)\r?\n/;
	my %header = map { /^([\w-]+):\s*(.*?)\r?$/ ? (lc $1 => $2) : () }
	    split /\n/, $head;
	my $answer = $self->_answer_now;
	open my $book, '>>', $self->dir->child('asked') or croak $!;
	print {$book} encode_json({ line => $line, headers => \%header,
		body => encode_base64($body, '') }), "\n";
	close $book;
	return $client if $answer->{hang};
	print {$client} _text($answer);
	close $client;
	return;
}

sub _text ($answer)
{
	my $body = $answer->{body} // 'y' x ($answer->{fill} // 0);
	my %header = ('Content-Type' => 'application/json',
		%{ $answer->{headers} // {} }, Connection => 'close',
		'Content-Length' => length $body);
	my $text = join '', "HTTP/1.1 " . ($answer->{status} // 200) .
	    " Told\r\n", map({ "$_: $header{$_}\r\n" } sort keys %header),
	    "\r\n", $body;
	return defined $answer->{half} ? substr $text, 0, $answer->{half}
	    : $text;
}

sub DESTROY ($self)
{
	kill KILL => $self->pid if $self->pid;
	return;
}

1;
