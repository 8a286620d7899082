// The structures below one: a list on an object with an id, whose next page is asked for by `node(id:)`.
import { graphql } from 'react-relay';

export const query = graphql`
  query StructureChildrenQuery($code: String!) {
    structure(code: $code) {
      ...StructureChildren_structure
    }
  }
`;

export const children = graphql`
  fragment StructureChildren_structure on Structure
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "StructureChildrenPageQuery") {
    name
    children(first: $count, after: $cursor) @connection(key: "StructureChildren_children") {
      edges {
        node {
          code
          name
          network {
            code
          }
        }
      }
    }
  }
`;
