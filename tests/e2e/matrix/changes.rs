//! Changing and listening. A change is tried with something that no rule would let pass, or that changes nothing: only
//! whether it gets as far as the rules is of interest.

use schema::foundation::policy::Action;
use serde_json::{Value, json};
use tests::World;
use tests::socket::{Heard, Socket};

use super::actors::Actor;
use super::furniture::Furniture;
use super::{Cells, PLACES, Place, may};

/// What each change is tried with at a place.
fn tries(furniture: &Furniture, place: Place) -> Vec<(&'static str, Action, Value)> {
    let code = place.0;
    let testimony = furniture.at("Testimony", Action::ReadPublic, place);
    let hidden = furniture.at("Testimony", Action::ReadHiddenTestimonies, place);
    let request = furniture.at("WrittenRequest", Action::ReadWrittenRequests, place);
    let committee = furniture.at("Committee", Action::ReadCommittees, place);
    let official = furniture.at("ElectedOfficial", Action::ReadCommittees, place);
    let token = furniture.at("ApiToken", Action::ManageApiTokens, place);
    let keep = Action::KeepWrittenRequests;
    let manage = Action::ManageApiTokens;
    let organise = Action::OrganiseCommittees;
    vec![
        ("testimonyPublish", Action::ModerateTestimonies, json!({ "id": testimony })),
        ("testimonyReject", Action::ModerateTestimonies, json!({ "id": hidden, "reason": "" })),
        (
            "writtenRequestRegister",
            keep,
            json!({ "structure": code, "medium": "LETTER", "subject": "", "senderName": "x", "receivedOn": "2026-01-12" }),
        ),
        (
            "writtenRequestAcknowledge",
            keep,
            json!({ "id": request, "acknowledgedOn": "2025-01-01" }),
        ),
        (
            "writtenRequestAnswer",
            keep,
            json!({ "id": request, "answeredOn": "2025-01-01", "nature": "OTHER" }),
        ),
        ("writtenRequestsImport", keep, json!({ "structure": code, "csv": "" })),
        ("apiTokenCreate", manage, json!({ "structure": code, "name": "", "access": "READ" })),
        ("apiTokenRenew", manage, json!({ "id": token, "expiresOn": "2020-01-01" })),
        ("apiTokenRevoke", manage, json!({ "id": token })),
        (
            "committeeCreate",
            organise,
            json!({ "structure": code, "kind": "LOCAL", "title": "", "aims": "x", "agenda": "x", "startsAt": "2026-02-12T08:00:00Z", "mode": "ON_SITE", "place": "x" }),
        ),
        ("committeeUpdate", organise, json!({ "id": committee, "title": "" })),
        ("committeeMove", organise, json!({ "id": committee, "startsAt": "2020-02-12T08:00:00Z" })),
        ("committeeCancel", organise, json!({ "id": committee, "reason": "" })),
        ("committeeInvite", organise, json!({ "id": committee, "people": [{ "role": "USER" }] })),
        ("committeeRecord", organise, json!({ "id": committee, "title": "Écrire à a@b.fr" })),
        ("committeeClose", organise, json!({ "id": committee })),
        (
            "electedOfficialSave",
            organise,
            json!({ "id": official, "department": code, "name": "Ida", "mandate": "maire", "email": format!("ida-{code}@mairie.test") }),
        ),
    ]
}

