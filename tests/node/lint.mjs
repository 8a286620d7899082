// node lint.mjs SDL_PATH — graphql-eslint reads the schema with every rule it has for schemas and for Relay, but for
// those below. Prints how often each rule found something; exit 0 only if none did.
import { basename, dirname, resolve } from 'node:path';

import graphql from '@graphql-eslint/eslint-plugin';
import { ESLint } from 'eslint';

// The rules that are asked for something else than they are by default, or for nothing, and why.
const OURS = {
  // The program writes it in an order of its own: capitals before small letters.
  alphabetize: 'off',
  // One line is written in line, several as a block: the rule knows one style for all.
  'description-style': 'off',
  // We do change things, and tell of them.
  'no-root-type': 'off',
  // Lists of values (experiences, roles, refusals) are no connections. What has no place of its own (an entry of the
  // trail, a summary) is read through its owner or its list, and has no global id.
  'relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
  // Everything is described, but for connections and the arguments of the standard directives, which the library writes.
  'require-description': ['error', {
    types: true,
    rootField: true,
    DirectiveDefinition: true,
    FieldDefinition: true,
    InputValueDefinition: true,
    EnumValueDefinition: true,
    ignoredSelectors: ['ObjectTypeDefinition[name.value=/Connection$/]', 'DirectiveDefinition > InputValueDefinition'],
  }],
  // A payload names what changed; whoever wants the rest asks a query.
  'require-field-of-type-query-in-mutation-result': 'off',
  // A payload always comes: what can be mended is in its `userErrors`.
  'require-nullable-result-in-root': 'off',
  // Values, payloads, connections and edges have no identity; what has one implements Node.
  'strict-id-in-types': 'off',
};

const [path] = process.argv.slice(2);
if (!path) {
  console.error('usage: node lint.mjs SDL_PATH');
  process.exit(2);
}

const sdl = resolve(path);
const prefix = '@graphql-eslint/';
const sets = ['schema-recommended', 'schema-all', 'schema-relay'].map((name) => graphql.configs[`flat/${name}`].rules);
const ours = Object.fromEntries(Object.entries(OURS).map(([name, setting]) => [prefix + name, setting]));
const rules = Object.assign({}, ...sets, ours);
const eslint = new ESLint({
  // Files outside its folder are not read.
  cwd: dirname(sdl),
  overrideConfigFile: true,
  overrideConfig: {
    files: ['**/*.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: sdl } } },
    rules,
  },
});

const [result] = await eslint.lintFiles([basename(sdl)]);
const { messages } = result;
const found = {};
for (const { ruleId, line, message } of messages) {
  const rule = ruleId?.replace(prefix, '') ?? 'unreadable';
  found[rule] = (found[rule] ?? 0) + 1;
  console.error(`${path}:${line} ${rule}: ${message}`);
}

// A linter that reads nothing finds nothing.
const place = { filePath: resolve(dirname(sdl), 'sample.graphql') };
const [sample] = await eslint.lintText('type wrong_name { Field: Int }', place);
const alive = new Set(sample.messages.map(({ ruleId }) => ruleId?.replace(prefix, '')));
const awake = alive.has('naming-convention') && alive.has('require-description');
if (!awake) console.error('a sample with faults was not refused');

const asked = Object.values(rules).filter((setting) => setting !== 'off').length;
console.log(JSON.stringify({ rules: asked, off: Object.keys(rules).length - asked, found }));
process.exitCode = messages.length === 0 && awake ? 0 : 1;
