# The drawing of the architecture is true: for each include there is a path of
# arrows, and for each arrow an include; and the picture is drawn from its
# source.

use v5.30;
use warnings;
use experimental 'signatures';

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use Cal::Test::Sources qw(includes room_of slurp sources);

chdir "$FindBin::Bin/.." or die $!;

sub part_of ($path)
{
	return room_of($path) // ($path =~ m{^app/(\w+)/} ? $1 :
	    $path =~ m{^lib/} ? 'lib' : undef);
}

sub arrows ($dot)
{
	my %arrow;
	while ($dot =~ /^\s*(\w+) -> (?:\{ ([\w ]+) \}|(\w+))$/mg) {
		my $from = $1;
		$arrow{$from}{$_} = 1 for split ' ', $2 // $3;
	}
	return %arrow;
}

sub is_path ($arrow, $from, $to)
{
	my (%seen, @todo);
	@todo = ($from);
	while (defined(my $part = shift @todo)) {
		return 1 if $arrow->{$part}{$to};
		push @todo, grep { !$seen{$_}++ } keys %{ $arrow->{$part} // {} };
	}
	return 0;
}

sub badly_drawn ($dot, %c)
{
	my %arrow = arrows($dot);
	my %needed;
	for my $file (sort keys %c) {
		my $from = part_of($file) // next;
		for my $header (includes($c{$file})) {
			my $to = part_of($header) // next;
			$needed{$from}{$to} //= "$file includes $header"
			    if $from ne $to;
		}
	}
	my @bad;
	for my $from (sort keys %needed) {
		push @bad, map { is_path(\%arrow, $from, $_) ? () :
		    "no way from $from to $_: $needed{$from}{$_}" }
		    sort keys %{ $needed{$from} };
	}
	for my $from (sort keys %arrow) {
		push @bad, map {"$from -> $_: nothing includes that"}
		    grep { !$needed{$from}{$_} } sort keys %{ $arrow{$from} };
	}
	return @bad;
}

my @bad = badly_drawn("\ta -> { keys lib }\n",
    'app/a/x.c' => qq{#include "app/service/keys/seal.h"\n},
    'app/service/keys/x.c' => qq{#include "lib/log.h"\n});
is_deeply \@bad, ['no way from keys to lib: app/service/keys/x.c includes ' .
    'lib/log.h', 'a -> lib: nothing includes that'],
    'an arrow that is missing, and one that is wrong, are found';

my $dot = slurp('docs/architecture.dot');
is join("\n", badly_drawn($dot, sources(qr/\.[ch]$/, qw(app lib)))), '',
    'docs/architecture.dot draws the includes';
my %arrow = arrows($dot);
my $svg = slurp('docs/architecture.svg') =~ s/&#45;/-/gr =~ s/&gt;/>/gr;
is_deeply [sort $svg =~ m{<title>(\w+->\w+)</title>}g],
    [sort map { my $from = $_; map {"$from->$_"} keys %{ $arrow{$from} } }
	keys %arrow], 'docs/architecture.svg is drawn from it';

done_testing;
