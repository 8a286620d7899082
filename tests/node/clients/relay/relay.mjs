// node relay.mjs SDL_PATH [URL] — relay-compiler reads the schema and compiles what a front end made with Relay would
// hold: fragments, lists on the root and on an object, a mutation, a subscription. It must refuse a fragment that asks
// for what is not there. With URL, the compiled queries are asked of that server.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import compiler from 'relay-compiler';

const ARTIFACTS = [
  'StructureChildrenPageQuery',
  'StructureChildrenQuery',
  'StructureChildren_structure',
  'TestimonyCard_testimony',
  'TestimonyListPageQuery',
  'TestimonyListPublishMutation',
  'TestimonyListPublishedSubscription',
  'TestimonyListQuery',
  'TestimonyList_query',
];

const [sdl, url] = process.argv.slice(2);
if (!sdl) {
  console.error('usage: node relay.mjs SDL_PATH [URL]');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'relay-'));
try {
  cpSync(fileURLToPath(new URL('src', import.meta.url)), join(folder, 'src'), { recursive: true });
  cpSync(sdl, join(folder, 'schema.graphql'));
  mkdirSync(join(folder, 'artifacts'));
  const config = {
    src: './src',
    schema: './schema.graphql',
    language: 'javascript',
    // Artifacts name each other without extension, which only CommonJS follows here.
    eagerEsModules: false,
    artifactDirectory: './artifacts',
    noSourceControl: true,
    // The list of trusted documents that the server can be given.
    persistConfig: { file: './documents.json', algorithm: 'SHA256', include_query_text: true },
  };
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
  // It reads the list, and does not start one by itself.
  writeFileSync(join(folder, 'documents.json'), '{}');

  const compile = () => {
    const run = spawnSync(compiler, ['--noWatchman', 'relay.config.json'], { cwd: folder, encoding: 'utf8' });
    return { status: run.status, told: `${run.error ?? ''}${run.stdout}${run.stderr}` };
  };

  const good = compile();
  assert.equal(good.status, 0, good.told);
  const load = createRequire(join(folder, 'artifacts/'));
  const artifacts = Object.fromEntries(ARTIFACTS.map((name) => [name, load(`./${name}.graphql.js`)]));
  const operations = Object.values(artifacts).filter((artifact) => artifact.kind === 'Request');
  const documents = Object.entries(JSON.parse(readFileSync(join(folder, 'documents.json'), 'utf8')));
  assert.equal(documents.length, operations.length);
  for (const [hash, text] of documents) assert.equal(createHash('sha256').update(text).digest('hex'), hash);

  // The compiler knows the schema, or this would pass.
  const wrong = 'import { graphql } from "react-relay";\ngraphql`fragment Wrong_testimony on Testimony { titre }`;\n';
  writeFileSync(join(folder, 'src', 'Wrong.js'), wrong);
  const bad = compile();
  assert.notEqual(bad.status, 0, 'a wrong fragment was compiled');
  assert.match(bad.told, /titre/);

  const answered = url ? await ask(url, artifacts) : undefined;
  const kinds = operations.map((operation) => operation.params.operationKind).sort();
  const counts = { artifacts: ARTIFACTS.length, operations: kinds, refused: 'titre' };
  console.log(JSON.stringify({ client: 'relay', ...counts, answered }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Sends compiled queries: the root's list, then by its id the structure of a page, with what is below it. */
async function ask(url, artifacts) {
  const send = async ({ params }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: params.text, variables }),
    });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined, `${params.name}: ${JSON.stringify(errors)}`);
    return data;
  };
  const { testimonies } = await send(artifacts.TestimonyListPageQuery, { count: 1, cursor: null, filter: null });
  assert.equal(typeof testimonies.pageInfo.hasNextPage, 'boolean');
  const any = { params: { name: 'any', text: '{ structures(first: 1) { nodes { id code name } } }' } };
  const [structure] = (await send(any)).structures.nodes;
  const { node } = await send(artifacts.StructureChildrenPageQuery, { count: 1, cursor: null, id: structure.id });
  assert.deepEqual([node.__typename, node.name], ['Structure', structure.name]);
  return ['TestimonyListPageQuery', 'StructureChildrenPageQuery'];
}
