package Cal::Test::Liar;

# Cal::Test::Liar: stands between calendlyd and the sandbox's API, and can alter
# what Calendly says about subscriptions.
#
#	my $liar = Cal::Test::Liar->new(test => $c)->start;
#	$liar->says(omit => 1);		# lists show none of ours
#	$liar->says;			# the truth again
# The lies are: "omit", a pattern: lists leave out subscriptions with such a
# callback URL. "twice": each entry comes twice. "entry": members that each
# subscription has instead of its own. "swap": a pattern and its replacement in
# callback URLs. "truly": a pattern of calls whose answers are not altered.
# "show", "delete", "create" and "list": the status with which such a call is
# answered without being passed on.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use IO::Socket::INET;
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json encode_json);
use Mojo::Server::Daemon;
use Mojo::UserAgent;
use Time::HiRes qw(sleep time);

use Cal::Test::Proc;

has 'test';
has 'proc';
has port => sub {
	my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)
	    // croak "no free port: $!";
	$s->sockport
};
has file => sub ($self) { $self->test->stack->dir . '/lies.json' };

sub url ($self) { return 'http://127.0.0.1:' . $self->port }

sub says ($self, %lie)
{
	path($self->file . '.new')->spurt(encode_json(\%lie));
	rename $self->file . '.new', $self->file or croak "rename: $!";
	return $self;
}

sub start ($self)
{
	my $lib = __FILE__ =~ s{/Cal/Test/Liar\.pm$}{}r;
	$self->says;
	$self->proc(Cal::Test::Proc->new(name => 'liar',
		log => $self->test->stack->dir . '/liar.log',
		stop_signal => 'KILL',
		argv => [$^X, "-I$lib", '-MCal::Test::Liar', '-e',
		    'Cal::Test::Liar::serve(@ARGV)', $self->url,
		    $self->test->stack->sandbox_url, $self->file])->start);
	my $deadline = time + 10;
	until (IO::Socket::INET->new(PeerAddr => '127.0.0.1',
		PeerPort => $self->port, Timeout => 1)) {
		time < $deadline or croak 'the liar did not start';
		sleep 0.01;
	}
	$self->test->configure(CALENDLY_API_URL => $self->url);
	return $self;
}

# Returns which call it is: list, create, show, delete; "" for another.
sub _call ($req)
{
	my $one = $req->url->path =~ m{^/webhook_subscriptions(/.)?} or return '';
	return { GET => $1 ? 'show' : 'list', POST => 'create',
		DELETE => 'delete' }->{ $req->method } // '';
}

sub _alter ($lie, $sub)
{
	my %altered = (%$sub, %{ $lie->{entry} // {} });
	if ($lie->{swap} && defined $altered{callback_url}) {
		my ($from, $to) = @{ $lie->{swap} };
		$altered{callback_url} =~ s/$from/$to/;
	}
	return \%altered;
}

sub _lie ($lie, $call, $json)
{
	return $json if $lie->{truly} && $call =~ /$lie->{truly}/;
	$json->{resource} = _alter($lie, $json->{resource})
	    if $json->{resource};
	my $list = $json->{collection} or return $json;
	@$list = grep { !defined $lie->{omit} ||
	    $_->{callback_url} !~ /$lie->{omit}/ } @$list;
	@$list = map { _alter($lie, $_) } $lie->{twice} ? (@$list) x 2 : @$list;
	return $json;
}

# The program itself, which runs until it is killed.
sub serve ($at, $to, $file)
{
	my $ua = Mojo::UserAgent->new;
	my $daemon = Mojo::Server::Daemon->new(listen => [$at], silent => 1);
	$daemon->unsubscribe('request')->on(request => sub ($daemon, $tx) {
		my $lie = decode_json(path($file)->slurp);
		my ($req, $call) = ($tx->req, _call($tx->req));
		if ($lie->{$call}) {
			$tx->res->code($lie->{$call});
			$tx->res->headers->content_type('application/json');
			$tx->res->body('{"message":"no"}');
			return $tx->resume;
		}
		my $out = $ua->build_tx($req->method,
			$to . $req->url->path_query,
			{ map { $_ => $req->headers->header($_) }
			    grep { defined $req->headers->header($_) }
			    qw(Authorization Content-Type Accept) },
			$req->body);
		$ua->start_p($out)->then(sub ($out) {
			my $res = $out->res;
			$tx->res->code($res->code);
			$tx->res->headers->from_hash($res->headers->to_hash(1));
			$tx->res->headers->remove($_)
			    for qw(Content-Length Transfer-Encoding Connection);
			$tx->res->body($call ne '' && $res->is_success &&
			    length $res->body ? encode_json(_lie($lie, $call,
			    $res->json)) : $res->body);
			return $tx->resume;
		})->catch(sub ($why) {
			$tx->res->code(502);
			return $tx->resume;
		});
	});
	return $daemon->run;
}

1;
