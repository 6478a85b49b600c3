package Cal::Test::Storm;

# Cal::Test::Storm: a few users, some of whom share an account, and thousands of
# random acts and faults. Then the storm ends, more than a day passes, and what
# was promised about subscriptions must be true (Cal::Test::Storm::Judge).
#
#	my $storm = Cal::Test::Storm->begin(seed => 7);
#	$storm->rage(3000)->calm;
#	is_deeply [$storm->broken], [], 'every promise is kept';
#	diag $storm->story;		# after a failure
#
# The seed decides which acts are done; the machine decides when exactly a process
# is killed, and in what order two acts take effect.

use Mojo::Base -base, -signatures;

use Cal::Test::Age;
use Cal::Test::Books;
use Cal::Test::Storm::Acts qw(acts);
use Cal::Test::Storm::Judge;
use Cal::Test::Storm::Weather;
use Cal::Test::User;
use Digest::SHA qw(sha256_hex);
use Mojo::File qw(path);
use Mojo::JSON qw(encode_json);

use constant {
	USERS	=> 6,
	PERSONS => 5,
	TOLD	=> 40,		# acts that a story ends with
	DAYS	=> 4,		# of calm, at most
};

has [qw(c seed)];
has age	    => sub ($self) { Cal::Test::Age->new(c => $self->c) };
has books   => sub ($self) { Cal::Test::Books->new(test => $self->c) };
has weather => sub ($self) {
	Cal::Test::Storm::Weather->new(c => $self->c,
	    without => $self->without) };
has judge   => sub ($self) {
	Cal::Test::Storm::Judge->new(storm => $self) };
has [qw(users persons)];
has [qw(invitees trace without)] => sub { [] };
has [qw(owner let_go erased foreign behind restored
    learned finder unreachable served)] => sub { {} };
has [qw(number hours)] => 0;
has going => undef;		# who is being let go of: [from, to]
# Writes every act, with Calendly's time, to a file beside the logs.
has book => sub ($self) {
	open my $book, '>', $self->c->stack->dir . '/storm.log' or die $!;
	$book->autoflush(1);
	return $book;
};

# Starts the programs of a storm, with everybody connected.
sub begin ($class, %arg)
{
	srand $arg{seed};
	my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2,
		CALENDLYD_APP_WORKERS => 4, CALENDLYD_LOG_LEVEL => 'info' });
	my $self = $class->new(%arg, c => $c);
	$self->books->unlimited(PERSONS);
	$self->persons([map {"p$_"} 1 .. PERSONS]);
	# The first two users share an account.
	$self->users([map { Cal::Test::User->new(c => $c, user => "u$_",
		person => 'p' . ($_ > 1 ? $_ - 1 : 1)) } 1 .. USERS]);
	$_->connect for @{ $self->users };
	return $self->note_owners;
}

# Does acts at random, by their weight, and writes each down.
sub rage ($self, $acts)
{
	my @table = acts(@{ $self->without });
	my $sum = 0;
	$sum += $_->[0] for @table;
	for my $n (1 .. $acts) {
		# Each act has its own seed, so that its use of random numbers
		# changes no other act. The seed is a hash, because neighbouring
		# seeds would begin alike.
		srand hex substr sha256_hex("$self->{seed} $n"), 0, 8;
		my ($dice, $act) = (rand $sum);
		for my $row (@table) {
			$act = $row;
			last if ($dice -= $row->[0]) < 0;
		}
		$self->act($n, @$act[1, 2]);
	}
	return $self;
}

sub act ($self, $n, $name, $do)
{
	my $said = eval { $do->($self) } // "no: $@" =~ s/\n.*//sr;
	push @{ $self->trace }, "$n $name: $said";
	my $now = $self->now;
	$self->going->[1] = $now if $self->going;
	$self->going(undef);
	print { $self->book } "$now $self->{trace}[-1]\n";
	$self->note_owners;
	return;
}

sub story ($self)
{
	my @act = @{ $self->trace };
	splice @act, 0, -TOLD if @act > TOLD;
	return join "\n", "CAL_TEST_SEED=$self->{seed} repeats this choice; " .
	    'it ended with', @act;
}

sub next_number ($self) { return $self->number($self->number + 1)->number }

# -- what is remembered here, because somebody may erase it

# Whose each endpoint is: by the hash of its callback URL's last part. Whether
# Calendly told its subscription's URI. And who found what a restored database
# had forgotten.
sub note_owners ($self)
{
	my $rows = eval { $self->c->db->selectall_arrayref("SELECT
		encode(e.hash, 'hex'), c.user_id, e.grant_id, c.id,
		EXISTS (SELECT FROM subscriptions s
		    WHERE s.endpoint_id = e.id AND s.uri IS NOT NULL)
		FROM endpoints e
		JOIN connections c ON c.id = e.connection_id") } // [];
	for my $row (@$rows) {
		my ($hash, $user, $grant, $connection, $learned) = @$row;
		$self->owner->{$hash} //= { user => $user, grant => $grant,
			connection => $connection };
		$self->learned->{$hash} = 1 if $learned;
		$self->finder->{$hash} //= { grant => $grant,
			since => $self->now } if $self->restored->{$hash};
	}
	return $self->note_served;
}

