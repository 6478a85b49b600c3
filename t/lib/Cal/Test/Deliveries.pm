package Cal::Test::Deliveries;

# Cal::Test::Deliveries: Calendly under load: several clients send distinct,
# rightly signed deliveries, and count what became of each.
#
#	my $load = Cal::Test::Deliveries->start($c, $c->endpoint('u1'));
#	... break things ...
#	my $count = $load->stop;		# { 200 => 311, 503 => 12 }
#	my @uri = $load->sent(200);		# invitees, by their URIs
#	$load->again($c, $_) for $load->unacknowledged;
#	my @wrong = $load->not_once($c);	# in the feed, that is
# Each delivery is sent once; status 0 stands for "no answer".

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use Mojo::File qw(path);
use Mojo::IOLoop;
use Mojo::JSON qw(decode_json);
use Mojo::UserAgent;
use POSIX ();
use Time::HiRes qw(sleep);

use Cal::Test::Body qw(delivery invitee_uri uuid);

use constant REFUSED => 0.02;	# s

has dir	  => sub { tempdir('cal-sent-XXXXXX', TMPDIR => 1, CLEANUP => 1) };
has pids  => sub { [] };
has run	  => 0;
has 'url';

my $runs = 0;

# clients => how many; times => how many deliveries each (0: until stop); pause =>
# seconds between two deliveries of a client. A client that is refused waits a
# little, as Calendly would, instead of using up the processor that the tested
# programs need.
sub start ($class, $c, $url, %arg)
{
	my $self = $class->new(url => $url, run => 1000 * ++$runs);
	my ($dir, $owner) = ($self->dir, $$);
	for my $i (1 .. $arg{clients} // 3) {
		my $pid = fork // croak "cannot fork: $!";
		push @{ $self->pids }, $pid;
		next if $pid;
		eval { $self->_client($c, $dir, $i, $owner, %arg); 1 }
		    or warn $@;
		POSIX::_exit(0);
	}
	return $self;
}

sub _client ($self, $c, $dir, $i, $owner, %arg)
{
	my ($times, $pause) = @arg{qw(times pause)};
	@SIG{qw(INT TERM HUP)} = ('DEFAULT') x 3;
	Mojo::IOLoop->reset;
	my $ua = Mojo::UserAgent->new(connect_timeout => 10,
		inactivity_timeout => 30)->ca($c->stack->ca);
	open my $out, '>>', "$dir/$i.sent" or croak "$dir: $!";
	$out->autoflush(1);
	for (my $n = 1; !$times || $n <= $times; $n++) {
		last if -e "$dir/stop" || getppid != $owner;
		my $uri = invitee_uri(uuid($self->run + $i, $n));
		my $code = _send($ua, $c, $self->url, $uri);
		print {$out} "$code $uri\n";
		sleep $pause // ($code == 200 ? 0 : REFUSED);
	}
	return;
}

sub _send ($ua, $c, $url, $uri)
{
	my $body = delivery('invitee.created', uri => $uri);
	my $tx = $ua->post($url, { 'Calendly-Webhook-Signature' =>
		$c->sign($body) }, $body);
	return $tx->res->code // 0;
}

sub again ($self, $c, $uri) { return _send($c->agent, $c, $self->url, $uri) }

sub stop ($self)
{
	path($self->dir, 'stop')->spurt('');
	return $self->wait_end;
}

sub wait_end ($self)
{
	waitpid $_, 0 for splice @{ $self->pids };
	return $self->count;
}

# Returns how many deliveries had each status so far.
sub count ($self)
{
	my %count;
	$count{ $_->[0] }++ for $self->_all;
	return \%count;
}

sub _all ($self)
{
	return map { [split / /] } map { path($_)->slurp =~ /^(.+)\n/mg }
	    glob $self->dir . '/*.sent';
}

# Returns how many had this status so far; without a status, how many were sent.
sub done ($self, $status = '')
{
	my $done = 0;
	for my $file (glob $self->dir . '/*.sent') {
		my $text = path($file)->slurp;
		$done += () = $text =~ /^$status.*\n/mg;
	}
	return $done;
}

# Returns how many each client has sent.
sub done_each ($self)
{
	return map {
		my $file = path($self->dir, "$_.sent");
		scalar(() = (-e $file ? $file->slurp : '') =~ /\n/g)
	} 1 .. @{ $self->pids };
}

sub sent ($self, $status)
{
	return map { $_->[1] } grep { $_->[0] == $status } $self->_all;
}

sub unacknowledged ($self)
{
	return map { $_->[1] } grep { $_->[0] != 200 } $self->_all;
}

# Returns what was sent and is not in the feed exactly once, when nothing is
# left to do. ($c->events is not used: its checks are too slow for so many.)
sub not_once ($self, $c)
{
	my @sent = map { $_->[1] } $self->_all;
	my (%seen, $after);
	$c->wait_for_all(sub {
		$after = _read($c, $after, \%seen);
		scalar grep { $seen{$_} } @sent
	}, scalar @sent, 'to be in the feed');
	$c->wait_for(sub { !$c->db->selectrow_array('SELECT count(*) FROM' .
		' (SELECT FROM delivery_queue' .
		' UNION ALL SELECT FROM event_queue) waiting')
	}, 'nothing to be left to do');
	_read($c, $after, \%seen);
	return grep { $seen{$_} != 1 } @sent;
}

sub _read ($c, $after, $seen)
{
	for (;;) {
		my $res = $c->agent->get($c->url('/v1/events?limit=1000' .
			($after ? "&after=$after" : '')),
			{ Authorization => 'Bearer ' . $c->key })->res;
		croak 'the feed: ' . $res->code . $res->body
		    if $res->code != 200;
		my $page = decode_json($res->body);
		$seen->{ $_->{data}{uri} // '' }++ for @{ $page->{data} };
		$after = $page->{next};
		return $after if !$page->{more};
	}
}

1;
