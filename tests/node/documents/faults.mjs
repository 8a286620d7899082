// One fault for each rule of validation of graphql-js, in several ways. Each function changes a document in place
// and tells whether it could. What it aims at may still be allowed: graphql-js judges, not this file.
import {
  Kind,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  parse,
} from 'graphql';
import {
  argument,
  bool,
  copy,
  definition,
  directive,
  field,
  float,
  fragment,
  fragments,
  inline,
  int,
  list,
  name,
  nothing,
  object,
  operation,
  operations,
  spread,
  text,
  variable,
  word,
} from './tree.mjs';

/** What the faults below share: the document, its places and chance. */
class Work {
  constructor(schema, document, places, random) {
    Object.assign(this, { schema, document, random, ...places });
    this.operation = random.pick(operations(document));
  }

  pick(list) {
    return list.length > 0 ? this.random.pick(list) : undefined;
  }

  /** Adds to a selection, by chance at one end or the other. */
  select(place, ...nodes) {
    if (!place) return false;
    const { selections } = place.node;
    if (this.random.chance(0.5)) selections.push(...nodes);
    else selections.unshift(...nodes);
    return true;
  }

  anySet() {
    return this.pick(this.sets.filter((one) => isCompositeType(one.type)));
  }

  add(...definitions) {
    this.document.definitions.push(...definitions);
    return true;
  }

  typesWhere(fits) {
    return Object.values(this.schema.getTypeMap()).filter((one) => !one.name.startsWith('__') && fits(one));
  }

  otherObject(type) {
    return this.pick(
      this.typesWhere((one) => isObjectType(one) && one !== type && !one.getInterfaces().includes(type)),
    );
  }

  withArguments() {
    return this.pick(this.fields.filter((one) => one.node.arguments.length > 0));
  }

  /** Any leaf that is not selected in a place yet. */
  leaves(type) {
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).filter(
      (one) => isLeafType(getNamedType(one.type)) && !one.args.some(isRequiredArgument),
    );
  }

  condition(value = bool(this.random.chance(0.5))) {
    return directive(this.random.pick(['skip', 'include']), argument('if', value));
  }
}

const typename = () => field('__typename');

/** Values that are wrong for a type; some are only wrong for some types, or right after all. */
function wrongFor(type, work) {
  const { random } = work;
  const inner = getNullableType(type);
  if (random.chance(0.12)) return nothing();
  if (isListType(inner)) {
    const item = wrongFor(inner.ofType, work);
    return random.pick([list([item]), list([nothing()]), item, list([list([])]), object([])]);
  }
  if (isInputObjectType(inner)) {
    return random.pick([
      object([]),
      object([['nothing', int(1)]]),
      text('a'),
      list([object([])]),
      list([]),
      int(1),
      word('A'),
      bool(true),
    ]);
  }
  if (isEnumType(inner)) {
    const known = random.pick(inner.getValues()).name;
    return random.pick([
      text(known),
      text('NOTHING'),
      word('NOTHING'),
      word(known.toLowerCase()),
      word(`${known}_`),
      int(0),
      bool(true),
      float('1.5'),
      list([word(known), word(known)]),
      list([word(known)]),
      object([]),
      list([]),
    ]);
  }
  const ways = {
    Int: [
      text('1'),
      float('1.5'),
      float('1.0'),
      int('2147483648'),
      int('-2147483649'),
      int('99999999999999999999'),
      bool(true),
      word('ONE'),
      list([int(1)]),
      object([]),
      float('1e2'),
      list([]),
      text(''),
    ],
    Float: [text('1.5'), bool(true), word('NaN'), list([float('1.5')]), object([]), float('1e999')],
    Boolean: [
      int(1),
      int(0),
      text('true'),
      word('TRUE'),
      word('yes'),
      list([bool(true)]),
      float('1.0'),
      object([]),
      text(''),
    ],
    String: [
      int(1),
      float('1.5'),
      bool(true),
      word('WORD'),
      list([text('a')]),
      object([]),
      list([]),
      word('trueish'),
    ],
    ID: [
      float('1.5'),
      bool(true),
      word('WORD'),
      object([]),
      list([text('a')]),
      int('99999999999999999999'),
      int(-1),
      float('1e3'),
      list([]),
    ],
    Date: [
      text('2026-02-30'),
      text('yesterday'),
      int(20260101),
      bool(true),
      text(''),
      object([]),
      text('26-01-01'),
      word('TODAY'),
    ],
    DateTime: [
      text('2026-02-30T25:00:00Z'),
      text('now'),
      int(0),
      bool(true),
      text(''),
      object([]),
      text('2026-01-01'),
      word('NOW'),
    ],
  };
  return random.pick(ways[inner.name] ?? [object([]), int(1), list([])]);
}

