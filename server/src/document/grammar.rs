//! The grammar of executable documents (October 2021 §2.2 to §2.12, with the descriptions of its next edition), read
//! over the tokens to tell the first one that does not fit, and what would: the libraries that read documents tell a
//! place only, or rules of their own.

use super::lexer::{Kind, Place, Token, Unreadable};

type Read = Result<(), Unreadable>;

/// Reads a document.
///
/// # Errors
/// The first token that does not fit.
pub(super) fn check(tokens: &[Token], end: Place) -> Read {
    let mut reader = Reader { rest: tokens, end };
    loop {
        reader.definition()?;
        if reader.rest.is_empty() {
            return Ok(());
        }
    }
}

struct Reader<'t> {
    rest: &'t [Token],
    end: Place,
}

impl<'t> Reader<'t> {
    fn kind(&self, ahead: usize) -> Option<&'t Kind> {
        self.rest.get(ahead).map(|token| &token.kind)
    }

    fn advance(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    fn is(&self, mark: &str) -> bool {
        matches!(self.kind(0), Some(Kind::Mark(found)) if *found == mark)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.kind(0), Some(Kind::Name(found)) if found == word)
    }

    /// Goes past a mark, when it is there.
    fn passes(&mut self, mark: &str) -> bool {
        let found = self.is(mark);
        if found {
            self.advance();
        }
        found
    }

    fn mark(&mut self, mark: &str) -> Read {
        if self.passes(mark) { Ok(()) } else { self.wants(&format!("« {mark} »")) }
    }

    fn name(&mut self, what: &str) -> Read {
        match self.kind(0) {
            Some(Kind::Name(_)) => {
                self.advance();
                Ok(())
            }
            _ => self.wants(what),
        }
    }

    fn wants(&self, what: &str) -> Read {
        let found = match self.kind(0) {
            Some(Kind::Mark(text)) => format!("« {text} »"),
            Some(Kind::Name(text) | Kind::Number(text)) => format!("« {text} »"),
            Some(Kind::Text(_)) => "un texte".to_owned(),
            None => "la fin du document".to_owned(),
        };
        let place = self.rest.first().map_or(self.end, |token| token.place);
        Err(Unreadable { place, why: format!("il faut {what}, et non {found}") })
    }

    /// One item or more, until a mark. An item is told whether it is the first: the mark could stand for any other.
    fn many(&mut self, close: &str, item: impl Fn(&mut Self, bool) -> Read) -> Read {
        item(self, true)?;
        while !self.passes(close) {
            item(self, false)?;
        }
        Ok(())
    }

    fn definition(&mut self) -> Read {
        if self.is("{") {
            return self.selections();
        }
        // A description.
        if matches!((self.kind(0), self.kind(1)), (Some(Kind::Text(_)), Some(Kind::Name(_)))) {
            self.advance();
        }
        if self.is_word("fragment") {
            self.advance();
            return self.fragment();
        }
        if !["query", "mutation", "subscription"].iter().any(|word| self.is_word(word)) {
            return self.wants("une opération ou un fragment");
        }
        self.advance();
        if matches!(self.kind(0), Some(Kind::Name(_))) {
            self.advance();
        }
        if self.passes("(") {
            self.many(")", Self::variable)?;
        }
        self.directives(false)?;
        self.selections()
    }

    fn fragment(&mut self) -> Read {
        let name = "le nom du fragment";
        if self.is_word("on") {
            return self.wants(name);
        }
        self.name(name)?;
        if !self.is_word("on") {
            return self.wants("« on »");
        }
        self.advance();
        self.name("un type")?;
        self.directives(false)?;
        self.selections()
    }

    fn variable(&mut self, first: bool) -> Read {
        // A description.
        if matches!((self.kind(0), self.kind(1)), (Some(Kind::Text(_)), Some(Kind::Mark("$")))) {
            self.advance();
        }
        if !self.passes("$") {
            return self.wants(if first { "une variable" } else { "une variable ou « ) »" });
        }
        self.name("le nom d'une variable")?;
        self.mark(":")?;
        self.kind_of_value()?;
        if self.passes("=") {
            self.value(true)?;
        }
        self.directives(true)
    }

    fn kind_of_value(&mut self) -> Read {
        if self.passes("[") {
            self.kind_of_value()?;
            self.mark("]")?;
        } else {
            self.name("un type")?;
        }
        self.passes("!");
        Ok(())
    }

    fn selections(&mut self) -> Read {
        self.mark("{")?;
        self.many("}", Self::selection)
    }

    fn selection(&mut self, first: bool) -> Read {
        if self.passes("...") {
            return self.spread();
        }
        self.name(if first { "un champ" } else { "un champ ou « } »" })?;
        if self.passes(":") {
            self.name("le nom d'un champ")?;
        }
        self.arguments(false)?;
        self.directives(false)?;
        if self.is("{") { self.selections() } else { Ok(()) }
    }

    fn spread(&mut self) -> Read {
        if self.is_word("on") {
            self.advance();
            self.name("un type")?;
        } else if matches!(self.kind(0), Some(Kind::Name(_))) {
            self.advance();
            return self.directives(false);
        }
        self.directives(false)?;
        self.selections()
    }

    fn arguments(&mut self, fixed: bool) -> Read {
        if !self.passes("(") {
            return Ok(());
        }
        self.many(")", |reader, first| {
            reader.name(if first { "un argument" } else { "un argument ou « ) »" })?;
            reader.mark(":")?;
            reader.value(fixed)
        })
    }

    fn directives(&mut self, fixed: bool) -> Read {
        while self.passes("@") {
            self.name("le nom d'une directive")?;
            self.arguments(fixed)?;
        }
        Ok(())
    }

    /// A value; a fixed one holds no variable.
    fn value(&mut self, fixed: bool) -> Read {
        if self.passes("[") {
            while !self.passes("]") {
                self.value(fixed)?;
            }
        } else if self.passes("{") {
            while !self.passes("}") {
                self.name("un champ ou « } »")?;
                self.mark(":")?;
                self.value(fixed)?;
            }
        } else if !fixed && self.passes("$") {
            self.name("le nom d'une variable")?;
        } else if matches!(self.kind(0), None | Some(Kind::Mark(_))) {
            return self.wants(if fixed { "une valeur fixe" } else { "une valeur" });
        } else {
            self.advance();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::tokens;
    use super::*;

    fn read(text: &str) -> Read {
        let (tokens, end) = tokens(text)?;
        check(&tokens, end)
    }

    #[test]
    fn what_the_grammar_allows_is_read() {
        for good in [
            "{ a }",
            "query Q($a: [Int!]! = [1 2], $b: T = {a: {} b: []} @d(x: 1)) @e(x: $a) { a(b: $b) @skip(if: true) { c } }",
            "mutation { a: b } subscription on { query fragment on true }",
            "{ ...F ...on T { a } ... @include(if: $a) { a } ... { a } } fragment F on T @d { a }",
            r#""what" query Q("why" $a: Int) { a } """how""" fragment F on T { a }"#,
            r#"{ a(b: "x" c: """y""" d: 1.5e3 e: null f: WORD g: {a: $x} h: [$x [true]]) }"#,
        ] {
            assert_eq!(read(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn the_first_token_that_does_not_fit_is_told_with_what_would() {
        for (wrong, column, why) in [
            ("", 1, "il faut une opération ou un fragment, et non la fin du document"),
            ("type A { a: Int }", 1, "il faut une opération ou un fragment, et non « type »"),
            ("{ a } }", 7, "il faut une opération ou un fragment, et non « } »"),
            ("\"why\" { a }", 1, "il faut une opération ou un fragment, et non un texte"),
            ("{ a", 4, "il faut un champ ou « } », et non la fin du document"),
            ("{ }", 3, "il faut un champ, et non « } »"),
            ("{ a: }", 6, "il faut le nom d'un champ, et non « } »"),
            ("{ a( }", 6, "il faut un argument, et non « } »"),
            ("{ a(b 1) }", 7, "il faut « : », et non « 1 »"),
            ("{ a(b: ) }", 8, "il faut une valeur, et non « ) »"),
            ("{ a(b: 1 }", 10, "il faut un argument ou « ) », et non « } »"),
            ("{ a(b: {c 1}) }", 11, "il faut « : », et non « 1 »"),
            ("{ a(b: [1) }", 10, "il faut une valeur, et non « ) »"),
            ("{ a @ }", 7, "il faut le nom d'une directive, et non « } »"),
            ("{ ... }", 7, "il faut « { », et non « } »"),
            ("{ ...on }", 9, "il faut un type, et non « } »"),
            ("query Q Q { a }", 9, "il faut « { », et non « Q »"),
            ("query () { a }", 8, "il faut une variable, et non « ) »"),
            ("query ($a: Int b) { a }", 16, "il faut une variable ou « ) », et non « b »"),
            ("query ($a Int) { a }", 11, "il faut « : », et non « Int »"),
            ("query ($a: [Int) { a }", 16, "il faut « ] », et non « ) »"),
            ("query ($a: Int = $b) { a }", 18, "il faut une valeur fixe, et non « $ »"),
            ("fragment on T { a }", 10, "il faut le nom du fragment, et non « on »"),
            ("fragment F T { a }", 12, "il faut « on », et non « T »"),
        ] {
            let place = Place { line: 1, column };
            assert_eq!(read(wrong), Err(Unreadable { place, why: why.to_owned() }), "{wrong}");
        }
    }
}
