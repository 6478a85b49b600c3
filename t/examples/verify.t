#!/usr/bin/perl
# Each language's check of signatures says the same, and what the Standard
# Webhooks specification says: of its own example, and of what is a little wrong
# with it.

use lib 't/lib';
use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

use Encode qw(encode);
use FindBin;
use MIME::Base64 qw(encode_base64);
use Test::More;

use lib "$FindBin::Bin/../lib";
use Cal::Test::Push qw(signature);
use Cal::Test::Verifiers qw(verifiers say_of);

my $top = "$FindBin::Bin/../..";

# The example with which the specification's authors test their libraries.
my %VECTOR = (
	secret => 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
	id     => 'msg_p5jXN8AQM9LWM0D4loKWxJek',
	time   => '1614265330',
	body   => '{"test": 2432232314}',
	given  => 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
	now    => 1614265330,
);
my $OTHER = 'whsec_' . encode_base64('x' x 32, '');

sub each_says ($answer, $what, %change)
{
	my %case = (%VECTOR, %change);
	return is_deeply say_of(%case), { map { ($_ => $answer) } verifiers() },
	    "$what: $answer";
}

chdir $top or die "$top: $!";
my $body = 'Žofie 😀';
my $wide = signature(@VECTOR{qw(secret id time)}, encode('UTF-8', $body));
is signature(@VECTOR{qw(secret id time body)}), $VECTOR{given},
    'what the tests sign with is right';
each_says(yes => "the specification's example");
each_says(yes => 'letters beyond ASCII', body => $body, given => $wide);
each_says(yes => 'a second signature',
	given => 'v1,' . 'A' x 43 . "= $VECTOR{given}");
each_says(yes => 'a second secret', secret => "$OTHER $VECTOR{secret}");
each_says(yes => 'another kind beside it',
	given => "v1a,x v2,x $VECTOR{given}");
each_says(yes => '5 minutes old', now => $VECTOR{now} + 300);
each_says(no => 'older', now => $VECTOR{now} + 301);
each_says(yes => '5 minutes early', now => $VECTOR{now} - 300);
each_says(no => 'earlier', now => $VECTOR{now} - 301);
each_says(no => 'another secret', secret => $OTHER);
each_says(no => 'another body', body => '{"test": 2432232315}');
each_says(no => 'another id', id => 'msg_p5jXN8AQM9LWM0D4loKWxJeK');
each_says(no => 'another time', time => '1614265331');
each_says(no => 'no time', time => '');
each_says(no => 'a signature that is cut',
	given => substr $VECTOR{given}, 0, -1);
each_says(no => 'a signature of no kind', given => $VECTOR{given} =~ s/v1,//r);
each_says(no => 'a signature of another kind',
	given => $VECTOR{given} =~ s/v1/v1a/r);
each_says(no => 'no signature', given => '');
each_says(dies => 'no secret', secret => '');
each_says(dies => 'a secret of nothing', secret => 'whsec_');
each_says(dies => 'a secret that is none', secret => 'whsec_ä');

done_testing;
