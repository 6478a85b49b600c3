// What the page at /sandbox is made of: calls, cells, buttons, tables.
'use strict';

const $ = (selector) => document.querySelector(selector);
const last = (uri) => (uri || '').split('/').pop();
const time = (text) => (text || '').slice(11, 23);
const drawn = new Map();

function notice(text, bad) {
	$('#notice').textContent = text;
	$('#notice').className = bad ? 'bad' : 'good';
}

async function call(method, path, body) {
	const answer = await fetch('/sandbox/' + path, {
		method,
		headers: body ? { 'Content-Type': 'application/json' } : {},
		body: body && JSON.stringify(body),
	});
	const json = await answer.json();
	if (!answer.ok)
		throw new Error(json.error || 'status ' + answer.status);
	return json;
}

async function post(path, body, done) {
	try {
		await call('POST', path, body);
		notice(done || 'Done: ' + path);
	} catch (error) {
		notice(error.message, true);
	}
	show();
}

function cell(value) {
	const td = document.createElement('td');
	if (value instanceof Node)
		td.append(value);
	else if (Array.isArray(value))
		td.append(...value);
	else
		td.textContent = value ?? '–';
	return td;
}

function button(text, label, act) {
	const b = document.createElement('button');
	b.textContent = text;
	b.setAttribute('aria-label', label);
	b.addEventListener('click', act);
	return b;
}

function marked(text, good, bad) {
	const span = document.createElement('span');
	span.textContent = text ?? '–';
	span.className = good ? 'good' : bad ? 'bad' : '';
	return span;
}

// Redraws a table only when what it shows has changed, so that neither focus
// nor a selection is lost.
function table(id, heads, data, row) {
	const key = JSON.stringify(data);
	if (drawn.get(id) === key)
		return;
	drawn.set(id, key);
	const thead = document.createElement('thead');
	const tr = thead.insertRow();
	for (const head of heads) {
		const th = document.createElement('th');
		th.textContent = head;
		tr.append(th);
	}
	const tbody = document.createElement('tbody');
	for (const item of data)
		tbody.insertRow().append(...row(item).map(cell));
	if (!data.length) {
		const td = cell('nothing yet');
		td.colSpan = heads.length;
		tbody.insertRow().append(td);
	}
	$('#' + id).replaceChildren(thead, tbody);
}

function options(select, pairs) {
	const key = JSON.stringify(pairs);
	if (select.dataset.drawn === key)
		return;
	const chosen = select.value;
	select.replaceChildren(...pairs.map(([value, text]) =>
		new Option(text, value)));
	select.dataset.drawn = key;
	if (pairs.some(([value]) => value === chosen))
		select.value = chosen;
}
