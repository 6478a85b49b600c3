// receiver.js: takes pushes in, with Express 4 or 5.
//
//   CALENDLYD_SECRETS=whsec_… DATABASE_URL=postgresql://… node receiver.js
'use strict';
const express = require('express');
const { Webhook } = require('standardwebhooks');
const { transaction, handle } = require('./store');

// One secret, or two with a blank between them while it is being rotated.
const webhooks = process.env.CALENDLYD_SECRETS.split(' ').map((secret) => new Webhook(secret));

// Returns the event, or undefined if none of our secrets signed it within the last 5 minutes.
function verified({ body, headers }) {
  if (!Buffer.isBuffer(body)) return undefined; // nothing was sent
  for (const webhook of webhooks) {
    try {
      return webhook.verify(body, headers);
    } catch (error) {
      if (error.name !== 'WebhookVerificationError') throw error;
    }
  }
  return undefined;
}

const app = express();

// The signature is over the bytes that came: express.raw() keeps them, express.json() does not.
// It refuses more than 100 kB by default; the largest events have about one MiB.
app.post('/calendly', express.raw({ type: () => true, limit: '4mb' }), async (req, res) => {
  try {
    const event = verified(req);
    if (event === undefined) return res.sendStatus(401);
    await transaction((run) => handle(run, event));
    return res.sendStatus(204);                 // 2xx only when it is stored
  } catch (error) {                             // Express 4 would not catch this
    console.error(error);
    return res.sendStatus(500);                 // the push comes again
  }
});

app.listen(process.env.PORT ?? 3000, '127.0.0.1');
