// server.js: what a good Node developer writes to take Calendly's webhooks in:
// Express, pg's pool, prepared statements, a process for each processor. It is
// here to be compared with calendlyd: the same look-up, signature, identity,
// row and queue row; the same answers.
//
//	PORT=3000 WORKERS=4 SIGNING_KEY=... PGHOST=... node server.js

'use strict';

const cluster = require('node:cluster');
const crypto = require('node:crypto');
const express = require('express');
const pg = require('pg');

const MAX_AGE = 90_000;
const MAX_AHEAD = 180;

const FIND = {
	name: 'find',
	text: 'SELECT connection_id FROM peer.endpoints WHERE hash = $1',
};

// One statement is one transaction: 200 is sent only once it is committed.
const STORE = {
	name: 'store',
	text: `WITH fresh AS (
			INSERT INTO peer.deliveries (identity, connection_id,
			       kind, body)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT DO NOTHING
			RETURNING identity)
		INSERT INTO peer.queue (identity)
		SELECT identity FROM fresh`,
};

const sha256 = (...parts) => {
	const hash = crypto.createHash('sha256');
	for (const part of parts)
		hash.update(part).update('\0');
	return hash.digest();
};

function readSignature(header)
{
	const fields = new Map(header.split(',')
		.map((field) => field.trim().split('=', 2)));
	const at = fields.get('t');
	const v1 = fields.get('v1');
	return /^\d{1,12}$/.test(at) && /^[0-9a-f]{64}$/.test(v1)
		? { at, mac: Buffer.from(v1, 'hex') } : null;
}

function isSigned(signature, key, body)
{
	const mac = crypto.createHmac('sha256', key)
		.update(`${signature.at}.`).update(body).digest();
	const age = Date.now() / 1000 - Number(signature.at);
	return crypto.timingSafeEqual(mac, signature.mac) &&
		age <= MAX_AGE && age >= -MAX_AHEAD;
}

const trailing = (uri) => uri.slice(uri.lastIndexOf('/') + 1);

// What makes a delivery the same as one before; the whole body, if it is of no
// kind that we know.
function identify(connection, body)
{
	try {
		const { event, payload, created_at } = JSON.parse(body);
		const apart = event.startsWith('invitee_no_show.')
			? payload.no_show?.uri ?? created_at
			: event.endsWith('.updated') ? payload.updated_at : '';
		return { kind: event, identity: sha256(connection, event,
			trailing(payload.uri), apart) };
	} catch {
		return { kind: null, identity: sha256(connection, body) };
	}
}

function serve({ port, key })
{
	const pool = new pg.Pool({ max: 10 });
	const app = express();

	app.disable('x-powered-by');
	app.disable('etag');
	app.post('/webhooks/calendly/:endpoint',
	    express.raw({ type: () => true, limit: '1mb' }),
	    async (req, res) => {
		const signature = readSignature(
			req.get('calendly-webhook-signature') ?? '');
		if (signature === null)
			return res.sendStatus(400);
		const hash = crypto.createHash('sha256')
			.update(req.params.endpoint).digest();
		const { rows: [endpoint] } = await pool.query(
			{ ...FIND, values: [hash] });
		if (endpoint === undefined)
			return res.sendStatus(404);
		if (!isSigned(signature, key, req.body))
			return res.sendStatus(401);
		const { kind, identity } = identify(endpoint.connection_id,
			req.body);
		await pool.query({ ...STORE, values: [identity,
			endpoint.connection_id, kind, req.body] });
		return res.status(200).end();
	});
	app.use((err, req, res, next) => {
		console.error(err);
		res.sendStatus(err.status ?? 503);
	});
	app.listen(port, '127.0.0.1', 511);
}

if (cluster.isPrimary) {
	for (let i = 0; i < Number(process.env.WORKERS ?? 2); i++)
		cluster.fork();
} else {
	serve({ port: Number(process.env.PORT), key: process.env.SIGNING_KEY });
}
