package Cal::Test::Page;

# Cal::Test::Page: checks whether a page in the browser is fit for people: on a
# phone and on a desktop, light and dark, in small windows and with large
# letters. axe-core (t/browser/package.json) must find nothing, and the heading
# must have the focus. Each look leaves a picture in var/screenshots.
#
#	decide($b, 'olivia@acme.example', 'Deny');
#	page_is($b, 'cancelled', 'You did not connect Calendly');
#	fits($b, 'demo');		# any page, wherever it is

use Mojo::Base -strict, -signatures;

use Exporter qw(import);
use Mojo::File qw(path);
use Test::More;

use Cal::Test::Stack;

our @EXPORT_OK = qw(decide fits page_is picture shows);

my $HERE = "$Cal::Test::Stack::TOP/t/browser";
my %SIZE = (phone => [360, 740], desktop => [1280, 900]);

sub _js ($file) { return path("$HERE/$file")->slurp }

sub _axe ()
{
	state $axe = do {
		my $file = path("$HERE/node_modules/axe-core/axe.min.js");
		-e $file or die "axe-core is missing: run " .
		    "npm ci --prefix t/browser --ignore-scripts\n";
		Mojo::Util::decode('UTF-8', $file->slurp);
	};
	return $axe;
}

sub shows ($b, $heading, $title)
{
	return is $b->heading($heading), $heading, $title;
}

# Gives this person's answer on Calendly's consent page.
sub decide ($b, $person, $answer)
{
	shows($b, 'Allow this app to use your Calendly account?',
		'the consent page asks');
	$b->click($person)->click($answer);
	return;
}

# Checks the page with this heading in every way that people see it. Its
# pictures are named after it, or by $shot.
sub page_is ($b, $name, $heading, $shot = $name)
{
	return subtest "the page \"$heading\"" => sub {
		is $b->heading($heading), $heading, 'has come' or diag $b->url;
		like $b->url, qr{/(?:pages/\Q$name\E\.html|connect/)},
		    'is where it should be';
		_speaks($b);
		fits($b, $shot);
	};
}

# Checks what is shown now on every kind of screen.
sub fits ($b, $shot)
{
	$b->script(_axe() . ';return true');
	for my $size (sort keys %SIZE) {
		_looks($b, $shot, $size, $_) for qw(light dark);
	}
	_stretches($b);
	$b->screen(@{ $SIZE{desktop} }, 'light');
	return;
}

# A screen reader must begin at the heading, and the tab's title must say what
# the page is.
sub _speaks ($b)
{
	is $b->script('return document.activeElement.localName'), 'h1',
	    'its heading has the focus';
	is $b->script('return document.querySelectorAll("h1, main").length'),
	    2, 'there is one heading, in one main part';
	is $b->script('return document.documentElement.lang'), 'en',
	    'its language is told';
	isnt $b->title, '', 'it has a title';
	return;
}

sub _looks ($b, $shot, $size, $scheme)
{
	$b->screen(@{ $SIZE{$size} }, $scheme);
	my $is = "$size, $scheme";
	is_deeply $b->script(_js('look.js')), [], "$is: all can be read";
	is_deeply $b->script_async(_js('axe.js')), [],
	    "$is: axe-core finds nothing";
	return _keep($b, "$shot-$size-$scheme");
}

sub _keep ($b, $name)
{
	my $dir = path("$Cal::Test::Stack::TOP/var/screenshots")->make_path;
	return $b->screenshot("$dir/$name.png");
}

# Leaves pictures of a part of the page, on a phone and on a desktop.
sub picture ($b, $shot, $part)
{
	for my $size (sort keys %SIZE) {
		$b->screen(@{ $SIZE{$size} }, 'light');
		$b->script('document.querySelector(arguments[0])' .
			'.closest("section").scrollIntoView()', $part);
		_keep($b, "$shot-$size");
	}
	return;
}

# As WCAG wants it, the page must be usable at a width of 320 pixels without
# scrolling sideways, and with letters of twice the size.
sub _stretches ($b)
{
	my $size = 'document.documentElement.style.fontSize = arguments[0]';
	$b->screen(320, 568);
	is_deeply $b->script(_js('look.js')), [], 'fits into 320 pixels';
	$b->screen(@{ $SIZE{phone} })->script($size, '200%');
	is_deeply $b->script(_js('look.js')), [], 'and takes large letters';
	$b->script($size, '');
	return;
}

1;
