// node breaking.mjs OLD_SDL NEW_SDL [ALLOWED] — what changed between two schemas, as graphql-inspector sees it: which
// changes break a client, which may, and how many are safe. Exit 0 only if none breaks one, but for those that ALLOWED
// tells word for word, one message a line; # begins a comment.
import { readFileSync } from 'node:fs';

import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const [before, after, allowed] = process.argv.slice(2);
if (!after) {
  console.error('usage: node breaking.mjs OLD_SDL NEW_SDL [ALLOWED]');
  process.exit(2);
}

const [old, young] = [before, after].map((path) => buildSchema(readFileSync(path, 'utf8')));
const changes = await diff(old, young);
const messages = (level) =>
  changes.filter((change) => change.criticality.level === level).map((change) => change.message).sort();

const breaking = messages(CriticalityLevel.Breaking);
console.log(
  JSON.stringify({
    breaking,
    dangerous: messages(CriticalityLevel.Dangerous),
    safe: messages(CriticalityLevel.NonBreaking).length,
  }),
);

const lines = allowed ? readFileSync(allowed, 'utf8').split('\n').map((line) => line.trim()) : [];
const known = new Set(lines.filter((line) => line && !line.startsWith('#')));
const unknown = breaking.filter((message) => !known.has(message));
for (const message of unknown) console.error(`breaks clients: ${message}`);
// What was allowed once and did not happen would be allowed for ever.
for (const message of known) if (!breaking.includes(message)) console.error(`allowed, but not there: ${message}`);
process.exitCode = unknown.length === 0 ? 0 : 1;
