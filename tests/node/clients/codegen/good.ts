// What a front end writes with the generated documents: types of variables and answers come with each document.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

import { useFragment as read } from './gql';
import { CardFragmentDoc, PageDocument, PublishedDocument, SubmitDocument } from './gql/graphql';
import type { CardFragment, UserErrorCode } from './gql/graphql';

declare function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data>;

const line = (card: CardFragment): string =>
  `${card.number.toFixed()} ${card.title} ${card.publishedAt?.slice(0, 10) ?? 'en modération'}`;

export async function page(after?: string): Promise<string[]> {
  const { testimonies } = await ask(PageDocument, { first: 20, after, filter: { status: ['PUBLISHED'], channel: 'PHONE' } });
  return testimonies.edges.map((edge) => line(read(CardFragmentDoc, edge.node)));
}

export async function tell(body: string): Promise<UserErrorCode[]> {
  const { testimonySubmit } = await ask(SubmitDocument, {
    input: {
      structure: 'Xdrq90LES',
      title: 'Accueil',
      body,
      pseudonym: 'Zoé',
      experiences: [{ channel: 'FRONT_DESK', sentiment: 'POSITIVE' }],
    },
  });
  const codes = testimonySubmit.userErrors.map((error) => error.code);
  return codes.includes('EMPTY_TEXT') ? [] : codes;
}

export async function next(after: string): Promise<string> {
  const { testimonyPublished } = await ask(PublishedDocument, { after });
  return line(read(CardFragmentDoc, testimonyPublished.testimony));
}
