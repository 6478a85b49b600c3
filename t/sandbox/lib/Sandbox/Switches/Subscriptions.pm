package Sandbox::Switches::Subscriptions;

# Subscriptions: the switches for what Calendly says about webhook
# subscriptions, organizations and pages.

use v5.36;

my $BOOL = ['bool'];
my $COUNT = ['count'];

sub rows () {
	return (
[create_answer => 'right',
    [qw(one_of right refused empty no_resource no_uri odd_uri)],
    'Creating a subscription: answered rightly; refused with 400; or made, '
    . 'and answered with a 201 that says nothing, has no resource, no uri, or '
    . 'a uri that names nothing.'],
[former_organization => '403', [qw(one_of 403 404)],
    'What somebody who moved hears of the organization that they left.'],
[gone_deletes => 1, $BOOL,
    'A delivery that is answered 410 deletes its subscription at once, '
    . 'without a retry; else it is retried as any other.'],
[leavers_subscriptions => 'stay', [qw(one_of stay die)],
    'What becomes of the subscriptions of somebody who moves to another '
    . 'organization.'],
[list_callback => 'right',
    [qw(one_of right capitals port slash other absent)],
    'How a list spells callback_url: scheme and host in capitals, with the '
    . 'default port, with a slash at the end, as a URL elsewhere, not at all.'],
[list_events => 'right', [qw(one_of right null absent empty)],
    'What a list says as the events of a subscription.'],
[list_flood => 'none', [qw(one_of none pages page foreign)],
    'After what there is, lists hold 200,000 entries that say nothing, in '
    . 'pages of 20,000 or in one page, or pages of 3,000 subscriptions of '
    . 'other apps, without end.'],
[list_flood_spares => '', ['word'],
    'Whose lists list_flood leaves alone.'],
[list_lag_lists => 0, $COUNT,
    'In how many lists a new subscription is missing, and a deleted one still '
    . 'stands.'],
[list_lag_seconds => 0, $COUNT,
    'For how many seconds, on the settable clock, lists miss a new '
    . 'subscription and still hold a deleted one.'],
[list_omits_ours => 0, $BOOL,
    "Lists omit all of this app's subscriptions; a GET by URI finds them."],
[list_state => 'right', [qw(one_of right capital unknown absent)],
    'How a list names the state of a subscription: "Active", "paused", not at '
    . 'all.'],
[list_uri => 'right',
    [qw(one_of right null absent capitals slash web_host)],
    'What a list says as the uri of a subscription: null, nothing, its id in '
    . 'capitals (for UUIDs), with a slash at the end, on calendly.com.'],
[page_token_seconds => 0, $COUNT,
    'For how many seconds, on the settable clock, a page_token is good; '
    . 'after that it is refused with 400. 0: for ever.'],
[rate_limit_reset => 'counts', [qw(one_of counts constant)],
    'X-RateLimit-Reset counts down the seconds, or always says how long the '
    . 'whole minute is.'],
[subscription_by_uri => 'right', [qw(one_of right 404 410 500)],
    'What a GET of one subscription that is there answers.'],
	);
}

1;
