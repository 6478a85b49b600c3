package Cal::Test::Wire;

# Cal::Test::Wire: stands between calendlyd and PostgreSQL, and sometimes takes
# an answer away: what was asked is done, but calendlyd does not get the answer.
#
#	my $wire = Cal::Test::Wire->new(dir => $run, to => $socket_dir)->start;
#	$wire->lose('audit_add');	# the COMMIT after this statement
#	$wire->lose('after push_take');	# a statement outside of a transaction
#	$wire->lose('before push_take');	# its question: it is not done
#	...
#	ok $wire->lost, 'the answer is lost';

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use IO::Select;
use IO::Socket::UNIX;
use POSIX ();

has [qw(dir to pid)];

my $SOCKET = '.s.PGSQL.5432';

sub start ($self)
{
	my $listen = IO::Socket::UNIX->new(Listen => 64,
		Local => "$self->{dir}/$SOCKET") or croak "listen: $!";
	my $pid = fork // die "cannot fork: $!";
	if ($pid == 0) {
		@SIG{qw(INT TERM HUP CHLD)} = (('DEFAULT') x 3, 'IGNORE');
		$self->_serve($listen);
	}
	return $self->pid($pid);
}

sub lose ($self, $statement)
{
	open my $f, '>', $self->_wish or croak $self->_wish . ": $!";
	print {$f} $statement;
	close $f;
	return $self;
}

sub lost ($self)  { return !-e $self->_wish }
sub _wish ($self) { return "$self->{dir}/lose" }

sub _serve ($self, $listen)
{
	for (;;) {
		my $client = $listen->accept or next;
		next if fork // die "cannot fork: $!";
		my $server = IO::Socket::UNIX->new(
			Peer => "$self->{to}/$SOCKET");
		$self->_carry($client, $server) if $server;
		POSIX::_exit(0);
	}
}

# Runs until one side ends, or until an answer is to be lost.
sub _carry ($self, $client, $server)
{
	my $both = IO::Select->new($client, $server);
	my ($said, $losing) = ('', 0);
	for (;;) {
		for my $from ($both->can_read) {
			return if !sysread $from, my $bytes, 65536;
			if ($from == $client) {
				$losing ||= $self->_wanted_alone($bytes);
				return if $losing eq 'before';
				$said = substr($said . $bytes, -65536);
				$losing ||= $self->_wanted(\$said);
			} elsif ($losing) {
				return if $bytes =~ /Z\x00{3}\x05.\z/s;
				next;
			}
			syswrite $from == $client ? $server : $client, $bytes;
		}
	}
}

# Returns "before" or "after" if this begins to execute a prepared statement
# whose question or answer is to be lost.
sub _wanted_alone ($self, $bytes)
{
	open my $f, '<', $self->_wish or return 0;
	my ($when, $name) = split / /, <$f> // '';
	return 0 if !defined $name || $bytes !~ /\AB....\0\Q$name\E\0/s;
	return unlink($self->_wish) ? $when : 0;
}

# Returns whether this is a COMMIT of a transaction that has the statement.
sub _wanted ($self, $said)
{
	return 0 if $$said !~ /COMMIT\0\z/;
	my ($last) = $$said =~ /(?:.*BEGIN\0)?(.*)\z/s;
	$$said = '';
	open my $f, '<', $self->_wish or return 0;
	my $statement = <$f>;
	return $last =~ /\Q$statement\E/ && unlink $self->_wish;
}

sub DESTROY ($self)
{
	kill TERM => $self->pid if $self->pid;
	return;
}

1;
