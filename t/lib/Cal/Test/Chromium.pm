package Cal::Test::Chromium;

# Cal::Test::Chromium: a real browser: Debian's Chromium without a screen,
# driven through chromedriver by WebDriver (https://www.w3.org/TR/webdriver2/).
#
#	my $b = Cal::Test::Chromium->start($c->stack->dir);
#	$b->screen(360, 740, 'dark')->visit($url);
#	$b->click('Try again');
#	is $b->text('h1'), 'Calendly is connected';
#	$b->keys('Tab', 'Enter');
# It resolves no name but localhost, so that a test reaches only what it has
# started itself. %KEY has the names of keys. Clicks are real clicks on visible
# elements.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use Mojo::File qw(path);
use Mojo::UserAgent;
use Mojo::Util qw(b64_decode);
use Scalar::Util qw(weaken);
use Time::HiRes qw(sleep time);

use Cal::Test::Proc;
use Cal::Test::Stack;

has [qw(driver base session)];
has home => sub { tempdir('cal-chromium-XXXXXX', TMPDIR => 1, CLEANUP => 1) };
has ua	 => sub { Mojo::UserAgent->new(connect_timeout => 10,
	inactivity_timeout => 60) };

my $ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
my $PROGRAM = "$Cal::Test::Stack::TOP/t/browser/chromium.sh";
our %KEY = (Tab => "\x{E004}", Enter => "\x{E007}", Space => "\x{E00D}",
	Shift => "\x{E008}");

# Root may not use Chromium's own sandbox, and a bare root file system has
# neither /dev/shm nor a GPU. The other flags stop it from contacting its
# vendor.
my @FLAGS = ('--headless=new', '--no-sandbox', '--disable-dev-shm-usage',
	'--disable-gpu', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync', '--mute-audio',
	'--disable-extensions', '--hide-scrollbars',
	'--force-color-profile=srgb', '--host-resolver-rules=' .
	    'MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1');

my @started;

sub start ($class, $log_dir)
{
	my $self = $class->new;
	my $home = $self->home;
	my $log = "$log_dir/chromedriver.log";
	$self->driver(Cal::Test::Proc->new(name => 'chromedriver',
		log => $log, argv => ['chromedriver', '--port=0'],
		env => { HOME => $home, TMPDIR => $home,
		    map { ($_ => undef) } qw(DISPLAY XDG_CONFIG_HOME
		    XDG_CACHE_HOME DBUS_SESSION_BUS_ADDRESS) })->start);
	push @started, $self;
	weaken($started[-1]);
	my $port = $self->_until('chromedriver to listen', sub {
		$self->_start_again if !$self->driver->running;
		path($log)->slurp =~ /successfully on port (\d+)/ && $1
	});
	$self->base("http://127.0.0.1:$port");
	return $self->_begin;
}

# The port that chromedriver has found free for IPv6 may be taken for IPv4 by
# now.
sub _start_again ($self)
{
	my $tail = $self->driver->tail;
	$tail =~ /Address already in use/ or
	    croak "chromedriver ended:\n$tail";
	$self->driver->start;
	return;
}

sub _begin ($self)
{
	my %want = (browserName => 'chrome', acceptInsecureCerts => \1,
		'goog:chromeOptions' => {
			binary => $PROGRAM,
			args => [@FLAGS, "--user-data-dir=$self->{home}/p"],
		});
	my $got = $self->_call(POST => '/session',
		{ capabilities => { alwaysMatch => \%want } });
	return $self->session($got->{sessionId});
}

