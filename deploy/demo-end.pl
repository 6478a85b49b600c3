# demo-end.pl: the demo's last steps: disconnecting, and what is left then. It is
# a part of demo-story.pl, whose functions it uses.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

our ($USER, $cal);

sub disconnect ($user)
{
	my $res = $cal->api(DELETE => "/v1/connections/$user");
	must($res->code =~ /^20[02]$/, 'answered ' . $res->code . ': ' .
	    $res->body);
	within(10, 'the connection to be disconnected',
		sub { connection($user)->{status} eq 'disconnected' });
	my $left = connection($user)->{left_behind};
	must(!@$left, "left behind: @$left");
	return;
}

sub disconnects
{
	disconnect($USER);
	must(!hooks(), 'there still is a subscription');
	return;
}

# How many tokens of a person Calendly would still accept.
sub live ($person)
{
	my $of = $cal->sandbox_state->{tokens}{live}{$person} // {};
	my $n = 0;
	$n += $_ for values %$of;
	return $n;
}

sub revoked
{
	must(live($_) == 0, "$_ has live tokens") for qw(olivia sam frida);
	must($cal->sandbox_state->{tokens}{revoked} > 0,
	    'none was ever revoked');
	return;
}

# No sealed secret of the user is left in the database. The names of all columns
# that hold sealed text end in "sealed". Some may remain: the deployment's canary
# and the host app's destination, which are no user's secrets, and what belongs
# to the link on which she said no at Calendly, which stays valid for half an
# hour and can be used only with a new consent.
sub nothing_left
{
	my $db = database();
	my $columns = $db->selectall_arrayref(<<~'SQL');
		SELECT c.table_name, c.column_name
		  FROM information_schema.columns c
		  JOIN information_schema.tables t USING (table_schema, table_name)
		 WHERE c.column_name LIKE '%\_sealed'
		   AND c.column_name NOT IN ('canary_sealed',
			'verifier_sealed')
		   AND c.table_name <> 'destinations'
		   AND t.table_type = 'BASE TABLE'
		SQL
	must(@$columns > 0, 'found no sealed column at all: has the schema ' .
	    'changed?');
	for my $place (@$columns) {
		my ($table, $column) = map { $db->quote_identifier($_) } @$place;
		my ($n) = $db->selectrow_array(
			"SELECT count(*) FROM $table WHERE $column IS NOT NULL");
		must($n == 0, "$n in $table.$column");
	}
	return;
}

1;
