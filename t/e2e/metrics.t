# /metrics tells what happens: it is always well-formed, counts what it says,
# /metrics is always well-formed, counts what it says it counts, never forgets,
# and never reveals a secret or a person.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Metrics;
use Mojo::File qw(path);

my $c = Cal::Test->start(own_cluster => 1, settings => {
	CALENDLYD_APP_WORKERS => 2, CALENDLYD_INGEST_WORKERS => 2,
	CALENDLYD_RUNNERS => 1 });
my $WEBHOOK = 'POST /webhooks/calendly/{endpoint}';
my $serial = 0;

sub now { return Cal::Test::Metrics->scrape($c) }

# What was added by a deed; labels as key => value.
sub more ($before, $after, $name, @label)
{
	return $after->sum($name, @label) - $before->sum($name, @label);
}

sub fresh
{
	return delivery('invitee.created',
		uri => invitee_uri(uuid(4, ++$serial)));
}

sub pool_is_full
{
	my $m = now();
	return join(' ', map { $m->value('calendlyd_processes', pool => $_) }
		qw(app ingest runner)) eq '2 2 1';
}

sub nothing_waits { return now()->sum('calendlyd_queue_deliveries') == 0 }

subtest 'before anything happened' => sub {
	$c->wait_for(\&pool_is_full, 'all to be there');
	my $m = now();
	is $m->value('calendlyd_build_info', version => '0.1.0',
		schema => (path($Cal::Test::Stack::TOP, qw(migrations checksums))
		    ->slurp =~ /SCHEMA_ALL\("(\w+)"\)/)[0]), 1,
	    'what was built, for which schema';
	cmp_ok abs(time - $m->value('calendlyd_start_time_seconds')), '<', 120,
	    'since when it runs';
	is $m->value('calendlyd_database_up'), 1, 'the database is up';
	is $m->value('calendlyd_readers_waiting'), 0, 'nobody waits';
	is $m->value('calendlyd_process_starts_total', pool => 'ingest',
		result => 'ok'), 2, 'as many started as there should be';
	is $c->agent->get($c->url('/metrics'))->res->headers->content_type,
	    'text/plain; version=0.0.4; charset=utf-8', 'as Prometheus reads';
};

subtest 'a connect and a booking' => sub {
	my $before = now();
	$c->connect('u1', person => 'olivia');
	$c->sandbox(POST => '/sandbox/book',
		{ person => 'olivia', wait => \1 });
	$c->wait_for(sub { grep { $_->{type} eq 'invitee.created' }
		$c->events }, 'the booking in the feed');
	my $after = now();
	is more($before, $after, 'calendlyd_calendly_calls_total',
		purpose => 'code_exchange', status => '2xx'), 1, 'a call';
	is $after->value('calendlyd_calendly_call_duration_seconds_count',
		purpose => 'code_exchange'), 1, 'and its time';
	is more($before, $after, 'calendlyd_calendly_calls_total',
		purpose => 'other'), 0, 'every call has a purpose we know';
	is more($before, $after, 'calendlyd_requests_total',
		route => $WEBHOOK, status => 200), 1, 'a webhook';
	is more($before, $after, 'calendlyd_webhook_requests_total',
		outcome => 'stored'), 1, 'stored';
	is $after->value('calendlyd_webhook_signature_age_seconds_count',
		window => 'inside'), 1, 'signed just now';
	is $after->value('calendlyd_ingest_batch_size_sum'), 1,
	    'committed';
	is $after->value('calendlyd_deliveries_total', kind => 'invitee',
		outcome => 'applied'), 1, 'applied';
	is $after->value('calendlyd_feed_events_total'), scalar(my @e =
		$c->events), 'all events in the feed';
	is $after->value('calendlyd_connections', status => 'connected'), 1,
	    'one is connected';
	is $after->value('calendlyd_subscriptions', state => 'active'), 1,
	    'one subscription';
	is $after->value('calendlyd_queue_deliveries', state => 'due'), 0,
	    'nothing waits';
};

