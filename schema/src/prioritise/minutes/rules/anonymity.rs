//! Minutes name nobody (DOMAIN §16.8, §18.7). What a program can see of that: addresses, telephone numbers,
//! and the names of those on the list.

use super::super::error::Error;
use crate::foundation::error::{Refusal, Refuse};
use crate::foundation::text::{fold, optional, required};
use crate::prioritise::committee::model::Participant;

/// Digits of a French telephone number, with or without its country.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 10..=13;
/// Digits from which a number belongs to somebody: social security, bank account.
const PERSONAL_DIGITS: usize = 13;
/// Words before a family name that make it somebody's.
const TITLES: &[&str] = &[
    "m",
    "mm",
    "mme",
    "mmes",
    "mlle",
    "mr",
    "monsieur",
    "messieurs",
    "madame",
    "mesdames",
    "mademoiselle",
    "dr",
    "docteur",
    "pr",
    "professeur",
    "me",
    "maitre",
    "famille",
];
/// Words between a title and a family name.
const PARTICLES: &[&str] = &["d", "de", "du", "des", "la", "le", "l"];
/// Family names shorter than this stand in too many words to be looked for alone.
const SHORTEST: usize = 3;

/// Checks texts of minutes: their length, and that they name nobody on the list.
pub struct Proofreader {
    names: Vec<String>,
}

impl Proofreader {
    /// One who knows the names on the list, and the organiser's.
    pub fn new(people: &[Participant], organiser: Option<String>) -> Self {
        Self { names: people.iter().map(|person| person.name.clone()).chain(organiser).collect() }
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub fn required(&self, raw: &str, max: usize, path: &[&str]) -> Result<String, Refusal> {
        let text = required(raw, max, true, path)?;
        self.anonymous(&text, path)?;
        Ok(text)
    }

    /// A text that may be absent or empty.
    ///
    /// # Errors
    /// As [`Proofreader::required`], except for emptiness.
    pub fn optional(
        &self,
        raw: Option<&str>,
        max: usize,
        path: &[&str],
    ) -> Result<Option<String>, Refusal> {
        let text = optional(raw, max, true, path)?;
        if let Some(text) = &text {
            self.anonymous(text, path)?;
        }
        Ok(text)
    }

    fn anonymous(&self, text: &str, path: &[&str]) -> Result<(), Refusal> {
        match betrayal(text, &self.names) {
            None => Ok(()),
            Some(words) => {
                let path = path.iter().map(|&step| step.to_owned()).collect();
                Err(Error::NamesSomebody { words, path }.refusal())
            }
        }
    }
}

/// The first words of a text that tell who somebody is, given the names on the list; `None` when none do.
///
/// A first name alone, or a family name that is written as a common word, passes: « petit » is no Mr Petit.
fn betrayal(text: &str, names: &[String]) -> Option<String> {
    address(text).or_else(|| number(text)).or_else(|| named(text, names))
}

fn address(text: &str) -> Option<String> {
    let plain = text.replace("[at]", "@").replace("(at)", "@").replace(" @ ", "@");
    plain
        .split_whitespace()
        .find(|word| {
            word.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty() && domain.trim_end_matches('.').contains('.')
            })
        })
        .map(ToOwned::to_owned)
}

fn number(text: &str) -> Option<String> {
    let glue = |c: char| {
        c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '/' | '+' | '\u{a0}' | '\u{202f}')
    };
    text.split(|c| !glue(c)).map(str::trim).find_map(|run| {
        let digits: String = run.chars().filter(char::is_ascii_digit).collect();
        let french = digits.starts_with('0') || run.starts_with('+');
        let phone = french && PHONE_DIGITS.contains(&digits.len());
        // Days and periods are long, too, and have dashes or strokes.
        let personal = digits.len() >= PERSONAL_DIGITS && !run.contains(['-', '/']);
        (phone || personal).then(|| run.to_owned())
    })
}

