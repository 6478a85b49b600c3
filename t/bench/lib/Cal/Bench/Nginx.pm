package Cal::Bench::Nginx;

# Cal::Bench::Nginx: another nginx with the shipped configuration, but for where
# it passes webhooks to.
#
#	my $nginx = Cal::Bench::Nginx->start($c, 'peer',
#	    'proxy_pass http://peer;', 'upstream peer { ... }');
#	Cal::Bench::Run->new(...)->wrk($file, url => $nginx->url);
#	$nginx->proc->stop;

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use IO::Socket::INET;
use Mojo::File qw(path);

use Cal::Test::Proc;

has [qw(proc port)];

# "instead" takes the place of the directive that passes webhooks on; "before"
# stands before all servers.
sub start ($class, $c, $name, $instead, $before = '')
{
	my $stack = $c->stack;
	my $from = $stack->dir . '/nginx';
	my $to = "$from-$name";
	$stack->hold_port("${name}_$_") for qw(http https);
	path($to, 'tmp')->make_path;
	path($from)->list_tree->grep(qr/\.conf$/)->each(sub ($conf, $) {
		my $text = $conf->slurp;
		$text =~ s/\Q$from\E/$to/g;
		$text =~ s/:$stack->{port}{$_}\b/:$stack->{port}{"${name}_$_"}/g
		    for qw(http https);
		if ($conf->basename =~ /^site/) {
			$text =~ s/fastcgi_pass calendlyd_ingest;/$instead/
			    or croak "$conf: webhooks are not passed on";
			$text = "$before\n$text";
		}
		path($to, $conf->basename)->spurt($text);
	});
	my $port = $stack->{port}{"${name}_https"};
	my $self = $class->new(port => $port, proc => Cal::Test::Proc->new(
		name => "nginx for $name", log => "$to/output.log",
		argv => ['nginx', '-p', $to, '-c', "$to/nginx.conf",
		    '-e', "$to/error.log"])->start);
	$c->wait_for(sub { IO::Socket::INET->new(Timeout => 1,
		PeerAddr => "127.0.0.1:$port") }, "nginx for $name to listen");
	return $self;
}

sub url ($self) { return 'https://127.0.0.1:' . $self->port }

1;
