// DATABASE_URL=… PORT=… [WORKERS=1] node peer.mjs — the peer of the benchmarks: Mercurius on Fastify answers the
// same page of testimonies from the same tables. Tuned as its makers advise and as far as we could find, so that a
// comparison means something: JIT from the second request, documents parsed and validated once, batched loaders,
// prepared statements, no log; and several processes when wanted, as one of Node uses one core.
import cluster from 'node:cluster';
import Fastify from 'fastify';
import { GraphQLError } from 'graphql';
import mercurius from 'mercurius';
import pg from 'pg';

const { DATABASE_URL, PORT, HOST = '127.0.0.1' } = process.env;
const WORKERS = Number(process.env.WORKERS ?? 1);
// Shared among the processes: PostgreSQL sees as many connections however many they are.
const POOL = 8 / WORKERS;
if (!DATABASE_URL || !PORT || !Number.isInteger(POOL)) {
  console.error('DATABASE_URL and PORT must be set, and WORKERS be 1, 2, 4 or 8');
  process.exit(2);
}

const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 100;

// The driver's Date would cost time and lose the microseconds that the cursor needs; both texts only differ
// in two places, as the session's time zone is UTC.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => `${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const pool = new pg.Pool({
  connectionString: DATABASE_URL,
  max: POOL,
  idleTimeoutMillis: 0,
  options: '-c timezone=UTC',
});
pool.on('error', (error) => console.error(error.message));

const encode = (text) => Buffer.from(text).toString('base64url');
const globalId = (type, id) => encode(`${type}:${id}`);

function readCursor(cursor) {
  const [, listedAt, id] = /^(\d{4}-[\dT:.-]+Z)\/(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (id === undefined) throw new GraphQLError('Invalid cursor', { extensions: { code: 'BAD_USER_INPUT' } });
  return [listedAt, id];
}

// Mercurius takes the JSON text of a whole object as the key of its loaders: the id says as much and is not
// as long as the body.
class Testimony {
  constructor([key, number, title, body, pseudonym, status, submittedAt, publishedAt, structureKey]) {
    this.key = key;
    this.id = globalId('Testimony', key);
    this.number = number;
    this.title = title;
    this.body = body;
    this.pseudonym = pseudonym;
    this.status = status;
    this.submittedAt = submittedAt;
    this.publishedAt = publishedAt;
    this.structureKey = structureKey;
  }

  toJSON() {
    return this.key;
  }
}

// The limit is written into the statement: with a bound one PostgreSQL plans for a tenth of the table.
// One row more than the page tells whether another page follows.
function pageQuery(first, after) {
  return {
    name: `page_${after ? 'after_' : ''}${first}`,
    text: `
      select id, number, title, body, pseudonym, status, submitted_at, published_at, structure_id, listed_at
      from testimony
      where status in ('PUBLISHED', 'ANSWERED', 'ACTION_TAKEN')
        ${after ? 'and (listed_at, id) < ($1::timestamptz, $2::bigint)' : ''}
      order by listed_at desc, id desc
      limit ${first + 1}`,
    values: after ?? [],
    rowMode: 'array',
  };
}

async function testimonies(_, { first = DEFAULT_PAGE, after }) {
  if (first === null) first = DEFAULT_PAGE;
  if (first < 0 || first > LARGEST_PAGE) {
    throw new GraphQLError(`first must be between 0 and ${LARGEST_PAGE}`, { extensions: { code: 'BAD_USER_INPUT' } });
  }
  const { rows } = await pool.query(pageQuery(first, after == null ? null : readCursor(after)));
  const hasNextPage = rows.length > first;
  if (hasNextPage) rows.pop();
  const edges = rows.map((row) => ({ cursor: encode(`${row[9]}/${row[0]}`), node: new Testimony(row) }));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: after != null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

async function structuresOf(queries) {
  const keys = new Set();
  for (const { obj } of queries) keys.add(obj.structureKey);
  const { rows } = await pool.query({
    name: 'structures',
    text: 'select id, code, name from structure where id = any($1::bigint[])',
    values: [[...keys]],
    rowMode: 'array',
  });
  const found = new Map();
  for (const [key, code, name] of rows) found.set(key, { id: globalId('Structure', key), code, name });
  return queries.map(({ obj }) => found.get(obj.structureKey));
}

async function experiencesOf(queries) {
  const found = new Map();
  for (const { obj } of queries) found.set(obj.key, []);
  const { rows } = await pool.query({
    name: 'experiences',
    text: `
      select testimony_id, channel, sentiment from testimony_experience
      where testimony_id = any($1::bigint[]) order by testimony_id, position`,
    values: [[...found.keys()]],
    rowMode: 'array',
  });
  for (const [key, channel, sentiment] of rows) found.get(key).push({ channel, sentiment });
  return queries.map(({ obj }) => found.get(obj.key));
}

const schema = `
  scalar DateTime

  type Query {
    testimonies(first: Int, after: String): TestimonyConnection!
  }
  type TestimonyConnection {
    edges: [TestimonyEdge!]!
    pageInfo: PageInfo!
  }
  type TestimonyEdge {
    cursor: String!
    node: Testimony!
  }
  type PageInfo {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }
  type Testimony {
    id: ID!
    number: Int!
    title: String!
    body: String!
    pseudonym: String!
    status: TestimonyStatus!
    submittedAt: DateTime!
    publishedAt: DateTime
    structure: Structure!
    experiences: [TestimonyExperience!]!
  }
  type Structure {
    id: ID!
    code: String!
    name: String!
  }
  type TestimonyExperience {
    channel: String!
    sentiment: Sentiment
  }
  enum TestimonyStatus { IN_MODERATION PUBLISHED ANSWERED ACTION_TAKEN REJECTED WITHDRAWN }
  enum Sentiment { POSITIVE NEUTRAL NEGATIVE }
`;

async function serve() {
  const app = Fastify({ logger: false });
  await app.register(mercurius, {
    schema,
    resolvers: { Query: { testimonies } },
    loaders: { Testimony: { structure: structuresOf, experiences: experiencesOf } },
    jit: 1,
    // Leaves come from columns whose types and checks already are what the schema says.
    compilerOptions: { disableLeafSerialization: true },
  });

  // Connections are made before the first request, which also tells at once when the database is not there.
  await Promise.all(Array.from({ length: POOL }, () => pool.query('select pg_sleep(0.05)')));

  process.once('SIGTERM', async () => {
    await app.close();
    await pool.end();
    // In a worker, the channel to the primary would keep the process alive.
    process.exit();
  });

  await app.listen({ port: Number(PORT), host: HOST });
}

// One line once requests are answered, by whichever process was started.
const ready = () => console.log(`listening on ${HOST}:${PORT}`);

if (WORKERS > 1 && cluster.isPrimary) {
  const workers = Array.from({ length: WORKERS }, () => cluster.fork());
  let waited = WORKERS;
  cluster.on('listening', () => {
    waited -= 1;
    if (waited === 0) ready();
  });
  // A measure with fewer processes than announced would be wrong.
  let stopping = false;
  const stop = () => {
    stopping = true;
    for (const worker of workers) worker.process.kill('SIGTERM');
  };
  cluster.on('exit', () => {
    if (stopping) return;
    process.exitCode = 1;
    stop();
  });
  process.once('SIGTERM', stop);
} else {
  await serve();
  if (cluster.isPrimary) ready();
}