sub _until ($self, $what, $condition)
{
	my $deadline = time + ($ENV{CAL_TEST_TIMEOUT} // 30);
	for (;;) {
		my $value = $condition->();
		return $value if $value;
		croak "waited for $what, in vain" if time > $deadline;
		sleep 0.02;
	}
}

# Returns the value of WebDriver's answer; an error of WebDriver's ends the
# test.
sub _call ($self, $method, $path, $json = undef)
{
	my $tx = $self->ua->start($self->ua->build_tx($method,
		$self->base . $path, {}, $method eq 'POST' ?
		    (json => $json // {}) : ()));
	my $value = ($tx->res->json // {})->{value};
	croak "chromedriver: $method $path: " . (ref $value eq 'HASH' ?
	    "$value->{error}: $value->{message}" :
	    $tx->error->{message} // $tx->res->body) if !$tx->res->is_success;
	return $value;
}

sub _do ($self, $method, $path, $json = undef)
{
	return $self->_call($method, "/session/$self->{session}$path", $json);
}

# Chromium's own debugging protocol.
sub _cdp ($self, $command, %param)
{
	return $self->_do(POST => '/goog/cdp/execute',
		{ cmd => $command, params => \%param });
}

sub stop ($self)
{
	return $self if !$self->driver;
	eval { $self->_do(DELETE => '') if $self->session; 1 } or warn $@;
	$self->driver->stop;
	return $self->driver(undef);
}

# Where it goes and what it sees

# Applies to this window only; sizes are in CSS pixels.
sub screen ($self, $width, $height, $scheme = 'light')
{
	$self->_cdp('Emulation.setDeviceMetricsOverride', width => $width,
		height => $height, deviceScaleFactor => $width < 600 ? 2 : 1,
		mobile => $width < 600 ? \1 : \0);
	$self->_cdp('Emulation.setEmulatedMedia', features => [
		{ name => 'prefers-color-scheme', value => $scheme }]);
	return $self;
}

sub visit ($self, $url)
{
	$self->_do(POST => '/url', { url => "$url" });
	return $self;
}

sub go_back ($self) { $self->_do(POST => '/back'); return $self }
sub url ($self)	    { return $self->_do(GET => '/url') }
sub title ($self)   { return $self->_do(GET => '/title') }

# Runs a function's body in the page and returns its value; its arguments are in
# "arguments".
sub script ($self, $body, @arg)
{
	return $self->_do(POST => '/execute/sync',
		{ script => $body, args => \@arg });
}

# Does the same for a function that ends by calling its last argument.
sub script_async ($self, $body, @arg)
{
	return $self->_do(POST => '/execute/async',
		{ script => $body, args => \@arg });
}

sub screenshot ($self, $file)
{
	path($file)->spurt(b64_decode($self->_do(GET => '/screenshot')));
	return $self;
}

# Returns what a person can see of an element, "" if nothing.
sub text ($self, $css = 'body')
{
	return $self->script('const e = document.querySelector(arguments[0]);' .
		'return e === null || !e.checkVisibility() ? "" :' .
		' e.innerText.trim()', $css);
}

# Waits for a page with this heading that is completely loaded, because a click
# does not wait for the page to which it leads. Returns the heading.
sub heading ($self, $wanted)
{
	my $there = '';
	my $came = sub {
		$there = eval { $self->script(
			'return document.readyState === "complete" &&' .
			' document.querySelector("h1").innerText') } || '';
		return $there eq $wanted;
	};
	eval { $self->_until($wanted, $came) };
	return $there;
}

# What it does

sub _visible ($self, $xpath)
{
	my $found = $self->_do(POST => '/elements',
		{ using => 'xpath', value => $xpath });
	return grep { $self->_do(GET => "/element/$_/displayed") }
	    map { $_->{$ELEMENT} } @$found;
}

sub _named ($self, $text)
{
	my $is = qq{normalize-space(.)="$text"};
	return $self->_visible("//a[$is] | //button[$is] | " .
		qq{//label[contains(., "$text")]});
}

# Returns whether there is a visible link, button or label with this text.
sub offers ($self, $text) { return scalar $self->_named($text) }

# Waits for the element, as people do, because its page may still be loading.
sub click ($self, $text)
{
	my $element;
	my $there = sub { ($element) = eval { $self->_named($text) }; $element };
	eval { $self->_until($text, $there) } or croak
	    "nothing to click says '$text' at " . $self->url . ":\n" .
	    $self->text;
	$self->_do(POST => "/element/$element/click");
	return $self;
}

# "Shift+Tab" holds the first key while it presses the second.
sub keys ($self, @name)
{
	for my $name (@name) {
		my @key = map { $KEY{$_} // croak "no key $_" } split /\+/,
		    $name;
		$self->_do(POST => '/actions', { actions => [{ type => 'key',
			id => 'keyboard', actions => [
			    (map { { type => 'keyDown', value => $_ } } @key),
			    (map { { type => 'keyUp', value => $_ } }
				reverse @key)] }] });
	}
	return $self;
}

# Windows

sub window ($self)  { return $self->_do(GET => '/window') }
sub windows ($self) { return @{ $self->_do(GET => '/window/handles') } }

sub switch_to ($self, $window)
{
	$self->_do(POST => '/window', { handle => $window });
	return $self;
}

# Waits for a window that is none of these, and switches to it.
sub switch_to_new ($self, @old)
{
	my %old = map { $_ => 1 } @old;
	return $self->switch_to($self->_until('a new window',
		sub { (grep { !$old{$_} } $self->windows)[0] }));
}

# Opens one more tab of the same browser and switches to it.
sub new_tab ($self)
{
	return $self->switch_to($self->_do(POST => '/window/new',
		{ type => 'tab' })->{handle});
}

sub forget_cookies ($self)
{
	$self->_cdp('Network.clearBrowserCookies');
	return $self;
}

# The browser must end before the other programs of the test, and also when the
# test fails.
END {
	my $status = $?;
	$_->stop for grep {defined} @started;
	$? = $status;
}

1;
