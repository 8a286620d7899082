//! The values of variables (§6.1.2): whether each is what its operation declares, down to every field of an input. The
//! library that coerces them names neither the variable nor the place in it; whoever fills a form needs both.

use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::executable::Operation;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use async_graphql::{InputType, Pos, Value as Constant};
use chrono::{DateTime, Utc};
use schema::foundation::day::Day;
use schema::foundation::text::shown;
use serde_json::{Map, Value};

use crate::wording;

/// A whole number given as a Float must be smaller: beyond, not every one exists.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// A value that does not fit.
pub(super) struct Misfit {
    /// The sentence, in French: the variable, the place in it, and what is wrong.
    pub(super) sentence: String,
    /// Where the document declares the variable.
    pub(super) declared: Option<SourceSpan>,
}

/// The first value that does not fit.
pub(super) fn misfit(
    schema: &Schema,
    operation: &Operation,
    given: &Map<String, Value>,
) -> Option<Misfit> {
    operation.variables.iter().find_map(|variable| {
        let name = variable.name.as_str();
        let Fault { path, what } = match given.get(name) {
            Some(value) => fits(schema, &variable.ty, value).err()?,
            None if variable.ty.is_non_null() && variable.default_value.is_none() => {
                missing(&variable.ty)
            }
            None => return None,
        };
        let sentence = format!("« ${name}{path} » {what}.");
        Some(Misfit { sentence, declared: variable.location() })
    })
}

/// What is wrong, and where below the variable: `.experiences[0].channel`.
struct Fault {
    path: String,
    what: String,
}

impl Fault {
    fn new(what: String) -> Self {
        Self { path: String::new(), what }
    }

    fn below(mut self, step: &str) -> Self {
        self.path.insert_str(0, step);
        self
    }
}

fn missing(wanted: &Type) -> Fault {
    Fault::new(format!("est obligatoire ({wanted})"))
}

fn other_type(wanted: &str) -> Fault {
    Fault::new(format!("n'est pas du type « {wanted} »"))
}

fn fits(schema: &Schema, wanted: &Type, value: &Value) -> Result<(), Fault> {
    if value.is_null() {
        let refused = || Fault::new(format!("ne peut pas être nul ({wanted})"));
        return if wanted.is_non_null() { Err(refused()) } else { Ok(()) };
    }
    let name = match wanted {
        Type::Named(name) | Type::NonNullNamed(name) => name,
        Type::List(item) | Type::NonNullList(item) => {
            // A single value stands for a list of one.
            let Value::Array(items) = value else { return fits(schema, item, value) };
            return items.iter().enumerate().try_for_each(|(place, one)| {
                fits(schema, item, one).map_err(|fault| fault.below(&format!("[{place}]")))
            });
        }
    };
    match schema.types.get(name) {
        Some(ExtendedType::InputObject(kind)) => object(schema, kind, value),
        Some(ExtendedType::Enum(kind)) => {
            let known = value.as_str().is_some_and(|word| kind.values.contains_key(word));
            let what = || {
                let values: Vec<&str> = kind.values.keys().map(|value| value.as_str()).collect();
                format!("n'est pas une valeur de « {name} » ({})", values.join(", "))
            };
            if known { Ok(()) } else { Err(Fault::new(what())) }
        }
        Some(ExtendedType::Scalar(_)) => scalar(name.as_str(), value),
        // What is no input was refused with the document.
        _ => Ok(()),
    }
}

fn object(schema: &Schema, kind: &InputObjectType, value: &Value) -> Result<(), Fault> {
    let Value::Object(members) = value else { return Err(other_type(kind.name.as_str())) };
    if let Some(unknown) = members.keys().find(|key| !kind.fields.contains_key(key.as_str())) {
        let fault = Fault::new(format!("n'existe pas dans « {} »", kind.name));
        return Err(fault.below(&format!(".{}", shown(unknown))));
    }
    kind.fields.iter().try_for_each(|(name, field)| {
        let found = match members.get(name.as_str()) {
            Some(value) => fits(schema, &field.ty, value),
            None if field.ty.is_non_null() && field.default_value.is_none() => {
                Err(missing(&field.ty))
            }
            None => Ok(()),
        };
        found.map_err(|fault| fault.below(&format!(".{name}")))
    })
}

fn scalar(name: &str, value: &Value) -> Result<(), Fault> {
    let fits = match name {
        "Int" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "Float" => value.is_f64() || value.as_f64().is_some_and(|number| number.abs() < EXACT),
        "String" => value.is_string(),
        "Boolean" => value.is_boolean(),
        "ID" => value.is_string() || value.is_i64(),
        "Date" => return read::<Day>(name, value),
        "DateTime" => return read::<DateTime<Utc>>(name, value),
        // The API takes no other: a test looks.
        _ => true,
    };
    match name {
        _ if fits => Ok(()),
        "Int" if value.is_number() => {
            Err(Fault::new(format!("n'est pas un entier de {} à {}", i32::MIN, i32::MAX)))
        }
        _ => Err(other_type(name)),
    }
}

