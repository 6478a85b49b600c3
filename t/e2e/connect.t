#!/usr/bin/perl
# Connecting a user's Calendly account, receiving, disconnecting.

use lib 't/lib';
use Cal::Test;

my $c = Cal::Test->start;
my $end = $c->connect('u1', person => 'olivia');
diag explain $end if 0;
my $conn = $c->api(GET => '/v1/connections/u1');
is $conn->json->{status}, 'connected', 'the user is connected';
is $conn->json->{webhook}{state}, 'active', 'its webhook is active';

$c->sandbox(POST => '/sandbox/book', { person => 'olivia' });
$c->wait_for(sub { grep { $_->{type} eq 'invitee.created' } $c->events }, 'the booking in the feed', 2);
done_testing;
