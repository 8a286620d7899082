//! Generated references: `AAAA-NNNNN`, counted per structure and year of reception.

/// Digits that a generated number may have: five, and more once a year has used them up.
pub const REFERENCE_WIDTHS: std::ops::RangeInclusive<usize> = 5..=9;

/// The reference after the highest one of its year and width, `None` being no reference yet. Answers
/// `None` when the width is used up.
///
/// `highest` comes from the register: whatever is not a number of that width counts as none.
pub fn next_reference(year: i32, width: usize, highest: Option<&str>) -> Option<String> {
    let used: u64 = highest
        .and_then(|reference| reference.rsplit_once('-'))
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or(0);
    let next = format!("{:0width$}", used + 1);
    (next.len() == width).then(|| format!("{year}-{next}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_each_other() {
        assert_eq!(next_reference(2026, 5, None).as_deref(), Some("2026-00001"));
        assert_eq!(next_reference(2026, 5, Some("2026-00041")).as_deref(), Some("2026-00042"));
    }

    #[test]
    fn a_full_year_goes_on_with_one_digit_more() {
        assert_eq!(next_reference(2026, 5, Some("2026-99999")), None);
        assert_eq!(next_reference(2026, 6, None).as_deref(), Some("2026-000001"));
    }
}
