//! Limits that hold before a document is parsed, so that no document can exhaust the parser.

use std::time::Duration;

use crate::problem::Problem;

/// Longest document, in bytes (ours).
pub const DOCUMENT_BYTES: usize = 64 * 1024;
/// Most lexical tokens of a document (ours).
pub const TOKENS: usize = 5_000;
/// Deepest nesting of brackets of any kind (ours): lists in values count, unlike in the schema's own limit.
pub const NESTING: usize = 40;
/// Most fields under another name (ours): a document that needs more is several.
pub const ALIASES: usize = 100;
/// Most directives (ours).
pub const DIRECTIVES: usize = 100;
/// Most places where a fragment is spread or written in line (ours).
pub const SPREADS: usize = 500;
/// Largest body without a valid token, in bytes (ours). With one, an import fits too.
pub const PUBLIC_BODY_BYTES: usize = 256 * 1024;
/// Bodies larger than the public's that a process has in memory at once (ours); the others wait.
pub const LARGE_BODIES: usize = 2;
/// Most values in a body (ours): about as many as the public's largest holds. A larger body brings a file, which is one
/// long text; numbers by the million would take fifty times their bytes.
pub const VALUES: usize = PUBLIC_BODY_BYTES / 2;
/// Longest time that a body takes to arrive, its wait for a place included (ours).
pub const BODY_TIME: Duration = Duration::from_secs(60);

/// Checks a document's size, tokens, nesting, aliases, directives and spreads without parsing it.
///
/// # Errors
/// `LIMIT_EXCEEDED`, with the limit.
pub fn check(document: &str) -> Result<(), Problem> {
    if document.len() > DOCUMENT_BYTES {
        return Err(Problem::limit(format!(
            "Le document compte {} octets ; la limite est de {DOCUMENT_BYTES}. Passez les données en variables.",
            document.len()
        )));
    }
    let (mut tokens, mut depth, mut parens) = (0_usize, 0_usize, 0_usize);
    let (mut aliases, mut directives, mut dots) = (0_usize, 0_usize, 0_usize);
    let mut rest = document.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match first {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => continue,
            b'#' => {
                rest = after(rest, |byte| byte == b'\n' || byte == b'\r');
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'(' => (depth, parens) = (depth + 1, parens + 1),
            b')' => (depth, parens) = (depth.saturating_sub(1), parens.saturating_sub(1)),
            // Between parentheses it names an argument.
            b':' if parens == 0 => aliases += 1,
            b'.' if parens == 0 => dots += 1,
            b'@' => directives += 1,
            b'"' => rest = after_string(rest),
            byte if is_word(*byte) => {
                let word = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
                rest = &rest[word..];
            }
            _ => {}
        }
        tokens += 1;
        if depth > NESTING {
            return Err(Problem::limit(format!("Le document imbrique plus de {NESTING} niveaux.")));
        }
        let many = [
            (aliases, ALIASES, "champs renommés"),
            (directives, DIRECTIVES, "directives"),
            (dots / 3, SPREADS, "fragments déployés"),
        ];
        if let Some((_, limit, what)) = many.iter().find(|(count, limit, _)| count > limit) {
            return Err(Problem::limit(format!("Le document compte plus de {limit} {what}.")));
        }
        if tokens > TOKENS {
            return Err(Problem::limit(format!(
                "Le document compte plus de {TOKENS} éléments lexicaux."
            )));
        }
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn after(text: &[u8], end: impl Fn(u8) -> bool) -> &[u8] {
    let length = text.iter().position(|byte| end(*byte)).map_or(text.len(), |place| place + 1);
    &text[length..]
}

/// Skips a string whose opening quote was read; an unclosed one ends with the document and the
/// parser then refuses it.
fn after_string(text: &[u8]) -> &[u8] {
    if let Some(mut block) = text.strip_prefix(b"\"\"") {
        loop {
            match block {
                [] => return block,
                [b'\\', b'"', b'"', b'"', tail @ ..] => block = tail,
                [b'"', b'"', b'"', tail @ ..] => return tail,
                [_, tail @ ..] => block = tail,
            }
        }
    }
    let mut line = text;
    loop {
        match line {
            [] => return line,
            [b'\\', _, tail @ ..] => line = tail,
            [b'"' | b'\n' | b'\r', tail @ ..] => return tail,
            [_, tail @ ..] => line = tail,
        }
    }
}

/// How many values a JSON text holds, or one more for each empty list and object: each but the first follows one of
/// these marks.
pub fn values(json: &[u8]) -> usize {
    let (mut count, mut text, mut escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if text => escaped = true,
            b'"' => text = !text,
            b',' | b'[' | b'{' if !text => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_and_marks_in_texts_are_not() {
        for (json, count) in [
            ("1", 1),
            ("[1, 2, [3]]", 5),
            (r#"{"a": [], "b": {"c": 1}}"#, 5),
            (r#"["[,{", "\"[,", "\\", 1]"#, 5),
        ] {
            assert_eq!(values(json.as_bytes()), count, "{json}");
        }
    }

    fn refused(document: &str) -> bool {
        check(document).is_err()
    }

    #[test]
    fn each_limit_holds_exactly() {
        assert!(!refused(&("{".repeat(NESTING) + &"}".repeat(NESTING))));
        assert!(refused(&"{".repeat(NESTING + 1)));
        assert!(refused(&"[".repeat(NESTING + 1)));
        assert!(!refused(&"a ".repeat(TOKENS)));
        assert!(refused(&"a ".repeat(TOKENS + 1)));
        let aliases = |count: usize| format!("{{ {} }}", "a: b(c: {d: 1}) ".repeat(count));
        assert!(!refused(&aliases(ALIASES)));
        assert!(refused(&aliases(ALIASES + 1)));
        assert!(!refused(&"a @b(c: 1) ".repeat(DIRECTIVES)));
        assert!(refused(&"a @b(c: 1) ".repeat(DIRECTIVES + 1)));
        assert!(!refused(&format!(
            "a(b: [{}]) {}",
            "1.5 ".repeat(SPREADS),
            "...F ".repeat(SPREADS)
        )));
        assert!(refused(&"...F ".repeat(SPREADS + 1)));
        assert!(!refused(&format!("#{}", "x".repeat(DOCUMENT_BYTES - 1))));
        assert!(refused(&format!("#{}", "x".repeat(DOCUMENT_BYTES))));
    }

    #[test]
    fn brackets_in_texts_and_comments_do_not_count() {
        let many = "{".repeat(NESTING + 1);
        assert!(!refused(&format!("{{ a(b: \"{many}\") }} # {many}")));
        assert!(!refused(&format!("{{ a(b: \"\"\"{many} \\\"\"\" {many}\"\"\") }}")));
        assert!(refused(&format!("{{ a(b: \"x\\\"\") {many}")));
        assert!(refused(&format!("# comment\n{many}")));
    }
}
