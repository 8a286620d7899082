//! Limits that hold once a document is parsed and its fragments are thought to be spread, before anything
//! spreads them: thirty fragments that each name the next twice are a thousand million fields.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use schema::graphql::root::{MAX_COST, MAX_DEPTH};

use crate::problem::Problem;

/// Deepest nesting of selections, fragments included: the library's own limit, told as a limit.
const LEVELS: usize = 32;
/// Most fields at the root of an operation, fragments included (ours).
pub const ROOT_FIELDS: usize = 50;
/// Most questions `__schema` of an operation (ours). What is asked about the schema is answered in one go, which no
/// time limit interrupts: the limits here are all that bounds it.
pub const SCHEMAS: usize = 1;
/// Most questions `__type` of an operation (ours): tools ask some, to learn what else they may ask.
pub const TYPES: usize = 10;
/// Most fields of the questions about the schema, themselves and fragments included (ours). Each is answered for every
/// field of the schema, or every argument; all that the reference's own question can ask are 232.
pub const ASKED: usize = 300;
/// Deepest nesting of lists about the schema, such as the fields of the types of fields: each level would
/// multiply the answer by ten. The reference's own question has one level.
const LISTINGS: usize = 1;

/// What a selection comes to with every fragment spread.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    fields: usize,
    /// Fields of the selection itself.
    top: usize,
    /// Fields above one another; questions about the schema count one, having a limit of their own.
    depth: usize,
    levels: usize,
    /// Lists about the schema above one another, from here down.
    listings: usize,
    /// The same, below a question about the schema.
    nested: usize,
    /// Questions `__schema`.
    schemas: usize,
    /// Questions `__type`.
    types: usize,
    /// Fields of both, themselves included.
    asked: usize,
}

impl Weight {
    fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.top = self.top.saturating_add(other.top);
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
        self.listings = self.listings.max(other.listings);
        self.nested = self.nested.max(other.nested);
        self.schemas = self.schemas.saturating_add(other.schemas);
        self.types = self.types.saturating_add(other.types);
        self.asked = self.asked.saturating_add(other.asked);
    }

    /// What is too much of what is asked about the schema.
    fn too_curious(&self) -> Option<String> {
        let message = if self.schemas > SCHEMAS {
            "L'opération demande « __schema » plusieurs fois : une seule suffit.".to_owned()
        } else if self.types > TYPES {
            format!("L'opération demande « __type » plus de {TYPES} fois.")
        } else if self.nested > LISTINGS {
            "Le document imbrique des listes sur le schéma, comme les champs des types des champs."
                .to_owned()
        } else if self.asked > ASKED {
            format!(
                "Les questions sur le schéma, fragments déployés, comptent plus de {ASKED} champs."
            )
        } else {
            return None;
        };
        Some(message)
    }
}

/// Checks every operation of a document.
///
/// # Errors
/// `LIMIT_EXCEEDED`, with the limit.
pub fn check(document: &ExecutableDocument) -> Result<(), Problem> {
    let mut scale = Scale { document, known: HashMap::new() };
    let mut fields = 0_usize;
    for (_, operation) in document.operations.iter() {
        let weight = scale.weigh(&operation.node.selection_set.node);
        // Each is judged, whichever runs.
        fields = fields.saturating_add(weight.fields);
        let message = if weight.top > ROOT_FIELDS {
            format!("L'opération demande plus de {ROOT_FIELDS} champs à la racine.")
        } else if fields > MAX_COST {
            format!("Le document, ses fragments déployés, compte plus de {MAX_COST} champs.")
        } else if weight.depth > MAX_DEPTH {
            format!("Le document imbrique plus de {MAX_DEPTH} champs.")
        } else if weight.levels > LEVELS {
            format!("Le document imbrique plus de {LEVELS} sélections, fragments compris.")
        } else if let Some(message) = weight.too_curious() {
            message
        } else {
            continue;
        };
        return Err(Problem::limit(message));
    }
    Ok(())
}

struct Scale<'d> {
    document: &'d ExecutableDocument,
    /// Fragments weighed once each; one that is being weighed weighs nothing, as circles are refused later.
    known: HashMap<&'d str, Weight>,
}