subtest 'webhooks that are refused, each for its reason' => sub {
	my $url = $c->endpoint('u1');
	my $before = now();
	$c->deliver($url, fresh(), { 'Calendly-Webhook-Signature' => undef });
	$c->deliver($url, fresh(), { 'Calendly-Webhook-Signature' => 't=1' });
	$c->deliver($url, fresh(), { 'Calendly-Webhook-Signature' =>
		$c->sign('another body') }) for 1, 2;
	my $old = fresh();
	$c->deliver($url, $old, { 'Calendly-Webhook-Signature' =>
		$c->sign($old, t => time - 200_000) });
	$c->deliver($c->url('/webhooks/calendly/' . 'x' x 43), fresh());
	my $twice = fresh();
	$c->deliver($url, $twice) for 1, 2;
	my $after = now();
	my %is = (stored => 1, known => 1, signature_missing => 1,
		signature_malformed => 1, signature_invalid => 2,
		signature_stale => 1, endpoint_unknown => 1, other => 0);
	is more($before, $after, 'calendlyd_webhook_requests_total',
		outcome => $_), $is{$_}, $_ for sort keys %is;
	is more($before, $after, 'calendlyd_requests_total',
		route => $WEBHOOK), 8, 'each is a request';
	is $after->value('calendlyd_webhook_signature_age_seconds_bucket',
		window => 'outside', le => 90000), 0, 'one was too old';
	is $after->value('calendlyd_webhook_signature_age_seconds_count',
		window => 'outside'), 1, 'and right else';
};

subtest 'webhooks that can not be read, or not be applied' => sub {
	my $url = $c->endpoint('u1');
	my $before = now();
	$c->deliver($url, 'this is no JSON');
	$c->wait_for(sub { now()->value('calendlyd_deliveries_total',
		kind => 'unreadable', outcome => 'flagged') }, 'it to be told');
	$c->db->do('ALTER TABLE events ADD CONSTRAINT poison CHECK'
	    . q( (type <> 'invitee.created') NOT VALID));
	$c->deliver($url, fresh());
	$c->wait_for(sub { now()->value('calendlyd_deliveries_total',
		kind => 'invitee', outcome => 'failed') }, 'a failure');
	$c->db->do('ALTER TABLE events DROP CONSTRAINT poison');
	$c->wait_for(\&nothing_waits, 'all to be applied');
	my $after = now();
	cmp_ok more($before, $after, 'calendlyd_deliveries_total',
		kind => 'invitee', outcome => 'applied'), '>', 0, 'at last';
	cmp_ok more($before, $after, 'calendlyd_database_errors_total',
		class => '23'), '>', 0, 'the database said why';
	is more($before, $after, 'calendlyd_deliveries_total',
		kind => 'other'), 0, 'every kind is known';
};

subtest 'what comes from outside makes no series' => sub {
	my $before = now();
	$c->agent->get($c->url("/v1/nothing-$_"), {}) for 1 .. 5;
	my $m = now();
	is more($before, $m, 'calendlyd_requests_total', route => 'none',
		status => 404), 5, 'five addresses are one route: none';
	is scalar(my @all = $m->series('calendlyd_requests_total',
		route => 'none')), 1,
	    'in one series';
	unlike $m->text, qr/nothing-|olivia|u1\b|example\.(?:org|com)|Bearer/,
	    'no address, user or person is told';
	my $state = Mojo::JSON::encode_json($c->sandbox_state);
	my %secret = map { $_ => 1 } $state =~ /"([\w.-]{24,})"/g;
	cmp_ok scalar keys %secret, '>', 3, 'there are secrets to find';
	is_deeply [grep { index($m->text, $_) >= 0 } $c->key,
		$c->endpoint('u1') =~ m{([^/]+)$}, keys %secret], [],
	    'none is told';
};

