package Sandbox::Page;

# Page: the HTML that people see, from the files in templates/.

use v5.36;
use Exporter 'import';
use Mojo::File qw(curfile);
use Mojo::Template;

our @EXPORT_OK = qw(page);

my $dir = curfile->dirname->dirname->sibling('templates');
my %template;

# Fills in one template; every value is escaped.
sub page ($name, %vars) {
	my $template = $template{$name} //= Mojo::Template->new(
	    auto_escape => 1, vars => 1,
	    name => "$name.html.ep")->parse(
	    $dir->child("$name.html.ep")->slurp);
	return $template->process(\%vars);
}

1;
