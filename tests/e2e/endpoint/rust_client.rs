//! A front end in Rust: types made from our definition when it is compiled.

// What the macro makes.
#![allow(missing_docs, clippy::all, clippy::pedantic)]

use graphql_client::{GraphQLQuery, Response};
use serde_json::json;
use tests::people::{A, PASSWORD, address};
use tests::socket::Socket;
use tests::{Client, World};

macro_rules! operation {
    ($($name:ident),+) => { $(
        #[derive(GraphQLQuery)]
        #[graphql(
            schema_path = "../schema/schema.graphql",
            query_path = "e2e/endpoint/story.graphql",
            response_derives = "Debug, Clone, PartialEq"
        )]
        struct $name;
    )+ };
}

operation!(LogIn, Submit, Publish, Titles, Published);

async fn ask<Q: GraphQLQuery>(who: &Client, variables: Q::Variables) -> Q::ResponseData {
    let body = serde_json::to_string(&Q::build_query(variables)).unwrap();
    let (_, answer) = who.post(body).await;
    let answer: Response<Q::ResponseData> = serde_json::from_value(answer).unwrap();
    answer.data.expect("data")
}

#[tokio::test]
async fn a_typed_client_logs_in_is_refused_hears_and_pages() {
    let world = World::new().await;
    let log_in = async |name: &str| {
        let input = log_in::SessionCreateInput { email: address(name), password: PASSWORD.into() };
        let made = ask::<LogIn>(&world.alice, log_in::Variables { input }).await.session_create;
        assert!(made.user_errors.is_empty());
        world.alice.with_token(&made.token.unwrap())
    };
    let (bruno, gaelle) = (log_in("bruno").await, log_in("gaelle").await);
    let telling = |title: &str, body: &str| submit::TestimonySubmitInput {
        structure: A.into(),
        title: title.into(),
        body: body.into(),
        pseudonym: "Zoé".into(),
        email: None,
        experiences: vec![submit::ExperienceInput {
            channel: submit::Channel::PHONE,
            sentiment: submit::Sentiment::POSITIVE,
        }],
    };
    let submit = async |title: &str, body: &str| {
        let variables = submit::Variables { input: telling(title, body) };
        ask::<Submit>(&world.alice, variables).await.testimony_submit
    };
    let refused = submit("Sans corps", "").await;
    assert_eq!(refused.testimony, None);
    assert_eq!(refused.user_errors[0].code, submit::UserErrorCode::EMPTY_TEXT);
    assert_eq!(refused.user_errors[0].path, ["body"]);

    let mut socket = Socket::connect(&world.url, bruno.token.as_deref()).await;
    let asked = Published::build_query(published::Variables {});
    // The whole file goes along: the name says which of its operations is meant.
    let payload = json!({ "query": asked.query, "operationName": asked.operation_name });
    socket.send(json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
    socket.silent().await;
    for title in ["Le premier", "Le second"] {
        let id = submit(title, "Bien.").await.testimony.unwrap().id;
        let input = publish::TestimonyPublishInput { id };
        let made = ask::<Publish>(&gaelle, publish::Variables { input }).await.testimony_publish;
        assert_eq!(made.testimony.unwrap().status, publish::TestimonyStatus::PUBLISHED);
        let event: published::ResponseData = serde_json::from_value(socket.next().await).unwrap();
        assert_eq!(event.testimony_published.testimony.title, title);
    }
    let first =
        ask::<Titles>(&bruno, titles::Variables { first: 1, after: None }).await.testimonies;
    assert_eq!((first.nodes[0].title.as_str(), first.page_info.has_next_page), ("Le second", true));
    let after = first.page_info.end_cursor;
    let second = ask::<Titles>(&bruno, titles::Variables { first: 1, after }).await.testimonies;
    assert_eq!(
        (second.nodes[0].title.as_str(), second.page_info.has_next_page),
        ("Le premier", false)
    );
    world.settle().await;
    world.end().await;
}
