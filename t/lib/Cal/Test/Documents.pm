package Cal::Test::Documents;

# Cal::Test::Documents: reading documents and sources, for the tests that
# compare them.

use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

use Exporter 'import';
use FindBin;
use Test::More;

our @EXPORT_OK = qw(all_hold markdown slurp);

chdir "$FindBin::Bin/.." or die "$FindBin::Bin/..: $!";
binmode $_, ':encoding(UTF-8)' for Test::More->builder->output,
    Test::More->builder->failure_output;

sub slurp ($path)
{
	open my $in, '<:encoding(UTF-8)', $path or die "$path: $!";
	local $/;
	return scalar <$in>;
}

# Passes if nothing is missing, and otherwise names what is.
sub all_hold ($what, @missing)
{
	is join(', ', @missing), '', $what;
	return;
}

# The Markdown documents: path => text.
sub markdown ()
{
	return map { ($_ => slurp($_)) } glob('*.md'), glob('docs/*.md'),
	    glob('docs/examples/*.md');
}

1;
