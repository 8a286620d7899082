//! What a reference list must satisfy. Pure functions over whole lists.

use std::collections::HashMap;

/// Longest name of a structure.
pub const NAME_LENGTH: usize = 200;
/// Deepest tree: ministry services have at most six levels, the rest is margin (ours).
pub const MAX_DEPTH: usize = 10;

/// Whether a text is a structure code: 4 to 20 letters and digits (DOMAIN §3.2 shows nine).
pub fn is_code(text: &str) -> bool {
    (4..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether a text is a French postal code.
pub fn is_postal_code(text: &str) -> bool {
    text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text is the code of a département: 01 to 99, 2A, 2B, or 971 to 988.
pub fn is_department(text: &str) -> bool {
    match text.as_bytes() {
        [b'2', b'A' | b'B'] => true,
        [a, b] => a.is_ascii_digit() && b.is_ascii_digit(),
        [b'9', b'7' | b'8', c] => c.is_ascii_digit(),
        _ => false,
    }
}

/// Whether a text is a SIRET: fourteen digits with INSEE's check (Luhn). La Poste has more establishments than
/// that check leaves room for: theirs add up to a multiple of five instead. The database has the same check.
pub fn is_siret(text: &str) -> bool {
    if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let digits = || text.bytes().map(|b| u32::from(b - b'0'));
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let luhn: u32 = digits()
        .enumerate()
        .map(|(n, digit)| if n % 2 == 0 { doubled(digit) } else { digit })
        .sum();
    luhn.is_multiple_of(10)
        || text.starts_with("356000000") && digits().sum::<u32>().is_multiple_of(5)
}

/// Whether one of two places, given with their ancestors, is the other or lies above it.
pub fn is_same_line(one: &[i64], other: &[i64]) -> bool {
    let length = one.len().min(other.len());
    length > 0 && one[..length] == other[..length]
}

/// Why a parent cannot be followed up to a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeFault {
    /// The parents form a circle.
    Cycle,
    /// The tree is deeper than [`MAX_DEPTH`].
    TooDeep,
}

/// Orders codes so that every parent stands before its children, given each code's parent.
/// A parent that is not among the codes counts as already there.
///
/// # Errors
/// The code at which a circle or an excessive depth was found.
pub fn parents_first<'a>(
    parents: &HashMap<&'a str, Option<&'a str>>,
    order: &[&'a str],
) -> Result<Vec<&'a str>, (&'a str, TreeFault)> {
    let mut depth: HashMap<&str, usize> = HashMap::with_capacity(order.len());
    for &code in order {
        let mut chain = Vec::new();
        let mut at = code;
        let known = loop {
            if let Some(known) = depth.get(at) {
                break *known;
            }
            if chain.contains(&at) {
                return Err((code, TreeFault::Cycle));
            }
            if chain.len() > MAX_DEPTH {
                // Either a very long chain or a circle further up: follow it to tell them apart.
                let circle = std::iter::successors(Some(at), |c| parents.get(c).copied().flatten())
                    .take(parents.len() + 1)
                    .count()
                    > parents.len();
                return Err((code, if circle { TreeFault::Cycle } else { TreeFault::TooDeep }));
            }
            chain.push(at);
            match parents.get(at).copied().flatten() {
                Some(parent) if parents.contains_key(parent) => at = parent,
                _ => break 0,
            }
        };
        for (above, step) in chain.iter().rev().enumerate() {
            depth.insert(step, known + above + 1);
        }
        if depth[code] > MAX_DEPTH {
            return Err((code, TreeFault::TooDeep));
        }
    }
    let mut sorted = order.to_vec();
    sorted.sort_by_key(|code| depth[code]);
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_follow_the_programme() {
        assert!(is_code("Xdrq90LES"));
        for bad in ["", "abc", "Xdrq 90LES", "Xdrq90LÉS", "x".repeat(21).as_str()] {
            assert!(!is_code(bad), "{bad}");
        }
    }

    #[test]
    fn departments_are_recognised() {
        for good in ["01", "2A", "62", "96", "974"] {
            assert!(is_department(good), "{good}");
        }
        for bad in ["", "1", "2C", "1000", "AB", "123"] {
            assert!(!is_department(bad), "{bad}");
        }
    }

    #[test]
    fn sirets_are_checked_as_insee_does() {
        for good in ["13002526500013", "10000000100014", "35600000000048", "35600000049837"] {
            assert!(is_siret(good), "{good}");
        }
        for bad in [
            "",
            "13002526500014",
            "1300252650001",
            "130 025 265 00013",
            "1300252650001é",
            "35600000049838",
        ] {
            assert!(!is_siret(bad), "{bad}");
        }
    }

    #[test]
    fn a_line_goes_up_and_down_and_not_aside() {
        assert!(is_same_line(&[1, 10, 11], &[1]) && is_same_line(&[1], &[1, 10, 11]));
        assert!(is_same_line(&[1, 10], &[1, 10]));
        assert!(!is_same_line(&[1, 10], &[1, 12]) && !is_same_line(&[1], &[2]));
        assert!(!is_same_line(&[], &[1]));
    }

    #[test]
    fn circles_are_found_wherever_they_are() {
        let parents =
            HashMap::from([("a", Some("b")), ("b", Some("c")), ("c", Some("b")), ("d", None)]);
        assert!(matches!(
            parents_first(&parents, &["d", "a", "b", "c"]),
            Err(("a", TreeFault::Cycle))
        ));
        let itself = HashMap::from([("a", Some("a"))]);
        assert!(matches!(parents_first(&itself, &["a"]), Err(("a", TreeFault::Cycle))));
    }

    #[test]
    fn depth_is_bounded() {
        let codes: Vec<String> = (0..12).map(|n| format!("n{n:02}")).collect();
        let parents: HashMap<&str, Option<&str>> = codes
            .iter()
            .enumerate()
            .map(|(n, code)| (code.as_str(), n.checked_sub(1).map(|p| codes[p].as_str())))
            .collect();
        let order: Vec<&str> = codes.iter().map(String::as_str).collect();
        assert!(matches!(parents_first(&parents, &order), Err((_, TreeFault::TooDeep))));
        let backwards: Vec<&str> = order.iter().rev().copied().collect();
        assert!(matches!(parents_first(&parents, &backwards), Err((_, TreeFault::TooDeep))));
        let ten: HashMap<&str, Option<&str>> =
            parents.iter().filter(|(c, _)| **c < "n10").map(|(c, p)| (*c, *p)).collect();
        assert!(parents_first(&ten, &order[..10]).is_ok());
    }

    proptest! {
        #[test]
        fn parents_always_stand_before_children(links in proptest::collection::vec(0_usize..8, 1..60)) {
            // Node n hangs under a node with a smaller number, at most eight levels deep.
            let codes: Vec<String> = (0..links.len()).map(|n| format!("c{n}")).collect();
            let mut depth: Vec<usize> = Vec::new();
            let mut parent: Vec<Option<usize>> = Vec::new();
            for (n, link) in links.iter().enumerate() {
                let candidate = (n > 0).then(|| link % n).filter(|p| depth[*p] < 8);
                depth.push(candidate.map_or(1, |p| depth[p] + 1));
                parent.push(candidate);
            }
            let parents: HashMap<&str, Option<&str>> = codes.iter().enumerate()
                .map(|(n, c)| (c.as_str(), parent[n].map(|p| codes[p].as_str()))).collect();
            let mut order: Vec<&str> = codes.iter().map(String::as_str).collect();
            order.reverse();
            let sorted = parents_first(&parents, &order).expect("a tree");
            let place: HashMap<&str, usize> = sorted.iter().enumerate().map(|(n, c)| (*c, n)).collect();
            for (code, parent) in &parents {
                if let Some(parent) = parent {
                    prop_assert!(place[parent] < place[code]);
                }
            }
        }
    }
}
