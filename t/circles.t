# No two files of app/ and lib/ call each other, directly or through others, so
# that whoever reads a file needs to know only what lies below it. The calls are
# read from the symbols that the compiler wrote, so that none is overlooked.

use v5.30;
use warnings;
use experimental 'signatures';

use File::Find qw(find);
use FindBin;
use Test::More;

my $top	  = "$FindBin::Bin/..";
my $build = $ENV{CAL_BUILD} // 'build';
chdir $top or die "$top: $!";

sub objects ()
{
	my @object;
	find({ no_chdir => 1, wanted => sub {
		push @object, $_ if m{^\Q$build\E/(.*)\.o$} && -f "$1.c"
	} }, "$build/app", "$build/lib");
	return @object;
}

# Returns who calls whom: { file => { file => [names] } }.
sub calls ()
{
	my (%home, %uses, %calls);
	open my $nm, '-|', 'nm', '-A', objects() or die "nm: $!";
	while (<$nm>) {
		my ($file, $type, $name) =
		    m{^\Q$build\E/(.*)\.o:.*\s([A-Za-z]) (\S+)$} or next;
		$home{$name} = $file if $type =~ /[TDRBC]/;
		push @{ $uses{$file} }, $name if $type eq 'U';
	}
	close $nm or die "nm: $?";
	for my $file (keys %uses) {
		for my $name (@{ $uses{$file} }) {
			my $other = $home{$name} // next;
			push @{ $calls{$file}{$other} }, $name
			    if $other ne $file;
		}
	}
	return \%calls;
}

# Returns all files that can be reached from each file.
sub reach ($calls)
{
	my %reach;
	for my $from (keys %$calls) {
		my @todo = ($from);
		while (defined(my $file = shift @todo)) {
			push @todo, grep { !$reach{$from}{$_}++ }
			    keys %{ $calls->{$file} // {} };
		}
	}
	return \%reach;
}

# Returns the calls by which a file depends on itself.
sub circles ($calls)
{
	my $reach = reach($calls);
	my @circle;
	for my $from (sort keys %$calls) {
		for my $to (sort keys %{ $calls->{$from} }) {
			push @circle, "$from calls $to (" . join(', ',
			    sort @{ $calls->{$from}{$to} }) . ')'
			    if $reach->{$to}{$from};
		}
	}
	return @circle;
}

is_deeply [circles({ a => { b => ['f'] }, b => { c => ['g'] },
	c => { a => ['h'], d => ['i'] } })],
    ['a calls b (f)', 'b calls c (g)', 'c calls a (h)'], 'a circle is found';

my $calls = calls();
cmp_ok scalar(keys %$calls), '>', 100, 'the objects are there';
is join("\n", circles($calls)), '', 'no file depends on itself';

done_testing;
