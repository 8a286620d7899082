// node ws.mjs URL EMAIL PASSWORD STRUCTURE MODERATOR_EMAIL — graphql-ws for everything: queries, mutations and
// subscriptions over one WebSocket per token.
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { story } from './story.mjs';

function connect(url, token) {
  let opened;
  const open = new Promise((resolve) => (opened = resolve));
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    // A browser has its own.
    webSocketImpl: WebSocket,
    // Headers cannot be set on a WebSocket of a browser: the token goes into the first message.
    connectionParams: token ? { Authorization: `Bearer ${token}` } : undefined,
    // Opened now and kept; otherwise each operation would make a connection of its own.
    lazy: false,
    // Whoever asks over a connection that failed hears of it.
    onNonLazyError: () => {},
    // A test wants to see the first disconnection. Whoever lets graphql-ws retry should log in again on 4403: it
    // would otherwise bring the refused token five times more.
    retryAttempts: 0,
    on: { connected: opened },
  });

  // Without `data` the operation failed as a whole: then graphql-ws throws the list of errors by itself.
  const dataOf = (answer) => {
    if (answer.errors) throw answer.errors;
    return answer.data;
  };

  return {
    async ask(query, variables) {
      const answers = client.iterate({ query, variables });
      const { value } = await answers.next();
      await answers.return();
      return dataOf(value);
    },
    async listen(query, variables) {
      const answers = client.iterate({ query, variables });
      await open;
      return {
        async next() {
          const { done, value } = await answers.next();
          return { done, value: done ? undefined : dataOf(value) };
        },
        return: () => answers.return(),
      };
    },
    close: () => client.dispose(),
  };
}

await story('ws', connect);