/// What a scalar of our own says of a text.
fn read<T: InputType>(name: &str, value: &Value) -> Result<(), Fault> {
    let Value::String(text) = value else { return Err(other_type(name)) };
    T::parse(Some(Constant::String(text.clone()))).map(drop).map_err(|refused| {
        let told = wording::refusal(&refused.into_server_error(Pos::default()).message);
        Fault::new(format!(": {}", told.trim_end_matches('.')))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::judge::{SCHEMA, coerced, judged};
    use super::*;

    /// What is told of values, or how they are coerced.
    fn told(document: &str, given: Value) -> Result<Value, String> {
        let document = judged(document).expect("a document");
        let given = given.as_object().cloned().unwrap_or_default();
        coerced(&document, None, given).map(Value::Object).map_err(|problem| problem.message)
    }

    #[test]
    fn a_misfit_is_told_with_its_variable_and_its_place() {
        let submit = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { userErrors { code } } }";
        let good = json!({ "structure": "A", "title": "T", "body": "B", "pseudonym": "P",
            "experiences": [{ "channel": "PHONE", "sentiment": "NEUTRAL" }] });
        assert_eq!(
            told(submit, json!({ "input": good, "other": 1 })),
            Ok(json!({ "input": good }))
        );
        for (change, expected) in [
            (json!({ "title": null }), "« $input.title » ne peut pas être nul (String!)."),
            (json!({ "title": 1 }), "« $input.title » n'est pas du type « String »."),
            (
                json!({ "siret": "1" }),
                "« $input.siret » n'existe pas dans « TestimonySubmitInput ».",
            ),
            (
                json!({ "experiences": [{ "channel": "PHONE", "sentiment": "NEUTRAL" }, {}] }),
                "« $input.experiences[1].channel » est obligatoire (Channel!).",
            ),
            (
                json!({ "experiences": [null] }),
                "« $input.experiences[0] » ne peut pas être nul (ExperienceInput!).",
            ),
            (
                json!({ "experiences": [{ "channel": "PIGEON", "sentiment": "NEUTRAL" }] }),
                "« $input.experiences[0].channel » n'est pas une valeur de « Channel » (CHAT, EMAIL, FRONT_DESK, LETTER, ONLINE_ACCOUNT, ONLINE_PROCEDURE, OTHER, PATROL, PHONE, SOCIAL_MEDIA, VIDEO_CALL).",
            ),
            // A single one stands for a list.
            (
                json!({ "experiences": { "channel": 1 } }),
                "« $input.experiences.channel » n'est pas une valeur de « Channel » (CHAT, EMAIL, FRONT_DESK, LETTER, ONLINE_ACCOUNT, ONLINE_PROCEDURE, OTHER, PATROL, PHONE, SOCIAL_MEDIA, VIDEO_CALL).",
            ),
            (
                json!({ "experiences": "PHONE" }),
                "« $input.experiences » n'est pas du type « ExperienceInput ».",
            ),
        ] {
            let mut input = good.clone();
            for (name, value) in change.as_object().into_iter().flatten() {
                input[name] = value.clone();
            }
            assert_eq!(told(submit, json!({ "input": input })), Err(expected.to_owned()));
        }
        assert_eq!(
            told(
                "query($first: Int) { testimonies(first: $first) { totalCount } }",
                json!({ "first": 3_000_000_000_u64 })
            ),
            Err("« $first » n'est pas un entier de -2147483648 à 2147483647.".to_owned())
        );
        assert_eq!(
            told(submit, json!({})),
            Err("« $input » est obligatoire (TestimonySubmitInput!).".to_owned())
        );
    }

    #[test]
    fn values_of_our_own_scalars_are_read() {
        let list =
            "query($filter: TestimonyFilterInput) { testimonies(filter: $filter) { totalCount } }";
        let filter = |value: Value| told(list, json!({ "filter": value }));
        let good = json!({ "from": "2026-01-12", "updatedSince": "2026-01-12T09:00:00+01:00" });
        assert!(filter(good).is_ok() && filter(json!(null)).is_ok());
        for (value, expected) in [
            (
                json!({ "from": "2026-02-30" }),
                "« $filter.from » : « 2026-02-30 » n'est pas un jour AAAA-MM-JJ entre 1900 et 2199.",
            ),
            (json!({ "from": 20_260_112 }), "« $filter.from » n'est pas du type « Date »."),
            (
                json!({ "updatedSince": "hier" }),
                "« $filter.updatedSince » : Cet instant n'est pas au format RFC 3339, comme 2026-01-31T10:00:00Z.",
            ),
        ] {
            assert_eq!(filter(value), Err(expected.to_owned()));
        }
    }

    #[test]
    fn every_scalar_that_the_api_takes_is_looked_at() {
        let known = ["Int", "Float", "String", "Boolean", "ID", "Date", "DateTime"];
        let mut taken = 0;
        for kind in SCHEMA.types.values() {
            let inputs: Vec<&Type> = match kind {
                ExtendedType::InputObject(kind) => {
                    kind.fields.values().map(|field| &*field.ty).collect()
                }
                ExtendedType::Object(kind) => {
                    let arguments = kind.fields.values().flat_map(|field| field.arguments.iter());
                    arguments.map(|argument| &*argument.ty).collect()
                }
                _ => continue,
            };
            for name in inputs.iter().map(|wanted| wanted.inner_named_type()) {
                if matches!(SCHEMA.types.get(name), Some(ExtendedType::Scalar(_))) {
                    taken += 1;
                    assert!(known.contains(&name.as_str()), "{name}");
                }
            }
        }
        assert!(taken > 50, "{taken}");
    }
}
