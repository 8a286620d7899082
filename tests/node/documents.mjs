// node documents.mjs SDL_PATH SEED COUNT — COUNT GraphQL documents for a schema, about half of them with a fault, and
// what graphql-js thinks of each, as JSON lines: query, operationName, variables, valid, rule, error. `rule` is what
// the fault aimed at ("none", "syntax", "variables" or a rule of graphql-js's); `valid` never depends on it. Values of
// the scalars Date and DateTime are judged as the programme reads them. The same seed writes the same documents.
import { readFileSync } from 'node:fs';
import { getOperationAST, print, stripIgnoredCharacters } from 'graphql';
import { FAULTS, put } from './documents/faults.mjs';
import { change } from './documents/given.mjs';
import { judge, schemaOf } from './documents/judge.mjs';
import { broken, respaced } from './documents/lexis.mjs';
import { Random } from './documents/random.mjs';
import { places } from './documents/tree.mjs';
import { Writer } from './documents/valid.mjs';

const [path, seed, count] = process.argv.slice(2);
if (!path || !(Number(seed) >= 0) || !(Number(count) >= 1)) {
  console.error('usage: node documents.mjs SDL_PATH SEED COUNT');
  process.exit(2);
}

// Those of the server are larger; a document beyond them would tell nothing about rules.
const LONGEST = 4_000;

// Not every document has a place for every fault, and perhaps none of a schema has.
const TRIES = 200;

const schema = schemaOf(readFileSync(path, 'utf8'));
const random = new Random(Number(seed));
const writer = new Writer(schema, random);
const rules = Object.keys(FAULTS);

function written(document) {
  const text = print(document);
  const drawn = random.next();
  if (drawn < 0.25) return stripIgnoredCharacters(text);
  return drawn < 0.4 ? respaced(text, random) : text;
}

/** A document, perhaps with a fault. */
function drawn() {
  const way = random.next();
  if (way < 0.1) {
    const { document, ...rest } = writer.document();
    return { query: broken(print(document), random), ...rest, rule: 'syntax' };
  }
  let wanted = way < 0.17 ? 'variables' : way < 0.5 ? random.pick(rules) : 'none';
  for (let left = TRIES; ; left -= 1) {
    if (left === 0) wanted = 'none';
    const { document, operationName, variables } = writer.document();
    const operation = getOperationAST(document, operationName);
    const done =
      wanted === 'none' ||
      (wanted === 'variables' && change(schema, operation, variables, random)) ||
      (wanted !== 'variables' && put(wanted, schema, document, places(schema, document), random));
    if (done) return { query: written(document), operationName, variables, rule: wanted };
  }
}

for (let left = Number(count); left > 0;) {
  const { rule, query, operationName, variables } = drawn();
  if (query.length > LONGEST) continue;
  left -= 1;
  const request = { query, operationName, variables: Object.keys(variables).length > 0 ? variables : null };
  const error = judge(schema, request);
  console.log(JSON.stringify({ ...request, valid: error === null, rule, error: error?.message ?? null }));
}
