// The story that every client plays: log in, be refused, tell, publish, hear, read two pages. It makes what it reads,
// so it needs no data but a structure open to testimonies, an account and a moderator; and it looks for a word of its
// own only, so several may play at once.
//
// A client is a function (url, token) that gives { ask, listen, close }, and `more` when it has a way of its own to
// ask for a next page. `listen` gives an async iterator of events once the connection is open.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

const PATIENCE_MS = 20_000;

const LOG_IN = `
  mutation LogIn($input: SessionCreateInput!) {
    sessionCreate(input: $input) { token expiresAt userErrors { code message path } }
  }`;

const SUBMIT = `
  mutation Submit($input: TestimonySubmitInput!) {
    testimonySubmit(input: $input) { testimony { id status } userErrors { code message path } }
  }`;

const PUBLISH = `
  mutation Publish($input: TestimonyPublishInput!) {
    testimonyPublish(input: $input) { testimony { id status } userErrors { code message path } }
  }`;

export const PAGE = `
  query Page($filter: TestimonyFilterInput, $first: Int!, $after: String) {
    viewer { id email }
    testimonies(filter: $filter, first: $first, after: $after) {
      totalCount
      edges { cursor node { id number title status structure { id code } experiences { channel sentiment } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;

const PUBLISHED = `
  subscription Published($filter: TestimonyFilterInput, $after: String) {
    testimonyPublished(filter: $filter, after: $after) { cursor occurredAt testimony { id title pseudonym } }
  }`;

/** Waits, but not for ever. */
export async function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a callback is given, as an async iterator: for clients that have observers only. */
export function iterator(subscribe) {
  const heard = [];
  let wake = () => {};
  let failure;
  const told = (change) => {
    change();
    wake();
  };
  const stop = subscribe(
    (value) => told(() => heard.push(value)),
    (error) => told(() => (failure = error)),
  );
  return {
    async next() {
      while (heard.length === 0) {
        if (failure) throw failure;
        await new Promise((resolve) => (wake = resolve));
      }
      return { done: false, value: heard.shift() };
    },
    async return() {
      stop();
      return { done: true };
    },
  };
}

/** Plays the story with a client; `proof` may look at what the client keeps, and adds to what is printed. */
export async function story(name, connect, proof = () => ({})) {
  const [url, email, password, structure, moderatorEmail] = process.argv.slice(2);
  if (!moderatorEmail) {
    console.error(`usage: node ${name}.mjs URL EMAIL PASSWORD STRUCTURE MODERATOR_EMAIL`);
    process.exit(2);
  }
  const clients = [];
  const open = async (token) => {
    const client = await connect(url, token);
    clients.push(client);
    return client;
  };
  try {
    const seen = await play({ open, email, password, structure, moderatorEmail, proof });
    for (const client of clients) await client.close();
    console.log(JSON.stringify({ client: name, ...seen }));
  } catch (error) {
    // Clients reject with Errors, close events or lists of GraphQL errors.
    console.error(error instanceof Error ? error : inWords(error));
    // Whatever the client left open must not hold the process.
    process.exit(1);
  }
}

async function play({ open, email, password, structure, moderatorEmail, proof }) {
  const word = `suivi${randomBytes(5).toString('hex')}`;
  const filter = { structure, search: word };
  const testimony = (count) => ({
    structure,
    title: `Dossier ${word}, étape ${count}`,
    body: "L'accueil a été rapide et la réponse claire.",
    pseudonym: 'Zoé',
    experiences: [{ channel: 'FRONT_DESK', sentiment: 'POSITIVE' }],
  });
  // Named by its first words when nothing comes: « mutation Publish ».
  const ask = (client, document, variables) => within(client.ask(document, variables), document.trim().split('(')[0]);

  // Logging in needs no token; what it answers is the bearer token of the next connections.
  const guest = await open();
  const logIn = async (email) => {
    const { sessionCreate } = await ask(guest, LOG_IN, { input: { email, password } });
    assert.deepEqual(sessionCreate.userErrors, []);
    return sessionCreate.token;
  };
  const agent = await open(await logIn(email));
  const moderator = await open(await logIn(moderatorEmail));

  // What must be mended is data: a code to branch on, the place in the input, and words for people.
  const refused = (await ask(guest, SUBMIT, { input: { ...testimony(0), body: '' } })).testimonySubmit;
  assert.equal(refused.testimony, null);
  assert.equal(refused.userErrors.length, 1);
  const [{ code, path, message }] = refused.userErrors;
  assert.deepEqual({ code, path }, { code: 'EMPTY_TEXT', path: ['body'] });
  assert.match(message, /obligatoire/);

  const publish = async (count) => {
    const { testimonySubmit: told } = await ask(guest, SUBMIT, { input: testimony(count) });
    assert.deepEqual(told.userErrors, []);
    const { testimonyPublish: made } = await ask(moderator, PUBLISH, { input: { id: told.testimony.id } });
    assert.deepEqual(made.userErrors, []);
    assert.equal(made.testimony.status, 'PUBLISHED');
    return told.testimony.id;
  };
  const next = async (events) => {
    const { done, value } = await within(events.next(), 'an event');
    assert.ok(!done, 'the events ended');
    return value.testimonyPublished;
  };

  // Live; then, after a pause in which two more came, from where it was.
  const live = await within(agent.listen(PUBLISHED, { filter }), 'a connection');
  const published = [await publish(1)];
  const heard = [await next(live)];
  await live.return();
  published.push(await publish(2), await publish(3));
  const resumed = await within(agent.listen(PUBLISHED, { filter, after: heard[0].cursor }), 'a connection');
  heard.push(await next(resumed), await next(resumed));
  await resumed.return();
  assert.deepEqual(heard.map((event) => event.testimony.id), published);
  assert.equal(heard[0].testimony.title, testimony(1).title);

  // Newest first: two, then the one that is left.
  const first = await ask(agent, PAGE, { filter, first: 2 });
  assert.equal(first.viewer.email, email);
  assert.equal(first.testimonies.pageInfo.hasNextPage, true);
  const after = first.testimonies.pageInfo.endCursor;
  const second = await within((agent.more ?? agent.ask)(PAGE, { filter, first: 2, after }), 'the second page');
  assert.equal(second.testimonies.pageInfo.hasNextPage, false);
  const pages = [first, second].map((page) => page.testimonies.edges.map((edge) => edge.node.id));
  assert.deepEqual(pages.map((page) => page.length), [2, 1]);
  assert.deepEqual(pages.flat(), [...published].reverse());
  assert.equal(second.testimonies.totalCount, 3);

  // A wrong token is refused, never taken for no token.
  const stranger = await open('faux');
  const refusal = await ask(stranger, PAGE, { filter, first: 2 }).then(
    () => assert.fail('a wrong token was taken for none'),
    (error) => inWords(error),
  );
  assert.match(refusal, /4403|401|jeton/);

  return {
    viewer: first.viewer.email,
    refused: { code, path, message },
    heard: heard.length,
    pages: pages.map((page) => page.length),
    wrongToken: refusal,
    ...proof(agent, { pages, filter, heard }),
  };
}

/** How a client tells that a connection or a request was refused. */
function inWords(error) {
  if (error.code !== undefined && error.reason !== undefined) return `${error.code} ${error.reason}`;
  return error.message ?? JSON.stringify(error);
}
