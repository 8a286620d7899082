// node apollo.mjs URL EMAIL PASSWORD STRUCTURE MODERATOR_EMAIL — Apollo Client without React: queries and mutations
// over HTTP, subscriptions over graphql-ws, and a normalised cache that joins the pages of a list.
import assert from 'node:assert/strict';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition, relayStylePagination } from '@apollo/client/utilities';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { PAGE, iterator, story } from './story.mjs';

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
  const isSubscription = ({ query }) => getMainDefinition(query).operation === 'subscription';
  const client = new ApolloClient({
    link: ApolloLink.split(isSubscription, new GraphQLWsLink(socket), new HttpLink({ uri: url, headers })),
    cache: new InMemoryCache({
      // Every `id` of this API names one object everywhere, so the cache needs no keys of its own. A list is one list
      // whatever page was asked for, and another one for each filter and order. It joins `edges`, never `nodes`.
      typePolicies: { Query: { fields: { testimonies: relayStylePagination(['filter', 'orderBy']) } } },
    }),
  });

  let list;
  return {
    client,
    list: () => list.getCurrentResult().data.testimonies,
    async ask(document, variables) {
      const operation = gql(document);
      if (getMainDefinition(operation).operation === 'mutation') {
        return (await client.mutate({ mutation: operation, variables })).data;
      }
      const { data } = await client.query({ query: operation, variables });
      // What a component on the page would hold.
      list = client.watchQuery({ query: operation, variables });
      return data;
    },
    async more(document, variables) {
      return (await list.fetchMore({ variables })).data;
    },
    async listen(document, variables) {
      const events = iterator((next, fail) => {
        const answers = client.subscribe({ query: gql(document), variables });
        const observer = answers.subscribe({ next: ({ data, error }) => (error ? fail(error) : next(data)), error: fail });
        return () => observer.unsubscribe();
      });
      await open;
      return events;
    },
    async close() {
      client.stop();
      await socket.dispose();
    },
  };
}

await story('apollo', connect, ({ client, list }, { pages, filter, heard }) => {
  // One entry per object, under its type and id; nothing but pages and the root has no id.
  const entries = client.cache.extract();
  for (const id of pages.flat()) {
    const entry = entries[`Testimony:${id}`];
    // Told by the subscription only, and by the page only: both are in the one entry.
    assert.equal(entry.pseudonym, 'Zoé');
    assert.equal(entry.status, 'PUBLISHED');
    assert.match(entry.structure.__ref, /^Structure:/);
  }
  assert.equal(Object.keys(entries).filter((key) => key.startsWith('Testimony:')).length, heard.length);
  // Two pages, one list: for whoever watches it, and for whoever reads the first page from the cache.
  const joined = [list(), client.readQuery({ query: gql(PAGE), variables: { filter, first: 2 } }).testimonies];
  for (const { edges, pageInfo } of joined) {
    assert.deepEqual(edges.map((edge) => edge.node.id), pages.flat());
    assert.equal(pageInfo.hasNextPage, false);
  }
  return { joined: joined[0].edges.length, entries: Object.keys(entries).map((key) => key.split(':')[0]).sort() };
});