impl<'d> Scale<'d> {
    fn weigh(&mut self, selections: &'d SelectionSet) -> Weight {
        let mut total = Weight::default();
        for selection in &selections.items {
            total.add(match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    let below = self.weigh(&field.node.selection_set.node);
                    let lists = ["fields", "inputFields", "interfaces", "possibleTypes"];
                    let fields = below.fields.saturating_add(1);
                    let mut weight = Weight { fields, top: 1, ..below };
                    if name.starts_with("__") {
                        (weight.depth, weight.nested) = (1, below.listings);
                        let one = |wanted: &str| usize::from(name == wanted);
                        weight.schemas = below.schemas.saturating_add(one("__schema"));
                        weight.types = below.types.saturating_add(one("__type"));
                        // `__typename` asks about the answer.
                        weight.asked = if name == "__typename" { 0 } else { fields };
                    } else {
                        weight.depth += 1;
                        weight.listings += usize::from(lists.contains(&name));
                    }
                    weight
                }
                Selection::InlineFragment(inline) => self.weigh(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            });
        }
        total.levels += 1;
        total
    }

    fn fragment(&mut self, name: &str) -> Weight {
        // An unknown one is refused later, with its name.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Weight::default();
        };
        if let Some(known) = self.known.get(name.as_str()) {
            return *known;
        }
        self.known.insert(name.as_str(), Weight::default());
        let weight = self.weigh(&fragment.node.selection_set.node);
        self.known.insert(name.as_str(), weight);
        weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn refused(document: &str) -> bool {
        check(&parse_query(document).expect("a document")).is_err()
    }

    fn nested(field: &str, times: usize) -> String {
        format!(
            "{}{}",
            format!("{{ {field} ").repeat(times),
            "{ a }".to_owned() + &" }".repeat(times)
        )
    }

    #[test]
    fn each_limit_holds_exactly() {
        assert!(!refused(&format!("{{ b {{ {} }} }}", "a ".repeat(MAX_COST - 1))));
        assert!(refused(&format!("{{ b {{ {} }} }}", "a ".repeat(MAX_COST))));
        let root = |fields: usize| format!("{{ ... {{ a }} {} }}", "a ".repeat(fields - 1));
        assert!(!refused(&root(ROOT_FIELDS)));
        assert!(refused(&root(ROOT_FIELDS + 1)));
        assert!(!refused(&nested("a", MAX_DEPTH - 1)));
        assert!(refused(&nested("a", MAX_DEPTH)));
        // The field in the middle and what it selects, nothing, are the last two levels.
        assert!(!refused(&nested("... on A", LEVELS - 2)));
        assert!(refused(&nested("... on A", LEVELS - 1)));
    }

    #[test]
    fn questions_about_the_schema_have_limits_of_their_own() {
        let once =
            "{ __schema { types { fields { args { type { name } } } inputFields { name } } } }";
        assert!(!refused(once));
        assert!(refused("{ __schema { types { fields { type { possibleTypes { name } } } } } }"));
        assert!(!refused(&format!("{{ __type(name: \"A\") {} }}", nested("ofType", 20))));
        assert!(!refused("{ fields { fields { fields { fields } } } }"));

        let spread = |spreads: usize, question: &str| {
            format!("{{ {} }} fragment F on Query {{ {question} }}", "...F ".repeat(spreads))
        };
        let schema = "s: __schema { description }";
        assert!(!refused(&spread(SCHEMAS, schema)));
        assert!(refused(&spread(SCHEMAS + 1, schema)));
        let kind = "t: __type(name: \"A\") { name }";
        assert!(!refused(&spread(TYPES, kind)));
        assert!(refused(&spread(TYPES + 1, kind)));

        // Two of them are the questions themselves, and the fragment counts in both.
        let asking = |fields: usize| {
            let (shared, rest) = ("a ".repeat((fields - 2) / 2), "__typename ".repeat(fields % 2));
            format!(
                "{{ __schema {{ ...F }} __type(name: \"A\") {{ ...F {rest} }} }} fragment F on A {{ {shared} }}"
            )
        };
        assert!(!refused(&asking(ASKED)));
        assert!(refused(&asking(ASKED + 1)));
        assert!(!refused(&format!("{{ a {{ {} }} }}", "__typename ".repeat(ASKED + 1))));
    }

    #[test]
    fn fragments_count_wherever_they_are_spread() {
        let pair =
            |n: usize| format!("fragment F{n} on A {{ ...F{next} ...F{next} }} ", next = n + 1);
        let bomb = |levels: usize| {
            let chain: String = (0..levels).map(pair).collect();
            format!("{chain} fragment F{levels} on A {{ a }} {{ b {{ ...F0 }} }}")
        };
        assert!(!refused(&bomb(12)));
        assert!(refused(&bomb(13)));
        assert!(refused(&bomb(28)));
        let half = format!("{{ a {{ ...F }} }} fragment F on A {}", nested("a", MAX_DEPTH - 2));
        assert!(!refused(&half));
        assert!(refused(&half.replace("{ ...F }", "{ a { ...F } }")));
        assert!(!refused("{ ...F } fragment F on A { ...F }"), "a circle is only wrong");
    }
}
