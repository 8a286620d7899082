//! What the library says about a document that cannot run, in French: its own sentences are English.

/// The sentence for a rule of validation that a document breaks.
pub fn of_rule(message: &str) -> String {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let has = |part: &str| message.contains(part);
    match names.as_slice() {
        [kind, field] if has("does not have a field") => {
            format!("Le champ « {field} » n'existe pas dans « {kind} ».")
        }
        [argument, place] if has("is not supported by") => {
            format!("L'argument « {argument} » n'existe pas pour « {place} ».")
        }
        [place] if has("required argument") => format!("L'argument « {place} » est obligatoire."),
        [place] if has("required field") => format!("Le champ « {place} » est obligatoire."),
        [value, kind] if message.starts_with("value ") => {
            format!("« {value} » n'est pas une valeur de « {kind} » : voyez /schema.graphql.")
        }
        [field, kind] if has("does not exist on") => {
            format!("Le champ « {field} » n'existe pas dans « {kind} ».")
        }
        [variable] if has("is not defined") && variable.starts_with('$') => {
            format!("La variable « {variable} » n'est pas déclarée.")
        }
        [variable] if has("unused variable") => {
            format!("La variable « {variable} » est déclarée et ne sert pas.")
        }
        [variable, declared, argument, wanted] if has("cannot be used for argument") => format!(
            "La variable « {variable} » ({declared}) ne convient pas à « {argument} » ({wanted})."
        ),
        [fragment] if has("must be used in an operation") => {
            format!("Le fragment « {fragment} » ne sert pas.")
        }
        [fragment] if has("cannot find fragment") => {
            format!("Le fragment « {fragment} » n'est pas dans le document.")
        }
        [fragment] if has("cannot reference itself") => {
            format!("Le fragment « {fragment} » se contient lui-même.")
        }
        [kind, ..] if has("cannot find type") || has("not a type defined") => {
            format!("Le type « {kind} » n'existe pas.")
        }
        [directive] if has("cannot find directive") => {
            format!("La directive « {directive} » n'existe pas.")
        }
        [kind] if has("must not have subselections") => {
            format!("« {kind} » n'a pas de champs : retirez la sélection.")
        }
        [variable] if has("must be of an input type") || has("of an input type") => {
            format!("« {variable} » ne peut pas être une variable : son type n'est pas une entrée.")
        }
        [.., condition, kind] if has("cannot be applied to") => {
            format!("Un fragment sur « {condition} » ne s'applique pas à « {kind} ».")
        }
        [name] if has("conflicting field arguments") || has("into the same alias") => {
            format!("« {name} » désigne deux choses : renommez l'une (alias : champ).")
        }
        [name] if has("multiple times") => format!("« {name} » est donné plusieurs fois."),
        [name] if has("using the same name") => {
            format!("« {name} » désigne deux choses : renommez l'une (alias : champ).")
        }
        _ if has("can only be used once per location") => {
            "La même directive est donnée deux fois au même endroit.".to_owned()
        }
        _ if has("is not supported for") => "Cette directive n'a pas sa place ici.".to_owned(),
        _ if has("must have a composite type") => {
            "Un fragment se fait sur un objet ou une interface.".to_owned()
        }
        _ if has("introspection field as a root field") => {
            "Un abonnement ne suit pas le schéma : demandez-le par une requête.".to_owned()
        }
        _ if has("syntax error") => {
            "Le document n'est pas du GraphQL lisible à cet endroit.".to_owned()
        }
        _ if has("must have a subselection set") => {
            "Choisissez des champs : un objet ne se demande pas en entier.".to_owned()
        }
        _ if has("32-bit") => "Le nombre est trop grand pour un Int (32 bits).".to_owned(),
        _ if message.starts_with("expected value of type ") => {
            let wanted = message.trim_start_matches("expected value of type ");
            let wanted = wanted.split(',').next().unwrap_or(wanted);
            format!("La valeur n'est pas du type « {wanted} ».")
        }
        _ if has("anonymous operation") => {
            "Le document compte plusieurs opérations : donnez un nom à chacune.".to_owned()
        }
        _ => format!("Requête GraphQL refusée : {message}."),
    }
}

/// The sentence for a variable whose value does not fit.
pub fn of_value(message: &str) -> String {
    let variable = message.split_once("variable ").map(|(_, rest)| rest);
    let variable = variable.and_then(|rest| rest.split([' ', ':']).next()).unwrap_or_default();
    if let Some((key, kind)) = message
        .strip_prefix("Input object has key ")
        .and_then(|rest| rest.split_once(" not in type "))
    {
        return format!("Le champ « {key} » n'existe pas dans « {kind} ».");
    }
    if let Some(field) = message.strip_prefix("Missing value for non-null input object field ") {
        return format!("Le champ « {field} » est obligatoire.");
    }
    let wanted = message.rsplit(" type ").next().unwrap_or_default();
    if variable.is_empty() {
        return format!("Une valeur n'est pas du type « {wanted} ».");
    }
    format!("La valeur de la variable « ${variable} » n'est pas du type « {wanted} ».")
}

/// The sentence for a value that turns out not to fit while an operation runs: those of our own scalars.
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
        [wanted, ..] if named("Expected input type") => format!("Type attendu : « {wanted} »."),
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
    fn what_validation_says_is_french_and_names_what_to_change() {
        for (english, french) in [
            (
                "type `Query` does not have a field `x`",
                "Le champ « x » n'existe pas dans « Query ».",
            ),
            (
                "the required argument `Query.node(id:)` is not provided",
                "L'argument « Query.node(id:) » est obligatoire.",
            ),
            ("unused variable: `$a`", "La variable « $a » est déclarée et ne sert pas."),
            (
                "value `PIGEON` does not exist on `Channel`",
                "« PIGEON » n'est pas une valeur de « Channel » : voyez /schema.graphql.",
            ),
            ("something new", "Requête GraphQL refusée : something new."),
        ] {
            assert_eq!(of_rule(english), french);
        }
        for (english, french) in [
            (
                "could not coerce variable first: \"x\" to type Int",
                "La valeur de la variable « $first » n'est pas du type « Int ».",
            ),
            (
                "Input object has key nope not in type JobFilter",
                "Le champ « nope » n'existe pas dans « JobFilter ».",
            ),
        ] {
            assert_eq!(of_value(english), french);
        }
    }

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
