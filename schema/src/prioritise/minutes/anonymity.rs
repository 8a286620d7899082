//! Minutes name nobody (DOMAIN §16.8, §18.7). What a program can see of that: addresses, telephone numbers,
//! and the names of those on the list.

use crate::foundation::text::fold;

/// Digits of a French telephone number, with or without its country.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 10..=13;
/// Words before a family name that make it somebody's.
const TITLES: &[&str] = &["m", "mme", "mlle", "mr", "monsieur", "madame", "mademoiselle"];
/// Words between a title and a family name.
const PARTICLES: &[&str] = &["d", "de", "du", "des", "la", "le"];

/// The first words of a text that tell who somebody is, given the names on the list; `None` when none do.
///
/// A first name alone, or a family name that is also a common word, passes: « petit » is no Mr Petit.
pub(super) fn betrayal(text: &str, names: &[String]) -> Option<String> {
    address(text).or_else(|| phone(text)).or_else(|| named(text, names))
}

fn address(text: &str) -> Option<String> {
    text.split_whitespace()
        .find(|word| {
            word.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty() && domain.trim_end_matches('.').contains('.')
            })
        })
        .map(ToOwned::to_owned)
}

fn phone(text: &str) -> Option<String> {
    let glue = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '+' | '\u{a0}');
    text.split(|c| !glue(c)).map(str::trim).find_map(|run| {
        let digits: String = run.chars().filter(char::is_ascii_digit).collect();
        let french = digits.starts_with('0') || run.starts_with('+');
        (french && PHONE_DIGITS.contains(&digits.len())).then(|| run.to_owned())
    })
}

fn named(text: &str, names: &[String]) -> Option<String> {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').collect();
    let plain: Vec<&str> = words.iter().filter(|word| !PARTICLES.contains(word)).copied().collect();
    names.iter().find_map(|name| {
        let folded = fold(name);
        let own: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        let turned: Vec<&str> = own.iter().rev().copied().collect();
        let family = own.last().copied()?;
        let whole = words.windows(own.len()).any(|words| words == own || words == turned);
        let titled = plain
            .windows(2)
            .any(|pair| matches!(pair, [title, word] if TITLES.contains(title) && *word == family));
        (whole || titled).then(|| name.clone())
    })
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
        assert_eq!(found("Écrivez à a.petit@exemple.fr.").as_deref(), Some("a.petit@exemple.fr."));
        assert_eq!(found("au 06 12.34-56 78, le soir").as_deref(), Some("06 12.34-56 78"));
        assert_eq!(found("au +33 6 12 34 56 78").as_deref(), Some("+33 6 12 34 56 78"));
    }

    #[test]
    fn common_words_and_figures_pass() {
        for text in [
            "Un petit délai de plus.",
            "Amélie l'a dit.",
            "De 8 h 30 à 12 h 00, 15 agents pour 1200 usagers",
            "Le 39 39 ne répond pas",
            "@ l'accueil",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
