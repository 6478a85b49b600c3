package Cal::Test::Sink;

# Cal::Test::Sink: a receiver for more pushes than Cal::Test::Receiver can take:
# an nginx, over TLS. Every push is answered 204, and those to paths that begin
# with
#	/timed	are written down;
#	/flaky	are written down, and answered 500, 429 or 410 at random, until
#		the sink is well.
#
#	my $s = Cal::Test::Sink->start($c);
#	$p->destination($s->url('/timed/1'));
#	$s->arrived(sub ($at, $path, $status, $id) { ... });
# arrived() goes on where it ended before. "at" is when the answer was sent, in
# seconds of the Unix epoch; pushes come in the order in which they were
# answered.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use IO::Socket::INET;
use Mojo::File qw(path);

use Cal::Test::Proc;

has [qw(test name port proc)];
has dir	 => sub ($self) { $self->test->stack->dir . '/' . $self->name };
has read => 0;			# bytes of the log that were read

sub start ($class, $c, $name = 'sink', $port = $c->stack->hold_port($name))
{
	my $self = $class->new(test => $c, name => $name, port => $port);
	my $dir = $self->dir;
	path("$dir/tmp")->make_path;
	path("$dir/nginx.conf")->spurt($self->_configuration);
	$self->proc(Cal::Test::Proc->new(name => $name,
		log => "$dir/output.log", argv => ['nginx', '-p', $dir,
		    '-c', "$dir/nginx.conf", '-e', "$dir/error.log"])->start);
	$c->wait_for(sub { IO::Socket::INET->new(Timeout => 1,
		PeerAddr => "127.0.0.1:$port") }, "$name to listen");
	return $self;
}

# One worker, so that the log has the order of the answers.
sub _configuration ($self)
{
	my ($dir, $port) = ($self->dir, $self->port);
	my $tls = $self->test->stack->dir . '/tls';
	# A worker of root's looks for a file; as "nobody" it might not see it.
	my $user = $> == 0 ? 'user root;' : '';
	my $temp = join '', map {"${_}_temp_path $dir/tmp/$_;\n"}
	    qw(client_body proxy fastcgi uwsgi scgi);
	return <<~"END";
		$user
		daemon off;
		worker_processes 1;
		pid $dir/pid;
		error_log $dir/error.log;
		events { worker_connections 4096; }
		http {
		log_format push '\$msec \$uri \$status \$http_webhook_id';
		access_log off;
		$temp
		keepalive_requests 100000000;
		client_max_body_size 2m;
		split_clients "\$request_id" \$fate {
			30% 500; 25% 429; 0.5% 410; * 204;
		}
		server {
		listen 127.0.0.1:$port ssl backlog=1024;
		ssl_certificate $tls/cert.pem;
		ssl_certificate_key $tls/key.pem;
		location / { return 204; }
		location /timed { access_log $dir/arrived push; return 204; }
		location /flaky {
			access_log $dir/arrived push;
			if (-f $dir/well) { return 204; }
			if (\$fate = 500) { return 500; }
			if (\$fate = 410) { return 410; }
			if (\$fate = 429) {
				add_header Retry-After 1 always;
				return 429;
			}
			return 204;
		}
		}
		}
		END
}

sub url ($self, $path = '/')
{
	return 'https://127.0.0.1:' . $self->port . $path;
}

sub get_well ($self)
{
	path($self->dir . '/well')->spurt('');
	return $self;
}

sub arrived ($self, $do)
{
	open my $in, '<', $self->dir . '/arrived' or return $self;
	seek $in, $self->read, 0;
	while (my $line = <$in>) {
		last if chomp($line) == 0;
		$self->read($self->read + 1 + length $line);
		$do->(split / /, $line);
	}
	return $self;
}

1;
