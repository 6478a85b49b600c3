package Sandbox::Journal;

# Journal: the last calls that were made, and the number of each.
# Queries of the API are kept, because they hold nothing secret; those of the
# OAuth pages are not.

use Mojo::Base -base, -signatures;
use Time::HiRes qw(time);

use constant KEEP => 500;

has calls => sub { [] };
has counts => sub { {} };
has total => 0;
has state => undef, weak => 1;

sub begin ($self, $c, $kind) {
	my $req = $c->req;
	my $call = {
		method     => $req->method,
		path       => $req->url->path->to_string,
		query      => $kind eq 'api' ? $req->url->query->to_string : '',
		request_id => $req->headers->header('X-Request-Id'),
		at         => $self->state->clock->text,
		began      => time,
		status     => undef,
		fault      => undef,
		person     => undef,
	};
	push @{ $self->calls }, $call;
	shift @{ $self->calls } if @{ $self->calls } > KEEP;
	$self->total($self->total + 1);
	return $call;
}

# Replaces ids in the path, so that the number of routes that are counted stays
# small.
sub _route ($call) {
	my $path = $call->{path} =~
	    s{/(\w+s)/(?!me\z)[^/]+}{/$1/{uuid}}gr;
	return "$call->{method} $path";
}

sub end ($self, $call, $status) {
	$call->{status} = $status;
	$call->{ms} = int((time - delete $call->{began}) * 1000);
	my $count = $self->counts->{ _route($call) } //= { calls => 0 };
	$count->{calls}++;
	$count->{ $status // 'no answer' }++;
	return $self->_log($call);
}

sub _log ($self, $call) {
	my $log = $self->state->config->{log_handle} or return;
	printf {$log} "%s %s %s %s %dms request=%s fault=%s\n", $call->{at},
	    $call->{method}, $call->{path}, $call->{status} // '-',
	    $call->{ms}, map { ($_ // '-') =~ s/[^!-~]/?/gr }
	    $call->{request_id}, $call->{fault};
	return;
}

1;
