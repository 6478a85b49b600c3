package Cal::Test::Sources;

# Cal::Test::Sources: the source files and their includes, for the tests of the
# house rules.

use v5.30;
use warnings;
use experimental 'signatures';

use Exporter 'import';
use File::Find qw(find);

our @EXPORT_OK = qw(includes room_of slurp sources);

sub slurp ($path)
{
	open my $in, '<:encoding(UTF-8)', $path or die "$path: $!";
	local $/;
	return scalar <$in>;
}

sub sources ($pattern, @dir)
{
	my %text;
	find({ no_chdir => 1, wanted => sub {
		$text{$_} = slurp($_) if -f && /$pattern/ && !m{/node_modules/}
	} }, grep { -d } @dir);
	return %text;
}

sub includes ($text)
{
	return $text =~ /^\s*#\s*include\s+["<]([^">]+)[">]/mg;
}

# Returns the room of app/service to which a file belongs; "shared" if none.
sub room_of ($path)
{
	my ($room) = $path =~ m{^app/service/(?:(\w+)/)?[\w.]+$} or return;
	return $room // 'shared';
}

1;
