//! The order of an answer's members: that of the document (specification §6.3.2). The library writes them
//! as they become ready.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, SelectionSet};
use async_graphql::{Name, Value};

use crate::request::chosen;
use crate::selection::each_field;

/// A member that an object may have, and what it holds.
struct Member {
    name: Name,
    below: Vec<Member>,
}

/// Puts the members of an answer into the order in which its document asks for them.
pub fn arrange(data: &mut Value, document: &ExecutableDocument, name: Option<&str>) {
    // What never ran was perhaps not valid: fragments may go in circles there.
    if *data == Value::Null {
        return;
    }
    let Ok(chosen) = chosen(document, name) else { return };
    put(data, &members(&[&chosen.selection_set.node], document));
}

/// What selections ask for, each answer name once, at its first place.
fn members(sets: &[&SelectionSet], document: &ExecutableDocument) -> Vec<Member> {
    let mut found: IndexMap<&Name, Vec<&SelectionSet>> = IndexMap::new();
    for set in sets {
        each_field(set, None, document, &mut |_, field| {
            let below = &field.selection_set.node;
            let member = found.entry(&field.response_key().node).or_default();
            if !below.items.is_empty() {
                member.push(below);
            }
        });
    }
    found
        .into_iter()
        .map(|(name, sets)| Member { name: name.clone(), below: members(&sets, document) })
        .collect()
}

fn put(value: &mut Value, wanted: &[Member]) {
    match value {
        Value::List(items) => items.iter_mut().for_each(|item| put(item, wanted)),
        Value::Object(members) => {
            let mut places = wanted.iter();
            // Most objects are in order already.
            if !members.keys().all(|name| places.any(|member| member.name == *name)) {
                let mut rest = std::mem::take(members);
                members.extend(wanted.iter().filter_map(|m| rest.swap_remove_entry(&m.name)));
                members.extend(rest);
            }
            let mut places = wanted.iter();
            for (name, value) in members {
                if let Some(member) = places.find(|member| member.name == *name)
                    && !member.below.is_empty()
                {
                    put(value, &member.below);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::value;

    use super::*;

    #[test]
    fn members_stand_as_the_document_asks_for_them() {
        let document = "{ a { ...F z: y } b ...G } fragment F on T { x { q p } } fragment G on Q { c a { w } }";
        let document = parse_query(document).expect("a document");
        let mut data =
            value!({ "c": 1, "a": [{ "w": 4, "z": 3, "x": { "p": 2, "q": 1 } }, null], "b": 2 });
        arrange(&mut data, &document, None);
        let text = serde_json::to_string(&data).expect("JSON");
        assert_eq!(text, r#"{"a":[{"x":{"q":1,"p":2},"z":3,"w":4},null],"b":2,"c":1}"#);
    }
}
