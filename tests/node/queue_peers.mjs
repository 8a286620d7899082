// REDIS_URL=… node queue_peers.mjs bullmq JOBS IN_FLIGHT WORK_MS
// DATABASE_URL=… node queue_peers.mjs graphile JOBS IN_FLIGHT WORK_MS
// — how fast two peers of our queue work: BullMQ over Redis, graphile-worker over PostgreSQL. All jobs are there before
// the one worker starts; what counts is the time from then until the queue holds none of them. A job does nothing, or
// waits WORK_MS by a timer. Both are set up as their makers advise for throughput. Prints one line of JSON.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const [peer, ...numbers] = process.argv.slice(2);
const [jobs, inFlight, workMs] = numbers.map(Number);
const { REDIS_URL, DATABASE_URL } = process.env;
const given = { bullmq: REDIS_URL, graphile: DATABASE_URL }[peer];
if (!given || !(jobs >= 1) || !(inFlight >= 1) || !(workMs >= 0)) {
  console.error('usage: REDIS_URL=… DATABASE_URL=… node queue_peers.mjs bullmq|graphile JOBS IN_FLIGHT WORK_MS');
  process.exit(2);
}

// Added this many at a time.
const BULK = 1_000;
const NAME = 'peer';
const work = workMs === 0 ? async () => {} : () => wait(workMs);

function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}

async function inBulk(add) {
  for (let from = 0; from < jobs; from += BULK) {
    await add(Array.from({ length: Math.min(BULK, jobs - from) }, (_, i) => from + i));
  }
}

async function bullmq() {
  const { Queue, Worker } = await import('bullmq');
  const { Redis } = await import('ioredis');
  // A worker waits for Redis as long as it takes.
  const connection = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
  const queue = new Queue(NAME, { connection });
  await queue.obliterate({ force: true });
  // Jobs that are done are removed at once: the sets of those kept would grow, and cost time.
  const opts = { removeOnComplete: true, removeOnFail: true };
  await inBulk((some) => queue.addBulk(some.map((number) => ({ name: NAME, data: { number }, opts }))));

  let done = 0;
  const started = performance.now();
  // Concurrency within one process is what they advise for work that waits; a job's end fetches the next one.
  const worker = new Worker(NAME, work, { connection, concurrency: inFlight });
  const finished = new Promise((resolve, reject) => {
    // Told once Redis knows.
    worker.on('completed', () => {
      done += 1;
      if (done === jobs) resolve();
    });
    worker.on('failed', (_, error) => reject(error));
    worker.on('error', reject);
  });
  await finished;
  const seconds = (performance.now() - started) / 1000;
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  connection.disconnect();
  return { version: versionOf('bullmq'), seconds };
}

async function graphile() {
  const { Logger, makeWorkerUtils, run } = await import('graphile-worker');
  const { default: pg } = await import('pg');
  // https://worker.graphile.org/docs/performance: batches both ways, fetched ahead into a queue of the process, so a
  // pool of 25 is enough for any concurrency. Their queue must not be shorter than the concurrency.
  const preset = {
    worker: {
      connectionString: DATABASE_URL,
      concurrentJobs: inFlight,
      maxPoolSize: Math.min(Math.max(10, inFlight + 2), 25),
      localQueue: { size: Math.max(500, inFlight + 1) },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
      logger: new Logger(() => () => {}),
    },
  };
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 1 });
  const utils = await makeWorkerUtils({ preset });
  await utils.migrate();
  await pool.query('delete from graphile_worker._private_jobs');
  const job = (number) => ({ identifier: NAME, payload: { number }, maxAttempts: 1 });
  await inBulk((some) => utils.addJobs(some.map(job)));
  await utils.release();
  // As autovacuum would have, had the jobs come one by one.
  await pool.query('vacuum analyze graphile_worker._private_jobs');

  let done = 0;
  let finish;
  const finished = new Promise((resolve) => { finish = resolve; });
  const task = async () => {
    await work();
    done += 1;
    if (done === jobs) finish();
  };
  const started = performance.now();
  const runner = await run({ preset, taskList: { [NAME]: task }, noHandleSignals: true });
  await finished;
  // The last batch may still be on its way.
  const left = async () => (await pool.query('select 1 from graphile_worker._private_jobs limit 1')).rowCount;
  while ((await left()) > 0) await wait(1);
  const seconds = (performance.now() - started) / 1000;
  await runner.stop();
  await pool.end();
  return { version: versionOf('graphile-worker'), seconds };
}

const { version, seconds } = await { bullmq, graphile }[peer]();
console.log(JSON.stringify({
  peer,
  version,
  jobs,
  in_flight: inFlight,
  work_ms: workMs,
  seconds: Number(seconds.toFixed(3)),
  per_second: Math.round(jobs / seconds),
}));
