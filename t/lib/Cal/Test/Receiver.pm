package Cal::Test::Receiver;

# Cal::Test::Receiver: a host app's server that events are pushed to, and that
# can misbehave.
#
#	my $r = Cal::Test::Receiver->new(test => $c)->start;
#	$r->says('/a' => { status => 500 });	# until it is said otherwise
#	my @push = $r->got('/a');	# { id, path, headers, body, json, at }
#	is $r->fault($secret, $push[0]), undef, 'rightly signed';
# What a path answers, 204 unless told: "status", "headers", "body"; "bytes": so
# many bytes of body; "delay": seconds before the answer; "share": only so many
# pushes of a hundred, chosen at random, fare so; "first": only the first tries
# of each event do, so many; "only": only events of these meetings (data.m) do.
# "way": "hang" never answers, "reset" resets the
# connection, "close" closes it unanswered, "cut" closes it within the body,
# "slow" sends a byte a second.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use Digest::SHA qw(hmac_sha256);
use IO::Socket::INET;
use MIME::Base64 qw(decode_base64 encode_base64);
use Mojo::File qw(path);
use Mojo::IOLoop;
use Mojo::JSON qw(decode_json encode_json);
use Mojo::Message::Request;
use Socket qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(sleep time);

use Cal::Test::Proc;

has 'test';
has 'proc';
has name => 'receiver';
has tls	 => 1;
has cert => sub ($self) { $self->test->stack->dir . '/tls/cert.pem' };
has key	 => sub ($self) { $self->test->stack->dir . '/tls/key.pem' };
has dir	 => sub ($self) { $self->test->stack->dir . '/' . $self->name };
has port => sub ($self) { $self->test->stack->hold_port($self->name) };
has ways => sub { {} };
has read => 0;			# bytes of the log that were read
has seen => sub { [] };

sub url ($self, $path = '/')
{
	return ($self->tls ? 'https' : 'http') . '://127.0.0.1:' . $self->port .
	    $path;
}

sub says ($self, $path, $way = undef)
{
	$self->ways->{$path} = $way;
	my $file = $self->dir . '/ways';
	path("$file.new")->spurt(encode_json($self->ways));
	rename "$file.new", $file or croak "rename: $!";
	return $self;
}

sub start ($self)
{
	path($self->dir)->make_path;
	$self->says('/');
	my $lib = __FILE__ =~ s{/Cal/Test/Receiver\.pm$}{}r;
	$self->proc(Cal::Test::Proc->new(name => $self->name,
		log => $self->dir . '/receiver.log', stop_signal => 'KILL',
		argv => [$^X, "-I$lib", '-MCal::Test::Receiver', '-e',
		    'Cal::Test::Receiver::serve(@ARGV)', $self->dir,
		    $self->port, $self->tls ? ($self->cert, $self->key) : ()]));
	return $self->resume;
}

# Starts it again after $r->proc->stop.
sub resume ($self)
{
	$self->proc->start;
	$self->test->wait_for(sub { IO::Socket::INET->new(
		PeerAddr => '127.0.0.1', PeerPort => $self->port,
		Timeout => 1) }, 'the receiver to listen');
	return $self;
}

# Returns the pushes that came to a path, in the order in which they came.
sub got ($self, $path = undef)
{
	if (open my $in, '<:raw', $self->dir . '/got') {
		seek $in, $self->read, 0;
		while (my $line = <$in>) {
			last if $line !~ /\n\z/;
			$self->read($self->read + length $line);
			push @{ $self->seen }, decode_json($line);
		}
	}
	return grep { !defined $path || $_->{path} eq $path } @{ $self->seen };
}

sub await ($self, $path, $n, $seconds = undef)
{
	$self->test->wait_for(sub { $self->got($path) >= $n },
		"$n pushes to $path", $seconds);
	return $self->got($path);
}

