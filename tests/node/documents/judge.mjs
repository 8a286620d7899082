// What graphql-js thinks of a request: the judge of the comparison.
import { GraphQLError, buildSchema, getOperationAST, getVariableValues, parse, validate } from 'graphql';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const HOUR = /^T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Whether a text is a day that exists. */
function isDay(text) {
  const at = Date.parse(`${text}T00:00:00Z`);
  return DAY.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** How values of the programme's own scalars are read. */
const SCALARS = {
  Date: (text) => isDay(text) && text >= '1900' && text < '2200',
  DateTime: (text) => isDay(text.slice(0, 10)) && HOUR.test(text.slice(10)) && !Number.isNaN(Date.parse(text)),
};

/**
 * A schema from its definition, whose own scalars are read in the values of variables. Those written in a document are
 * not: what fits is told when they are used.
 */
export function schemaOf(sdl) {
  const schema = buildSchema(sdl);
  for (const [name, fits] of Object.entries(SCALARS)) {
    schema.getType(name).parseValue = (value) => {
      if (typeof value !== 'string' || !fits(value)) throw new GraphQLError(`${name} cannot represent it`);
      return value;
    };
  }
  return schema;
}

/** What is wrong first with a request; null when nothing is. */
export function judge(schema, { query, operationName, variables }) {
  let document;
  try {
    document = parse(query);
    // Version 16 throws, instead of telling, when what a subscription selects depends on a variable.
    const [first] = validate(schema, document);
    if (first) return first;
  } catch (error) {
    return error;
  }
  const operation = getOperationAST(document, operationName);
  if (!operation) return new GraphQLError('Which operation to run is not clear.');
  return getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}).errors?.[0] ?? null;
}
