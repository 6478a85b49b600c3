# A user quotes the reference of a page: an operator finds it in the log and in
# "calendlyctl errors", and "calendlyctl session show" tells the story of the
# connect session in its order.

use Cal::Test;
use Cal::Test::Books;

use Mojo::JSON qw(decode_json);

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited;

sub ctl (@argv) { return $c->run_ctl(@argv) }

sub story ($ref)
{
	my $r = ctl('--json', qw(session show), $ref);
	is $r->{status}, 0, "it is found: $ref" or diag $r->{err};
	return decode_json($r->{out} || '{}');
}

sub steps ($story) { return map { $_->{step} } @{ $story->{story} } }

sub ends ($status, $pattern, $ref)
{
	my $r = ctl(qw(session show), $ref);
	is $r->{status}, $status, "exit $status";
	like $r->{err}, $pattern, 'and why';
	is $r->{out}, '', 'nothing on standard output';
	return;
}

# What the daemon writes down, as it would, each a second later.
my $later = 0;

sub happened ($session, $table, %value)
{
	my @name = sort keys %value;
	$c->db->do(sprintf("INSERT INTO %s (tenant_id, session_id, at," .
		" request_id, %s) SELECT tenant_id, id," .
		" created_at + make_interval(secs => %d), 'req-%d', %s" .
		" FROM connect_sessions WHERE id = ?", $table,
		join(', ', @name), ++$later, $later,
		join(', ', ('?') x @name)), {}, @value{@name},
	    $session->{id});
	return "req-$later";
}

sub step ($session, $step, $detail = undef)
{
	return happened($session, 'session_steps', step => $step,
		detail => $detail);
}

subtest 'a link that was minted and not opened' => sub {
	my $s = $c->session('u1');
	my $told = story($s->{id});
	is $told->{id}, $s->{id}, 'the session';
	is $told->{user_id}, 'u1', 'whose it is';
	is $told->{status}, 'pending', 'how it stands';
	is_deeply [steps($told)], ['minted'], 'all that happened';
	my $id = $told->{story}[0]{request_id};
	like $id, qr/^[0-9a-f]{32}$/, 'by which request';
	like $c->log_text(qr/^calendlyd\.log/), qr/$id.*session $s->{id}/,
	    'the reference is in the log, with that request';
	like $told->{todo}, qr/was not opened/, 'what to look at';
	my $text = ctl(qw(session show), $s->{id})->{out};
	like $text, qr/^The story:$/m, 'for people, too';
	like $text, qr/the host app asked for the link/, 'in words';
};

subtest 'a reference as people copy it' => sub {
	my $id = $c->session('u2')->{id};
	for my $ref (uc $id, "  $id ", $id =~ s/-/ /gr, $id =~ tr/-//dr,
	    substr($id, 0, 8), uc(substr $id, 0, 13), "\"$id.\"") {
		is story($ref)->{id}, $id, 'and it is this one';
	}
};

subtest 'a reference that is none' => sub {
	my $id = $c->session('u3')->{id};
	ends(1, qr/no session "1{32}".*copied right.*7 days/, '1' x 32);
	ends(2, qr/"hello" is no reference/, 'hello');
	ends(2, qr/first 8 of them/, substr $id, 0, 7);
	ends(2, qr/is no reference/, '');
	ends(2, qr/is no reference/, "$id; DROP TABLE tenants");
	$c->db->do('INSERT INTO connect_sessions (id, tenant_id, hash,' .
		' user_id, expires_at) SELECT ?, tenant_id, sha256(\'x\'),' .
		' \'u4\', now() FROM connect_sessions WHERE id = ?', {},
		substr($id, 0, 30) . ('9' x 6), $id);
	ends(1, qr/  u4\n.*2 sessions begin so: give more/s,
		substr $id, 0, 8);
};

