// The page at /sandbox: shows the state once a second while it is looked at,
// and posts what is clicked.  What it does can be done with curl as well.
'use strict';

function totals(state) {
	const t = state.tokens;
	const pairs = [
		['Consent visits', state.consent_visits],
		['Tokens minted', t.minted],
		['Refreshed', t.refreshed],
		['Refresh tokens used twice', t.used_twice],
		['Grants ended', t.revoked],
		['Subscriptions', state.subscriptions.length],
		['Delivery attempts', state.deliveries_count.sent],
		['Calls', state.api_calls_total],
	];
	$('#totals').replaceChildren(...pairs.map(([name, value]) => {
		const div = document.createElement('div');
		const dt = document.createElement('dt');
		const dd = document.createElement('dd');
		dt.textContent = name;
		dd.textContent = value;
		div.append(dt, dd);
		return div;
	}));
}

function people(state) {
	const names = state.people.slice(0, 50).map((p) => [p.person, p.name]);
	options($('[data-people]'), names);
	options($('[data-auto]'), [['', 'no, it asks'],
		...names.map(([key, name]) => [key, name + ' allows']),
		...names.map(([key, name]) => [key + '=deny', name + ' denies'])]);
	const auto = $('#auto-approve');
	if (document.activeElement !== auto && !auto.dataset.touched)
		auto.value = state.auto_approve || '';
	table('people', ['Name', 'E-mail', 'Role', 'Plan', 'Grants', ''],
		state.people.slice(0, 50), (p) => [p.name, p.email, p.role, p.plan,
			p.grants, [
				button('Revoke app', 'Revoke the app for ' + p.name, () =>
					post('revoke-app', { person: p.person })),
				button(p.stage === 'free' ? 'Upgrade' : 'To Free',
					'Change the plan of ' + p.name, () =>
					post('people', { person: p.person, changes: { plan:
						p.stage === 'free' ? 'professional' : 'free' } })),
				button('New password', 'New password for ' + p.name, () =>
					post('people', { person: p.person,
						changes: { password: 'x' } })),
				button('Fill calendar', 'Fill the calendar of ' + p.name, () =>
					post('history', { person: p.person, past: 200,
						ahead: 50, invitees: 320, seed: Date.now() % 1e6 })),
				button('Move', p.name + ' moves to a new organization', () =>
					post('move', { person: p.person,
						organization: 'new-' + Date.now() })),
			]]);
}

function subscriptions(state) {
	table('subscriptions', ['Of', 'Scope', 'State', 'URL', 'Events', 'App',
		'Retrying since', ''], state.subscriptions.slice(-100), (s) => [
		s.person, s.scope, marked(s.state, s.state === 'active',
			s.state !== 'active'), s.callback_url, s.events.join(' '),
		s.owner_app === 'app' ? 'ours' : s.owner_app,
		time(s.retry_started_at) || '–',
		[
			button('Send junk', 'Send a junk delivery to ' + s.callback_url,
				() => post('deliver', { subscription: s.id,
					raw_body: 'not json' })),
			button('Disable', 'Disable ' + s.callback_url, () =>
				post('disable', { subscription: s.id })),
			button('Delete', 'Delete ' + s.callback_url, () =>
				post('delete-subscription', { subscription: s.id })),
		],
	]);
}

function meetingButtons(meeting, invitee) {
	const which = invitee.name + ', ' + meeting.name;
	const id = { invitee: invitee.uri };
	const noShow = button(invitee.no_show ? 'Undo no-show' : 'No-show',
		'No-show: ' + which, () => post('no-show',
			{ ...id, undo: !!invitee.no_show }));
	if (invitee.status !== 'active')
		return [];
	return [
		button('Cancel', 'Cancel: ' + which, () =>
			post('cancel', { ...id, reason: 'Clicked' })),
		button('Reschedule', 'Reschedule: ' + which, () =>
			post('reschedule', id)),
		noShow,
	];
}

function bookings(state) {
	const rows = state.bookings.flatMap((meeting) =>
		meeting.invitees.map((invitee) => ({ meeting, invitee })));
	table('bookings', ['Start', 'Meeting', 'Host', 'Invitee', 'Where',
		'Status', ''], rows, ({ meeting, invitee }) => [
		meeting.start_time.slice(0, 16).replace('T', ' '), meeting.name,
		meeting.host, invitee.name + ' <' + invitee.email + '>',
		meeting.location.type,
		invitee.status + (invitee.rescheduled ? ', rescheduled' : '')
			+ (invitee.no_show ? ', no-show' : ''),
		meetingButtons(meeting, invitee),
	]);
}

