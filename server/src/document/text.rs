//! A document written anew from its tokens, each at its old place where that can be: so that libraries with ideas of
//! their own about blanks, commas, comments and escapes read what the specification reads, and errors still point
//! to the client's lines.

use std::fmt::Write;

use super::lexer::{Kind, Place, Token};

/// Writes the tokens. A description is left out: it says nothing to a server.
///
/// # Errors
/// When an input object names a field twice (§5.6.3): whoever reads the text later keeps only one.
pub(super) fn written(tokens: &[Token]) -> Result<String, Written> {
    let mut writer = Writer { text: String::new(), line: 1, column: 1 };
    let mut open: Vec<Frame<'_>> = Vec::new();
    let mut in_type = false;
    for (place, token) in tokens.iter().enumerate() {
        let kind = |at: usize| tokens.get(at).map(|token| &token.kind);
        let before = |back: usize| place.checked_sub(back).and_then(kind);
        let values = open.iter().any(|frame| matches!(frame, Frame::Round));
        if is_description(tokens, place, open.len()) {
            continue;
        }
        if let (Kind::Name(name), Some(Kind::Mark(":"))) = (&token.kind, kind(place + 1))
            && let Some(Frame::Object(names)) = open.last_mut()
        {
            if names.contains(&name.as_str()) {
                return Err(Written::Twice(name.clone(), token.place));
            }
            names.push(name);
        }
        match &token.kind {
            Kind::Mark("(") => open.push(Frame::Round),
            Kind::Mark("{") if values => open.push(Frame::Object(vec![])),
            Kind::Mark("{" | "[") => open.push(Frame::Other),
            Kind::Mark(")" | "}" | "]") => _ = open.pop(),
            _ => {}
        }
        // « $name : » stands only where a variable is declared: a type follows.
        let declared = matches!(
            (before(3), before(2), before(1)),
            (Some(Kind::Mark("$")), Some(Kind::Name(_)), Some(Kind::Mark(":")))
        );
        let part = matches!(token.kind, Kind::Mark("[" | "]" | "!") | Kind::Name(_));
        let ended = matches!(before(1), Some(Kind::Name(_) | Kind::Mark("]")))
            && matches!(token.kind, Kind::Name(_) | Kind::Mark("["));
        let goes_on = in_type && part && !ended;
        in_type = declared || goes_on;
        let glued = goes_on
            || matches!(before(1), Some(Kind::Mark("$" | "@")))
            || after_on(before(1), before(2), before(3), open.len());
        writer.put(token, glued);
    }
    Ok(writer.text)
}

/// Why a document cannot be written.
pub(super) enum Written {
    /// An input object names this field twice.
    Twice(String, Place),
}

/// A bracket that is open.
enum Frame<'t> {
    Round,
    /// An input object, with the fields named so far.
    Object(Vec<&'t str>),
    Other,
}

/// Before an operation or a fragment that has a name for what it is, and before a variable that is declared.
fn is_description(tokens: &[Token], place: usize, depth: usize) -> bool {
    let kind = |at: usize| tokens.get(at).map(|token| &token.kind);
    let before = place.checked_sub(1).and_then(kind);
    let keyword = |name: &str| matches!(name, "query" | "mutation" | "subscription" | "fragment");
    matches!(kind(place), Some(Kind::Text(_)))
        && match (kind(place + 1), kind(place + 2), kind(place + 3)) {
            (Some(Kind::Name(name)), ..) => {
                // Only where a definition may begin.
                depth == 0 && keyword(name) && matches!(before, None | Some(Kind::Mark("}")))
            }
            (Some(Kind::Mark("$")), Some(Kind::Name(_)), Some(Kind::Mark(":"))) => {
                // After « = » it is the default of the variable before.
                depth == 1 && !matches!(before, Some(Kind::Mark("=")))
            }
            _ => false,
        }
}

/// The type after `on`: one library takes nothing but a blank between the two.
fn after_on(one: Option<&Kind>, two: Option<&Kind>, three: Option<&Kind>, depth: usize) -> bool {
    let on = |kind: Option<&Kind>| matches!(kind, Some(Kind::Name(name)) if name == "on");
    let fragment =
        |kind: Option<&Kind>| matches!(kind, Some(Kind::Name(name)) if name == "fragment");
    on(one) && (matches!(two, Some(Kind::Mark("..."))) || (depth == 0 && fragment(three)))
}

struct Writer {
    text: String,
    line: usize,
    column: usize,
}

impl Writer {
    fn put(&mut self, token: &Token, glued: bool) {
        if !glued {
            while self.line < token.place.line {
                self.text.push('\n');
                (self.line, self.column) = (self.line + 1, 1);
            }
            while self.line == token.place.line && self.column < token.place.column {
                self.push(' ');
            }
        }
        let wordy = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '"' | '-');
        let spoken = !matches!(token.kind, Kind::Mark(_));
        if spoken && self.text.chars().next_back().is_some_and(wordy) {
            self.push(' ');
        }
        match &token.kind {
            Kind::Mark(mark) => self.append(mark),
            Kind::Name(name) => self.append(name),
            // The same number, which one library takes for a fraction.
            Kind::Number(number) if number == "-0" => self.append("0"),
            Kind::Number(number) => self.append(number),
            Kind::Text(text) => self.append(&quoted(text)),
        }
    }

    fn push(&mut self, c: char) {
        self.text.push(c);
        self.column += 1;
    }

    fn append(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.chars().count();
    }
}

fn quoted(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 2);
    safe.push('"');
    for c in text.chars() {
        match c {
            '"' => safe.push_str("\\\""),
            '\\' => safe.push_str("\\\\"),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c if c.is_control() => _ = write!(safe, "\\u{:04x}", u32::from(c)),
            c => safe.push(c),
        }
    }
    safe.push('"');
    safe
}