/// Tries every change as one actor.
pub(super) async fn try_all(actor: &Actor, furniture: &Furniture, cells: &mut Cells) {
    for place in PLACES {
        for (mutation, action, input) in tries(furniture, *place) {
            cells.tried("Mutation", mutation);
            let reached = reached(actor, mutation, &input).await;
            cells.count(action, may(actor, action, Some(*place)), reached.is_none(), || {
                format!("{}: {mutation} at {}: {reached:?}", actor.name, place.0)
            });
        }
    }
    // What has no place.
    for (mutation, action, input) in [
        ("jobQueueResume", Action::OperateJobs, json!({ "queue": "MAIL" })),
        ("jobQueuePause", Action::OperateJobs, json!({ "queue": "MAIL", "reason": "" })),
        ("structuresImport", Action::ImportStructures, json!({ "csv": "" })),
        (
            "alertChoose",
            Action::ManageOwnAccount,
            json!({ "structure": "STRUCTC1", "alerts": "NONE" }),
        ),
        (
            "testimonySubmit",
            Action::TakePart,
            json!({ "structure": "STRUCTA1", "title": "", "body": "", "pseudonym": "", "experiences": [] }),
        ),
        (
            "candidateApply",
            Action::TakePart,
            json!({ "structure": "STRUCTA1", "name": "", "email": "", "consent": false }),
        ),
    ] {
        cells.tried("Mutation", mutation);
        let refused = reached(actor, mutation, &input).await;
        cells.count(action, may(actor, action, None), refused.is_none(), || {
            format!("{}: {mutation}: {refused:?}", actor.name)
        });
    }
    // Whoever may not even ask is not told that there is no such thing; the others are, or what to mend.
    for (mutation, action, input) in unknown() {
        cells.tried("Mutation", mutation);
        let answer = change(actor, mutation, &input).await;
        let told = match code(&answer) {
            None => answer["data"][mutation]["userErrors"][0].is_object(),
            Some(code) => code == "NOT_FOUND",
        };
        cells.count(action, may(actor, action, None), told, || {
            format!("{}: {mutation} of nothing: {answer}", actor.name)
        });
    }
}

/// Each change, of something that does not exist.
fn unknown() -> Vec<(&'static str, Action, Value)> {
    let none = |kind: &str| schema::foundation::id::global(kind, 999_999).to_string();
    let (job, mail) = (none("Job"), none("Mail"));
    let (testimony, request) = (none("Testimony"), none("WrittenRequest"));
    let (committee, token) = (none("Committee"), none("ApiToken"));
    let (keep, organise) = (Action::KeepWrittenRequests, Action::OrganiseCommittees);
    let (moderate, manage) = (Action::ModerateTestimonies, Action::ManageApiTokens);
    vec![
        ("jobRetry", Action::OperateJobs, json!({ "id": job })),
        ("jobCancel", Action::OperateJobs, json!({ "id": job })),
        ("mailDecide", Action::OperateJobs, json!({ "id": mail, "decision": "ARRIVED" })),
        ("testimonyPublish", moderate, json!({ "id": testimony })),
        ("testimonyReject", moderate, json!({ "id": testimony, "reason": "" })),
        (
            "writtenRequestRegister",
            keep,
            json!({ "structure": "INCONNUE", "medium": "LETTER", "subject": "x", "senderName": "x", "receivedOn": "2026-01-12" }),
        ),
        ("writtenRequestAcknowledge", keep, json!({ "id": request })),
        (
            "writtenRequestAnswer",
            keep,
            json!({ "id": request, "answeredOn": "2025-01-01", "nature": "OTHER" }),
        ),
        ("writtenRequestsImport", keep, json!({ "structure": "INCONNUE", "csv": "" })),
        (
            "apiTokenCreate",
            manage,
            json!({ "structure": "INCONNUE", "name": "", "access": "READ" }),
        ),
        ("apiTokenRenew", manage, json!({ "id": token })),
        ("apiTokenRevoke", manage, json!({ "id": token })),
        (
            "committeeCreate",
            organise,
            json!({ "structure": "INCONNUE", "kind": "LOCAL", "title": "", "aims": "x", "agenda": "x", "startsAt": "2026-02-12T08:00:00Z", "mode": "ON_SITE", "place": "x" }),
        ),
        ("committeeUpdate", organise, json!({ "id": committee, "title": "" })),
        ("committeeMove", organise, json!({ "id": committee, "startsAt": "2020-02-12T08:00:00Z" })),
        ("committeeCancel", organise, json!({ "id": committee, "reason": "" })),
        ("committeeInvite", organise, json!({ "id": committee, "people": [{ "role": "USER" }] })),
        ("committeeRecord", organise, json!({ "id": committee })),
        ("committeeClose", organise, json!({ "id": committee })),
        (
            "electedOfficialSave",
            organise,
            json!({ "id": none("ElectedOfficial"), "department": "", "name": "", "mandate": "", "email": "" }),
        ),
    ]
}

/// What a change answers.
async fn change(actor: &Actor, mutation: &str, input: &Value) -> Value {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code path }} }} }}"
    );
    actor.client.ask(&document, json!({ "input": input })).await
}

