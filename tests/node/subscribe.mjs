// node subscribe.mjs URL [N] — subscribes to testimonyPublished and prints each event as one JSON line,
// until SIGTERM or after N events. TOKEN, when set, is sent as the bearer token of the connection.
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const [url, limit] = process.argv.slice(2);
const wanted = limit === undefined ? Infinity : Number(limit);
if (!url || !(wanted >= 1)) {
  console.error('usage: node subscribe.mjs URL [N]');
  process.exit(2);
}

let connected = false;
const client = createClient({
  url: url.replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  connectionParams: process.env.TOKEN ? { Authorization: `Bearer ${process.env.TOKEN}` } : undefined,
  // A test wants to see the first disconnection, not to have it mended.
  retryAttempts: 0,
  on: {
    // On stderr: stdout holds events only. Whoever waits for this line knows that the socket is open.
    connected: () => {
      connected = true;
      console.error('connected');
    },
  },
});

const events = client.iterate({
  query: 'subscription { testimonyPublished { cursor testimony { id number title structure { code name } } } }',
});

process.once('SIGTERM', () => {
  // Completes the subscription, so the loop below ends as it does when the server completes it. Before the
  // server's acknowledgement there is nothing to complete, and waiting for one might never end.
  if (connected) events.return();
  else process.exit();
});

let seen = 0;
try {
  for await (const event of events) {
    console.log(JSON.stringify(event));
    seen += 1;
    if (seen >= wanted) break;
  }
} catch (error) {
  // graphql-ws rejects with an Error, a close event or a list of GraphQL errors.
  console.error(
    Array.isArray(error) ? JSON.stringify(error)
      : error.code !== undefined ? `closed ${error.code} ${error.reason}`
        : error.message,
  );
  process.exitCode = 1;
}
await client.dispose();
