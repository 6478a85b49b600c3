package Cal::Test::DemoApp;

# Cal::Test::DemoApp: the demo's host application, deploy/hostapp, at
# http://127.0.0.1:PORT. With a true second argument it asks for pushes, which
# CALENDLYD_DELIVER_ALLOW must let reach it.

use Mojo::Base -base, -signatures;

use Cal::Test::Proc;
use Cal::Test::Stack;
use Mojo::File qw(path);

has [qw(proc url)];

sub start ($class, $c, $push = 0)
{
	my $dir = $c->stack->dir;
	my $url = 'http://127.0.0.1:' . $c->stack->hold_port('demo');
	path("$dir/api-key")->spurt($c->key);
	my $proc = Cal::Test::Proc->new(name => 'hostapp', argv => [$^X,
		"$Cal::Test::Stack::TOP/deploy/hostapp/hostapp",
		'--listen', $url, '--api', $c->url, '--ca', $c->stack->ca,
		'--api-key-file', "$dir/api-key", '--sandbox',
		$c->stack->sandbox_url, $push ? ('--push-to', $url) : ()], log => "$dir/hostapp.log")->start;
	$c->wait_for(sub { !$c->agent->get("$url/")->error }, 'the app');
	return $class->new(proc => $proc, url => $url);
}

1;
