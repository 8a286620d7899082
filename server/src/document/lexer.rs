//! The lexical tokens of a document, exactly as the specification has them (October 2021 §2.1, with the escapes
//! `\u{…}` and surrogate pairs of its next edition): neither library that reads documents keeps to all of it.

/// A token and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where.
    pub(crate) place: Place,
}

/// A place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
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

/// Where a document stops being GraphQL, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Where.
    pub(crate) place: Place,
    /// Why, in French, as the end of a sentence.
    pub(crate) why: String,
}

const MARKS: [&str; 14] = ["...", "!", "$", "&", "(", ")", ":", "=", "@", "[", "]", "{", "|", "}"];

/// Every token of a document, and its end.
///
/// # Errors
/// Where something is no token.
pub(crate) fn tokens(text: &str) -> Result<(Vec<Token>, Place), Unreadable> {
    let mut lexer = Lexer { rest: text, place: Place { line: 1, column: 1 } };
    let mut found = Vec::new();
    loop {
        lexer.skip_ignored();
        let place = lexer.place;
        if lexer.rest.is_empty() {
            return Ok((found, place));
        }
        found.push(Token { kind: lexer.token()?, place });
    }
}

struct Lexer<'t> {
    rest: &'t str,
    place: Place,
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
            self.place = Place { line: self.place.line + 1, column: 1 };
        } else {
            self.place.column += 1;
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

    fn unreadable<T>(&self, why: &str) -> Result<T, Unreadable> {
        Err(Unreadable { place: self.place, why: why.to_owned() })
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
            Some('.') => self.unreadable("un point ne va que par trois, ou dans un nombre"),
            Some('\'') => self.unreadable("un texte se met entre « \" »"),
            Some(c) => self.unreadable(&format!("le signe {} n'a pas de sens", shown(c))),
            None => self.unreadable("le document s'arrête là"),
        }
    }

    fn number(&mut self) -> Result<Kind, Unreadable> {
        let all = self.rest;
        self.take("-");
        let whole = self.run(|c| c.is_ascii_digit());
        if whole.len() > 1 && whole.starts_with('0') {
            return self.unreadable("un nombre ne commence pas par zéro");
        }
        let digit = "il manque un chiffre au nombre";
        if whole.is_empty() || (self.take(".") && self.run(|c| c.is_ascii_digit()).is_empty()) {
            return self.unreadable(digit);
        }
        if self.take("e") || self.take("E") {
            let _ = self.take("+") || self.take("-");
            if self.run(|c| c.is_ascii_digit()).is_empty() {
                return self.unreadable(digit);
            }
        }
        if self.peek().is_some_and(|c| c == '.' || starts_name(c)) {
            return self.unreadable("un nombre ne touche ni une lettre ni un point");
        }
        Ok(Kind::Number(all[..all.len() - self.rest.len()].to_owned()))
    }

    fn text(&mut self) -> Result<Kind, Unreadable> {
        self.next();
        let mut text = String::new();
        loop {
            match self.peek() {
                None | Some('\n' | '\r') => {
                    return self.unreadable("il manque « \" » à la fin du texte");
                }
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
        let no_character = "ces chiffres ne disent aucun caractère";
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
                    _ => return self.unreadable(no_character),
                }
            }
            Some('u') => {
                let first = self.four()?;
                match first {
                    0xD800..0xDC00 => {
                        let pair = if self.take("\\u") { self.four()? } else { 0 };
                        if !(0xDC00..0xE000).contains(&pair) {
                            return self.unreadable(no_character);
                        }
                        let code = 0x10000 + ((first - 0xD800) << 10) + (pair - 0xDC00);
                        char::from_u32(code).map_or_else(|| self.unreadable(no_character), Ok)?
                    }
                    code => {
                        char::from_u32(code).map_or_else(|| self.unreadable(no_character), Ok)?
                    }
                }
            }
            _ => return self.unreadable("« \\ » n'annonce rien de connu"),
        })
    }

    fn four(&mut self) -> Result<u32, Unreadable> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|c| c.to_digit(16));
            let Some(digit) = digit else {
                return self.unreadable("il faut quatre chiffres hexadécimaux après « \\u »");
            };
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
                None => return self.unreadable("il manque « \"\"\" » à la fin du texte"),
            }
        }
    }
}

/// A character for people: by its number when it could not be seen.
fn shown(c: char) -> String {
    let seen = c.is_alphanumeric() || c.is_ascii_graphic();
    if seen { format!("« {c} »") } else { format!("U+{:04X}", u32::from(c)) }
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
        let (tokens, _) = tokens(text).ok()?;
        Some(tokens.into_iter().map(|token| token.kind).collect())
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
    fn what_is_no_token_is_told_with_its_place_and_why() {
        for (wrong, line, column, why) in [
            ("01", 1, 3, "un nombre ne commence pas par zéro"),
            ("1.", 1, 3, "il manque un chiffre au nombre"),
            ("1e", 1, 3, "il manque un chiffre au nombre"),
            ("-", 1, 2, "il manque un chiffre au nombre"),
            ("0x1", 1, 2, "un nombre ne touche ni une lettre ni un point"),
            ("1a", 1, 2, "un nombre ne touche ni une lettre ni un point"),
            (".", 1, 1, "un point ne va que par trois, ou dans un nombre"),
            ("..", 1, 1, "un point ne va que par trois, ou dans un nombre"),
            ("{ a\n  % }", 2, 3, "le signe « % » n'a pas de sens"),
            ("{ a\u{200b} }", 1, 4, "le signe U+200B n'a pas de sens"),
            ("'a'", 1, 1, "un texte se met entre « \" »"),
            ("\"a", 1, 3, "il manque « \" » à la fin du texte"),
            ("\"a\nb\"", 1, 3, "il manque « \" » à la fin du texte"),
            ("\"\"\"a\"\"", 1, 7, "il manque « \"\"\" » à la fin du texte"),
            (r#""\uD83D""#, 1, 8, "ces chiffres ne disent aucun caractère"),
            (r#""\u{}""#, 1, 5, "ces chiffres ne disent aucun caractère"),
            (r#""\u12""#, 1, 6, "il faut quatre chiffres hexadécimaux après « \\u »"),
            (r#""\q""#, 1, 4, "« \\ » n'annonce rien de connu"),
        ] {
            let place = Place { line, column };
            assert_eq!(tokens(wrong), Err(Unreadable { place, why: why.to_owned() }), "{wrong}");
        }
    }

    #[test]
    fn commas_comments_and_marks_of_order_are_nothing() {
        assert_eq!(kinds("\u{FEFF},{#x\r\n,a}"), kinds("{a}"));
        let (tokens, end) = tokens("{#x\r\n,a} ").expect("a document");
        let places: Vec<_> = tokens.iter().map(|t| (t.place.line, t.place.column)).collect();
        assert_eq!((places, (end.line, end.column)), (vec![(1, 1), (2, 2), (2, 3)], (2, 5)));
    }
}
