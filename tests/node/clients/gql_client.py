"""python3 gql_client.py URL EMAIL PASSWORD STRUCTURE MODERATOR_EMAIL — the story of story.mjs with gql, the client of
Python: HTTP by aiohttp, with documents checked against the schema that the server tells; subscriptions by websockets.
"""

import asyncio
import json
import secrets
import sys

from gql import Client, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLError

PATIENCE = 20

LOG_IN = """
    mutation LogIn($input: SessionCreateInput!) {
      sessionCreate(input: $input) { token userErrors { code message path } }
    }"""

SUBMIT = """
    mutation Submit($input: TestimonySubmitInput!) {
      testimonySubmit(input: $input) { testimony { id status } userErrors { code message path } }
    }"""

PUBLISH = """
    mutation Publish($input: TestimonyPublishInput!) {
      testimonyPublish(input: $input) { testimony { id status } userErrors { code message path } }
    }"""

PAGE = """
    query Page($filter: TestimonyFilterInput, $first: Int!, $after: String) {
      viewer { email }
      testimonies(filter: $filter, first: $first, after: $after) {
        totalCount
        edges { cursor node { id number title } }
        pageInfo { hasNextPage endCursor }
      }
    }"""

PUBLISHED = """
    subscription Published($filter: TestimonyFilterInput, $after: String) {
      testimonyPublished(filter: $filter, after: $after) { cursor testimony { id title } }
    }"""


def expect(holds: bool, what: object) -> None:
    """Unlike `assert`, this stays when Python optimises."""
    if not holds:
        raise AssertionError(what)


def over_http(url: str, token: str | None = None) -> Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = AIOHTTPTransport(url=url, headers=headers, timeout=PATIENCE)
    return Client(transport=transport, fetch_schema_from_transport=True, execute_timeout=PATIENCE)


def over_socket(url: str, token: str) -> Client:
    transport = WebsocketsTransport(
        url=url.replace("http", "ws", 1),
        init_payload={"Authorization": f"Bearer {token}"},
        # Offered two, gql looks for the server's choice in a header whose name it wants in capitals (ours are small, as
        # HTTP allows), misses it, and speaks the older protocol.
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    return Client(transport=transport)


async def ask(session, document: str, **variables):
    return await session.execute(GraphQLRequest(document, variable_values=variables))


async def listen(session, **variables):
    async for event in session.subscribe(GraphQLRequest(PUBLISHED, variable_values=variables)):
        yield event["testimonyPublished"]


async def play(url: str, email: str, password: str, structure: str, moderator_email: str) -> dict:
    word = f"suivi{secrets.token_hex(5)}"
    only = {"structure": structure, "search": word}

    def testimony(count: int) -> dict:
        return {
            "structure": structure,
            "title": f"Dossier {word}, étape {count}",
            "body": "L'accueil a été rapide et la réponse claire.",
            "pseudonym": "Zoé",
            "experiences": [{"channel": "FRONT_DESK", "sentiment": "POSITIVE"}],
        }

    async with over_http(url) as guest:

        async def log_in(address: str) -> str:
            made = (await ask(guest, LOG_IN, input={"email": address, "password": password}))["sessionCreate"]
            expect(made["userErrors"] == [], made)
            return made["token"]

        token, moderator_token = await log_in(email), await log_in(moderator_email)

        refused = (await ask(guest, SUBMIT, input={**testimony(0), "body": ""}))["testimonySubmit"]
        expect(refused["testimony"] is None and len(refused["userErrors"]) == 1, refused)
        fault = refused["userErrors"][0]
        expect((fault["code"], fault["path"]) == ("EMPTY_TEXT", ["body"]), fault)
        expect("obligatoire" in fault["message"], fault)

        async with (
            over_http(url, token) as agent,
            over_http(url, moderator_token) as moderator,
            over_socket(url, token) as socket,
        ):

            async def publish(count: int) -> str:
                told = (await ask(guest, SUBMIT, input=testimony(count)))["testimonySubmit"]
                expect(told["userErrors"] == [], told)
                id = told["testimony"]["id"]
                made = (await ask(moderator, PUBLISH, input={"id": id}))["testimonyPublish"]
                expect(made["userErrors"] == [] and made["testimony"] == {"id": id, "status": "PUBLISHED"}, made)
                return id

            # Live; then, after a pause in which two more came, from where it was.
            live = listen(socket, filter=only)
            first_event = asyncio.create_task(anext(live))
            published = [await publish(1)]
            heard = [await first_event]
            await live.aclose()
            published += [await publish(2), await publish(3)]
            resumed = listen(socket, filter=only, after=heard[0]["cursor"])
            heard += [await anext(resumed), await anext(resumed)]
            await resumed.aclose()
            expect([event["testimony"]["id"] for event in heard] == published, heard)

            # Newest first: two, then the one that is left.
            first = await ask(agent, PAGE, filter=only, first=2)
            expect(first["viewer"]["email"] == email, first)
            expect(first["testimonies"]["pageInfo"]["hasNextPage"], first)
            after = first["testimonies"]["pageInfo"]["endCursor"]
            second = await ask(agent, PAGE, filter=only, first=2, after=after)
            expect(not second["testimonies"]["pageInfo"]["hasNextPage"], second)
            pages = [[edge["node"]["id"] for edge in page["testimonies"]["edges"]] for page in (first, second)]
            expect([len(page) for page in pages] == [2, 1], pages)
            expect(pages[0] + pages[1] == published[::-1], pages)

            # What is wrong with a document is found before it is sent.
            try:
                await ask(agent, "{ testimonies { titre } }")
                raise AssertionError("an unknown field was sent")
            except GraphQLError as error:
                expect("titre" in error.message, error)

    # A wrong token is refused, never taken for no token.
    try:
        async with over_socket(url, "faux"):
            raise AssertionError("a wrong token was taken for none")
    except TransportError as error:
        wrong_token = str(error.__cause__ or error)

    return {
        "client": "gql",
        "viewer": email,
        "refused": fault,
        "heard": len(heard),
        "pages": [len(page) for page in pages],
        "wrongToken": wrong_token,
    }


async def main() -> None:
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    seen = await asyncio.wait_for(play(*sys.argv[1:]), timeout=3 * PATIENCE)
    print(json.dumps(seen, ensure_ascii=False))


asyncio.run(main())
