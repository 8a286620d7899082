//! Reading: every field of every object by its id, and every list.

use std::collections::HashMap;
use std::sync::LazyLock;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, TypeKind, TypeSystemDefinition};
use schema::foundation::policy::Action;
use serde_json::json;

use super::actors::Actor;
use super::furniture::{Furniture, Thing};
use super::{Cells, may};

/// The fields of every object type, as a selection that asks for each under its own name.
static FIELDS: LazyLock<HashMap<String, Vec<(String, String)>>> = LazyLock::new(|| {
    let document = parse_schema(schema::graphql::root::sdl()).expect("our definition");
    let types: Vec<_> = document
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(one) => Some(one.node),
            _ => None,
        })
        .collect();
    let composite: Vec<String> = types
        .iter()
        .filter(|one| matches!(one.kind, TypeKind::Object(_) | TypeKind::Interface(_)))
        .map(|one| one.name.node.to_string())
        .collect();
    let selection = |field: &FieldDefinition| -> Option<(String, String)> {
        let required = field.arguments.iter().any(|argument| {
            !argument.node.ty.node.nullable && argument.node.default_value.is_none()
        });
        if required {
            return None;
        }
        let mut kind = &field.ty.node;
        while let BaseType::List(inner) = &kind.base {
            kind = inner;
        }
        let BaseType::Named(name) = &kind.base else { return None };
        let below = if composite.contains(&name.to_string()) { " { __typename }" } else { "" };
        Some((field.name.node.to_string(), format!("{}{below}", field.name.node)))
    };
    types
        .iter()
        .filter_map(|one| match &one.kind {
            TypeKind::Object(object) => {
                let fields = object.fields.iter().filter_map(|field| selection(&field.node));
                Some((one.name.node.to_string(), fields.collect()))
            }
            _ => None,
        })
        .collect()
});

/// Fields that ask for more than their object: who may see who is on a list, and drafts.
fn guard(thing: &Thing, field: &str) -> Option<Action> {
    match (thing.kind, field) {
        ("Committee", "participants") => Some(Action::OrganiseCommittees),
        ("Committee", "minutes") if thing.draft => Some(Action::OrganiseCommittees),
        _ => None,
    }
}

/// Asks for everything as one actor.
pub(super) async fn look(actor: &Actor, furniture: &Furniture, cells: &mut Cells) {
    fields(actor, furniture, cells).await;
    lists(actor, furniture, cells).await;
}

async fn fields(actor: &Actor, furniture: &Furniture, cells: &mut Cells) {
    for thing in &furniture.0 {
        let known = &FIELDS[thing.kind];
        let selection: Vec<&str> = known.iter().map(|(_, text)| text.as_str()).collect();
        let query = format!(
            "query($id: ID!) {{ node(id: $id) {{ ... on {} {{ {} }} }} }}",
            thing.kind,
            selection.join(" ")
        );
        let answer = actor.client.ask(&query, json!({ "id": thing.id })).await;
        let clean = answer.get("errors").is_none();
        cells.count(thing.action, true, clean, || {
            format!("{} at {}: {answer}", actor.name, thing.kind)
        });
        let node = &answer["data"]["node"];
        for (field, _) in known {
            let action = guard(thing, field).unwrap_or(thing.action);
            let expected = may(actor, thing.action, thing.place) && may(actor, action, thing.place);
            let found = match guard(thing, field) {
                Some(_) => !node[field.as_str()].is_null(),
                None => node.as_object().is_some_and(|members| members.contains_key(field)),
            };
            cells.count(action, expected, found, || {
                format!(
                    "{}: {}.{field} at {:?}",
                    actor.name,
                    thing.kind,
                    thing.place.map(|place| place.0)
                )
            });
        }
    }
}

/// Lists that hold things of a kind, and the action that opens the list itself.
const LISTS: &[(&str, &str, Action)] = &[
    ("Testimony", "testimonies(first: 100) { totalCount nodes { id } }", Action::ReadPublic),
    (
        "Testimony",
        "testimonies(first: 100, filter: { status: [IN_MODERATION] }) { totalCount nodes { id } }",
        Action::ReadPublic,
    ),
    (
        "WrittenRequest",
        "writtenRequests(first: 100) { totalCount nodes { id } }",
        Action::ReadWrittenRequests,
    ),
    ("Committee", "committees(first: 100) { totalCount nodes { id } }", Action::ReadCommittees),
    ("ElectedOfficial", "electedOfficials(first: 100) { nodes { id } }", Action::ReadCommittees),
    (
        "CommitteeCandidate",
        "committeeCandidates(first: 100) { nodes { id } }",
        Action::OrganiseCommittees,
    ),
    ("ApiToken", "apiTokens(first: 100) { totalCount nodes { id } }", Action::ManageApiTokens),
    ("Job", "jobs(first: 100) { nodes { id } }", Action::ReadOperations),
    ("Mail", "mails(first: 100) { nodes { id } }", Action::ReadOperations),
    ("Incident", "incidents(first: 100) { totalCount nodes { id } }", Action::ReadOperations),
];

async fn lists(actor: &Actor, furniture: &Furniture, cells: &mut Cells) {
    for (kind, list, opens) in LISTS {
        let answer = actor.client.ask(&format!("{{ {list} }}"), json!({})).await;
        cells.tried("Query", list);
        let text = answer["data"].to_string();
        let open = answer.get("errors").is_none();
        cells.count(*opens, may(actor, *opens, None), open, || format!("{}: {list}", actor.name));
        let mut seen = 0;
        for thing in furniture.0.iter().filter(|thing| thing.kind == *kind) {
            // Each list of testimonies is about one half of them.
            let hidden = thing.action == Action::ReadHiddenTestimonies;
            let expected = may(actor, thing.action, thing.place)
                && (*kind != "Testimony" || hidden == list.contains("IN_MODERATION"));
            seen += i64::from(expected);
            let found = text.contains(&format!("\"{}\"", thing.id));
            cells.count(thing.action, expected, found, || {
                format!(
                    "{}: {kind} at {:?} in {list}",
                    actor.name,
                    thing.place.map(|place| place.0)
                )
            });
        }
        // No more is counted than is shown, where it is counted.
        let mut members = answer["data"].as_object().into_iter().flat_map(|all| all.values());
        if let Some(total) = members.find_map(|list| list["totalCount"].as_i64()) {
            cells.count(*opens, true, total == seen, || {
                format!("{}: {seen} seen, {total} counted in {list}", actor.name)
            });
        }
    }
}
