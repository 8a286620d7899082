// Writes operations that are valid, at random, from a schema.
import {
  GraphQLNonNull,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  print,
} from 'graphql';
import {
  argument,
  bool,
  definition,
  directive,
  field,
  float,
  fragment,
  inline,
  int,
  list,
  nothing,
  object,
  operation,
  spread,
  text,
  variable,
  word,
} from './tree.mjs';

const DEEPEST = 6;
const MOST_FIELDS = 36;
// Newer than the edition of the specification: one side may know them before the other.
const TOO_NEW = [
  '__Directive.isDeprecated',
  '__Directive.deprecationReason',
  '__Schema.directives.includeDeprecated',
];
// Names are names wherever they stand, keywords or not.
const ODD_NAMES = ['on', 'query', 'fragment', 'true', 'null', 'type', 'input', '_', '__x', 'subscription', 'a1_B'];
// Ids of things that are not there: whatever runs changes nothing.
const IDS = ['VGVzdGltb255Ojk5OTk5OTk5OTk', 'U3RydWN0dXJlOjk5OTk5OTk5OTk', 'nowhere-0', '0', ''];
const TEXTS = ['abc', 'é à', '', ' a  b ', 'one\ntwo', 'tab\there', '"quoted"', 'back\\slash', '😀', '{ # $ }'];
const DAYS = ['2026-01-31', '2024-02-29', '1999-12-31'];
const INSTANTS = ['2026-01-31T10:00:00Z', '2024-02-29T23:59:59.123456Z', '2026-06-01T12:00:00+02:00'];

export class Writer {
  constructor(schema, random) {
    this.schema = schema;
    this.random = random;
  }

  /** A document, the name of the operation to run, and its variables. */
  document() {
    const { random } = this;
    this.fragments = [];
    this.fields = 0;
    this.aliases = 0;
    const kind = this.kind();
    const several = random.chance(0.1);
    const first = this.operation(kind, several || random.chance(0.4) ? this.operationName(1) : null);
    const { values } = this;
    const definitions = [first];
    if (several) {
      this.fields += MOST_FIELDS / 2;
      definitions.push(this.operation(this.kind(), this.operationName(2)));
    }
    definitions.push(...this.fragments);
    return {
      document: { kind: Kind.DOCUMENT, definitions: random.chance(0.2) ? random.shuffled(definitions) : definitions },
      operationName: several || (first.name && random.chance(0.5)) ? first.name.value : null,
      variables: values,
    };
  }

  kind() {
    const drawn = this.random.next();
    if (drawn < 0.14 && this.schema.getMutationType()) return 'mutation';
    if (drawn < 0.22 && this.schema.getSubscriptionType()) return 'subscription';
    return 'query';
  }

  operationName(place) {
    return this.random.chance(0.15) ? `${this.random.pick(ODD_NAMES)}${place}` : `Op${place}`;
  }

  operation(kind, key) {
    this.variables = [];
    this.values = {};
    const root = this.schema.getRootType(kind);
    const scope = new Map();
    const selections =
      kind === 'subscription'
        ? [this.wrapped(root, this.field(this.random.pick(Object.values(root.getFields())), 1, scope))]
        : this.selections(root, 1, scope, kind === 'mutation' ? 2 : 3);
    return operation(kind, key, selections, this.variables);
  }

  /** A root field, perhaps within a fragment, where it still is the only one. */
  wrapped(root, only) {
    const drawn = this.random.next();
    if (drawn < 0.1) return inline(this.random.chance(0.5) ? root.name : undefined, [only]);
    if (drawn < 0.2) return this.named(root, [only], []);
    return only;
  }

  named(type, below, directives = this.directives()) {
    const key = this.random.chance(0.1)
      ? `${this.random.pick(['query', 'fragment', 'true', '_'])}F${this.fragments.length}`
      : `F${this.fragments.length}`;
    this.fragments.push(fragment(key, type.name, below));
    return spread(key, directives);
  }

