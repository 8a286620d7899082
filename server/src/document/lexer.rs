//! The lexical tokens of a document, exactly as the specification has them (October 2021 §2.1, with the escapes
//! `\u{…}` and surrogate pairs of its next edition): neither library that reads documents keeps to all of it.

/// A token and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// Line, from 1.
    pub(crate) line: usize,
    /// Column in characters, from 1.
    pub(crate) column: usize,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `!`, `{`, `...` and the like.
    Mark(&'static str),
    /// A name.
    Name(String),
    /// A number, as it is written.
    Number(String),
    /// A text, decoded; block texts with their indentation removed.
    Text(String),
}

/// Where a document stops being GraphQL: line and column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

const MARKS: [&str; 14] = ["...", "!", "$", "&", "(", ")", ":", "=", "@", "[", "]", "{", "|", "}"];

/// Every token of a document.
///
/// # Errors
/// Where something is no token.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Unreadable> {
    let mut lexer = Lexer { rest: text, line: 1, column: 1 };
    let mut found = Vec::new();
    loop {
        lexer.skip_ignored();
        let (line, column) = (lexer.line, lexer.column);
        if lexer.rest.is_empty() {
            return Ok(found);
        }
        found.push(Token { kind: lexer.token()?, line, column });
    }
}

struct Lexer<'t> {
    rest: &'t str,
    line: usize,
    column: usize,
}

impl<'t> Lexer<'t> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        // A carriage return and its line feed are one line's end.
        if c == '\n' || (c == '\r' && self.peek() != Some('\n')) {
            (self.line, self.column) = (self.line + 1, 1);
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn take(&mut self, start: &str) -> bool {
        let found = self.rest.starts_with(start);
        if found {
            for _ in start.chars() {
                self.next();
            }
        }
        found
    }

    fn run(&mut self, of: impl Fn(char) -> bool) -> &'t str {
        let all = self.rest;
        while self.peek().is_some_and(&of) {
            self.next();
        }
        &all[..all.len() - self.rest.len()]
    }

    fn skip_ignored(&mut self) {
        loop {
            self.run(|c| matches!(c, '\u{FEFF}' | '\t' | ' ' | '\n' | '\r' | ','));
            if self.peek() != Some('#') {
                return;
            }
            self.run(|c| c != '\n' && c != '\r');
        }
    }

    fn unreadable<T>(&self) -> Result<T, Unreadable> {
        Err(Unreadable { line: self.line, column: self.column })
    }

    fn token(&mut self) -> Result<Kind, Unreadable> {
        if let Some(mark) = MARKS.iter().find(|mark| self.take(mark)) {
            return Ok(Kind::Mark(mark));
        }
        match self.peek() {
            Some(c) if starts_name(c) => Ok(Kind::Name(self.run(in_name).to_owned())),
            Some(c) if c == '-' || c.is_ascii_digit() => self.number(),
            Some('"') if self.take("\"\"\"") => self.block(),
            Some('"') => self.text(),
            _ => self.unreadable(),
        }
    }

    fn number(&mut self) -> Result<Kind, Unreadable> {
        let all = self.rest;
        self.take("-");
        let whole = self.run(|c| c.is_ascii_digit());
        if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
            return self.unreadable();
        }
        if self.take(".") && self.run(|c| c.is_ascii_digit()).is_empty() {
            return self.unreadable();
        }
        if self.take("e") || self.take("E") {
            let _ = self.take("+") || self.take("-");
            if self.run(|c| c.is_ascii_digit()).is_empty() {
                return self.unreadable();
            }
        }
        if self.peek().is_some_and(|c| c == '.' || starts_name(c)) {
            return self.unreadable();
        }
        Ok(Kind::Number(all[..all.len() - self.rest.len()].to_owned()))
    }

    fn text(&mut self) -> Result<Kind, Unreadable> {
        self.next();
        let mut text = String::new();
        loop {
            match self.peek() {
                None | Some('\n' | '\r') => return self.unreadable(),
                Some('"') => {
                    self.next();
                    return Ok(Kind::Text(text));
                }
                Some('\\') => {
                    self.next();
                    text.push(self.escape()?);
                }
                Some(c) => {
                    text.push(c);
                    self.next();
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Unreadable> {
        Ok(match self.next() {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{C}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') if self.take("{") => {
                let digits = self.run(|c| c.is_ascii_hexdigit());
                // Seven digits may still be small: the leading ones are zeros.
                let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                match code {
                    Some(c) if self.take("}") => c,
                    _ => return self.unreadable(),
                }
            }
            Some('u') => {
                let first = self.four()?;
                match first {
                    0xD800..0xDC00 => {
                        let pair = if self.take("\\u") { self.four()? } else { 0 };
                        if !(0xDC00..0xE000).contains(&pair) {
                            return self.unreadable();
                        }
                        let code = 0x10000 + ((first - 0xD800) << 10) + (pair - 0xDC00);
                        char::from_u32(code).map_or_else(|| self.unreadable(), Ok)?
                    }
                    code => char::from_u32(code).map_or_else(|| self.unreadable(), Ok)?,
                }
            }
            _ => return self.unreadable(),
        })
    }

    fn four(&mut self) -> Result<u32, Unreadable> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|c| c.to_digit(16));
            let Some(digit) = digit else { return self.unreadable() };
            code = code * 16 + digit;
            self.next();
        }
        Ok(code)
    }

    fn block(&mut self) -> Result<Kind, Unreadable> {
        let mut raw = String::new();
        loop {
            if self.take("\"\"\"") {
                return Ok(Kind::Text(dedented(&raw)));
            }
            if self.take("\\\"\"\"") {
                raw.push_str("\"\"\"");
                continue;
            }
            match self.next() {
                Some(c) => raw.push(c),
                None => return self.unreadable(),
            }
        }
    }
}

