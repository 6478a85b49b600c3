package Sandbox::Clock;

# Clock: the sandbox's own time: the machine's plus a settable offset.
# Everything that expires or is retried uses this clock, so that a test can let
# a day pass in a moment.  "changed" is emitted when somebody sets it.

use Mojo::Base 'Mojo::EventEmitter', -signatures;
use POSIX qw(strftime);
use Time::HiRes ();
use Time::Local qw(timegm_modern);

has offset => 0;

sub now ($self) { return Time::HiRes::time() + $self->offset }

sub set ($self, $offset) {
	$self->offset(0 + $offset)->emit('changed');
	return $self;
}

sub advance ($self, $seconds) { return $self->set($self->offset + $seconds) }

# Returns a time in the form of Calendly's times: UTC with microseconds.
sub text ($self, $time = $self->now) {
	my $us = int(($time - int $time) * 1e6);
	return strftime('%Y-%m-%dT%H:%M:%S', gmtime int $time)
	    . sprintf '.%06dZ', $us;
}

# Returns the epoch seconds of an RFC 3339 time, or undef if it is malformed.
sub parse ($self, $text) {
	my ($y, $mo, $d, $h, $mi, $s, $fraction, $zone) = ($text // '') =~
	    /\A(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?
	    ([Zz]|[+-]\d\d:\d\d)\z/x or return undef;
	my $time = eval { timegm_modern($s, $mi, $h, $d, $mo - 1, $y) };
	return undef unless defined $time;
	my ($sign, $zh, $zm) = $zone =~ /([+-])(\d\d):(\d\d)/;
	$time -= "${sign}1" * ($zh * 3600 + $zm * 60) if $sign;
	return $time + ($fraction // 0);
}

1;
