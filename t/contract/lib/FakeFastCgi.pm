# FakeFastCgi: the other end of nginx's fastcgi_pass, to see what nginx sends and to answer what a test wants.
#
#   my $peer = FakeFastCgi->new($socket_path, sub ($params, $body) { "Status: 200\r\n\r\nhello" });
#
# The answer is CGI: header lines, an empty line, a body; undef means never to answer. It runs in this process's
# Mojo::IOLoop. `seen` holds all requests, as [params, body].
package FakeFastCgi;
use Mojo::Base -base, -signatures;

use Mojo::IOLoop;

use constant {FCGI_END => 3, FCGI_PARAMS => 4, FCGI_STDIN => 5, FCGI_STDOUT => 6};

has [qw(path answer id)];
has seen => sub { [] };

sub new ($class, $path, $answer) {
	my $self = $class->SUPER::new(path => $path, answer => $answer);
	return $self->open;
}

sub open ($self) {
	unlink $self->path;
	$self->id(Mojo::IOLoop->server({path => $self->path} => sub ($loop, $stream, $id) {
		my $request = {in => '', params => '', body => ''};
		$stream->on(read => sub ($stream, $bytes) {
			$request->{in} .= $bytes;
			$self->_records($stream, $request);
		});
	}));
	return $self;
}

sub close ($self) {
	Mojo::IOLoop->remove($self->id);
	unlink $self->path;
	return $self;
}

sub _records ($self, $stream, $request) {
	while (length $request->{in} >= 8) {
		my (undef, $type, undef, $length, $padding) = unpack 'CCnnC', $request->{in};
		return if length $request->{in} < 8 + $length + $padding;
		my $content = substr substr($request->{in}, 0, 8 + $length + $padding, ''), 8, $length;
		$request->{params} .= $content if $type == FCGI_PARAMS;
		$request->{body}   .= $content if $type == FCGI_STDIN;
		$self->_request($stream, $request) if $type == FCGI_STDIN && $length == 0;
	}
}

sub _request ($self, $stream, $request) {
	my $params = _pairs($request->{params});
	push @{$self->seen}, [$params, $request->{body}];
	my $reply = $self->answer->($params, $request->{body}) // return;
	my $out = join '', map { _record(FCGI_STDOUT, $_) } unpack('(a65528)*', $reply), '';
	$stream->write($out . _record(FCGI_END, "\0" x 8) => sub { $stream->close_gracefully });
}

sub _record ($type, $content) {
	return pack('CCnnCC', 1, $type, 1, length $content, 0, 0) . $content;
}

sub _pairs ($bytes) {
	my %pairs;
	while (length $bytes) {
		my @length = map { _length(\$bytes) } 1, 2;
		my $name = substr $bytes, 0, $length[0], '';
		$pairs{$name} = substr $bytes, 0, $length[1], '';
	}
	return \%pairs;
}

sub _length ($bytes) {
	return ord substr $$bytes, 0, 1, '' if ord $$bytes < 128;
	return unpack('N', substr $$bytes, 0, 4, '') & 0x7fffffff;
}

1;
