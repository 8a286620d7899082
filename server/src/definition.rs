//! What our own definition says of its fields, read once.

use std::collections::HashMap;
use std::sync::LazyLock;

use async_graphql::Name;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, OperationType, Type, TypeKind, TypeSystemDefinition,
};
use schema::graphql::root;

type Fields = HashMap<Name, FieldDefinition>;

static TYPES: LazyLock<HashMap<Name, Fields>> = LazyLock::new(|| {
    let document = parse_schema(root::sdl()).expect("our own definition parses");
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        _ => None,
    });
    types
        .filter_map(|definition| {
            let fields = match definition.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => return None,
            };
            let fields = fields.into_iter().map(|field| (field.node.name.node.clone(), field.node));
            Some((definition.name.node, fields.collect()))
        })
        .collect()
});

/// A field of a type; `None` for what every type has, such as `__typename`.
pub(crate) fn field(owner: &Name, name: &Name) -> Option<&'static FieldDefinition> {
    TYPES.get(owner)?.get(name)
}

/// The type that an operation starts from.
pub(crate) fn start(kind: OperationType) -> Name {
    Name::new(match kind {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    })
}

/// The name of a type, within however many lists.
pub(crate) fn named(kind: &Type) -> &Name {
    match &kind.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => named(item),
    }
}
