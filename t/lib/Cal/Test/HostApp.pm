package Cal::Test::HostApp;

# Cal::Test::HostApp: the host application that t/browser/host-app is, at
# http://localhost:PORT, which the tenant allows.

use Mojo::Base -base, -signatures;

use Cal::Test::Proc;
use Cal::Test::Stack;

has [qw(proc url)];

sub start ($class, $c)
{
	my $port = $c->stack->hold_port('app');
	my $url = "http://localhost:$port";
	my $proc = Cal::Test::Proc->new(name => 'host-app',
		argv => [$^X, "$Cal::Test::Stack::TOP/t/browser/host-app",
		    $port],
		log => $c->stack->dir . '/host-app.log')->start;
	$c->wait_for(sub { !$c->agent->get("$url/")->error }, 'the host app');
	$c->stack->ctl_must(qw(tenant set), $c->tenant, '--origin', $url);
	return $class->new(proc => $proc, url => $url);
}

1;
