// Nodes of graphql-js's syntax tree, made by hand, and a walk that tells the types around each of them.
import { Kind, TypeInfo, parseType, visit, visitWithTypeInfo } from 'graphql';

export const name = (value) => ({ kind: Kind.NAME, value });
export const int = (value) => ({ kind: Kind.INT, value: String(value) });
export const float = (value) => ({ kind: Kind.FLOAT, value: String(value) });
export const text = (value, block = false) => ({ kind: Kind.STRING, value, block });
export const bool = (value) => ({ kind: Kind.BOOLEAN, value });
export const word = (value) => ({ kind: Kind.ENUM, value });
export const nothing = () => ({ kind: Kind.NULL });
export const list = (values) => ({ kind: Kind.LIST, values });
export const object = (members) => ({
  kind: Kind.OBJECT,
  fields: members.map(([key, value]) => ({ kind: Kind.OBJECT_FIELD, name: name(key), value })),
});
export const variable = (key) => ({ kind: Kind.VARIABLE, name: name(key) });
export const argument = (key, value) => ({ kind: Kind.ARGUMENT, name: name(key), value });
export const directive = (key, ...args) => ({ kind: Kind.DIRECTIVE, name: name(key), arguments: args });
export const set = (selections) => ({ kind: Kind.SELECTION_SET, selections });
export const field = (key, { alias, args = [], directives = [], below } = {}) => ({
  kind: Kind.FIELD,
  alias: alias && name(alias),
  name: name(key),
  arguments: args,
  directives,
  selectionSet: below && set(below),
});
const on = (type) => type && { kind: Kind.NAMED_TYPE, name: name(type) };
export const inline = (type, below, directives = []) => ({
  kind: Kind.INLINE_FRAGMENT,
  typeCondition: on(type),
  directives,
  selectionSet: set(below),
});
export const spread = (key, directives = []) => ({ kind: Kind.FRAGMENT_SPREAD, name: name(key), directives });
export const fragment = (key, type, below) => ({
  kind: Kind.FRAGMENT_DEFINITION,
  name: name(key),
  typeCondition: on(type),
  directives: [],
  selectionSet: set(below),
});
export const definition = (key, type, defaultValue) => ({
  kind: Kind.VARIABLE_DEFINITION,
  variable: variable(key),
  type: parseType(String(type), { noLocation: true }),
  defaultValue,
  directives: [],
});
export const operation = (kind, key, below, variables = []) => ({
  kind: Kind.OPERATION_DEFINITION,
  operation: kind,
  name: key ? name(key) : undefined,
  variableDefinitions: variables,
  directives: [],
  selectionSet: set(below),
});

export const copy = (node) => structuredClone(node);
export const operations = (document) =>
  document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
export const fragments = (document) => document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);

const VALUES = new Set([
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.ENUM,
  Kind.NULL,
  Kind.LIST,
  Kind.OBJECT,
  Kind.VARIABLE,
]);

/** Every place of a document, by kind, with what its schema says of it. */
export function places(schema, document) {
  const found = { fields: [], sets: [], values: [], directed: [], spreads: [], inlines: [] };
  const info = new TypeInfo(schema);
  const enter = (node, key, parent) => {
    const place = {
      node,
      replace: (value) => {
        parent[key] = value;
      },
    };
    if (node.kind === Kind.FIELD) {
      found.fields.push({ ...place, owner: info.getParentType(), def: info.getFieldDef(), type: info.getType() });
    } else if (node.kind === Kind.SELECTION_SET) {
      found.sets.push({ ...place, type: info.getParentType() });
    } else if (node.kind === Kind.FRAGMENT_SPREAD) {
      found.spreads.push(place);
    } else if (node.kind === Kind.INLINE_FRAGMENT) {
      found.inlines.push(place);
    } else if (VALUES.has(node.kind) && parent?.kind !== Kind.VARIABLE_DEFINITION && info.getInputType()) {
      found.values.push({ ...place, type: info.getInputType() });
    } else if (VALUES.has(node.kind) && key === 'defaultValue') {
      found.values.push({ ...place, type: info.getInputType(), constant: true });
    }
    if (node.directives) found.directed.push(place);
  };
  visit(document, visitWithTypeInfo(info, { enter }));
  return found;
}