export const FAULTS = {
  ExecutableDefinitions(work) {
    return work.add(
      ...parse(
        work.random.pick([
          'type A { a: Int }',
          'extend type Query { a: Int }',
          'scalar A',
          'enum A { B }',
          'input A { a: Int }',
          'schema { query: Query }',
          'directive @a on FIELD',
          'union A = Query',
          'interface A { a: Int }',
          'extend schema @a',
        ]),
        { noLocation: true },
      ).definitions,
    );
  },

  UniqueOperationNames(work) {
    const { operation: one } = work;
    const key = one.name?.value ?? 'Same';
    one.name = name(key);
    return work.add(operation(work.random.pick(['query', 'query', 'mutation']), key, [typename()]));
  },

  LoneAnonymousOperation(work) {
    if (work.random.chance(0.3)) for (const one of operations(work.document)) one.name = undefined;
    return work.add(operation('query', work.random.chance(0.2) ? 'Other' : undefined, [typename()]));
  },

  SingleFieldSubscriptions(work) {
    const { random, schema } = work;
    const root = schema.getSubscriptionType();
    if (!root) return false;
    const one = operations(work.document).find((each) => each.operation === 'subscription');
    // Without one, one of its own, which is not run.
    const target = one ?? operation('subscription', 'Listen', []);
    if (!one) {
      for (const [place, each] of operations(work.document).entries()) each.name ??= name(`Run${place}`);
      const plain = random.pick(Object.values(root.getFields()));
      target.selectionSet.selections.push(field(plain.name, { below: [typename()] }));
      work.add(target);
    }
    const { selections } = target.selectionSet;
    const first =
      selections[0].kind === Kind.FIELD
        ? selections[0]
        : field(random.pick(Object.keys(root.getFields())), { below: [typename()] });
    const again = { ...copy(first), alias: name('again') };
    switch (random.below(9)) {
      case 0:
        selections.push(again);
        break;
      case 1:
        selections.push(typename());
        break;
      case 2:
        selections.splice(0, selections.length, typename());
        break;
      case 3:
        selections.push(copy(first));
        break;
      case 4:
        selections.splice(0, selections.length, inline(root.name, [first, again]));
        break;
      case 5:
        work.add(fragment('Both', root.name, [copy(first), again]));
        selections.splice(0, selections.length, spread('Both'));
        break;
      case 6:
        selections.push(inline(undefined, [again]));
        break;
      case 7:
        selections.splice(0, selections.length, field('__schema', { below: [field('description')] }));
        break;
      default:
        selections.splice(0, selections.length, { ...first, directives: [work.condition()] });
    }
    return true;
  },

  KnownTypeNames(work) {
    const { random } = work;
    switch (random.below(4)) {
      case 0:
        return work.select(work.anySet(), inline('Nothing', [typename()]));
      case 1:
        return (
          work.add(fragment('OfNothing', 'Nothing', [typename()])) && work.select(work.anySet(), spread('OfNothing'))
        );
      case 2: {
        const written = random.pick(['Nothing', '[Nothing!]!', '[Nothing]', 'string', 'Nothing!']);
        const usual = random.pick([undefined, int(1), list([int(1)]), nothing()]);
        work.operation.variableDefinitions.push(definition('nothing', written, usual));
        return true;
      }
      default: {
        const one = work.pick(work.operation.variableDefinitions);
        if (!one) return false;
        one.type = definition('a', random.pick(['Nothing', 'Nothing!', 'integer'])).type;
        return true;
      }
    }
  },

  FragmentsOnCompositeTypes(work) {
    const type = work.pick(work.typesWhere((one) => !isCompositeType(one))).name;
    if (work.random.chance(0.5)) return work.select(work.anySet(), inline(type, [typename()]));
    return work.add(fragment('OfLeaf', type, [typename()])) && work.select(work.anySet(), spread('OfLeaf'));
  },

  VariablesAreInputTypes(work) {
    const type = work.pick(work.typesWhere((one) => !isInputType(one))).name;
    const written = work.random.pick([type, `${type}!`, `[${type}]`]);
    const one = work.pick(work.operation.variableDefinitions);
    if (one && work.random.chance(0.5)) one.type = definition('a', written).type;
    else work.operation.variableDefinitions.push(definition('output', written));
    return true;
  },

  ScalarLeafs(work) {
    const { random } = work;
    const wanted = random.chance(0.5);
    const place = work.pick(work.fields.filter((one) => one.type && isLeafType(getNamedType(one.type)) === wanted));
    if (!place) return false;
    if (wanted)
      place.node.selectionSet = {
        kind: Kind.SELECTION_SET,
        selections: [random.chance(0.5) ? typename() : field('id')],
      };
    else place.node.selectionSet = undefined;
    return true;
  },

  FieldsOnCorrectType(work) {
    const { random } = work;
    const place = work.anySet();
    if (!place) return false;
    const other = work.otherObject(place.type);
    const leaf = work.pick(work.leaves(other));
    return work.select(
      place,
      random.pick([
        field('nothing'),
        field(leaf?.name ?? 'nothing'),
        field('_typename'),
        field('__type', { args: [argument('name', text('A'))], below: [field('name')] }),
        field('nothing', { below: [field('id')] }),
        field('__schema', { below: [field('description')] }),
        field('nothing', { args: [argument('a', int(1))] }),
        field('a', { alias: 'nothing' }),
        field('ID'),
      ]),
    );
  },

  UniqueFragmentNames(work) {
    const one = work.pick(fragments(work.document));
    if (one)
      return work.add(
        work.random.chance(0.5) ? copy(one) : fragment(one.name.value, one.typeCondition.name.value, [typename()]),
      );
    const place = work.anySet();
    return (
      work.add(fragment('Twice', place.type.name, [typename()]), fragment('Twice', place.type.name, [typename()])) &&
      work.select(place, spread('Twice'))
    );
  },

  KnownFragmentNames(work) {
    const place = work.pick(work.spreads);
    if (place && work.random.chance(0.3)) {
      place.node.name = name('Nothing');
      return true;
    }
    return work.select(work.anySet(), spread('Nothing'));
  },

  NoUnusedFragments(work) {
    const { type } = work.anySet();
    return work.add(
      ...work.random.pick([
        [fragment('Unused', type.name, [typename()])],
        [fragment('Unused', type.name, [spread('Below')]), fragment('Below', type.name, [typename()])],
        [fragment('Unused', type.name, [typename(), spread('Unused')])],
      ]),
    );
  },

  PossibleFragmentSpreads(work) {
    const place = work.anySet();
    const other = work.otherObject(place.type);
    const apart = isInterfaceType(place.type)
      ? work.pick(work.typesWhere((one) => isObjectType(one) && !one.getInterfaces().includes(place.type)))
      : work.random.pick([other, ...work.typesWhere(isInterfaceType)]);
    if (work.random.chance(0.6)) return work.select(place, inline(apart.name, [typename()]));
    return work.add(fragment('Apart', apart.name, [typename()])) && work.select(place, spread('Apart'));
  },

  NoFragmentCycles(work) {
    const place = work.anySet();
    const on = place.type.name;
    const composite =
      isObjectType(place.type) &&
      Object.values(place.type.getFields()).find((one) => getNamedType(one.type) === place.type);
    const round = work.random.pick([
      [fragment('Round', on, [typename(), spread('Round')])],
      [fragment('Round', on, [typename(), spread('Trip')]), fragment('Trip', on, [spread('Round')])],
      [fragment('Round', on, [inline(on, [spread('Round')])])],
      [fragment('Round', on, [composite ? field(composite.name, { below: [spread('Round')] }) : spread('Round')])],
    ]);
    return work.add(...round) && (work.random.chance(0.2) || work.select(place, spread('Round')));
  },

  UniqueVariableNames(work) {
    const one = work.pick(work.operation.variableDefinitions);
    if (!one) return false;
    const again = work.random.chance(0.5) ? copy(one) : definition(one.variable.name.value, 'String');
    work.operation.variableDefinitions.push(again);
    return true;
  },

  NoUndefinedVariables(work) {
    const { random } = work;
    const used = work.values.filter((one) => one.node.kind === Kind.VARIABLE);
    if (used.length > 0 && random.chance(0.4)) {
      const key = work.pick(used).node.name.value;
      for (const one of operations(work.document)) {
        one.variableDefinitions = one.variableDefinitions.filter((each) => each.variable.name.value !== key);
      }
      return true;
    }
    switch (random.below(4)) {
      case 0: {
        const place = work.pick(work.values.filter((one) => !one.constant));
        place?.replace(variable('undefined'));
        return place !== undefined;
      }
      case 1:
        return work.select(
          work.anySet(),
          field('__typename', { directives: [work.condition(variable('undefined'))] }),
        );
      case 2: {
        const place = work.anySet();
        return (
          work.add(
            fragment('Uses', place.type.name, [
              inline(undefined, [typename()], [work.condition(variable('undefined'))]),
            ]),
          ) && work.select(place, spread('Uses'))
        );
      }
      default: {
        const place = work.pick(work.fields.filter((one) => one.type));
        place?.node.directives.push(work.condition(variable('undefined')));
        return place !== undefined;
      }
    }
  },

  NoUnusedVariables(work) {
    const { random } = work;
    work.operation.variableDefinitions.push(
      definition(
        'unused',
        random.pick(['Int', 'String!', '[ID!]', 'Boolean']),
        random.chance(0.3) ? nothing() : undefined,
      ),
    );
    // Its use in another operation does not count.
    if (random.chance(0.2)) {
      work.operation.name ??= name('Run');
      work.add(
        operation(
          'query',
          'Other',
          [field('__typename', { directives: [work.condition(variable('unused'))] })],
          [definition('unused', 'Boolean!')],
        ),
      );
    }
    return true;
  },

  KnownDirectives(work) {
    const { random } = work;
    const place = work.pick(work.directed);
    place.node.directives.push(
      random.pick([
        directive('nothing'),
        directive('deprecated'),
        directive('specifiedBy', argument('url', text('a'))),
        directive('oneOf'),
        directive('Skip', argument('if', bool(true))),
        directive('defer'),
        directive('ifdef'),
        directive('nothing', argument('a', int(1))),
        work.condition(),
      ]),
    );
    return true;
  },

  MisplacedDirectives(work) {
    const place = work.pick(
      work.directed.filter((one) =>
        [Kind.OPERATION_DEFINITION, Kind.FRAGMENT_DEFINITION, Kind.VARIABLE_DEFINITION].includes(one.node.kind),
      ),
    );
    place.node.directives.push(work.condition());
    return true;
  },

  UniqueDirectivesPerLocation(work) {
    const place = work.pick(
      work.directed.filter((one) => [Kind.FIELD, Kind.INLINE_FRAGMENT, Kind.FRAGMENT_SPREAD].includes(one.node.kind)),
    );
    const one = work.condition();
    place.node.directives.push(
      one,
      work.random.chance(0.7) ? copy(one) : { ...copy(one), arguments: [argument('if', bool(false))] },
    );
    return true;
  },

  KnownArgumentNames(work) {
    const { random } = work;
    const extra = argument(
      random.pick(['nothing', 'First', 'iff', 'id_', 'name']),
      random.pick([int(1), text('a'), nothing(), bool(true), list([])]),
    );
    const directed = work.pick(work.directed.filter((one) => one.node.directives.length > 0));
    if (directed && random.chance(0.4)) {
      work.pick(directed.node.directives).arguments.push(extra);
      return true;
    }
    work.pick(work.fields).node.arguments.push(extra);
    return true;
  },

  UniqueArgumentNames(work) {
    const directed = work.pick(work.directed.filter((one) => one.node.directives.length > 0));
    const owner =
      directed && work.random.chance(0.4) ? work.pick(directed.node.directives) : work.withArguments()?.node;
    if (!owner || owner.arguments.length === 0) return false;
    const one = work.pick(owner.arguments);
    owner.arguments.push(work.random.chance(0.6) ? copy(one) : argument(one.name.value, nothing()));
    return true;
  },

  ValuesOfCorrectType(work) {
    const { random } = work;
    const place = work.pick(work.values.filter((one) => one.node.kind !== Kind.VARIABLE));
    if (!place) return false;
    const type = getNullableType(place.type);
    if (isInputObjectType(type) && place.node.kind === Kind.OBJECT && random.chance(0.6)) {
      const { fields } = place.node;
      if (random.chance(0.5))
        fields.push(...object([[random.pick(['nothing', 'ID', '__typename', 'first']), int(1)]]).fields);
      else if (fields.length > 0) fields.splice(random.below(fields.length), 1);
      return true;
    }
    place.replace(wrongFor(place.type, work));
    return true;
  },

  /** A fault beside a variable: what surrounds it is wrong all the same. */
  ValuesBesideVariables(work) {
    const holds = (node) => node.fields.some((one) => one.value.kind === Kind.VARIABLE);
    const place = work.pick(work.values.filter((one) => one.node.kind === Kind.OBJECT && holds(one.node)));
    if (!place) return false;
    const type = getNullableType(place.type);
    if (!isInputObjectType(type)) return false;
    const other = work.pick(
      place.node.fields.filter((one) => one.value.kind !== Kind.VARIABLE && type.getFields()[one.name.value]),
    );
    if (other && work.random.chance(0.6)) other.value = wrongFor(type.getFields()[other.name.value].type, work);
    else place.node.fields.push(...object([['nothing', int(1)]]).fields);
    return true;
  },

  ProvidedRequiredArguments(work) {
    const { random } = work;
    if (random.chance(0.2)) {
      work.pick(work.fields).node.directives.push(directive(random.pick(['skip', 'include'])));
      return true;
    }
    const place = work.pick(work.fields.filter((one) => one.def?.args.some(isRequiredArgument)));
    if (!place) return false;
    const needed = place.def.args.filter(isRequiredArgument).map((one) => one.name);
    place.node.arguments = place.node.arguments.filter((one) => !needed.includes(one.name.value));
    return true;
  },

  VariablesInAllowedPosition(work) {
    const { random } = work;
    const one = work.pick(work.operation.variableDefinitions);
    if (!one) return false;
    const written = definition('a', 'Int').type;
    const type = one.type.kind === Kind.NON_NULL_TYPE ? one.type.type : one.type;
    switch (random.below(7)) {
      case 0:
        one.type = type;
        break;
      case 1:
        one.type = random.pick([
          written,
          definition('a', random.pick(['String!', 'ID!', 'Boolean!', '[Int!]!', 'Float', 'ID', '[String]'])).type,
        ]);
        break;
      case 2:
        one.type = { kind: Kind.LIST_TYPE, type: one.type };
        break;
      case 3:
        [one.type, one.defaultValue] = [type, nothing()];
        break;
      case 4:
        one.type =
          type.kind === Kind.LIST_TYPE
            ? type.type
            : { kind: Kind.NON_NULL_TYPE, type: { kind: Kind.LIST_TYPE, type: one.type } };
        break;
      case 5:
        [one.type, one.defaultValue] = [type, undefined];
        break;
      default:
        if (type.kind === Kind.LIST_TYPE && type.type.kind === Kind.NON_NULL_TYPE)
          one.type = { kind: Kind.LIST_TYPE, type: type.type.type };
        else one.type = { kind: Kind.NON_NULL_TYPE, type };
    }
    return true;
  },

  /** A variable that is declared right, or nearly, at a place of its own. */
  VariablesAtPlaces(work) {
    const { random } = work;
    const place = work.pick(work.values.filter((one) => !one.constant && one.node.kind !== Kind.VARIABLE));
    if (!place) return false;
    const inner = getNullableType(place.type);
    let written = random.pick([`${inner}`, `${inner}!`, `${place.type}`]);
    if (isListType(inner)) {
      const item = inner.ofType;
      written = random.pick([
        written,
        `[${getNullableType(item)}]`,
        `[${getNullableType(item)}!]!`,
        `${item}`,
        `[${getNullableType(item)}]!`,
      ]);
    }
    const usual = random.chance(0.4) ? (random.chance(0.25) ? nothing() : copy(place.node)) : undefined;
    // A default is a constant: it holds no other variable.
    const constant = usual && !JSON.stringify(usual).includes('"Variable"');
    for (const one of operations(work.document))
      one.variableDefinitions.push(definition('placed', written, constant ? usual : undefined));
    place.replace(variable('placed'));
    return true;
  },

  OverlappingFieldsCanBeMerged(work) {
    const { random } = work;
    const place = work.anySet();
    if (isInterfaceType(place.type) || random.chance(0.25)) return overlapOfKinds(work);
    const leaves = work.leaves(place.type);
    const [one, other] = [work.pick(leaves), work.pick(leaves)];
    const paged = Object.values(place.type.getFields()).find((each) => each.args.some((arg) => arg.name === 'first'));
    const deep = work.pick(
      Object.values(place.type.getFields()).filter(
        (each) => isObjectType(getNamedType(each.type)) && !each.args.some(isRequiredArgument),
      ),
    );
    const both = [];
    if (paged && random.chance(0.3)) {
      const below = [typename()];
      const first = (value) =>
        field(paged.name, {
          alias: 'same',
          args: value === undefined ? [] : [argument('first', value)],
          below: copy(below),
        });
      both.push(first(int(1)), first(random.pick([int(2), int(1), text('1'), undefined])));
    } else if (deep && random.chance(0.5)) {
      const inside = work.leaves(getNamedType(deep.type));
      const below = (leaf) => [field(leaf?.name ?? '__typename', { alias: 'inner' })];
      const args = deep.args.filter((arg) => arg.name === 'first').map((arg) => argument(arg.name, int(1)));
      both.push(
        ...[work.pick(inside), work.pick(inside)].map((leaf) =>
          field(deep.name, { alias: 'same', args: copy(args), below: below(leaf) }),
        ),
      );
    } else if (one) {
      both.push(
        field(one.name, { alias: random.chance(0.7) ? 'same' : other.name }),
        field(other.name, { alias: random.chance(0.7) ? 'same' : undefined }),
      );
    } else {
      return false;
    }
    const on = place.type.name;
    switch (random.below(6)) {
      case 0:
        return work.select(place, both[0], inline(on, [both[1]]));
      case 1:
        return work.select(place, inline(on, [both[0]]), inline(undefined, [both[1]]));
      case 2:
        return work.add(fragment('Overlaps', on, [both[1]])) && work.select(place, both[0], spread('Overlaps'));
      case 3:
        return (
          work.add(fragment('Overlaps', on, [both[0]]), fragment('Laps', on, [both[1]])) &&
          work.select(place, spread('Overlaps'), spread('Laps'))
        );
      default:
        return work.select(place, ...both);
    }
  },

  UniqueInputFieldNames(work) {
    const place = work.pick(work.values.filter((one) => one.node.kind === Kind.OBJECT && one.node.fields.length > 0));
    if (!place) return false;
    const one = work.pick(place.node.fields);
    place.node.fields.push(work.random.chance(0.6) ? copy(one) : { ...copy(one), value: nothing() });
    return true;
  },

  MaxIntrospectionDepth(work) {
    if (work.operation.operation !== 'query') return false;
    const deep = (levels) =>
      levels === 0 ? [field('name')] : [field('fields', { below: [field('type', { below: deep(levels - 1) })] })];
    work.operation.selectionSet.selections.push(
      field('__schema', { alias: 'deep', below: [field('types', { below: deep(1 + work.random.below(3)) })] }),
    );
    return true;
  },

  /** `__typename` is a field as any other: its arguments, directives and selections count. */
  MetaFields(work) {
    const { random } = work;
    const place = work.anySet();
    const unused = (type, value) => {
      for (const one of operations(work.document)) one.variableDefinitions.push(definition('meta', type, value));
    };
    switch (random.below(7)) {
      case 0:
        return work.select(place, field('__typename', { args: [argument('a', int(1))] }));
      case 1:
        return work.select(place, field('__typename', { below: [typename()] }));
      case 2:
        return work.select(place, field('__typename', { directives: [directive('nothing')] }));
      case 3:
        return work.select(place, field('__typename', { directives: [work.condition(int(1))] }));
      case 4:
        unused('Boolean!', bool(true));
        return work.select(place, field('__typename', { directives: [work.condition(variable('meta'))] }));
      case 5: {
        const leaf = work.pick(work.leaves(place.type));
        return work.select(
          place,
          field('__typename', { alias: 'same' }),
          field(leaf?.name ?? '__typename', { alias: 'same' }),
        );
      }
      default:
        return work.select(place, field('__typename', { directives: [directive('skip'), work.condition()] }));
    }
  },
};

