# Deliveries over TLS go only to hosts whose name is in a certificate of --ca.

use v5.36;
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::SSL::Utils qw(CERT_create PEM_cert2file PEM_key2file);
use SandboxTest;
use Test::More;

my $dir = tempdir(CLEANUP => 1);

sub certificate ($name, %about) {
	my ($cert, $key) = CERT_create(%about);
	PEM_cert2file($cert, "$dir/$name.crt");
	PEM_key2file($key, "$dir/$name.key");
	return ($cert, $key);
}

sub receiver ($name) {
	my $app = Mojolicious->new(mode => 'production');
	$app->log->level('fatal');
	$app->routes->any('/*any')->to(cb => sub ($c) {
		$c->render(text => 'received');
	});
	my $daemon = Mojo::Server::Daemon->new(app => $app, silent => 1,
	    listen => ["https://127.0.0.1:0?cert=$dir/$name.crt"
	    . "&key=$dir/$name.key"])->start;
	return ($daemon, 'https://127.0.0.1:' . $daemon->ports->[0] . '/hook');
}

my %here = (subject => { commonName => 'receiver' },
    subjectAltNames => [[IP => '127.0.0.1']]);
my ($ca, $key) = certificate('ca', CA => 1,
    subject => { commonName => 'a test authority' });
my ($stranger, $stranger_key) = certificate('stranger', CA => 1,
    subject => { commonName => 'another authority' });
certificate('good', %here, issuer => [$ca, $key]);
certificate('foreign', %here, issuer => [$stranger, $stranger_key]);
certificate('misnamed', %here, issuer => [$ca, $key],
    subjectAltNames => [[IP => '127.0.0.2']]);
certificate('expired', %here, issuer => [$ca, $key],
    not_before => time - 200_000, not_after => time - 100_000);

my $s = SandboxTest->new(ca => "$dir/ca.crt");

for my $name (qw(good foreign misnamed expired)) {
	my ($daemon, $url) = receiver($name);
	my $pair = $s->connect('sam');
	$s->subscribe($pair, url => $url);
	my $sent = $s->control(book => { person => 'sam', wait => \1 })
	    ->{deliveries}[0];
	is $sent->{last_status}, $name eq 'good' ? 200 : undef,
	    "$name: " . ($sent->{last_error} // 'delivered');
	$s->control('reset');
}

done_testing;
