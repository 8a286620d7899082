// The public list: pages of the root, one testimony more on top of it when one is published, and the button of a
// moderator.
import { graphql } from 'react-relay';

export const query = graphql`
  query TestimonyListQuery($filter: TestimonyFilterInput) {
    viewer {
      displayName
    }
    ...TestimonyList_query @arguments(filter: $filter)
  }
`;

export const list = graphql`
  fragment TestimonyList_query on Query
  @argumentDefinitions(
    filter: { type: "TestimonyFilterInput" }
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
  )
  @refetchable(queryName: "TestimonyListPageQuery") {
    testimonies(filter: $filter, first: $count, after: $cursor)
      @connection(key: "TestimonyList_testimonies", filters: ["filter"]) {
      edges {
        node {
          ...TestimonyCard_testimony
        }
      }
    }
  }
`;

export const published = graphql`
  subscription TestimonyListPublishedSubscription($filter: TestimonyFilterInput, $after: String, $connections: [ID!]!) {
    testimonyPublished(filter: $filter, after: $after) {
      cursor
      testimony @prependNode(connections: $connections, edgeTypeName: "TestimonyEdge") {
        ...TestimonyCard_testimony
      }
    }
  }
`;

export const publish = graphql`
  mutation TestimonyListPublishMutation($input: TestimonyPublishInput!) {
    testimonyPublish(input: $input) {
      testimony {
        ...TestimonyCard_testimony
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`;
