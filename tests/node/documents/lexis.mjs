// Works on the text of documents: other blanks between the same tokens, and faults that no parser accepts, or only
// some do.
import { Lexer, Source, TokenKind } from 'graphql';

/** The tokens of a text, each as it is written. */
export function tokens(document) {
  const lexer = new Lexer(new Source(document));
  const found = [];
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    found.push({ kind: token.kind, raw: document.slice(token.start, token.end) });
  }
  return found;
}

const WORD = new Set([TokenKind.NAME, TokenKind.INT, TokenKind.FLOAT]);
const STRING = new Set([TokenKind.STRING, TokenKind.BLOCK_STRING]);
const BLANKS = ['\n', '\t', ',', '\r\n', '\r', ', ', ' # why\n', '#\r', '\uFEFF', '  ', ',,'];

function apart(left, right) {
  if (WORD.has(left.kind)) return WORD.has(right.kind) || right.kind === TokenKind.SPREAD;
  return STRING.has(left.kind) && STRING.has(right.kind);
}

/** The same tokens with other blanks between them, and some characters of texts escaped. */
export function respaced(document, random) {
  const all = tokens(document);
  const usual = random.pick(['', ' ', ' ']);
  const odd = [random.pick(BLANKS), random.pick(BLANKS)];
  let written = random.chance(0.1) ? '\uFEFF' : '';
  all.forEach((token, place) => {
    const left = all[place - 1];
    if (left) {
      const blank = random.chance(0.25) ? random.pick(odd) : usual;
      written += blank === '' && apart(left, token) ? ' ' : blank;
    }
    written += token.kind === TokenKind.STRING && random.chance(0.3) ? escaped(token.raw, random) : token.raw;
  });
  return written;
}