subtest 'a story is told in its order, with the call that failed' => sub {
	my $s = $c->session('u5', expected_email => 'olivia@example.com');
	step($s, 'opened');
	step($s, 'consent_asked', 'first time');
	step($s, 'callback', 'code');
	my $request = happened($s, 'api_calls', purpose => 'code_exchange',
		method => 'POST', path => '/oauth/token', status => 400,
		error => 'invalid_grant', duration_ms => 71,
		reply => qq({"error":"invalid_grant\e[31m"}\n));
	step($s, 'exchange_failed', 'invalid_grant');
	step($s, 'sent_to_page', 'failed');
	$c->db->do(q{UPDATE connect_sessions SET status = 'failed',
		result = 'error' WHERE id = ?}, {}, $s->{id});
	my $told = story($s->{id});
	is_deeply [steps($told)], [qw(minted opened consent_asked callback
		calendly_call exchange_failed sent_to_page)], 'in its order';
	my ($call) = grep { $_->{purpose} } @{ $told->{story} };
	is "$call->{method} $call->{path} $call->{status} $call->{error}",
	    'POST /oauth/token 400 invalid_grant', 'which call failed, how';
	is $call->{request_id}, $request, 'made by this request';
	like $call->{reply}, qr/invalid_grant/, 'what Calendly replied';
	like $told->{todo}, qr/the call to Calendly.*try again/,
	    'and what to do';
	my $text = ctl(qw(session show), $s->{id})->{out};
	like $text, qr/code_exchange: POST.*400 after 71 ms: invalid_grant/,
	    'the same for people';
	like $text, qr/What Calendly replied.*code_exchange\s+\{"error"/s,
	    'with the reply';
	unlike $text, qr/\e/, 'which cannot play with a terminal';
	is_in_errors($s, 'u5');
};

sub is_in_errors ($s, $user)
{
	my $errors = decode_json(ctl('--json', 'errors')->{out});
	my ($call) = grep { ($_->{session_id} // '') eq $s->{id} }
	    @{ $errors->{calls} };
	is $call->{user_id}, $user, 'errors name the user of the call';
	my ($failed) = grep { $_->{session_id} eq $s->{id} }
	    @{ $errors->{sessions} };
	is "$failed->{user_id} $failed->{result}", "$user error",
	    'and the session that failed';
	is $failed->{todo}, 'calendlyctl session show ' .
	    substr($s->{id}, 0, 8), 'and where its story is';
	return;
}

subtest 'what happens is told as it happened' => sub {
	my $b = $c->new_browser;
	$c->connect('real', person => 'marco', browser => $b, answer => 'Deny');
	my $session = $b->{session};
	$books->fault('status', POST => '/oauth/token', value => 500,
		times => 1);
	$b->choose('again')->press('Allow', fields => { person => 'marco' });
	like $b->url->path, qr/failed/, 'Calendly fails once';
	my $url = $b->trail->[-2]{url};
	$b->visit($url);
	$b->choose('again')->press('Allow', fields => { person => 'marco' });
	$b->visit($b->trail->[-2]{url});
	my $told = story($session->{id});
	is_deeply [steps($told)], [qw(minted
		opened consent_asked callback denied sent_to_page
		opened consent_asked callback calendly_call exchange_failed
		sent_to_page
		callback callback_again sent_to_page
		opened consent_asked callback calendly_call exchanged
		calendly_call connected calendly_call calendly_call webhook
		sent_to_page
		callback_again sent_to_page)], 'step by step'
	    or diag join ' ', steps($told);
	my %page = map { $_->{detail} => 1 } grep { $_->{step} eq
		'sent_to_page' } @{ $told->{story} };
	is_deeply \%page, { cancelled => 1, failed => 1, connected => 1 },
	    'with the pages that were seen';
	like $c->log_text(qr/^calendlyd\.log/), qr/$session->{id}.*denied/,
	    'and in the log under the same reference';
};

subtest 'a user who said no is no error' => sub {
	my $end = $c->connect('u6', person => 'olivia', answer => 'Deny');
	my $told = story($end->{session}{id});
	is "$told->{status} $told->{result}", 'failed denied', 'how it ended';
	like $told->{todo}, qr/nothing, if that was meant/, 'nothing to do';
	my $errors = decode_json(ctl('--json', 'errors')->{out});
	is_deeply [grep { $_->{user_id} eq 'u6' } @{ $errors->{sessions} }],
	    [], 'it is not among them';
};

subtest 'who is connected' => sub {
	my $end = $c->connect('u7', person => 'olivia');
	my $told = story($end->{session}{id});
	is "$told->{status} $told->{result}", 'done connected', 'how it ended';
	is $told->{connection_status}, 'connected', 'and stands now';
	is $told->{todo}, 'nothing: the user is connected', 'nothing to do';
	my $ref = $end->{session}{id};
	is $c->api(DELETE => '/v1/connections/u7?erase=true')->code, 200,
	    'erased';
	ends(1, qr/no session.*go when their user is erased/, $ref);
	is $c->db->selectrow_array('SELECT count(*) FROM session_steps s
	    LEFT JOIN connect_sessions c ON c.id = s.session_id
	    WHERE c.id IS NULL'), 0, 'its story is gone';
};

subtest 'a flow tells its own steps' => sub {
	my $end = $c->connect('u8', person => 'olivia',
		answer => 'Deny');
	is join(' ', steps(story($end->{session}{id}))), 'minted ' .
	    'opened consent_asked callback denied sent_to_page',
	    'denied';
	$books->fault('status', POST => '/oauth/token', value => 400);
	$end = $c->connect('u9', person => 'olivia');
	$books->mend;
	my $told = story($end->{session}{id});
	is join(' ', steps($told)), 'minted opened consent_asked ' .
	    'callback calendly_call exchange_failed sent_to_page',
	    'failed';
	my ($call) = grep { $_->{purpose} } @{ $told->{story} };
	is $call->{status}, 400, 'by this call';
	like $told->{todo}, qr/the call to Calendly/, 'what to do';
	my $log = $c->log_text(qr/^calendlyd\.log/);
	like $log, qr/level=warn.*session $end->{session}{id}: exch/,
	    'the log names the session';
	like $log, qr/session=$end->{session}{id}.*code_exchange/,
	    'with the call, too';
	is_in_errors($end->{session}, 'u9');
	$end = $c->connect('u9', person => 'olivia');
	is_deeply [grep { /^(connected|webhook|sent_to_page)$/ }
	    steps(story($end->{session}{id}))],
	    [qw(connected webhook sent_to_page)], 'connected';
};

done_testing;
