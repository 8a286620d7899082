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

/// The sentence for a value that turns out not to fit while an operation runs. Documents and variables were judged
/// before: what is left are our own scalars, and limits of lists and numbers, which the definition does not tell.
pub fn refusal(message: &str) -> String {
    // In what it stands is told after it, by names of inputs.
    let told = message.split(" (occurred while parsing").next().unwrap_or(message);
    if let Some((kind, told)) =
        told.strip_prefix("Failed to parse \"").and_then(|rest| rest.split_once("\": "))
    {
        return match limit(told) {
            Some(limit) => limit,
            // Ours are sentences; the library's are not, nor are they French.
            None if kind == "DateTime" && !told.ends_with('.') => {
                "Cet instant n'est pas au format RFC 3339, comme 2026-01-31T10:00:00Z.".to_owned()
            }
            None => told.to_owned(),
        };
    }
    let wanted = told.strip_prefix("Expected input type \"");
    match wanted.and_then(|rest| rest.split_once('"')) {
        Some((wanted, _)) => format!("Type attendu : « {wanted} »."),
        None => format!("Requête GraphQL refusée : {message}"),
    }
}

/// The sentence for a list that is too long, or a number that is too small or too large.
fn limit(told: &str) -> Option<String> {
    let (given, bound) = told.strip_prefix("the value ")?.split_once(", must be ")?;
    if let Some(least) = bound.strip_prefix("greater than or equal to ") {
        return Some(format!("Le nombre est trop petit : {least} au moins."));
    }
    let most = bound.strip_prefix("less than or equal to ")?;
    Some(match given.strip_prefix("length is ") {
        Some(length) => format!("La liste compte {length} éléments : {most} au plus."),
        None => format!("Le nombre est trop grand : {most} au plus."),
    })
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
    }

    #[test]
    fn what_only_shows_while_an_operation_runs_is_french_too() {
        for (english, french) in [
            (
                "Failed to parse \"Date\": « 26-11-10 » n'est pas un jour. (occurred while parsing \"A\") (occurred while parsing \"B\")",
                "« 26-11-10 » n'est pas un jour.",
            ),
            (
                "Expected input type \"Date\", found 5. (occurred while parsing \"A\")",
                "Type attendu : « Date ».",
            ),
            (
                "Failed to parse \"DateTime\": premature end of input",
                "Cet instant n'est pas au format RFC 3339, comme 2026-01-31T10:00:00Z.",
            ),
            (
                "Failed to parse \"DateTime\": Cet instant est hors du calendrier : années 1 à 9999.",
                "Cet instant est hors du calendrier : années 1 à 9999.",
            ),
            (
                "Failed to parse \"[Idea!]\": the value length is 201, must be less than or equal to 200",
                "La liste compte 201 éléments : 200 au plus.",
            ),
            (
                "Failed to parse \"Int\": the value is 0, must be greater than or equal to 1",
                "Le nombre est trop petit : 1 au moins.",
            ),
            (
                "Failed to parse \"Int\": the value is 1001, must be less than or equal to 1000",
                "Le nombre est trop grand : 1000 au plus.",
            ),
            ("Something new", "Requête GraphQL refusée : Something new"),
        ] {
            assert_eq!(refusal(english), french);
        }
    }
}
