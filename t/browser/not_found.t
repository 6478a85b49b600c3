# The pages of addresses that are none: what people see, on every screen.

use Cal::Test;
use Cal::Test::Chromium;
use Cal::Test::HostApp;
use Cal::Test::Page qw(page_is shows);

my $c = Cal::Test->start;
my $app = Cal::Test::HostApp->start($c)->url;
my $b = Cal::Test::Chromium->start($c->stack->dir)->screen(1280, 900);

# As another site does it: a form that posts here.
sub post ($path)
{
	$b->visit("$app/back");
	$b->script(q{const form = document.createElement("form");
		form.method = "post";
		form.action = arguments[0];
		document.body.append(form);
		form.submit();
		return true}, $c->url($path));
	return;
}

subtest 'an address that is none' => sub {
	$b->visit($c->url('/connect/'));
	page_is($b, 'not-found', 'There is nothing here');
	for my $path ('/', '/pages/nothing.html', '/v1/nothing') {
		$b->visit($c->url($path));
		shows($b, 'There is nothing here', $path);
	}
};

subtest 'a form that is posted to the callback' => sub {
	post('/oauth/calendly/callback?state=x');
	shows($b, 'Please begin once more', 'a page says what to do');
	$b->click('Back to the app');
	shows($b, 'You can close this window', 'and leads back');
	$b->visit($c->session('u1')->{url} =~ s{/connect/\K.*}{}r);
	post('/connect/x');
	page_is($b, 'begin-again', 'Please begin once more');
};

# Shown as it is: over HTTP/2, nginx closes the connection of a browser that
# sends too much, without an answer.
subtest 'a request that nginx cannot read' => sub {
	$b->visit($c->url('/pages/bad-request.html'));
	page_is($b, 'bad-request', 'This request can’t be read');
};

done_testing;