subtest 'what waits for a person' => sub {
	my $db = $c->db;
	$db->do('INSERT INTO delivery_queue (delivery_id, tenant_id, event_id,'
	    . ' parked_at, next_run_at) SELECT 900000 + n, 1,'
	    . ' gen_random_uuid(), CASE WHEN n <= 3 THEN now() END,'
	    . q( now() + interval '1 hour' FROM generate_series(1, 5) n));
	$db->do('INSERT INTO jobs (tenant_id, kind, subject, parked_at)'
	    . q( VALUES (1, 'reconcile', 'x', now())));
	my $m = now();
	is $m->value('calendlyd_queue_deliveries', state => 'parked'), 3,
	    'parked deliveries';
	is $m->value('calendlyd_queue_deliveries', state => 'later'), 2,
	    'those that are tried again';
	is $m->value('calendlyd_jobs', state => 'parked'), 1, 'a parked job';
	$db->do('DELETE FROM delivery_queue WHERE delivery_id > 900000');
	$db->do(q(DELETE FROM jobs WHERE subject = 'x'));
};

subtest 'a worker is killed' => sub {
	my $before = now();
	kill KILL => (keys %{ $c->calendlyd->workers('ingest') })[0];
	$c->wait_for(sub { now()->value('calendlyd_process_exits_total',
		pool => 'ingest', reason => 'killed') }, 'to be told');
	$c->wait_for(\&pool_is_full, 'another to be there');
	my $after = now();
	is more($before, $after, 'calendlyd_process_starts_total',
		pool => 'ingest'), 1, 'another started';
	is more($before, $after, 'calendlyd_webhook_requests_total'), 0,
	    'what the dead one counted stays';
};

subtest 'a reload' => sub {
	my $before = now();
	$c->calendlyd->signal('HUP');
	$c->wait_for(sub { now()->value('calendlyd_process_exits_total',
		pool => 'app', reason => 'left') >= 2 }, 'the old ones to go');
	$c->wait_for(\&pool_is_full, 'only the new ones to be there');
	my $after = now();
	is more($before, $after, 'calendlyd_reloads_total', result => 'ok'),
	    1, 'one reload';
	is more($before, $after, 'calendlyd_webhook_requests_total'), 0,
	    'counts go on from where they were';
	is more($before, $after, 'calendlyd_start_time_seconds'), 0,
	    'the master is the same';
};

subtest 'the database is away' => sub {
	my $url = $c->endpoint('u1');
	my $before = now();
	delete $c->{db};
	$c->cluster->stop;
	is $c->deliver($url, fresh())->code, 503, 'a webhook must come again';
	my $away = now();
	is $away->value('calendlyd_database_up'), 0, 'it is told';
	is $away->value('calendlyd_connections', status => 'connected'),
	    undef, 'nothing is made up';
	is more($before, $away, 'calendlyd_webhook_requests_total',
		outcome => 'unavailable'), 1, 'the webhook is counted';
	cmp_ok more($before, $away, 'calendlyd_database_connects_total',
		result => 'failed'), '>', 0, 'so are vain connects';
	cmp_ok more($before, now(), 'calendlyd_scrape_failures_total',
		part => 'ledger'), '>', 0, 'and what a scrape left out';
	$c->cluster->start;
	$c->wait_for(sub { now()->value('calendlyd_database_up') },
		'it to be up again');
	is now()->value('calendlyd_connections', status => 'connected'), 1,
	    'and what it knows is told';
};

subtest 'the reader of this test is strict' => sub {
	my $text = now()->text;
	my %wrong = ('a sample twice' =>
		qq(${text}calendlyd_jobs{state="parked"} 0\n),
		'a head twice' => $text . "# HELP calendlyd_jobs x\n",
		'a raw quote' => $text =~ s/state="parked"/state="par"ked"/r,
		'no number' => $text =~ s/^(calendlyd_database_up) 1$/$1 x/mr,
		'counts that fall' => $text =~ s/(le="0\.0005"\}) \d+/$1 99/r,
		'no last line end' => $text . 'x');
	is_deeply [@{ Cal::Test::Metrics->parse($text)->faults }], [],
	    'it finds nothing wrong here';
	ok @{ Cal::Test::Metrics->parse($wrong{$_})->faults }, "it finds $_"
	    for sort keys %wrong;
};

done_testing;
