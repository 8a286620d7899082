// Changes the values of variables, which then may not be what the operation declares.
import { Kind, getNullableType, isEnumType, isInputObjectType, isListType, typeFromAST } from 'graphql';

const ANY = [
  null, true, 0, 1.5, -1, 2147483647, 2147483648, -2147483649, 1e10, '', '1', 'x', 'true', [], [null], {}, [[]], [1],
  { a: 1 },
];

/** One change to the values of an operation's variables; false when it has none. */
export function change(schema, operation, variables, random) {
  const declared = operation.variableDefinitions ?? [];
  if (declared.length === 0) return false;
  const one = random.pick(declared);
  const key = one.variable.name.value;
  const type = typeFromAST(schema, one.type);
  const drawn = random.next();
  if (drawn < 0.15) delete variables[key];
  else if (drawn < 0.25) variables[key] = null;
  else if (drawn < 0.3) variables[random.pick(['nothing', '$a', key.toUpperCase(), ''])] = random.pick(ANY);
  else if (drawn < 0.4) variables[key] = random.pick(ANY);
  else variables[key] = near(type, variables[key], random);
  return true;
}

/** Something close to a value of a type: inside it where it has an inside. */
function near(type, value, random) {
  const inner = getNullableType(type);
  if (isListType(inner)) {
    const items = Array.isArray(value) ? [...value] : [value ?? null];
    switch (random.below(5)) {
      case 0:
        return near(inner.ofType, items[0], random);
      case 1:
        return [...items, null];
      case 2:
        return [items];
      case 3:
        return items[0] ?? null;
      default:
        return [...items.slice(1), near(inner.ofType, items[0], random)];
    }
  }
  if (isInputObjectType(inner)) {
    const members = value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {};
    const keys = Object.keys(members);
    switch (random.below(5)) {
      case 0:
        return { ...members, [random.pick(['nothing', '__typename', ''])]: random.pick(ANY) };
      case 1:
        if (keys.length > 0) delete members[random.pick(keys)];
        return members;
      case 2:
        return [members];
      default: {
        const one = random.pick(Object.values(inner.getFields()));
        members[one.name] = random.chance(0.2) ? null : near(one.type, members[one.name], random);
        return members;
      }
    }
  }
  if (isEnumType(inner)) {
    const known = random.pick(inner.getValues()).name;
    return random.pick([known, known.toLowerCase(), `${known} `, 'NOTHING', 1, true, [known], { [known]: 1 }, '']);
  }
  return random.pick(
    {
      Int: [7, '7', 7.5, 7.0, 2 ** 31, -(2 ** 31) - 1, 2 ** 31 - 1, true, [7], 1e3, '', 2 ** 53],
      Float: [7, 7.5, '7.5', true, 2 ** 31, [7.5]],
      Boolean: [true, 'true', 1, 0, 'TRUE', [true], ''],
      String: ['x', 7, 7.5, true, ['x'], {}, '😀', 'a\nb'],
      ID: ['x', 7, 7.5, -7, true, ['x'], {}, 2 ** 53, 2 ** 31, '', 7.0],
      Date: ['2026-01-31', '2026-02-30', '2026-1-1', 20260131, '', true, ['2026-01-31'], {}],
      DateTime: ['2026-01-31T10:00:00Z', 'now', '2026-02-30T10:00:00Z', 0, '', true, ['2026-01-31T10:00:00Z'], {}],
    }[inner.name] ?? ANY,
  );
}

export const hasVariables = (document) =>
  document.definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION && one.variableDefinitions.length > 0);
