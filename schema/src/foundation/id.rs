//! Relay global ids: opaque for clients, `Type:number` inside.

use async_graphql::ID;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The global id of a row.
pub fn global(kind: &str, id: i64) -> ID {
    ID(URL_SAFE_NO_PAD.encode(format!("{kind}:{id}")))
}

/// The type and row number in a global id; `None` when it is not one of ours.
pub fn parse(id: &str) -> Option<(String, i64)> {
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    // PostgreSQL cannot be asked about a null character.
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
    let (kind, number) = text.split_once(':')?;
    Some((kind.to_owned(), number.parse().ok()?))
}

/// The row number in a global id that must be of one type; `None` otherwise, which callers answer as
/// "not found".
pub fn number_of(kind: &str, id: &ID) -> Option<i64> {
    parse(id).and_then(|(found, number)| (found == kind).then_some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_returns_to_its_row_and_no_other_type() {
        let id = global("Testimony", 42);
        assert_eq!(number_of("Testimony", &id), Some(42));
        assert_eq!(number_of("Structure", &id), None);
        assert_eq!(parse("not an id"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse(&global("Testi\0mony", 42)), None);
    }
}
