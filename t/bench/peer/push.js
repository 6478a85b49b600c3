// push.js: what a good Node developer writes to push events to destinations:
// pg, the fetch of Node with its kept connections, ten at a time to each, and
// what was delivered written in batches. It is here to be compared with
// calendlyd's pusher: the same events, body, signature and rows; but no order
// for a meeting, no breaker and no checked address.
//
//	NODE_EXTRA_CA_CERTS=ca.pem PGHOST=... node push.js

'use strict';

const crypto = require('node:crypto');
const { setTimeout: pause } = require('node:timers/promises');
const pg = require('pg');

const AT_ONCE = 10;
const BATCH = 500;
const LOOK_MS = 100;
const GATHER_MS = 4;

const TARGETS = {
	name: 'targets',
	text: 'SELECT id, tenant_id, url, secret, cursor FROM peer.targets',
};
const TAKE = {
	name: 'take',
	text: `SELECT feed_seq, id, type, source, user_id, occurred_at,
		      received_at, meeting_id, data
		 FROM events
		WHERE tenant_id = $1 AND feed_seq > $2
		ORDER BY feed_seq
		LIMIT $3`,
};
const RECORD = {
	name: 'record',
	text: `WITH gone AS (
			INSERT INTO peer.pushes (target, seq, event_id, status,
			       ms)
			SELECT * FROM unnest($1::int[], $2::bigint[],
			       $3::uuid[], $4::int[], $5::int[]))
		UPDATE peer.targets t
		   SET cursor = greatest(t.cursor, n.cursor)
		  FROM (SELECT r.target, max(r.seq) AS cursor
			  FROM unnest($1::int[], $2::bigint[]) r (target, seq)
			 GROUP BY r.target) n
		 WHERE t.id = n.target`,
};

const pool = new pg.Pool({ max: 10 });
const targets = new Map();
let done = [];

async function send(target, { feed_seq: seq, ...event })
{
	const at = Math.floor(Date.now() / 1000);
	const body = JSON.stringify(event);
	const mac = crypto.createHmac('sha256', target.key)
		.update(`${event.id}.${at}.${body}`).digest('base64');
	const begun = Date.now();
	const res = await fetch(target.url, { method: 'POST', body,
		headers: { 'content-type': 'application/json',
			'webhook-id': event.id, 'webhook-timestamp': String(at),
			'webhook-signature': `v1,${mac}` } });
	await res.arrayBuffer();
	if (!res.ok)
		throw new Error(`answers ${res.status}`);
	done.push([target.id, seq, event.id, res.status, Date.now() - begun]);
}

async function record()
{
	for (;;) {
		await pause(GATHER_MS);
		const rows = done;
		done = [];
		if (rows.length > 0)
			await pool.query({ ...RECORD, values:
				[0, 1, 2, 3, 4].map((i) => rows.map((row) =>
					row[i])) });
	}
}

async function follow(target)
{
	let last = target.cursor;
	while (targets.has(target.id)) {
		const { rows } = await pool.query({ ...TAKE, values:
			[target.tenant_id, last, BATCH] });
		const lines = Array.from({ length: AT_ONCE }, async () => {
			for (let row; (row = rows.shift()) !== undefined;) {
				last = row.feed_seq;
				await send(target, row);
			}
		});
		if (rows.length === 0)
			await pause(LOOK_MS);
		await Promise.all(lines);
	}
}

async function main()
{
	record();
	for (;;) {
		const { rows } = await pool.query(TARGETS);
		for (const id of targets.keys())
			if (!rows.some((row) => row.id === id))
				targets.delete(id);
		for (const row of rows) {
			if (targets.has(row.id))
				continue;
			row.key = Buffer.from(row.secret, 'base64');
			targets.set(row.id, row);
			follow(row);
		}
		await pause(LOOK_MS);
	}
}

process.on('unhandledRejection', (err) => {
	console.error(err);
	process.exit(1);
});
main();
