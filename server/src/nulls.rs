//! What becomes of the data around an error: the library leaves a field that failed out of its object, the
//! specification (§6.4.4) wants `null` there or, where the type forbids it, in the nearest place that allows it.

use async_graphql::parser::types::{BaseType, ExecutableDocument, OperationDefinition, Type};
use async_graphql::{Name, PathSegment, Response, Value};

use crate::definition;
use crate::request::chosen;
use crate::selection::each_field;

/// Puts `null` where the errors of an answer say that something failed.
pub fn place(answer: &mut Response, document: &ExecutableDocument, name: Option<&str>) {
    if answer.errors.is_empty() {
        return;
    }
    let Ok(chosen) = chosen(document, name) else { return };
    for error in &answer.errors {
        // The type of each place on the way to the error.
        let Some(types) = types_along(&error.path, document, chosen) else { continue };
        match types.iter().rposition(|kind| kind.nullable) {
            Some(last) => empty(&mut answer.data, &error.path[..=last]),
            None if types.is_empty() => {}
            None => answer.data = Value::Null,
        }
    }
}

/// Makes one place `null`, unless something above it is already.
fn empty(mut data: &mut Value, path: &[PathSegment]) {
    let Some((last, above)) = path.split_last() else { return };
    for segment in above {
        let next = match (data, segment) {
            (Value::Object(members), PathSegment::Field(name)) => members.get_mut(name.as_str()),
            (Value::List(items), PathSegment::Index(index)) => items.get_mut(*index),
            _ => None,
        };
        let Some(next) = next else { return };
        data = next;
    }
    match (data, last) {
        (Value::Object(members), PathSegment::Field(name)) => {
            members.insert(Name::new(name), Value::Null);
        }
        (Value::List(items), PathSegment::Index(index)) => {
            if let Some(item) = items.get_mut(*index) {
                *item = Value::Null;
            }
        }
        _ => {}
    }
}

fn types_along(
    path: &[PathSegment],
    document: &ExecutableDocument,
    chosen: &OperationDefinition,
) -> Option<Vec<Type>> {
    let mut parent = definition::start(chosen.ty);
    let mut sets = vec![&chosen.selection_set.node];
    let mut types: Vec<Type> = Vec::with_capacity(path.len());
    for segment in path {
        match segment {
            PathSegment::Field(key) => {
                let mut found = Vec::new();
                for set in sets {
                    each_field(set, None, document, &mut |on, field| {
                        if field.response_key().node == key.as_str() {
                            found.push((on.unwrap_or(&parent).clone(), field));
                        }
                    });
                }
                // The rules of validation give all of them the same shape.
                let (owner, field) = found.first()?;
                let kind = definition::field(owner, &field.name.node)?.ty.node.clone();
                parent = definition::named(&kind).clone();
                sets = found.iter().map(|(_, field)| &field.selection_set.node).collect();
                types.push(kind);
            }
            PathSegment::Index(_) => match &types.last()?.base {
                BaseType::List(item) => types.push((**item).clone()),
                BaseType::Named(_) => return None,
            },
        }
    }
    Some(types)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::{ServerError, value};

    use super::*;

    fn placed(document: &str, data: Value, path: &[PathSegment]) -> Value {
        let document = parse_query(document).expect("a document");
        let error = ServerError { path: path.to_vec(), ..ServerError::new("failed", None) };
        let mut answer = Response::new(data);
        answer.errors = vec![error];
        place(&mut answer, &document, None);
        answer.data
    }

    #[test]
    fn an_error_empties_the_nearest_place_that_may_be_empty() {
        let field = |name: &str| PathSegment::Field(name.into());
        let document = "{ n: node(id: 1) { ... on Testimony { publishedAt structure { name } } } \
            testimonies { nodes { rejectionReason title } } }";
        let data = value!({ "n": { "publishedAt": null }, "testimonies": { "nodes": [{ "title": "T" }] } });
        // A name that must be there, in a structure that must be there, in a node that need not.
        let path = [field("n"), field("structure"), field("name")];
        assert_eq!(
            placed(document, data.clone(), &path),
            value!({ "n": null, "testimonies": { "nodes": [{ "title": "T" }] } })
        );
        // A reason that need not be there.
        let path =
            [field("testimonies"), field("nodes"), PathSegment::Index(0), field("rejectionReason")];
        assert_eq!(
            placed(document, data.clone(), &path),
            value!({ "n": { "publishedAt": null },
                "testimonies": { "nodes": [{ "title": "T", "rejectionReason": null }] } })
        );
        // A title that must be, all the way up.
        let path = [field("testimonies"), field("nodes"), PathSegment::Index(0), field("title")];
        assert_eq!(placed(document, data.clone(), &path), Value::Null);
        // Something that failed before any field leaves the data alone.
        assert_eq!(placed(document, data.clone(), &[]), data);
    }
}