/// The code with which a change was refused before any rule; nothing when it got there.
async fn reached(actor: &Actor, mutation: &str, input: &Value) -> Option<String> {
    code(&change(actor, mutation, input).await).map(str::to_owned)
}

fn code(answer: &Value) -> Option<&str> {
    match answer.get("errors") {
        Some(errors) => Some(errors[0]["extensions"]["code"].as_str().unwrap_or("none")),
        // A département is told as a refusal: there is nothing secret about it.
        None => answer.to_string().contains("FOREIGN_DEPARTMENT").then_some("FOREIGN_DEPARTMENT"),
    }
}

/// Listens as everybody at once while a testimony is told in each place.
pub(super) async fn listen(world: &World, actors: &[Actor], cells: &mut Cells) {
    let action = Action::ReadHiddenTestimonies;
    let mut sockets = Vec::new();
    cells.tried("Subscription", "testimonySubmitted");
    for actor in actors {
        let mut socket = Socket::connect(&world.url, actor.client.token.as_deref()).await;
        let subscription =
            "subscription { testimonySubmitted { testimony { structure { code } } } }";
        socket.subscribe("1", subscription, json!({})).await;
        let expected = may(actor, action, None);
        // Whoever may listen hears nothing yet, and the others that they may not.
        let open = expected
            || !matches!(socket.hear().await, Heard::Message(told) if told["type"] == "error");
        cells.count(action, expected, open, || format!("{}: testimonySubmitted", actor.name));
        if open {
            sockets.push((actor, socket));
        }
    }
    for place in PLACES {
        let input = json!({ "structure": place.0, "title": "En direct", "body": "Bien.", "pseudonym": "alice",
            "experiences": [{ "channel": "PHONE", "sentiment": "POSITIVE" }] });
        let submit = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } } }";
        world.alice.data(submit, json!({ "input": input })).await;
    }
    world.settle().await;
    for (actor, socket) in &mut sockets {
        // The last place that one may hear of is the end of what comes.
        let expected: Vec<&str> = PLACES
            .iter()
            .filter(|place| may(actor, action, Some(**place)))
            .map(|place| place.0)
            .collect();
        let mut heard = Vec::new();
        for _ in &expected {
            heard.push(
                socket.next().await["testimonySubmitted"]["testimony"]["structure"]["code"].clone(),
            );
        }
        socket.silent().await;
        for place in PLACES {
            let found = heard.iter().any(|code| code == place.0);
            cells.count(action, expected.contains(&place.0), found, || {
                format!("{} hears {heard:?} of {}", actor.name, place.0)
            });
        }
    }
}

/// Listens as everybody at once while a testimony becomes public: that is for everybody.
pub(super) async fn listen_in_public(
    world: &World,
    actors: &[Actor],
    furniture: &Furniture,
    cells: &mut Cells,
) {
    let action = Action::ReadPublic;
    let mut sockets = Vec::new();
    cells.tried("Subscription", "testimonyPublished");
    for actor in actors {
        let mut socket = Socket::connect(&world.url, actor.client.token.as_deref()).await;
        let subscription = "subscription { testimonyPublished { testimony { id } } }";
        socket.subscribe("1", subscription, json!({})).await;
        sockets.push((actor, socket));
    }
    // Nobody could decide on it before: whoever may moderate gave no reason.
    let hidden = furniture.at("Testimony", Action::ReadHiddenTestimonies, PLACES[0]);
    let publish = "mutation($input: TestimonyPublishInput!) { testimonyPublish(input: $input) { testimony { id } userErrors { code } } }";
    let gaelle = world.person("gaelle").await;
    let told = gaelle.data(publish, json!({ "input": { "id": hidden } })).await;
    assert_eq!(told["testimonyPublish"]["testimony"]["id"], hidden, "{told}");
    world.settle().await;
    for (actor, socket) in &mut sockets {
        let heard = socket.hear().await;
        let found = matches!(&heard, Heard::Message(told)
            if told["payload"]["data"]["testimonyPublished"]["testimony"]["id"] == hidden);
        cells.count(action, may(actor, action, None), found, || {
            format!("{}: testimonyPublished: {heard:?}", actor.name)
        });
    }
}
