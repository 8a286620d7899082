// node codegen.mjs SDL_PATH — graphql-codegen (client preset) makes typed documents of our schema, and TypeScript in
// its strict mode accepts the right sample and refuses the wrong one, line by line.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildASTSchema, parse } from 'graphql';
import ts from 'typescript';

const [sdl] = process.argv.slice(2);
if (!sdl) {
  console.error('usage: node codegen.mjs SDL_PATH');
  process.exit(2);
}

const samples = fileURLToPath(new URL('codegen', import.meta.url));
const schema = parse(readFileSync(sdl, 'utf8'));

/** The files that the preset makes of some documents, by their names. */
async function generate(rawSDL) {
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: 'gql/',
    schema,
    schemaAst: buildASTSchema(schema),
    documents: [{ location: 'operations.graphql', document: parse(rawSDL), rawSDL }],
    // Our own scalars travel as text, but for JSON.
    config: { scalars: { Date: 'string', DateTime: 'string', JSON: 'unknown' }, strictScalars: true, useTypeImports: true },
    // The list of trusted documents that the server can be given.
    presetConfig: { persistedDocuments: true },
    plugins: [],
    pluginMap: {},
  });
  return Object.fromEntries(await Promise.all(sections.map(async (section) => [section.filename, await codegen(section)])));
}

/** What TypeScript says of some files and of all that they import. */
function complaints(files) {
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    // The generated files are checked whole, the packages they import are not.
    skipLibCheck: true,
    types: [],
  });
  return ts.getPreEmitDiagnostics(program).map((one) => {
    const place = one.file && `${basename(one.file.fileName)}:${one.file.getLineAndCharacterOfPosition(one.start).line + 1}`;
    return { place, message: ts.flattenDiagnosticMessageText(one.messageText, ' ') };
  });
}

const folder = mkdtempSync(join(tmpdir(), 'codegen-'));
try {
  cpSync(samples, folder, { recursive: true });
  mkdirSync(join(folder, 'gql'));
  // Where TypeScript finds the types of the packages that the files name.
  symlinkSync(fileURLToPath(new URL('../node_modules', import.meta.url)), join(folder, 'node_modules'));
  const operations = readFileSync(join(samples, 'operations.graphql'), 'utf8');
  const files = await generate(operations);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);

  const documents = Object.entries(JSON.parse(files['gql/persisted-documents.json']));
  assert.equal(documents.length, 3);
  for (const [hash, text] of documents) assert.equal(`sha256:${createHash('sha256').update(text).digest('hex')}`, hash);

  const told = complaints(['good.ts', 'wrong.ts'].map((name) => join(folder, name)));
  const lines = readFileSync(join(folder, 'wrong.ts'), 'utf8').split('\n');
  const marked = lines.flatMap((line, index) => (line.endsWith('// refused') ? [`wrong.ts:${index + 1}`] : []));
  assert.ok(marked.length > 0);
  assert.deepEqual([...new Set(told.map((one) => one.place))], marked, JSON.stringify(told));

  // A document that asks for what is not there makes no types at all.
  await assert.rejects(generate(operations.replace('title', 'titre')), /titre/);

  const counts = { files: Object.keys(files).length, documents: documents.length, refused: marked.length };
  console.log(JSON.stringify({ client: 'codegen', ...counts }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
