#!/usr/bin/perl
# Statuses and reasons have one table each (app/domain/status.c): the API's
# description, the documents, the metrics and the host app have the same words.
# t/repo/status.c compares the tables with the database.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

use FindBin;
use Test::More;

chdir "$FindBin::Bin/.." or die "$FindBin::Bin/..: $!";

sub slurp ($path)
{
	open my $in, '<:encoding(UTF-8)', $path or die "$path: $!";
	local $/;
	return scalar <$in>;
}

# All of a list are there; says which are not.
sub all_hold ($what, @missing)
{
	is join(', ', @missing), '', $what;
	return;
}

# noun => [words], by the arrays that are as long as its enum.
sub tables (@files)
{
	my %words;
	for my $source (map { slurp($_) } @files) {
		while ($source =~ /\[(\w+)__MAX\] = \{\n(.*?)^\};/gms) {
			my ($noun, $rows) = (lc $1, $2);
			$words{$noun} = [$rows =~ /"(\w+)"/g];
		}
	}
	return %words;
}

my %table = tables('app/domain/status.c', 'app/service/meeting/news.c');
ok keys %table > 15, 'the tables can be read';
my $api = slurp('docs/openapi.yaml');

# The words of a schema, or of a member of it, and what is said of them.
sub api_words ($schema, $member)
{
	my ($text) = $api =~ /^    $schema:\n((?:      .*\n|\n)*)/m;
	($text) = ($text // '') =~ /^        $member:\n((?:          .*\n)*)/m
	    if defined $member;
	my ($words) = ($text // '') =~ /enum: \[(.*)\]/;
	return ([split /, /, $words // ''], $text // '');
}

# Schema, member, whose words, and which others.
for (['ConnectionStatus', undef, 'connection_status'],
	['ConnectionReason', undef, 'connection_reason', 'null'],
	['MeetingStatus', undef, 'meeting_status'],
	['Invitee', 'status', 'meeting_status'],
	['MeetingChanged', 'change', 'meeting_change'],
	['ConnectSession', 'status', 'session_status'],
	['ConnectSession', 'result', 'session_result', 'null'],
	['ConnectSession', 'capability', 'capability', 'null'],
	['Webhook', 'state', 'webhook_state', 'none'],
	['Webhook', 'capability', 'capability'],
	['Webhook', 'trouble', 'subscription_trouble', 'null']) {
	my ($schema, $member, $noun, @more) = @$_;
	my ($words, $text) = api_words($schema, $member);
	my $what = "openapi.yaml, $schema" .
	    (defined $member ? ".$member" : '');
	is_deeply [sort @$words], [sort @{ $table{$noun} }, @more],
	    "$what has every $noun";
	all_hold("$what explains each", grep { $text !~ /`$_`/ }
		grep { $_ ne 'null' } @$words)
	    if $what !~ /ConnectionStatus|capability|Invitee/;
}

# Not all of them can be there.
for (['WebhookList', 'state', 'webhook_state'],
	['Event', 'source', 'event_source']) {
	my ($schema, $member, $noun) = @$_;
	my ($words) = api_words($schema, $member);
	my %known = map { ($_ => 1) } 'none', @{ $table{$noun} };
	ok @$words > 1, "openapi.yaml, $schema.$member has words";
	all_hold("each is a $noun", grep { !$known{$_} } @$words);
}

my $guide = slurp('docs/integration.md');
for my $noun (qw(connection_status session_status session_result capability
    subscription_trouble webhook_failure)) {
	all_hold("integration.md tells of every $noun",
		grep { $guide !~ /`$_`/ } @{ $table{$noun} });
}
my $manual = slurp('docs/man/calendlyctl.8');
for my $noun (qw(connection_status delivery_state event_outcome)) {
	all_hold("calendlyctl(8) has every $noun",
		grep { $manual !~ /^\.(?:Cm|It Cm) .*\b$_\b/m }
		@{ $table{$noun} });
}

# The host app has a text for each: file, table, whose words, which others, and
# which it tells of elsewhere.
for (['app', 'WORDS', 'connection_status', 'never unknown', 'connected'],
	['connect', 'MEETINGS', 'capability', '', ''],
	['connect', 'ENDED', 'session_result', '', '']) {
	my ($file, $name, $noun, $more, $elsewhere) = @$_;
	my ($rows) = slurp("deploy/hostapp/public/$file.js") =~
	    /^const $name = \{\n(.*?)^\};/ms;
	is_deeply [sort(split(/ /, $elsewhere), ($rows // '') =~ /^\t(\w+):/mg)],
	    [sort @{ $table{$noun} }, split / /, $more],
	    "the host app tells of every $noun in $file.js";
}

my $labels = slurp('app/metric/labels.h');
for (['CONNECTION_STATUS', 'connection_status', 'other'],
	['SUBSCRIPTION_STATE', 'subscription_state', 'other'],
	['JOB_STATE', 'job_state'],
	['APPLY_OUTCOME', 'event_outcome', 'failed', 'parked']) {
	my ($label, $noun, @more) = @$_;
	my ($values) = $labels =~ /^LABEL\($label, "\w+",(.*?)\);/ms;
	is_deeply [sort(($values // '') =~ /"(\w+)"/g)],
	    [sort @{ $table{$noun} }, @more],
	    "the metrics' label $label has every $noun";
}

done_testing;
