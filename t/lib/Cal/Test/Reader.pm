package Cal::Test::Reader;

# Cal::Test::Reader: a host that reads its feed, whatever happens meanwhile: it
# keeps its cursor, and asks again when it gets no answer.
#
#	my $reader = Cal::Test::Reader->start($c, $key, \&note);
#	... break things ...
#	my @note = $reader->stop;		# of each event, in order
#	my @json = Cal::Test::Reader->read_all($c, $key);
# Of each event it keeps what the function makes of its JSON, a line of text,
# else the JSON itself. The JSON is not decoded, because there may be very many
# events.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use Mojo::File qw(path);
use POSIX ();
use Time::HiRes qw(sleep);

use constant PAUSE => 0.1;	# s, at the feed's head and after a failure

has dir => sub { tempdir('cal-read-XXXXXX', TMPDIR => 1, CLEANUP => 1) };
has 'pid';

sub start ($class, $c, $key, $note)
{
	my $self = $class->new;
	my ($dir, $owner) = ($self->dir, $$);
	my $pid = fork // croak "cannot fork: $!";
	return $self->pid($pid) if $pid;
	@SIG{qw(INT TERM HUP)} = ('DEFAULT') x 3;
	eval { _follow($c, $key, $note, $dir, $owner); 1 } or warn $@;
	POSIX::_exit(0);
}

sub _follow ($c, $key, $note, $dir, $owner)
{
	open my $out, '>:raw', "$dir/seen" or croak "$dir: $!";
	$out->autoflush(1);
	my ($http, $after) = (_http($c), '');
	while (getppid == $owner) {
		my $last = -e "$dir/stop";
		my ($page, $more) = _page($c, $http, $key, \$after);
		print {$out} map { $note->($_) . "\n" } @{ $page // [] };
		return if $page && !$more && $last;
		sleep PAUSE if !$more;
	}
}

sub _http ($c)
{
	return HTTP::Tiny->new(keep_alive => 1, timeout => 30,
		verify_SSL => 1, SSL_options => {
			SSL_ca_file => $c->stack->ca });
}

# Returns the events of a page and whether there are more, and moves the cursor;
# returns nothing if there was no good answer.
sub _page ($c, $http, $key, $after)
{
	my $res = $http->get($c->url('/v1/events?limit=1000' .
		($$after && "&after=$$after")),
		{ headers => { Authorization => "Bearer $key" } });
	return if $res->{status} != 200;
	my ($data, $next, $more) = $res->{content} =~
	    /\A\{"data":\[(.*)\],"next":"(\w+)","more":(true|false)\}\z/s
	    or croak 'no page of the feed: ' . substr $res->{content}, 0, 200;
	$$after = $next;
	my @event = split /,(?=\{"id":"[-0-9a-f]{36}","type":)/, $data;
	return (\@event, $more eq 'true');
}

# Reads to the present head of the feed and stops.
sub stop ($self)
{
	path($self->dir, 'stop')->spurt('');
	waitpid $self->pid, 0;
	return split /\n/, path($self->dir, 'seen')->slurp;
}

sub read_all ($class, $c, $key, $note = sub ($json) {$json})
{
	my ($http, $after, @all) = (_http($c), '');
	for (;;) {
		my ($page, $more) = _page($c, $http, $key, \$after);
		croak 'the feed gives no answer' if !$page;
		push @all, map { $note->($_) } @$page;
		return @all if !$more;
	}
}

1;