fn named(text: &str, names: &[String]) -> Option<String> {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').collect();
    let plain: Vec<&str> = words.iter().filter(|word| !PARTICLES.contains(word)).copied().collect();
    names.iter().find_map(|name| {
        let own = fold(name);
        let own: Vec<&str> = own.split(' ').filter(|word| !word.is_empty()).collect();
        let turned: Vec<&str> = own.iter().rev().copied().collect();
        // « N'Guyen » is two words here, and a particle is none of a family name's.
        let family = fold(name.split_whitespace().last()?);
        let family: Vec<&str> =
            family.split(' ').filter(|word| !PARTICLES.contains(word)).collect();
        let whole = words.windows(own.len()).any(|words| words == own || words == turned);
        let titled = plain.windows(family.len() + 1).any(
            |words| matches!(words, [title, rest @ ..] if TITLES.contains(title) && rest == family),
        );
        (whole || titled || capital(text, &family)).then(|| name.clone())
    })
}

/// Whether a family name stands within a sentence with a capital: there it is no common word.
fn capital(text: &str, family: &[&str]) -> bool {
    let family = family.join(" ");
    if family.chars().count() < SHORTEST {
        return false;
    }
    let mut starts = true;
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let own = fold(bare);
        let own = own.split(' ').filter(|part| !PARTICLES.contains(part)).collect::<Vec<_>>();
        // « d'Arvor » has its capital behind the particle.
        let capital =
            bare.rsplit(['\'', '’']).next().unwrap_or(bare).starts_with(char::is_uppercase)
                || bare.starts_with(char::is_uppercase);
        if !starts && capital && own.join(" ") == family {
            return true;
        }
        // An initial with its point ends no sentence.
        starts = word.ends_with(['.', '!', '?', ':', '…', '»']) && bare.chars().count() > 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        betrayal(text, &["Amélie PETIT".to_owned(), "Jean-Luc d'Arvor".to_owned()])
    }

    #[test]
    fn names_addresses_and_numbers_are_seen() {
        assert_eq!(found("Comme dit Amelie Petit, c'est long.").as_deref(), Some("Amélie PETIT"));
        assert_eq!(found("PETIT Amélie attend.").as_deref(), Some("Amélie PETIT"));
        assert_eq!(found("Mme Petit attend.").as_deref(), Some("Amélie PETIT"));
        assert_eq!(found("selon M. d'Arvor").as_deref(), Some("Jean-Luc d'Arvor"));
        assert_eq!(found("jean luc d'arvor a attendu").as_deref(), Some("Jean-Luc d'Arvor"));
        assert_eq!(found("Avec J. Petit, c'est clair.").as_deref(), Some("Amélie PETIT"));
        assert_eq!(found("Selon Petit, c'est long.").as_deref(), Some("Amélie PETIT"));
        assert_eq!(found("la famille Petit").as_deref(), Some("Amélie PETIT"));
        assert_eq!(found("Ame\u{301}lie Pe\u{ad}tit").as_deref(), Some("Amélie PETIT"));
        assert_eq!(
            betrayal("M. N'Guyen râle", &["Zoé N'Guyen".to_owned()]).as_deref(),
            Some("Zoé N'Guyen")
        );
        assert_eq!(found("au 06 / 12 / 34 / 56 / 78").as_deref(), Some("06 / 12 / 34 / 56 / 78"));
        assert_eq!(
            found("FR76 3000 6000 0112 3456 7890 189").as_deref(),
            Some("76 3000 6000 0112 3456 7890 189")
        );
        assert_eq!(found("a[at]b.fr").as_deref(), Some("a@b.fr"));
        assert_eq!(found("Écrivez à a.petit@exemple.fr.").as_deref(), Some("a.petit@exemple.fr."));
        assert_eq!(found("au 06 12.34-56 78, le soir").as_deref(), Some("06 12.34-56 78"));
        assert_eq!(found("au +33 6 12 34 56 78").as_deref(), Some("+33 6 12 34 56 78"));
    }

    #[test]
    fn common_words_and_figures_pass() {
        for text in [
            "Un petit délai de plus. Petit rappel : le petit guichet.",
            "Du 2026-01-12 au 2026-02-03, de 2025/2026",
            "Amélie l'a dit.",
            "De 8 h 30 à 12 h 00, 15 agents pour 1200 usagers",
            "Le 39 39 ne répond pas",
            "@ l'accueil",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
