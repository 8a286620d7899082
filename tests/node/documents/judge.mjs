// What graphql-js thinks of a request: the judge of the comparison.
import { GraphQLError, buildSchema, getOperationAST, getVariableValues, parse, validate } from 'graphql';

/** A schema from its definition. It does not know the programme's own scalars: what fits them is told when they are used. */
export const schemaOf = (sdl) => buildSchema(sdl);

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