# Checks a push against https://www.standardwebhooks.com by hand; returns what
# is wrong.
sub fault ($self, $secret, $push, $now = time)
{
	my ($id, $at, $signed) = map { $push->{headers}{"webhook-$_"} }
	    qw(id timestamp signature);
	return 'a header is missing' if grep { !defined } $id, $at, $signed;
	return 'the id is not the event\'s' if $id ne $push->{json}{id};
	return "the time is $at" if $at !~ /^\d{10}$/ || abs($now - $at) > 300;
	my $key = decode_base64($secret =~ s/^whsec_//r);
	my $right = 'v1,' . encode_base64(hmac_sha256(
		"$id.$at." . decode_base64($push->{raw}), $key), '');
	return (grep { $_ eq $right } split / /, $signed) ? undef :
	    'no signature fits';
}

# --- the program itself, which runs until it is killed

my (%try, $dir, $log);

sub serve ($at, $port, $cert = undef, $key = undef)
{
	$dir = $at;
	open $log, '>>:raw', "$dir/got" or die "$dir/got: $!";
	$log->autoflush(1);
	local $SIG{PIPE} = 'IGNORE';	# pushers are killed while we answer
	Mojo::IOLoop->server({ address => '127.0.0.1', port => $port,
		backlog => 1024, ($cert ? (tls => 1, tls_cert => $cert,
		    tls_key => $key) : ()) }, sub ($, $stream, $id) {
		$stream->timeout(0);
		$stream->on(error => sub { });
		my $req = Mojo::Message::Request->new(max_message_size => 0);
		$stream->on(read => sub ($stream, $bytes) {
			$req->parse($bytes);
			return if !$req->is_finished;
			_answer($stream, $req);
			$req = Mojo::Message::Request->new(
				max_message_size => 0);
		});
	});
	Mojo::IOLoop->start;
	return;
}

sub _way ($path, $id, $json)
{
	my $way = decode_json(path("$dir/ways")->slurp)->{$path} // {};
	return {} if $way->{only} && !grep { $_ eq
	    ($json->{data}{m} // '') } @{ $way->{only} };
	return {} if defined $way->{share} && rand(100) >= $way->{share};
	return {} if defined $way->{first} &&
	    $try{$path}{$id}++ >= $way->{first};
	return $way;
}

sub _answer ($stream, $req)
{
	my ($path, $body) = ($req->url->path->to_string, $req->body);
	my $json = eval { decode_json($body) };
	my $way = _way($path, $req->headers->header('webhook-id') // '',
	    $json);
	print {$log} encode_json({ path => $path, at => time,
		id => $req->headers->header('webhook-id'),
		method => $req->method, raw => encode_base64($body, ''),
		json => $json, status => $way->{way} // $way->{status} // 204,
		headers => { map { (lc($_) => $req->headers->header($_)) }
		    @{ $req->headers->names } } }) . "\n";
	return Mojo::IOLoop->timer($way->{delay} =>
		sub { _reply($stream, $way) }) if $way->{delay};
	return _reply($stream, $way);
}

sub _reply ($stream, $way)
{
	my $how = $way->{way} // '';
	return if $how eq 'hang';
	if ($how eq 'reset') {
		setsockopt $stream->handle, SOL_SOCKET, SO_LINGER,
		    pack 'ii', 1, 0;
		my $socket = $stream->steal_handle;
		return $socket->can('stop_SSL') ? $socket->close(
			SSL_no_shutdown => 1) : close $socket;
	}
	return $stream->close if $how eq 'close';
	my $status = $way->{status} // 204;
	my $body = $way->{body} // 'x' x ($way->{bytes} // 0);
	my $length = $how eq 'cut' ? 1000 + length $body : length $body;
	my %header = ($status == 204 ? () : ('Content-Length' => $length),
		%{ $way->{headers} // {} });
	my $head = join "\r\n", "HTTP/1.1 $status X",
	    (map {"$_: $header{$_}"} sort keys %header), '', '';
	return $stream->write("$head$body", sub ($stream, @) {
		$stream->close_gracefully }) if $how eq 'cut';
	return _trickle($stream, "$head$body") if $how eq 'slow';
	return $stream->write("$head$body");
}

sub _trickle ($stream, $bytes)
{
	return if $bytes eq '' || !$stream->handle;
	$stream->write(substr $bytes, 0, 1);
	return Mojo::IOLoop->timer(1 => sub {
		_trickle($stream, substr $bytes, 1) });
}

1;
