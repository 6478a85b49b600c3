package Sandbox::Answer;

# Answer: what a handler answers, before anything is sent.
# A handler returns an answer, or dies with one from deep inside.  Because
# answering is separate from sending, a fault can lose, garble or delay the
# answer of work that is already done.

use v5.36;
use Exporter 'import';
use Sandbox::Json qw(encode_json);

our @EXPORT_OK = qw(answer bad_control created denied html invalid none
    not_found oauth_error ok redirect refuse);

sub answer ($status, $json, %headers) {
	return bless {
		status  => $status,
		type    => 'application/json; charset=utf-8',
		body    => encode_json($json),
		headers => \%headers,
	}, __PACKAGE__;
}

sub ok ($json)      { return answer(200, $json) }
sub created ($json) { return answer(201, $json) }

sub none ($status = 204) {
	return bless { status => $status, body => '', headers => {} },
	    __PACKAGE__;
}

sub html ($status, $body) {
	return bless {
		status  => $status,
		type    => 'text/html; charset=utf-8',
		body    => $body,
		headers => {
			'Cache-Control'           => 'no-store',
			'Referrer-Policy'         => 'no-referrer',
			'Content-Security-Policy' =>
			    "default-src 'self'; frame-ancestors 'none'",
		},
	}, __PACKAGE__;
}

sub redirect ($url, $status = 302) {
	return bless {
		status  => $status,
		body    => '',
		headers => { Location => $url, 'Cache-Control' => 'no-store' },
	}, __PACKAGE__;
}

# The following functions never return: they die with the answer.

sub refuse ($status, $title, $message, %more) {
	die answer($status, { title => $title, message => $message, %more });
}

sub invalid ($parameter, $message) {
	refuse(400, 'Invalid Argument', 'The supplied parameters are invalid.',
	    details => [{ parameter => $parameter, message => $message }]);
}

sub denied ($message = 'You do not have permission to access this resource.') {
	refuse(403, 'Permission Denied', $message);
}

sub not_found () {
	refuse(404, 'Resource Not Found',
	    'The server could not find the requested resource.');
}

sub oauth_error ($status, $error, $description) {
	my %headers = ('Cache-Control' => 'no-store', Pragma => 'no-cache');
	$headers{'WWW-Authenticate'} = 'Basic realm="Calendly sandbox"'
	    if $error eq 'invalid_client';
	die answer($status,
	    { error => $error, error_description => $description }, %headers);
}

sub bad_control ($message, $status = 400) {
	die answer($status, { error => $message });
}

1;