  /** What is selected of a type. `scope` holds the answer names that are taken, as fragments merge into one answer. */
  selections(type, depth, scope, most = 4) {
    const { random } = this;
    const chosen = [];
    if (isInterfaceType(type)) return this.ofInterface(type, depth, scope);
    const all = Object.values(type.getFields()).filter((one) => !TOO_NEW.includes(`${type.name}.${one.name}`));
    const leaves = all.filter((one) => isLeafType(getNamedType(one.type)));
    const deeper = all.filter((one) => !isLeafType(getNamedType(one.type)));
    const share = Math.max(0.45, deeper.length / all.length);
    const count = 1 + random.below(most);
    for (let i = 0; i < count && this.fields < MOST_FIELDS; i += 1) {
      const goDeeper = deeper.length > 0 && depth < DEEPEST && random.chance(share);
      if (goDeeper) chosen.push(this.field(random.pick(deeper), depth, scope));
      else if (leaves.length > 0) chosen.push(this.field(random.pick(leaves), depth, scope));
    }
    if (type === this.schema.getQueryType() && depth === 1 && random.chance(0.05)) {
      chosen.push(this.field(random.pick([SchemaMetaFieldDef, TypeMetaFieldDef]), DEEPEST - 2, scope));
    }
    if (chosen.length === 0 || random.chance(0.12)) chosen.push(this.typename(scope));
    if (depth < DEEPEST && random.chance(0.12)) chosen.push(this.inline(type, depth, scope));
    if (depth < DEEPEST && random.chance(0.12)) chosen.push(this.spread(type, depth, scope));
    // The same field twice is one field.
    if (random.chance(0.04)) chosen.push(structuredClone(chosen[0]));
    return random.shuffled(chosen);
  }

  ofInterface(type, depth, scope) {
    const { random } = this;
    const chosen = Object.values(type.getFields())
      .filter(() => random.chance(0.6))
      .map((one) => this.field(one, depth, scope));
    if (chosen.length === 0 || random.chance(0.4)) chosen.push(this.typename(scope));
    const kinds = random.shuffled(this.schema.getPossibleTypes(type)).slice(0, random.below(3));
    for (const kind of kinds) {
      // Objects of two kinds answer under the same names; ours differ where their types do.
      const below = this.selections(kind, depth, scope, 3);
      chosen.push(random.chance(0.25) ? this.named(kind, below) : inline(kind.name, below, this.directives()));
    }
    return chosen;
  }

  inline(type, depth, scope) {
    const { random } = this;
    const above = this.schema.getType(
      random.pick([type.name, type.name, ...type.getInterfaces().map((one) => one.name)]),
    );
    const untyped = above === type && random.chance(0.3);
    return inline(untyped ? undefined : above.name, this.selections(above, depth + 1, scope, 2), this.directives());
  }

  spread(type, depth, scope) {
    const { random } = this;
    // A fragment of leaves without arguments fits everywhere.
    const plain = this.fragments.filter(
      (one) =>
        one.typeCondition.name.value === type.name &&
        one.selectionSet.selections.every(
          (item) =>
            item.kind === Kind.FIELD &&
            !item.alias &&
            !item.selectionSet &&
            item.arguments.length === 0 &&
            item.directives.length === 0 &&
            !scope.has(item.name.value),
        ),
    );
    if (plain.length > 0 && random.chance(0.7)) {
      const again = random.pick(plain);
      for (const item of again.selectionSet.selections) scope.set(item.name.value, { shape: 'taken' });
      return spread(again.name.value, this.directives());
    }
    return this.named(type, this.selections(type, depth + 1, scope, 3));
  }

  typename(scope) {
    const taken = scope.has('__typename');
    scope.set('__typename', { shape: 'taken' });
    if (taken) return field('__typename');
    return field('__typename', { directives: this.directives() });
  }

  field(def, depth, scope) {
    const { random } = this;
    this.fields += 1;
    const args = this.arguments(def);
    const named = getNamedType(def.type);
    const shape = `${def.name}(${args.map(print).join()}): ${def.type}`;
    let alias = random.chance(0.1) ? this.alias() : undefined;
    const taken = scope.get(alias ?? def.name);
    if (taken && taken.shape !== shape) alias = this.alias();
    const key = alias ?? def.name;
    if (!scope.has(key)) scope.set(key, { shape, below: new Map() });
    const below = isCompositeType(named) ? this.selections(named, depth + 1, scope.get(key).below) : undefined;
    return field(def.name, { alias, args, directives: depth > 1 ? this.directives() : [], below });
  }

  alias() {
    this.aliases += 1;
    return this.random.chance(0.1) ? `${this.random.pick(ODD_NAMES)}${this.aliases}` : `a${this.aliases}`;
  }

  directives() {
    const { random } = this;
    if (!random.chance(0.05)) return [];
    const condition = () => this.value(new GraphQLNonNull(this.schema.getType('Boolean')), {});
    const names = random.chance(0.15) ? ['skip', 'include'] : [random.pick(['skip', 'include'])];
    return names.map((one) => directive(one, argument('if', condition())));
  }

  arguments(def) {
    const { random } = this;
    const args = [];
    for (const one of def.args) {
      const page = one.name === 'first';
      const rare = one.name === 'last' || one.name === 'before';
      if (TOO_NEW.includes(`__Schema.${def.name}.${one.name}`)) continue;
      if (one.name === 'includeDeprecated') {
        // May it be null? Editions of the specification differ.
        if (random.chance(0.5)) args.push(argument(one.name, bool(random.chance(0.5))));
        continue;
      }
      if (!(page || isRequiredArgument(one) || random.chance(rare ? 0.03 : 0.35))) continue;
      args.push(argument(one.name, this.value(one.type, { usual: one.defaultValue !== undefined, page })));
    }
    return random.chance(0.2) ? random.shuffled(args) : args;
  }