/** Two kinds of objects that answer differently under one name, below an interface. */
function overlapOfKinds(work) {
  const { random, schema } = work;
  const place = work.pick(work.sets.filter((one) => isInterfaceType(one.type)));
  const kinds = random
    .shuffled(work.typesWhere((one) => isObjectType(one) && one.getInterfaces().length > 0))
    .slice(0, 2);
  if (kinds.length < 2) return false;
  const parts = kinds.map((kind) => {
    const fields = Object.values(kind.getFields()).filter((one) => !one.args.some(isRequiredArgument));
    const one = random.pick(random.chance(0.7) ? work.leaves(kind) : fields);
    const below = isLeafType(getNamedType(one.type)) ? undefined : [typename()];
    const args = one.args.filter((arg) => arg.name === 'first').map((arg) => argument(arg.name, int(1)));
    return inline(kind.name, [field(one.name, { alias: 'same', args, below })]);
  });
  if (place) return work.select(place, ...parts);
  const root = Object.values(schema.getQueryType().getFields()).find(
    (one) => isInterfaceType(one.type) && isNonNullType(one.args[0]?.type),
  );
  if (!root || work.operation.operation !== 'query') return false;
  work.operation.selectionSet.selections.push(
    field(root.name, { alias: 'kinds', args: [argument(root.args[0].name, text('0'))], below: parts }),
  );
  return true;
}

/** Puts one fault of a rule into a document; false when there is no place for it. */
export function put(rule, schema, document, places, random) {
  return FAULTS[rule](new Work(schema, document, places, random));
}