fn starts_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The value of a block text (§2.9.4, BlockStringValue): without common indentation and blank ends.
fn dedented(raw: &str) -> String {
    let unified = raw.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = unified.split('\n').collect();
    let blank = |line: &str| line.bytes().all(|byte| byte == b' ' || byte == b'\t');
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = lines.iter().skip(1).filter(|line| !blank(line)).map(|line| indent(line)).min();
    if let Some(common) = common {
        for line in lines.iter_mut().skip(1) {
            *line = line.get(common..).unwrap_or_default();
        }
    }
    let full = |line: &&str| !blank(line);
    let first = lines.iter().position(&full).unwrap_or(lines.len());
    let last = lines.iter().rposition(full).map_or(first, |last| last + 1);
    lines[first..last].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Option<Vec<Kind>> {
        Some(tokens(text).ok()?.into_iter().map(|token| token.kind).collect())
    }

    #[test]
    fn texts_are_decoded_as_the_specification_says() {
        for (text, decoded) in [
            (r#""a\n\u0062\u{63}""#, "a\nbc"),
            (r#""\uD83D\uDE00\u{1F600}""#, "😀😀"),
            (r#""""un \""" deux""""#, "un \"\"\" deux"),
            ("\"\"\"\n    a\n      b\n\n  \"\"\"", "a\n  b"),
            ("\"\"\"\"\"\"", ""),
        ] {
            assert_eq!(kinds(text), Some(vec![Kind::Text(decoded.to_owned())]), "{text}");
        }
    }

    #[test]
    fn what_is_no_token_is_told_with_its_place() {
        for wrong in [
            "01",
            "1.",
            "1e",
            "0x1",
            "1a",
            "-",
            ".",
            "..",
            "%",
            "\"a",
            "\"a\nb\"",
            r#""\uD83D""#,
            r#""\q""#,
            r#""\u{}""#,
        ] {
            assert!(kinds(wrong).is_none(), "{wrong}");
        }
        assert_eq!(tokens("{ a\n  % }"), Err(Unreadable { line: 2, column: 3 }));
    }

    #[test]
    fn commas_comments_and_marks_of_order_are_nothing() {
        assert_eq!(kinds("\u{FEFF},{#x\r\n,a}"), kinds("{a}"));
        let places: Vec<_> =
            tokens("{#x\r\n,a}").unwrap_or_default().iter().map(|t| (t.line, t.column)).collect();
        assert_eq!(places, [(1, 1), (2, 2), (2, 3)]);
    }
}
