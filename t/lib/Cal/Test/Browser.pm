package Cal::Test::Browser;

# Cal::Test::Browser: a person with a browser. It has cookies, follows redirects
# one by one and pages that refresh themselves, fills in forms and presses
# buttons by their visible text.
# It loads pages of its own sites only. If it is sent to another site (the host
# application's return_url), or to a URL that matches "until", it stops before:
# then "url" has that URL and "res" no answer.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use Mojo::URL;
use Mojo::UserAgent;
use Time::HiRes ();

has 'ca';
has sites => sub { [] };	# base URLs
has url	  => undef;		# where it stands
has res	  => undef;		# the answer there
has trail => sub { [] };	# each step: { method, url, status }
has check => undef;		# called with the transaction of each answer
has ua	  => sub ($self) {
	my $ua = Mojo::UserAgent->new(max_redirects => 0,
		connect_timeout => 10, inactivity_timeout => 60);
	$ua->ca($self->ca) if $self->ca;
	$ua->transactor->name('Mozilla/5.0 (calendlyd test)');
	return $ua;
};

my $MAX_STEPS = 12;

# Returns another tab, which shares the cookies.
sub tab ($self)
{
	return ref($self)->new(map { $_ => $self->$_ } qw(ca sites check ua));
}

sub visit ($self, $url, %arg)
{
	$self->trail([]);
	return $self->_walk(GET => Mojo::URL->new("$url"), undef, %arg);
}

sub _walk ($self, $method, $url, $form, %arg)
{
	for (1 .. $MAX_STEPS) {
		$self->url($url)->res(undef);
		return $self if !$self->_mine($url);
		return $self if $arg{until} && "$url" =~ $arg{until};
		my $res = $self->_load($method, $url, $form);
		my ($to, $pause) = goes_on($res);
		return $self if !defined $to;
		Time::HiRes::sleep($pause);
		$url = Mojo::URL->new($to)->to_abs($url);
		($method, $form) = ('GET', undef) if $res->code !~ /^30[78]$/;
	}
	croak "redirected more than $MAX_STEPS times:\n" . $self->story;
}

# Presses "Try again" (again) or "Back to the app" (back) on a page of ours,
# whose script adds the session of the page.
sub choose ($self, $way)
{
	my $id = $self->url->query->param('session_id');
	return $self->visit(Mojo::URL->new("/connect/$way")
	    ->query(session => $id // '')->to_abs($self->url));
}

# Returns where an answer sends a browser by itself, and after how many seconds.
sub goes_on ($res)
{
	return ($res->headers->location //
	    croak('a redirect does not say where to'), 0) if $res->is_redirect;
	my ($pause, $to) = ($res->headers->header('Refresh') // '') =~
	    /^(\d+); url=(\S+)$/;
	return ($to, $pause);
}

sub _load ($self, $method, $url, $form)
{
	my $tx = $self->ua->build_tx($method, $url,
		{ Accept => 'text/html,application/xhtml+xml' },
		$form ? (form => $form) : ());
	$tx = $self->ua->start($tx);
	my $err = $tx->error;
	croak "$method $url: $err->{message}" if $err && !$err->{code};
	push @{ $self->trail }, { method => $method, url => "$url",
		status => $tx->res->code };
	$self->check->($tx) if $self->check;
	$self->res($tx->res);
	return $tx->res;
}

sub _mine ($self, $url)
{
	return grep { my $site = Mojo::URL->new($_);
		$site->host_port eq ($url->host_port // '') &&
		    $site->scheme eq $url->scheme } @{ $self->sites };
}

# Fills in the page's form by its labels and presses the button $button. Fields
# that are not given keep their values.
sub press ($self, $button, %arg)
{
	my $fields = delete $arg{fields} // {};
	my $dom = $self->res ? $self->res->dom : croak 'no page to press on';
	my $at = $dom->find('form button, form input[type=submit]')
	    ->first(sub { ($_->attr('value') // '') =~ /^\Q$button\E$/i ||
		$_->all_text =~ /^\s*\Q$button\E\s*$/i })
	    or croak "no button says '$button' on $self->{url}";
	my $form = $at->ancestors('form')->first;
	my %value = (_filled($form), %$fields);
	$value{ $at->attr('name') } = $at->attr('value') // ''
	    if defined $at->attr('name');
	my $action = Mojo::URL->new($form->attr('action') // '');
	my $method = uc($form->attr('method') // 'GET');
	return $self->_walk($method, $action->to_abs($self->url), \%value,
		%arg);
}

sub _filled ($form)
{
	my %value;
	for my $field ($form->find('input, select, textarea')->each) {
		my $name = $field->attr('name') // next;
		next if ($field->attr('type') // '') =~ /^(submit|button)$/;
		next if ($field->attr('type') // '') =~ /^(radio|checkbox)$/
		    && !exists $field->attr->{checked};
		my $value = $field->val;
		$value{$name} = $value if defined $value;
	}
	return %value;
}

# Returns the words on the page.
sub text ($self)
{
	return '' if !$self->res;
	my $body = $self->res->dom->at('body') or return $self->res->text;
	return $body->all_text =~ s/\s+/ /gr;
}

sub story ($self)
{
	return join '', map { "  $_->{status} $_->{method} $_->{url}\n" }
	    @{ $self->trail };
}

1;
