# A popup: the window that opened it gets each outcome and nothing secret; the
# popup offers to close itself, and no way back that leads nowhere.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Chromium;
use Cal::Test::HostApp;
use Cal::Test::Page qw(decide page_is shows);
use Mojo::JSON qw(decode_json);
use Mojo::URL;

my $c = Cal::Test->start;
my $app = Cal::Test::HostApp->start($c)->url;
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $b = Cal::Test::Chromium->start($c->stack->dir);
my $opener = $b->window;

# A session that was opened in a popup, by a click in the app.
sub popup ($user, %field)
{
	my $session = $c->session($user, %field);
	$b->switch_to($opener)->visit(Mojo::URL->new("$app/")
	    ->query(link => $session->{url}));
	$b->click('Connect')->switch_to_new($opener);
	return $session;
}

# All that the opener heard so far is this, from us.
sub heard ($session, @result)
{
	my $popup = $b->window;
	my @told = map { { origin => $c->url, data => { source => 'calendlyd',
		session_id => $session->{id}, result => $_ } } } @result;
	$b->switch_to($opener);
	my $heard;
	$c->wait_for(sub {
		$heard = decode_json($b->text('#heard') || '[]');
		@$heard >= @told
	}, 'a message');
	is_deeply $heard, \@told, "the opener heard: @result";
	$b->switch_to($popup);
	return;
}

sub closes
{
	$b->click('Close this window')->switch_to($opener);
	return $c->wait_for(sub { $b->windows == 1 }, 'the popup to close');
}

subtest 'cancelled, tried again, connected, closed' => sub {
	my $session = popup('u1');
	decide($b, 'olivia@acme.example', 'Deny');
	page_is($b, 'cancelled', 'You did not connect Calendly',
		'popup-cancelled');
	heard($session, 'denied');
	ok !$b->offers('Back to the app'), 'the app is in the other window';
	$b->click('Try again');
	decide($b, 'olivia@acme.example', 'Allow');
	page_is($b, 'connected', 'Calendly is connected', 'popup-connected');
	heard($session, qw(denied connected));
	ok closes(), 'it closes';
};

subtest 'reconnected, without a question' => sub {
	my $session = popup('u1');
	shows($b, 'Calendly is connected', 'at once');
	heard($session, 'reconnected');
	ok closes(), 'it closes';
};

subtest 'another account' => sub {
	my $session = popup('u1', force => \1);
	decide($b, 'marco@acme.example', 'Allow');
	shows($b, 'Calendly is connected', 'it is connected');
	heard($session, 'switched');
	ok closes(), 'it closes';
};

subtest 'the wrong account' => sub {
	my $session = popup('u2', expected_email => 'sam@second.example');
	decide($b, 'frida@free.example', 'Allow');
	shows($b, 'That was another Calendly account', 'the popup says so');
	heard($session, 'wrong_account');
	ok closes(), 'it closes';
};

subtest 'a failure' => sub {
	$books->fault('status', POST => '/oauth/token', value => 503,
		times => 1);
	my $session = popup('u3');
	decide($b, 'sam@second.example', 'Allow');
	page_is($b, 'failed', 'That did not work', 'popup-failed');
	heard($session, 'error');
	ok closes(), 'it closes';
};

subtest 'an expired link' => sub {
	my $session = $c->session('u4');
	$c->db->do(q{UPDATE connect_sessions
		SET expires_at = now() - interval '1 s' WHERE id = ?::uuid},
		undef, $session->{id});
	$b->visit(Mojo::URL->new("$app/")->query(link => $session->{url}));
	$b->click('Connect')->switch_to_new($opener);
	shows($b, 'This link has expired', 'the popup says so');
	heard($session, 'expired');
	ok closes(), 'it closes';
};

done_testing;
