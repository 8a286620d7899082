// node urql.mjs URL EMAIL PASSWORD STRUCTURE MODERATOR_EMAIL — urql without a framework: queries by GET while the
// address is short enough, mutations by POST, subscriptions over graphql-ws.
import { Client, cacheExchange, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { iterator, story } from './story.mjs';

// What the server chose among the media types that urql accepts, which are many.
const media = new Set();

async function watched(...request) {
  const response = await fetch(...request);
  media.add(response.headers.get('content-type'));
  return response;
}

function connect(url, token) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  let opened;
  const open = new Promise((resolve) => (opened = resolve));
  const socket = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: headers,
    on: { connected: opened },
  });
  const client = new Client({
    url,
    fetch: watched,
    fetchOptions: { headers },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });

  const dataOf = ({ data, error }) => {
    if (error) throw error;
    return data;
  };

  return {
    async ask(document, variables) {
      const operation = gql(document);
      const kind = operation.definitions[0].operation === 'mutation' ? 'mutation' : 'query';
      return dataOf(await client[kind](operation, variables).toPromise());
    },
    async listen(document, variables) {
      const events = iterator((next, fail) => {
        const answers = client.subscription(gql(document), variables);
        return answers.subscribe(({ data, error }) => (error ? fail(error) : next(data))).unsubscribe;
      });
      await open;
      return events;
    },
    close: () => socket.dispose(),
  };
}

await story('urql', connect, () => ({ media: [...media] }));
