// reader.js: reads the feed, each event once. Run one of it; stop and kill it as you like.
//
//   CALENDLYD_URL=https://… CALENDLYD_KEY=cal_… DATABASE_URL=postgresql://… node reader.js
'use strict';
const { ask, sleep } = require('./feed');
const { transaction, handle, keep } = require('./store');

const SAVE_CURSOR = 'UPDATE calendly_feed SET cursor = $1';

// Makes a copy of all meetings. From its cursor on, the feed tells what changes.
async function fill() {
  const start = { next: null, more: true };
  let page = start;
  const rare = { limit: 1000, type: 'webhook.gap' };        // only the cursor is wanted
  while (page.more) page = await ask('/v1/events', { after: page.next, ...rare }) ?? start;
  const cursor = page.next;
  await transaction((run) => run('UPDATE calendly_meetings SET sequence = -1'));
  for (let after = null, first = true; first || after !== null; first = false) {
    page = await ask('/v1/meetings', { after, limit: 100 });
    after = page.next;
    await transaction(async (run) => {
      for (const meeting of page.data) await keep(run, meeting, 0);
      if (after !== null) return;
      await run('DELETE FROM calendly_meetings WHERE sequence = -1');       // not there any more
      await run(SAVE_CURSOR, cursor);
    });
  }
}

async function main() {
  for (;;) {
    const { rows } = await transaction((run) => run('SELECT cursor FROM calendly_feed'));
    const after = rows[0].cursor;
    const page = after === null ? null : await ask('/v1/events', { after, limit: 100, wait: 25 });
    if (page === null) {                        // the first time, or away for too long
      await fill();
      continue;
    }
    await transaction(async (run) => {          // the events and the cursor: both or neither
      for (const event of page.data) await handle(run, event);
      await run(SAVE_CURSOR, page.next);
    });
    if (page.data.length === 0 && !page.more) await sleep(1000);    // empty answers may come early
  }
}

main();
