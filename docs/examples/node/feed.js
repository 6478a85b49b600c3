// feed.js: asks calendlyd for JSON, until there is an answer.
'use strict';
const { setTimeout: sleep } = require('node:timers/promises');

// Returns the answer to a GET, or null for 410: events after this cursor are gone.
async function ask(path, query) {
  const given = Object.entries(query).filter(([, value]) => value !== null);
  const url = `${process.env.CALENDLYD_URL}${path}?${new URLSearchParams(given)}`;
  const headers = { authorization: `Bearer ${process.env.CALENDLYD_KEY}` };
  for (;;) {
    let pause = 5;
    let refused = false;
    try {
      const res = await fetch(url, { headers, signal: AbortSignal.timeout(40_000) });  // > "wait"
      if (res.ok) return await res.json();
      if (res.status === 410) return null;
      refused = res.status < 500 && res.status !== 429;
      pause = Math.min(Number(res.headers.get('retry-after')) || pause, 300);
      throw new Error(`${res.status} ${await res.text()}`);
    } catch (error) {
      if (refused) throw error;                 // such as 401: somebody has to mend that
      console.error(path, error.message, error.cause?.message ?? '');
    }
    await sleep(pause * 1000);
  }
}

module.exports = { ask, sleep };