function escaped(raw, random) {
  const inside = raw.slice(1, -1);
  if (inside.includes('\\')) return raw;
  const hex = (unit) => {
    const digits = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${random.chance(0.5) ? digits.toUpperCase() : digits}`;
  };
  const way = random.next();
  // A character beyond the first plane is a pair of escapes, or one in braces.
  if (way < 0.25) return `"${[...inside].map((one) => `\\u{${one.codePointAt(0).toString(16)}}`).join('')}"`;
  const units = inside.split('').map((unit) => (random.chance(0.5) || unit.charCodeAt(0) > 0xd7ff ? hex(unit) : unit));
  return `"${units.join('')}"`;
}

const NUMBERS = [
  '01', '00', '-01', '1.', '1.e', '1.e3', '1e', '1e+', '.5', '-', '+1', '0x10', '1_000', '1a', '1.0.0', '0.1.2',
  '--1', '1.5', '1e3', '-0', '2147483648', '99999999999999999999', '-99999999999999999999', '1e400', '0e0', '-0.0',
  '1..2', 'Infinity', 'NaN', '１', '1 2', '1,', '$', '0b1', '1E-2',
];
const STRINGS = [
  '"open', '"line\nbreak"', '"\\x"', '"\\u12"', '"\\uD83D"', '"\\uDE00\\uD83D"', '"\\uD83D\\uDE00"', '"\\u{1F600}"',
  '"\\u{}"', '"\\u{110000}"', '"\\u{0000041}"', '"\\u{D800}"', '"\\u{1F600"', "'abc'", '"""open', '"""ok"""',
  '""""""', '"""a \\""" b"""', '""""a"""', '"""a""""', '"\tTab"', '"\u0007"', '"\u007f"', '"\\/"', '"\\\'"', '"\\0"',
  '"\\a"', '"\\U0041"', '"a" "b"', '"a""b"', '"""\n  a\n    b\n"""', '"""\\n \\u12 \\x"""', '"\u2028"', '"\uFEFF"',
  '"a\rb"', '""', '"\\"', '"""a"" "b"""', '`abc`', '“abc”', '"\\u00E9\\n\\t\\r\\b\\f"', '"\\u00e"', '"\\u00g0"',
  '"""\u0007"""', '"\\u+041"', '"\\u-041"',
];
const NAMES = [
  'on', 'true', 'null', 'query', 'fragment', '1a', 'a-b', 'é', 'a.b', '', '$a', '_', '__a', 'A1', '"a"', 'trueish',
];
const STRAYS = [
  '%', '?', '~', '^', ';', '/', '\\', "'", '`', '.', '..', '....', '|', '&', '=', '*', '<', '\u00a0', '\u2028',
  '\u000b', '\u000c', '\u0007', '\u200b', '€', '\u0085', '&&', '→',
];
const TOKENS = [
  '{', '}', '(', ')', '[', ']', ':', '!', '@', '$', '=', '|', '&', '...', 'on', 'query', 'fragment', 'true', 'null',
  'a', '1', '""', '"""x"""', '$a', '@skip', '...F', '""""""', '# rest ',
];

// Documents of their own: whatever the schema, these names exist.
const WHOLE = [
  '', ' ', ',', '# nothing', '\uFEFF', '{}', '{ }', 'query', 'query {}', 'query Q', 'query Q {}',
  'query Q Q { __typename }', 'query () { __typename }', 'query Q() { __typename }', '{ __typename() }',
  '{ __typename {} }', '{ __typename @skip() }', '{ __typename @ }', '{ __typename @skip }',
  '{ __typename @skip(if: true,) }', '{ __typename @skip(if: true if: true) }', '{ __type(name: "A") {} }',
  '{ __type(name: ) { name } }', '{ __type(: "A") { name } }', '{ __type(name "A") { name } }',
  '{ __type(name = "A") { name } }', '{ __type(name: "A" { name } }', '{ __type name: "A") { name } }',
  '{ a: b: __typename }', '{ a: }', '{ : __typename }', '{ a:__typename }', '{ a :__typename }', '{ a : __typename }',
  '{ 1a: __typename }', '{ é: __typename }', '{ true: __typename null: __typename on: __typename }',
  '{ fragment: __typename query: __typename }', '{ __typename } }', '{ { __typename } }', '{ [__typename] }',
  '{ __typename, , ,__typename }', '{,__typename,}', ',{__typename},', '{ __typename; }', '{ ... }', '{ ... on }',
  '{ ... on { __typename } }', '{ ... on Query }', '{ ... on Query {} }', '{ ... on Query { __typename } }',
  '{ ...on Query { __typename } }', '{ ...on\nQuery{ __typename } }', '{ ... on,Query { __typename } }',
  '{ ... on#c\nQuery { __typename } }', '{ ...\non Query { __typename } }', '{ ... onQuery { __typename } }',
  '{ ...onQuery } fragment onQuery on Query { __typename }', '{ ...on } fragment on on Query { __typename }',
  '{ __typename } fragment on on Query { __typename }', '{ ...F } fragment F on Query { __typename }',
  '{ ...F } fragmentF on Query { __typename }', '{ ...F } fragment F onQuery { __typename }',
  '{ ...F } fragment F on Query @skip(if: true) { __typename }', '{ ...F } fragment F { __typename }',
  '{ ...F } fragment F on { __typename }', '{ ...F } fragment F Query { __typename }',
  '{ ...F } fragment on Query { __typename }', '{ ...F } fragment F on Query {}',
  '{ ...F } fragment F($a: Int) on Query { __typename }', '{ ...F } fragment F on#c\nQuery { __typename }',
  '{ ...F } fragment F on,Query { __typename }', '{ ...F } fragment F on\uFEFFQuery { __typename }',
  '{ ... { __typename } }', '{ ...{ __typename } }', '{ ... @skip(if: false) { __typename } }',
  '{ ...@skip(if: false){ __typename } }', '{ ..F }', '{ ....F }', 'fragment F on Query { __typename }',
  'queryQ { __typename }', 'query{__typename}', 'queryQ{__typename}', 'mutationM{__typename}', 'Query { __typename }',
  'QUERY Q { __typename }', 'mutation { __typename }', 'subscription { __typename }', 'subscriptionS { __typename }',
  'query query { __typename }', 'query mutation { __typename }', 'query fragment { __typename }',
  'query on { __typename }', 'query true { __typename }', 'query 1 { __typename }', 'query "Q" { __typename }',
  'query Q: { __typename }', 'query Q @a { __typename }', 'query Q($a: Boolean!) { __typename @skip(if: $a) }',
  'query Q($a: Boolean! = true) { __typename @skip(if: $a) }',
  'query Q($a: Boolean = true) { __typename @skip(if: $a) }', 'query Q($a: Boolean) { __typename @skip(if: $a) }',
  'query Q($a:Boolean!){__typename@skip(if:$a)}', 'query Q($ a : Boolean !) { __typename @ skip ( if : $ a ) }',
  'query Q($a: Boolean !) { __typename @skip(if: $a) }', 'query Q($a: Boolean!!) { __typename @skip(if: $a) }',
  'query Q($a: !Boolean) { __typename @skip(if: $a) }', 'query Q($a: ) { __typename }', 'query Q($a) { __typename }',
  'query Q($: Int) { __typename }', 'query Q(a: Int) { __typename }', 'query Q($a: Int = ) { __typename }',
  'query Q($a: Int = $b, $b: Int) { __typename }', 'query Q($a: [Int) { __typename }',
  'query Q($a: Int]) { __typename }', 'query Q($a: [Int!]!]) { __typename }', 'query Q($a: []) { __typename }',
  'query Q($a: [Int Int]) { __typename }', 'query Q($a: Int @skip(if: true)) { __typename }',
  'query Q($a: Int = 1 @a) { __typename }', 'query Q($a: Int @a = 1) { __typename }',
  'query Q($a: Int, ) { __typename }', 'query Q($a: Int $b: Int) { __typename }', 'query Q($1a: Int) { __typename }',
  'query Q($a: $Int) { __typename }', 'query Q($$a: Int) { __typename }', 'query Q { __typename($a: 1) }',
  'query Q @skip(if: true) { __typename }',
  'query Q($a: Boolean! @skip(if: true)) { __type(name: "A") { name @skip(if: $a) } }',
  'query Q($a: String! = "A" "B") { __type(name: $a) { name } }',
  'query Q($a: String!) { __type(name: $a) { name } }', 'query Q($a: [ String ! ] !) { __type(name: $a) { name } }',
  'query Q($a: String = "A") { __type(name: $a) { name } }',
  'query Q($a: String = null) { __type(name: $a) { name } }',
  'query Q($a: String! = null) { __type(name: $a) { name } }',
  'query Q($a: String! = "Query") { __type(name: $a) { name } }', '"described" query Q { __typename }',
  '"""described""" { __typename }', '"described" fragment F on Query { __typename } { ...F }',
  'query Q("described" $a: String! = "A") { __type(name: $a) { name } }', 'type A { a: Int } { __typename }',
  'extend type Query { a: Int } { __typename }', 'schema { query: Query } { __typename }', '{ __typename } scalar A',
  '{ __typename } directive @a on FIELD', '{ __typename } enum A { B }', '{ __typename } extend schema @a',
  '{ __typename } { __typename }', 'query A { __typename } query A { __typename }',
  'query A { __typename } { __typename }', '{ __typename } query A { __typename }',
  'query A { __typename } mutation A { __typename }', '{ __typename # }', '{ __typename # }\n}', '{ #}\n__typename }',
  '#{\n{ __typename }', '{ __typename }#', '{ __typename }# é 😀', '{ __typename }//', '{ __typename } end',
  '{ __typename /* */ }', '{ __type(name: "A") { name } } "', '{ __type(name: trueish) { name } }',
  '{ __type(name: [truefalse]) { name } }', '{ __type(name: true) { name } }', '{ __type(name: nullable) { name } }',
  '{ __type(name: [null null]) { name } }', '{ __type(name: {}) { name } }',
  '{ __type(name: { a: 1 a: 2 }) { name } }', '{ __type(name: {a}) { name } }', '{ __type(name: {a:}) { name } }',
  '{ __type(name: {"a": 1}) { name } }', '{ __type(name: [) { name } }', '{ __type(name: []) { name } }',
  '{ __type(name: [,]) { name } }', '{ __type(name: [[]]) { name } }', '{ __type(name: "A" name: "A") { name } }',
  '{ __type(name: "A", name: "B") { name } }', '{ __type(name:"A"){name}}', '{__type(name:"A"){name}}',
  '{ __type(name: $a) { name } }', '{ __type(name: $) { name } }', '{ __type(name: @a) { name } }',
  '{ __type(name: a.b) { name } }', '{ __type(name: """\n  Query\n""") { name } }',
  '{ __type(name: """Query""") { name } }', '{ __type(name:"""Query"""){name} }',
  '{ __type(name: "A") { fields(includeDeprecated: true) { name } } }',
  '{ __type(name: "A") { fields(includeDeprecated: "true") { name } } }',
  '{ __type(name: "A") { fields(includeDeprecated: TRUE) { name } } }',
  '{ __type(name: "A") { fields(includeDeprecated:true){name} } }',
  '{ __type(name: "A") { fields(includeDeprecated:truename) { name } } }', '{ __type(name: "A") { kind { name } } }',
  '{ __type(name: "A") { ofType } }', '{ __type(name: "A") }', '{ __type { name } }', '{ __schema }',
  '{ __schema { types { name } } }', '{ __schema { nothing } }', '{ __schema { types { nothing } } }',
  '{ __typename: __typename }', '{ __a: __typename }', '{ a: __typename a: __typename }',
  '{ a: __typename a: __schema { __typename } }', '{ __typename { a } }', '{ __typename(a: 1) }', '{ __typename @a }',
  '{ __typename @skip(if: true) @skip(if: true) }', '{ __typename @skip(iff: true) }', '{ __typename @skip(if: 1) }',
  '{ __typename @skip(if: null) }', '{ __typename @skip(if: "true") }', '{ __typename @deprecated }',
  '{ __typename @specifiedBy(url: "a") }', '{ __typename @oneOf }', '{ __typename @skip(if: $a) }',
  '{ __typename @skip(if: [true]) }', '{ __typename @include(if: true) @skip(if: false) }', '{ __typenam }', '{ _ }',
  '{ __typename\u00a0}', '{ __typename\u2028}', '{ __typename\u000b}', '{\t__typename\r\n}\r',
  '{ __typename \uFEFF }', '{\u0001__typename }',
];

function at(random, list) {
  return list.length === 0 ? -1 : random.below(list.length);
}

const WAYS = {
  whole: (document, random) => random.pick(WHOLE),
  drop(document, random) {
    const all = tokens(document);
    all.splice(at(random, all), 1);
    return all.map((token) => token.raw).join(' ');
  },
  insert(document, random) {
    const all = tokens(document).map((token) => token.raw);
    all.splice(random.below(all.length + 1), 0, random.pick(TOKENS));
    return all.join(' ');
  },
  swap(document, random) {
    const all = tokens(document).map((token) => token.raw);
    const place = random.below(all.length - 1);
    [all[place], all[place + 1]] = [all[place + 1], all[place]];
    return all.join(' ');
  },
  cut: (document, random) => document.slice(0, random.below(document.length)),
  stray(document, random) {
    const place = random.below(document.length + 1);
    return document.slice(0, place) + random.pick(STRAYS) + document.slice(place);
  },
  /** Two tokens that need a blank between them, without it. */
  glue(document, random) {
    const all = tokens(document);
    const close = all.map((token, place) => place).filter((place) => place > 0 && apart(all[place - 1], all[place]));
    if (close.length === 0) return null;
    const place = random.pick(close);
    return all.map((token, i) => (i === place || i === 0 ? '' : ' ') + token.raw).join('');
  },
  number: (document, random) => replaced(document, random, (token) => token.kind === TokenKind.INT, NUMBERS),
  string: (document, random) => replaced(document, random, (token) => STRING.has(token.kind), STRINGS),
  name: (document, random) => replaced(document, random, (token) => token.kind === TokenKind.NAME, NAMES),
};

function replaced(document, random, which, others) {
  const all = tokens(document);
  const fitting = all.filter(which);
  if (fitting.length === 0) return null;
  random.pick(fitting).raw = random.pick(others);
  return all.map((token) => token.raw).join(' ');
}

// Each whole document is a case of its own, so they are drawn more often.
const DRAWN = ['whole', 'whole', 'whole', 'whole', 'number', 'number', 'string', 'string', ...Object.keys(WAYS)];

/** A document that is most likely no document any more. */
export function broken(document, random) {
  for (;;) {
    const text = WAYS[random.pick(DRAWN)](document, random);
    if (text !== null) return text;
  }
}