# Remembers who is connected from now on, even if only until consent is needed
# again.
sub note_served ($self)
{
	my $rows = eval { $self->c->db->selectcol_arrayref("SELECT user_id
		FROM connections WHERE status IN ('connected',
		'needs_reauth')") } // return $self;
	my $now = $self->now;
	my %is = map { $_ => 1 } @$rows;
	for my $user (map { $_->user } @{ $self->users }) {
		my $list = $self->served->{$user} //= [];
		push @$list, [$now, $is{$user}]
		    if !@$list || !$list->[-1][1] != !$is{$user};
	}
	return $self;
}

sub hash_of ($self, $url)
{
	my ($last) = $url =~ m{([^/]+)/*$};
	return sha256_hex($last // '');
}

sub owner_of ($self, $url) { return $self->owner->{ $self->hash_of($url) } }

sub now ($self) { return $self->c->sandbox(GET => '/sandbox/clock')->{now} }

# From now on the user must not have anything of what they had; when the act is
# over, act() notes that time, too.
sub letting_go ($self, $user, $erased = 0)
{
	$self->note_owners;
	my $now = $self->now;
	push @{ $self->let_go->{ $user->user } }, $self->going([$now])->going;
	$self->erased->{ $user->user } = $now if $erased;
	return;
}

# A connect may change the account, if the last change was not carried out.
sub connecting ($self, $user)
{
	my $email = $self->c->api(GET => "/v1/connections/" . $user->user)
	    ->json('/calendly/email') // return;
	$self->letting_go($user) if $email !~ /^\Q$user->{person}\E@/;
	return;
}

# What operators are told that erased users left at Calendly.
sub told_left ($self)
{
	return @{ $self->c->db->selectcol_arrayref(q{SELECT subject FROM audit
		WHERE action = 'connection.left_behind'}) };
}

# Remembers subscriptions that Calendly or somebody else deleted or disabled.
sub not_ours ($self, @uri)
{
	$self->behind->{$_} = 1 for @uri;
	return;
}

# Remembers subscriptions in an organization that their person has left, which
# Calendly no longer shows.
sub out_of_reach ($self, @uri)
{
	my $now = $self->now;
	$self->unreachable->{$_} = $now for @uri;
	return;
}

sub callbacks ($self)
{
	return map { $_->{callback_url} } grep { $_->{owner_app} eq 'app' }
	    @{ $self->books->state('subscriptions')->{subscriptions} };
}

sub deliveries_made ($self)
{
	return $self->books->state('deliveries_count')
	    ->{deliveries_count}{ever};
}

# -- the calm

# Ends faults and lies, lets everybody consent who must, and lets time pass
# until nothing changes any more.
sub calm ($self)
{
	waitpid $_, 0 for splice @{ $self->{children} // [] };
	$self->weather->mend;
	$self->weather->honest;
	$self->c->wait_ready;
	$self->_pass($self->hours < 5 ? 1 : 4)
	    until $self->hours >= 30 && $self->_at_rest;
	return $self;
}

sub reap ($self, $pid) { return push @{ $self->{children} }, $pid }

sub _pass ($self, $hours)
{
	$self->age->pass(3600 * $hours);
	$self->hours($self->hours + $hours);
	$self->c->calendlyd->signal('HUP');	# sweeps
	$self->c->wait_ready;
	$self->_idle;
	$self->_consent_again;
	return $self->note_owners;
}

# Waits until everything that is due is done, here and at Calendly; a job that
# waits for another one of its account comes back after two seconds.
sub _idle ($self)
{
	my $db = $self->c->db;
	return $self->c->wait_for(sub {
		!$db->selectrow_array('SELECT count(*) FROM (SELECT FROM jobs
			WHERE owner IS NOT NULL OR parked_at IS NULL
			AND next_run_at <= now() + make_interval(secs => 3)
			UNION ALL SELECT
			FROM delivery_queue WHERE parked_at IS NULL
			UNION ALL SELECT FROM event_queue) q') &&
		    !grep { /^(?:queued|sending)$/ } map { $_->{state} }
		    @{ $self->books->state('deliveries')->{deliveries} }
	}, 'what is due to be done');
}

sub _consent_again ($self)
{
	for my $user (@{ $self->users }) {
		my $now = $self->c->api(GET => "/v1/connections/" .
			$user->user)->json('/status') // '';
		next if $now ne 'needs_reauth';
		$self->connecting($user);
		$user->session(undef)->connect_again;	# a new link
	}
	return;
}

# Returns true once each connection has one subscription and nobody waits, or
# the time is over.
sub _at_rest ($self)
{
	return 1 if $self->hours >= 24 * DAYS;
	return !$self->judge->standing;
}

sub broken ($self)
{
	my @broken = $self->judge->broken;
	$self->_keep_evidence if @broken;
	return @broken;
}

# Writes the books of both sides to files beside the logs.
sub _keep_evidence ($self)
{
	my ($c, $dir) = ($self->c, $self->c->stack->dir);
	path("$dir/books.json")->spurt(encode_json($c->sandbox(GET =>
		'/sandbox/state')));
	system('pg_dump', '--file', "$dir/database.sql", $c->cluster->url(
		$c->stack->database, 'postgres'));
	return;
}

1;