  /** A value for a place of a type. `usual`: the place has a default. `page`: a length, kept short. */
  value(type, { usual = false, page = false, constant = false, depth = 0 }) {
    const { random } = this;
    if (!constant && random.chance(0.22)) return this.variable(type, usual, page);
    if (page) return int(1 + random.below(3));
    if (!isNonNullType(type) && random.chance(0.08)) return nothing();
    return this.literal(getNullableType(type), { constant, depth });
  }

  literal(type, { constant, depth }) {
    const { random } = this;
    if (isListType(type)) {
      // A single value stands for a list of one.
      if (random.chance(0.15)) return this.literal(getNullableType(type.ofType), { constant: true, depth });
      return list(Array.from({ length: random.below(4) }, () => this.value(type.ofType, { constant, depth })));
    }
    if (isInputObjectType(type)) {
      const members = [];
      for (const one of Object.values(type.getFields())) {
        if (!isRequiredInputField(one) && !random.chance(depth > 1 ? 0.1 : 0.25)) continue;
        members.push([
          one.name,
          this.value(one.type, { usual: one.defaultValue !== undefined, constant, depth: depth + 1 }),
        ]);
      }
      return object(random.chance(0.2) ? random.shuffled(members) : members);
    }
    if (isEnumType(type)) return word(random.pick(type.getValues()).name);
    switch (type.name) {
      case 'Int':
        return int(random.pick([0, 1, 2, 7, 30, -1, '-0', 2147483647, -2147483648]));
      case 'Float':
        return random.chance(0.5) ? float(random.pick(['1.5', '-0.0', '1e3', '2.5E-2'])) : int(3);
      case 'Boolean':
        return bool(random.chance(0.5));
      case 'ID':
        return random.chance(0.1) ? int(random.below(1000)) : text(random.pick(IDS));
      case 'Date':
        return text(random.pick(DAYS));
      case 'DateTime':
        return text(random.pick(INSTANTS));
      default:
        return text(random.pick(TEXTS), random.chance(0.1));
    }
  }

  /** The same as JSON. */
  json(type, depth = 0) {
    const { random } = this;
    if (!isNonNullType(type) && random.chance(0.08)) return null;
    const inner = getNullableType(type);
    if (isListType(inner)) {
      if (random.chance(0.15)) return this.json(new GraphQLNonNull(getNullableType(inner.ofType)), depth);
      return Array.from({ length: random.below(4) }, () => this.json(inner.ofType, depth));
    }
    if (isInputObjectType(inner)) {
      const members = {};
      for (const one of Object.values(inner.getFields())) {
        if (isRequiredInputField(one) || random.chance(depth > 1 ? 0.1 : 0.25))
          members[one.name] = this.json(one.type, depth + 1);
      }
      return members;
    }
    const literal = this.literal(inner, { constant: true, depth });
    if (literal.kind === Kind.INT || literal.kind === Kind.FLOAT) return Number(literal.value);
    return literal.value;
  }

  /** A variable that may stand in a place, declared in one of the ways that allow it. */
  variable(type, usual, page) {
    const { random } = this;
    const inner = getNullableType(type);
    let declared = type;
    let defaultValue;
    let mayLack = false;
    if (isNonNullType(type)) {
      if (usual && random.chance(0.4)) {
        declared = inner;
        mayLack = true;
      } else if (random.chance(0.3)) {
        declared = inner;
        mayLack = true;
        defaultValue = this.value(type, { constant: true, page });
      } else if (random.chance(0.15)) {
        mayLack = true;
        defaultValue = this.value(type, { constant: true, page });
      }
    } else {
      mayLack = true;
      if (random.chance(0.3)) declared = new GraphQLNonNull(inner);
      if (random.chance(0.25)) defaultValue = this.value(declared, { constant: true, page });
      else if (declared !== type) mayLack = false;
    }
    const same = this.variables.filter((one) => print(one.type) === String(declared) && !one.defaultValue);
    if (declared === type && !defaultValue && same.length > 0 && !page && random.chance(0.5)) {
      return variable(random.pick(same).variable.name.value);
    }
    const place = this.variables.length + 1;
    const key = random.chance(0.1) ? `${random.pick(ODD_NAMES)}${place}` : `v${place}`;
    this.variables.push(definition(key, declared, defaultValue));
    // A page of unknown length costs twenty.
    if (!mayLack || (page && !defaultValue) || random.chance(0.5)) {
      this.values[key] = page ? 1 + random.below(3) : this.json(isNonNullType(type) ? type : declared);
    }
    return variable(key);
  }
}
