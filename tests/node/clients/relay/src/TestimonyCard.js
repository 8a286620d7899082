// What one testimony shows.
import { graphql } from 'react-relay';

export const testimony = graphql`
  fragment TestimonyCard_testimony on Testimony {
    number
    title
    body
    status
    publishedAt
    structure {
      code
      name
    }
    experiences {
      channel
      sentiment
    }
  }
`;
