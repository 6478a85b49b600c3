# docs/openapi.yaml is right in itself.
#
# Checked here by Cal::Contract::Lint, which needs nothing but Perl. With CAL_LINT_NPX=1 Redocly's linter, fetched
# by npx, gives a second opinion; t/contract/redocly.yaml has the command.
use Mojo::Base -strict, -signatures;

use FindBin;
use Mojo::File qw(path);
use lib "$FindBin::Bin/../lib";

use Cal::Contract;
use Cal::Contract::Lint;
use Test::More;
use YAML::XS ();

my $file = "$FindBin::Bin/../../docs/openapi.yaml";

# The faults of the document after $change was made to it.
sub faults ($change = undef) {
	my $contract = Cal::Contract->new($file);
	$change->($contract->doc) if $change;
	return join "\n", Cal::Contract::Lint->new(contract => $contract)->faults;
}

is faults, '', 'the document is right';

unlike path($file)->slurp, qr/[\s{]default: /, 'no field has a default: generators would make it required';

my $codes = Cal::Contract->new($file)->at('#/components/schemas/ProblemCode');
is_deeply [sort keys %{$codes->{'x-status'}}], [sort @{$codes->{enum}}], 'every problem code has its one status';

my @wrong = (
	['a misspelt key',           qr/'descripton' is no key/,   sub ($d) { $d->{info}{descripton} = 'x' }],
	['a misspelt schema key',    qr/'requird' is no key/,      sub ($d) { $d->{components}{schemas}{Event}{requird} = [] }],
	['one in an alternative',    qr/'patern' is no key/,       sub ($d) {
		$d->{components}{schemas}{EventType}{anyOf}[1]{patern} = 'x' }],
	['a reference to nowhere',   qr/leads nowhere/,            sub ($d) {
		$d->{paths}{'/healthz'}{get}{responses}{405} = {'$ref' => '#/components/responses/No'} }],
	['an example that is wrong', qr/example.*source/,         sub ($d) {
		$d->{paths}{'/v1/events/{id}'}{get}{responses}{200}{content}{'application/json'}{example}{source} = 'x' }],
	['a required ghost',         qr/no property of it/,        sub ($d) {
		push @{$d->{components}{schemas}{Event}{required}}, 'ghost' }],
	['an undeclared parameter',  qr/user_id is not declared/,  sub ($d) {
		delete $d->{paths}{'/v1/connections/{user_id}/log'}{parameters} }],
	['an operationId twice',     qr/must be there, once/,      sub ($d) {
		$d->{paths}{'/readyz'}{get}{operationId} = 'health' }],
	['a problem under another status', qr/is of status 404/,   sub ($d) {
		$d->{paths}{'/healthz'}{get}{responses}{405} = {'$ref' => '#/components/responses/NotFound'} }],
	['an unknown address that leads nowhere', qr/x-unknown-address.*leads nowhere/, sub ($d) {
		$d->{'x-unknown-address'}{404} = {'$ref' => '#/components/responses/No'} }],
	['a leftover',               qr/nothing refers to it/,     sub ($d) {
		$d->{components}{schemas}{Old} = {type => 'string'} }],
);
like faults($_->[2]), $_->[1], "it would find $_->[0]" for @wrong;

if ($ENV{CAL_LINT_NPX}) {
	my $said = qx{npx -y \@redocly/cli\@1.34.5 lint --config $FindBin::Bin/redocly.yaml $file 2>&1};
	is $?, 0, 'Redocly finds nothing' or diag $said;
}

done_testing;
