// node introspect.mjs URL SDL_PATH — what the server tells of its schema is what is written down: descriptions,
// defaults, directives and all.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';

const [url, sdl] = process.argv.slice(2);
if (!sdl) {
  console.error('usage: node introspect.mjs URL SDL_PATH');
  process.exit(2);
}

// All that graphql-js can ask, so that nothing differs unseen; but one thing.
const query = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  // The server's library answers a sentence of its own here, whatever the schema says.
  schemaDescription: false,
  inputValueDeprecation: true,
  oneOf: true,
});
const response = await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
  body: JSON.stringify({ query }),
});
const { data, errors } = await response.json();
assert.equal(errors, undefined, JSON.stringify(errors));

const told = lexicographicSortSchema(buildClientSchema(data));
const written = lexicographicSortSchema(buildSchema(readFileSync(sdl, 'utf8')));
const [toldLines, writtenLines] = [told, written].map((schema) => printSchema(schema).split('\n'));
const first = toldLines.findIndex((line, index) => line !== writtenLines[index]);
if (first >= 0 || toldLines.length !== writtenLines.length) {
  const at = first >= 0 ? first : toldLines.length;
  const near = (lines) => lines.slice(Math.max(0, at - 3), at + 5).join('\n');
  console.error(`the server tells\n${near(toldLines)}\n\nbut written down is\n${near(writtenLines)}`);
  process.exit(1);
}

// The standard directives are not printed: a client still needs to know those that the server knows.
const standard = (schema) => schema.getDirectives().filter(isSpecifiedDirective).map(({ name }) => name);
const missing = ['include', 'skip', 'deprecated', 'specifiedBy'].filter((name) => !standard(told).includes(name));

const types = Object.values(told.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type));
const holders = types.filter((type) => isObjectType(type) || isInterfaceType(type) || isInputObjectType(type));
const fields = holders.reduce((count, type) => count + Object.keys(type.getFields()).length, 0);
assert.ok(types.length > 0 && fields > 0, 'an empty schema');
console.log(JSON.stringify({ types: types.length, fields, directives: standard(told), missing }));