function deliveries(state) {
	const data = state.deliveries.slice(-100).reverse();
	table('deliveries', ['At', 'Event', 'To', 'State', 'Attempts', 'Answer',
		'Next', ''], data, (d) => [time(d.at), d.event, d.url,
		marked(d.state, d.state === 'delivered',
			/retrying|given_up|lost/.test(d.state)),
		d.attempts, d.last_status ?? d.last_error, time(d.next_attempt_at),
		button('Again', 'Send delivery ' + d.id + ' again', () =>
			post('redeliver', { delivery: d.id })),
	]);
}

function calls(state) {
	const data = state.api_calls.slice(-100).reverse();
	table('calls', ['At', 'Call', 'Who', 'Status', 'ms', 'Fault', 'Request'],
		data, (a) => [time(a.at), a.method + ' ' + a.path
			+ (a.query ? '?' + decodeURIComponent(a.query) : ''), a.person,
			marked(a.status ?? 'none', a.status < 400,
				!(a.status < 400)), a.ms, a.fault, a.request_id]);
}

function faults(state) {
	table('faults', ['Fault', 'Where', 'Value', 'Hits'], state.faults,
		(f) => [f.kind, JSON.stringify(f.match), f.value,
			f.hits + (f.times ? ' of ' + f.times : '')]);
}

function switchInput(row) {
	const words = /^one of: (.+)$/.exec(row.takes);
	const set = words ? words[1].split(' ')
		: row.takes === 'true or false' ? ['true', 'false'] : null;
	const input = document.createElement(set ? 'select' : 'input');
	if (set)
		input.append(...set.map((word) => new Option(word)));
	input.value = String(row.value);
	input.setAttribute('aria-label', row.name);
	input.addEventListener('change', async () => {
		await post('switches', { [row.name]: input.value },
			row.name + ' is now ' + input.value);
		switches();
	});
	return input;
}

async function switches() {
	const { switches: data } = await call('GET', 'switches');
	table('switches', ['Switch', 'Now', 'What it asks'], data, (row) => [
		row.name, switchInput(row), row.about
			+ (row.value === row.default ? '' : ' (Usually '
				+ (row.default || 'empty') + '.)')]);
}

let busy = false;

async function show() {
	if (busy)
		return;
	busy = true;
	try {
		const state = await call('GET', 'state');
		$('#now').textContent = state.now.slice(0, 19).replace('T', ' ')
			+ ' UTC' + (state.clock_offset ? ' (set)' : '');
		for (const part of [totals, people, subscriptions, bookings,
			deliveries, calls, faults])
			part(state);
	} catch (error) {
		notice('The sandbox does not answer: ' + error.message, true);
	} finally {
		busy = false;
	}
}

// "invitee.name" becomes {invitee: {name}}; an empty field is left out.
function fields(form) {
	const body = {};
	for (const [name, value] of new FormData(form)) {
		const [outer, inner] = name.split('.');
		if (inner)
			(body[outer] ??= {})[inner] = value;
		else if (name === 'match')
			body.match = JSON.parse(value);
		else if (value !== '')
			body[name] = value;
	}
	return body;
}

function wire() {
	for (const form of document.querySelectorAll('form[data-post]'))
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			const body = fields(form);
			if (form.dataset.post === 'auto-approve')
				body.person ??= null;
			post(form.dataset.post, body);
		});
	$('#auto-approve').addEventListener('change', (event) => {
		event.target.dataset.touched = 1;
	});
	for (const b of document.querySelectorAll('[data-advance]'))
		b.addEventListener('click', () =>
			post('clock', { advance: Number(b.dataset.advance) }));
	$('[data-offset]').addEventListener('click', () =>
		post('clock', { offset: 0 }));
	$('[data-clear-faults]').addEventListener('click', async () => {
		await call('DELETE', 'faults');
		show();
	});
	$('[data-reset]').addEventListener('click', async () => {
		if (!confirm('Forget all people, tokens, meetings and subscriptions?'))
			return;
		await post('reset', {});
		switches();
	});
}

async function begin() {
	wire();
	const { kinds } = await call('GET', 'faults');
	options($('#kinds'), Object.keys(kinds).sort()
		.map((kind) => [kind, kind + ': ' + kinds[kind]]));
	switches();
	show();
	setInterval(() => document.hidden || show(), 1000);
}

begin();
