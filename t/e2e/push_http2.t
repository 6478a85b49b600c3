# Pushes go by HTTP/2 where the receiver offers it. A push that failed is tried
# again by HTTP/1.1, because some servers answer too soon for HTTP/2.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Proc;
use Cal::Test::Pushes;
use IO::Socket::INET;
use Mojo::File qw(path);

my $p = Cal::Test::Pushes->start;
my $c = $p->c;
my $dir = path($c->stack->dir, 'receiver-nginx')->make_path;
my $port = $c->stack->hold_port('http2');
my $tls = $c->stack->dir . '/tls';
my @temp = map {"${_}_temp_path $dir/$_;"}
    qw(client_body proxy fastcgi uwsgi scgi);
$dir->child('nginx.conf')->spurt(<<~"CONF");
	daemon off;
	pid $dir/pid;
	events { }
	http {
		@temp
		log_format said '\$http_webhook_id \$server_protocol';
		access_log $dir/said said;
		server {
			listen 127.0.0.1:$port ssl http2;
			ssl_certificate $tls/cert.pem;
			ssl_certificate_key $tls/key.pem;
			location / { return 204; }
			location /bad { return 500; }
		}
	}
	CONF
my $nginx = Cal::Test::Proc->new(name => 'receiver', log => "$dir/log",
	argv => ['nginx', '-c', "$dir/nginx.conf", '-e', "$dir/error.log"])
    ->start;
$c->wait_for(sub { IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") },
	'the receiver to listen');

sub said { return grep {length} split /\n/, path("$dir/said")->slurp }

subtest 'a push that fails' => sub {
	my $d = $p->destination("https://127.0.0.1:$port/bad",
		user_id => 'bad');
	$p->add(1, user => 'bad')->failed($d);
	$c->wait_for(sub { $p->hurry($d); said() > 1 }, 'another try');
	my @said = said();
	like $said[0], qr{ HTTP/2\.0$}, 'went by HTTP/2';
	like $said[1], qr{ HTTP/1\.1$}, 'and then by HTTP/1.1';
	$p->change($d, state => 'paused');
};

subtest 'many pushes' => sub {
	my $d = $p->destination("https://127.0.0.1:$port/", user_id => 'good');
	$p->add(500, user => 'good');
	$c->wait_for(sub { $p->hurry($d); eval { $p->drained($d, 1) } },
		'all to be pushed', 60);
	is scalar(grep { $_->{status} ne 'delivered' } $p->pushes($d)), 0,
	    'arrive';
};

$nginx->stop;
done_testing;
