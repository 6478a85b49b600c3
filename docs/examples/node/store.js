// store.js: keeps events and meetings in PostgreSQL.
'use strict';
const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', console.error);                // an idle connection broke: the pool makes another

// Calls work(run) in a transaction; run(sql, value, …). It is stored wholly, or not at all.
async function transaction(work) {
  const db = await pool.connect();
  try {
    await db.query('BEGIN');
    const result = await work((sql, ...values) => db.query(sql, values));
    await db.query('COMMIT');
    db.release();
    return result;
  } catch (error) {
    db.release(true);                           // closes the connection, which undoes everything
    throw error;
  }
}

// Takes an event in, once. What is slow (mails) belongs into another program.
async function handle(run, event) {
  const { rowCount } = await run(
    `INSERT INTO calendly_events (id, type, user_id) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO NOTHING`,
    event.id, event.type, event.user_id);
  if (rowCount === 0) return;                   // it was here before
  if (event.type === 'meeting.changed') await keep(run, event.data.meeting, event.sequence);
  // Here is the place for other types. Ignore those that you do not know: new ones will come.
}

// Stores a meeting, unless a newer state of it is there: a replayed event brings an old one.
function keep(run, meeting, sequence) {
  return run(
    `INSERT INTO calendly_meetings (id, user_id, status, start_time, sequence, body)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET status = excluded.status,
     start_time = excluded.start_time, sequence = excluded.sequence, body = excluded.body
     WHERE calendly_meetings.sequence < excluded.sequence`,
    meeting.id, meeting.user_id, meeting.status, meeting.start_time, sequence,
    JSON.stringify(meeting));
}

module.exports = { transaction, handle, keep };
