//! What the library says about a document that cannot run, in French: its own sentences are English.

use async_graphql::parser::Error;

/// Where a document stops being GraphQL.
pub fn unreadable(error: &Error) -> String {
    match error.positions().next() {
        Some(at) => format!(
            "Le document n'est pas du GraphQL lisible : ligne {}, colonne {}.",
            at.line, at.column
        ),
        None => "Le document n'est pas du GraphQL lisible.".to_owned(),
    }
}

/// The sentence of a refusal by validation. What is rare keeps the library's words behind French ones.
pub fn refusal(message: &str) -> String {
    let names: Vec<&str> = message.split('"').skip(1).step_by(2).collect();
    let named = |start: &str| message.starts_with(start);
    // Our own scalars speak French already, wrapped in the names of what they stand in.
    if let Some((_, rest)) = message.split_once("Failed to parse \"")
        && let Some((_, told)) = rest.split_once("\": ")
    {
        let told = told.split(" (occurred while parsing").next().unwrap_or(told);
        return match told.split('"').collect::<Vec<_>>()[..] {
            [start, wanted, ..] if start.starts_with("Expected input type") => {
                format!("Type attendu : « {wanted} ».")
            }
            _ => told.to_owned(),
        };
    }
    match names.as_slice() {
        [field, kind] if named("Unknown field") => {
            format!("Le champ « {field} » n'existe pas dans « {kind} ».")
        }
        [argument, field, ..] if named("Unknown argument") => {
            format!("L'argument « {argument} » n'existe pas pour « {field} ».")
        }
        [field, argument, kind] if message.ends_with("is required but not provided") => {
            format!("L'argument « {argument} » ({kind}) de « {field} » est obligatoire.")
        }
        [field, ..] if message.contains("must have a selection of subfields") => {
            format!("Choisissez des champs de « {field} ».")
        }
        [.., kind, value] if message.contains("does not contain the value") => {
            format!("« {value} » n'est pas une valeur de « {kind} » : voyez /schema.graphql.")
        }
        [variable, ..] if named("Variable") && message.contains("is not defined") => {
            format!("La variable « {variable} » n'est pas déclarée.")
        }
        [argument, rest @ ..] if named("Invalid value for argument") => match rest {
            [.., kind] => format!("La valeur de « {argument} » n'est pas du type « {kind} »."),
            [] => format!("La valeur de « {argument} » ne convient pas."),
        },
        _ => format!("Requête GraphQL refusée : {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_refusals_are_french_and_name_what_to_change() {
        for (english, french) in [
            (
                "Invalid value for argument \"filter.channel\", enumeration type \"Channel\" does not contain the value \"PIGEON\"",
                "« PIGEON » n'est pas une valeur de « Channel » : voyez /schema.graphql.",
            ),
            (
                "Failed to parse \"Date\": « 26-11-10 » n'est pas un jour. (occurred while parsing \"A\") (occurred while parsing \"B\")",
                "« 26-11-10 » n'est pas un jour.",
            ),
            (
                "Unknown field \"x\" on type \"Query\".",
                "Le champ « x » n'existe pas dans « Query ».",
            ),
            (
                "Field \"node\" argument \"id\" of type \"ID!\" is required but not provided",
                "L'argument « id » (ID!) de « node » est obligatoire.",
            ),
            ("Something new", "Requête GraphQL refusée : Something new"),
        ] {
            assert_eq!(refusal(english), french);
        }
    }
}
