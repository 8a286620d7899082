// What the compiler must refuse: each line that ends with « refused », and no other.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

import { PageDocument, PublishedDocument, SubmitDocument } from './gql/graphql';
import type { CardFragment } from './gql/graphql';

declare function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data>;

export const title = (card: CardFragment): number => card.title; // refused
export const day = (card: CardFragment): string => card.publishedAt.slice(0, 10); // refused
export const state = (card: CardFragment): boolean => card.status === 'PUBLIE'; // refused
export const page = () => ask(PageDocument, { first: 'vingt' }); // refused
export const all = () => ask(PageDocument, {}); // refused
export const tell = () => ask(SubmitDocument, { input: { structure: 'Xdrq90LES' } }); // refused
export const next = async () => (await ask(PublishedDocument, {})).testimonyPublished.titre; // refused
