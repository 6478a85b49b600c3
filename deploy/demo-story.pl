#!/usr/bin/perl
# demo-story.pl: shows the main job step by step, with a running calendlyd and
# sandbox: connect, receive, reconnect, disconnect. It prints one line for each
# step that succeeds, and exits with status 1 at the first one that fails.
# demo.sh runs it.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

use FindBin;
use lib "$FindBin::Bin/../t/lib";

use Cal::Test::Browser;
use Cal::Test::Client;
use DBI;
use Getopt::Long qw(GetOptions);
use Mojo::File qw(path);
use Mojo::JSON qw(encode_json);
use Time::HiRes qw(sleep time);

binmode STDOUT, ':encoding(UTF-8)';
binmode STDERR, ':encoding(UTF-8)';
STDOUT->autoflush(1);

# The methods by which Cal::Test::Client learns addresses and keys.
package Demo::Stack {
	use Mojo::Base -base, -signatures;
	has [qw(backend sandbox ca)];
	sub sandbox_url ($self) { return $self->sandbox }
}

our %opt;
GetOptions(\%opt, qw(backend=s sandbox=s app=s ca=s key-file=s
    signing-key-file=s database=s))
    && 7 == keys %opt
    or die "usage: demo-story.pl --backend URL --sandbox URL --app URL\n" .
    "           --ca FILE --key-file FILE --signing-key-file FILE\n" .
    "           --database DSN\n";

our $USER = 'anna@example.com';
our $FRIDA = 'frida@example.com';
our $cal =  Cal::Test::Client->new(
	stack	 => Demo::Stack->new(map { $_ => $opt{$_} } qw(backend sandbox
	    ca)),
	key	 => path($opt{'key-file'})->slurp =~ s/\s+//gr,
	contract => undef);
our $browser = Cal::Test::Browser->new(ca => $opt{ca},
	sites => [@opt{qw(backend sandbox)}]);
my $signing_key = path($opt{'signing-key-file'})->slurp =~ s/\s+//gr;
our %seen;

require "$FindBin::Bin/demo-meetings.pl";
require "$FindBin::Bin/demo-push.pl";
require "$FindBin::Bin/demo-reconnect.pl";
require "$FindBin::Bin/demo-sync.pl";
require "$FindBin::Bin/demo-end.pl";

# The steps: what is true after each one, and the function that does it, which
# dies if that is not true. What it returns stands in the place of %s.
my @STORY = (
	['Anna connected her Calendly through its consent page' => \&connects],
	["Anna's 55 earlier meetings were there %s after she connected" =>
	    \&earlier_meetings],
	['Calendly holds exactly one subscription for her' => \&one_hook],
	['a booking was in the feed within a second' => \&booking],
	['a booking reached the host app %s after Calendly told' => \&pushed],
	['a forged push was refused by the host app: 401' => \&forged_push],
	['its meeting is there: active, with its invitee' =>
	    \&meeting_is_there],
	['its cancellation was in the feed within a second' => \&cancellation],
	['the meeting is canceled, and says why' => \&meeting_is_canceled],
	['a moved booking is two meetings that lead to each other' =>
	    \&meeting_moves],
	['Frida, who may have no webhook, has her meetings by polling' =>
	    \&polled],
	['a forged delivery was refused: 401' => \&forged],
	['a stale delivery was refused: 401' => \&stale],
	['a repeated delivery was answered 200 and is one event' => \&repeated],
	['she came back without seeing the consent page' => \&reconnects],
	['her tokens were rotated; still exactly one subscription'
		=> \&rotated],
	['saying no on the consent page changed nothing' => \&denies],
	['she switched to a second account; the first is gone' => \&switches],
	['a delivery for the first account was refused: 410' => \&refused],
	['disconnecting left no subscription at Calendly' => \&disconnects],
	['her tokens are revoked at Calendly' => \&revoked],
	['no sealed secret of hers is left in the database' => \&nothing_left],
);

for my $step (@STORY) {
	my ($text, $deed) = @$step;
	my $began = time;
	my $said;
	if (!eval { $said = $deed->(); 1 }) {
		say STDERR '✗ ', $text =~ s/%s/soon/r, "\n\n",
		    $@ =~ s/ at \S+ line \d+\.?$//r;
		exit 1;
	}
	printf "✓ %6.2f s  %s\n", time - $began, $text =~ s/%s/$said/r;
}

