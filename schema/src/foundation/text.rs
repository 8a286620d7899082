//! Texts that came in: trimmed, bounded, free of control characters.

use unicode_normalization::UnicodeNormalization;

use super::error::{Code, Refusal};

/// As much of somebody's text as a message quotes.
pub fn shown(text: &str) -> String {
    const LENGTH: usize = 40;
    let quoted: String = text.chars().take(LENGTH).collect();
    if quoted.len() < text.len() { quoted + "…" } else { quoted }
}

/// Checks a text that must be filled, of at most `max` characters.
///
/// Line breaks are kept when `lines` is true; any other control character is refused, because it
/// never comes from a keyboard and breaks exports and e-mails.
///
/// # Errors
/// A refusal that names the field and what to change.
pub fn required(raw: &str, max: usize, lines: bool, path: &[&str]) -> Result<String, Refusal> {
    // One way to write a letter with its accent: look-ups and limits would see two.
    let composed: String = raw.nfc().collect();
    let text = composed.trim();
    if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(Refusal::at(
            Code::EmptyText,
            "Ce champ est obligatoire : remplissez-le.",
            path,
        ));
    }
    let length = text.chars().count();
    if length > max {
        return Err(Refusal::at(
            Code::TextTooLong,
            format!("Ce texte compte {length} caractères ; la limite est de {max}."),
            path,
        ));
    }
    let forbidden =
        |c: char| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t')) || reverses(c);
    if let Some(position) = text.chars().position(forbidden) {
        return Err(Refusal::at(
            Code::ControlCharacters,
            format!("Retirez le caractère de contrôle en position {}.", position + 1),
            path,
        ));
    }
    Ok(text.replace("\r\n", "\n"))
}

/// Characters that show nothing by themselves. Some join emoji or stand in pasted texts, so they are let
/// through beside others, but they fill no field.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2060}'..='\u{2064}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}')
}

/// Characters that turn the direction of what follows: with them a title reads as something else.
fn reverses(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Checks a text that may be absent or empty.
///
/// # Errors
/// As [`required`], except for emptiness.
pub fn optional(
    raw: Option<&str>,
    max: usize,
    lines: bool,
    path: &[&str],
) -> Result<Option<String>, Refusal> {
    match raw {
        Some(text) if !text.trim().is_empty() => required(text, max, lines, path).map(Some),
        _ => Ok(None),
    }
}

/// Checks an e-mail address: one `@`, a domain with a dot, no spaces, at most 254 characters.
/// Only a message that arrives proves an address; this stops slips of the keyboard.
///
/// # Errors
/// A refusal that names the field.
pub fn email(raw: &str, path: &[&str]) -> Result<String, Refusal> {
    let text = raw.trim();
    let valid = text.len() <= 254
        && text.is_ascii()
        && !text
            .contains(|c: char| c.is_whitespace() || c.is_control() || "<>(),;:\"\\[]".contains(c))
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && !local.starts_with('.')
                && !local.ends_with('.')
                && !domain.contains('@')
                && domain.contains('.')
                && domain.split('.').all(|label| {
                    !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
                })
        });
    if !valid {
        return Err(Refusal::at(
            Code::InvalidEmail,
            "Cette adresse électronique n'est pas valide ; exemple : prenom.nom@exemple.fr.",
            path,
        ));
    }
    Ok(text.to_owned())
}

/// Folds a text for look-ups where accents, capitals, punctuation and spacing do not matter.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfc().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase) {
        match c {
            'à' | 'â' | 'ä' | 'á' | 'ã' => folded.push('a'),
            'ç' => folded.push('c'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'î' | 'ï' | 'í' => folded.push('i'),
            'ô' | 'ö' | 'ó' => folded.push('o'),
            'ù' | 'û' | 'ü' | 'ú' => folded.push('u'),
            'ÿ' => folded.push('y'),
            'ñ' => folded.push('n'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            c if c.is_alphanumeric() || c == '@' => folded.push(c),
            _ if !folded.ends_with(' ') => folded.push(' '),
            _ => {}
        }
    }
    folded.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_refused_with_the_reason() {
        let code = |r: Result<String, Refusal>| r.map_err(|refusal| refusal.code);
        assert_eq!(code(required("  ", 10, false, &[])), Err(Code::EmptyText));
        assert_eq!(code(required("12345678901", 10, false, &[])), Err(Code::TextTooLong));
        assert_eq!(code(required("a\u{0}b", 10, true, &[])), Err(Code::ControlCharacters));
        assert_eq!(code(required("a\nb", 10, false, &[])), Err(Code::ControlCharacters));
        assert_eq!(code(required(" a\r\nb ", 10, true, &[])), Ok("a\nb".to_owned()));
        assert_eq!(
            code(required("\u{200b}\u{feff} \u{200b}", 10, true, &[])),
            Err(Code::EmptyText)
        );
        assert_eq!(required("e\u{301}t\u{e9}", 3, false, &[]), Ok("été".to_owned()));
        assert_eq!(fold("Pe\u{ad}TIT, e\u{301}"), "petit e");
        assert_eq!(code(required("a\u{202e}b", 10, true, &[])), Err(Code::ControlCharacters));
        assert_eq!(code(required("👩\u{200d}🌾", 10, true, &[])), Ok("👩\u{200d}🌾".to_owned()));
        assert_eq!(code(required("éééééééééé", 10, false, &[])), Ok("éééééééééé".to_owned()));
    }

    #[test]
    fn addresses_are_checked_without_zeal() {
        for good in ["a@b.fr", "prenom.nom+suivi@sous.domaine.example"] {
            assert!(email(good, &[]).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "a@@b.fr",
            "a b@c.fr",
            "a@b..fr",
            "x@y.fr\r\nBcc: z@w.fr",
            "<a@b.fr>",
            ".a@b.fr",
        ] {
            assert!(email(bad, &[]).is_err(), "{bad}");
        }
    }

    #[test]
    fn folding_forgets_what_does_not_distinguish() {
        assert_eq!(fold("  Éloïse  D'ŒUVRE-Ça "), "eloise d oeuvre ca");
    }
}