sub must ($holds, $otherwise)
{
	die "$otherwise\n" if !$holds;
	return;
}

sub within ($seconds, $what, $condition)
{
	my $deadline = time + $seconds;
	until ($condition->()) {
		must(time < $deadline, "waited $seconds s for $what, in vain");
		sleep 0.02;
	}
	return;
}

sub answer ($status, $res)
{
	must($res->code == $status, "expected $status, got " . $res->code .
	    ': ' . $res->body);
	return $res->json;
}

sub connection ($user = $USER)
{
	return answer(200, $cal->api(GET => "/v1/connections/$user"));
}

# Only subscriptions of our own app count.
sub hooks
{
	return grep { $_->{callback_url} =~ m{^\Q$opt{backend}\E/} }
	    @{ $cal->sandbox_state->{subscriptions} };
}

sub events_of ($type)
{
	return grep { $_->{type} eq $type && $_->{user_id} eq $USER }
	    $cal->events;
}

# A user connects as this person of Calendly's.
sub connect_as ($user, $person, $by)
{
	my $session = answer(201, $cal->api(POST => '/v1/connect-sessions',
		{ user_id => $user }));
	$by->visit($session->{url});
	must($by->text =~ /Allow/, "no consent page, but:\n" .
	    $by->story . $by->text);
	$by->press('Allow', fields => { person => $person });
	must($by->url->path =~ /connected/,
	    "the browser did not end as connected:\n" . $by->story);
	my $is = connection($user);
	must($is->{status} eq 'connected', "the connection is $is->{status}");
	my $end = answer(200, $cal->api(
		GET => "/v1/connect-sessions/$session->{id}"));
	must(($end->{result} // '') eq 'connected',
	    'the session says ' . encode_json($end));
	return;
}

sub connects
{
	used_before(olivia => (past => 40, ahead => 15));
	connect_as($USER, 'olivia', $browser);
	$seen{connected} = time;
	return;
}

sub one_hook
{
	within(5, 'the subscription', sub { hooks() });
	my @hook = hooks();
	must(@hook == 1, 'there are ' . @hook);
	must($hook[0]{state} eq 'active', "it is $hook[0]{state}");
	$seen{hook} = $hook[0];
	return;
}

sub booking
{
	$seen{booking} = $cal->sandbox(POST => '/sandbox/book',
		{ person => 'olivia' });
	within(1, 'invitee.created', sub { events_of('invitee.created') == 1 });
	return;
}

sub cancellation
{
	$cal->sandbox(POST => '/sandbox/cancel',
		{ invitee => $seen{booking}{invitee}{uri}, reason => 'Rain' });
	within(1, 'invitee.canceled',
		sub { events_of('invitee.canceled') == 1 });
	return;
}

# Sends again what Calendly sent for the booking.
sub delivery
{
	return encode_json({ event => 'invitee.created',
		created_at => $seen{booking}{invitee}{created_at},
		created_by => $seen{hook}{user},
		payload => { %{ $seen{booking}{invitee} },
			scheduled_event => $seen{booking}{event} } });
}

sub send_it ($t, $key = $signing_key)
{
	my $body = delivery();
	return $cal->deliver($seen{hook}{callback_url}, $body, {
		'Calendly-Webhook-Signature' =>
		    $cal->sign($body, key => $key, t => int $t) });
}

sub forged { answer(401, send_it(time, 'not the key')); return }

sub stale
{
	answer(401, send_it(time - 7 * 86400));
	return;
}

sub repeated
{
	answer(200, send_it(time)) for 1 .. 2;
	# Once the next booking is in the feed, everything that was sent before
	# is, too.
	my $next = $cal->sandbox(POST => '/sandbox/book',
		{ person => 'olivia' })->{invitee}{uri};
	my %times;
	within(5, 'the next booking', sub {
		%times = ();
		$times{ $_->{data}{uri} }++ for events_of('invitee.created');
		return $times{$next};
	});
	my $n = $times{ $seen{booking}{invitee}{uri} } // 0;
	must($n == 1, "there are $n events of one booking");
	return;
}

sub database
{
	return DBI->connect("dbi:Pg:$opt{database}", 'postgres', '',
		{ RaiseError => 1, PrintError => 0 });
}
