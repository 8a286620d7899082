//! One measured figure, as a line and as a row of the table at the end.

use std::fmt;

/// What a figure is held against.
#[derive(Debug, Clone)]
pub(crate) enum Against {
    /// A limit that the figure must stay under.
    Limit {
        /// The figure, in the limit's unit.
        figure: f64,
        /// The limit.
        limit: f64,
        /// Its unit.
        unit: &'static str,
    },
    /// A peer that does the same work: the figure over the peer's.
    Peer {
        /// Who, with its own figure.
        name: String,
        /// Our figure over the peer's.
        ratio: f64,
        /// The ratio wanted; none when the comparison is only for information.
        wanted: Option<f64>,
    },
    /// A condition, in words.
    Condition {
        /// What must hold.
        what: String,
        /// Whether it does.
        holds: bool,
    },
    /// Nothing: for information.
    Nothing,
}

/// A measured figure.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    /// What was measured, and where.
    area: &'static str,
    what: String,
    shown: String,
    against: Against,
}

impl Figure {
    /// A figure for information.
    pub(crate) fn new(
        area: &'static str,
        what: impl Into<String>,
        shown: impl Into<String>,
    ) -> Self {
        Self { area, what: what.into(), shown: shown.into(), against: Against::Nothing }
    }

    /// Held against something.
    pub(crate) fn against(self, against: Against) -> Self {
        Self { against, ..self }
    }

    /// Held against a limit that it must stay under.
    pub(crate) fn under(self, limit: f64, unit: &'static str, figure: f64) -> Self {
        self.against(Against::Limit { figure, limit, unit })
    }

    fn ratio(&self) -> String {
        match &self.against {
            Against::Limit { figure, limit, unit } => {
                format!("{:.2} of the limit of {} {unit}", figure / limit, grouped(*limit))
            }
            Against::Peer { name, ratio, wanted } => {
                let wanted =
                    wanted.map(|wanted| format!(", wanted ≥ {wanted}")).unwrap_or_default();
                format!("{ratio:.2} × {name}{wanted}")
            }
            Against::Condition { what, .. } => what.clone(),
            Against::Nothing => "–".to_owned(),
        }
    }

    fn verdict(&self) -> &'static str {
        let met = match &self.against {
            Against::Limit { figure, limit, .. } => figure < limit,
            Against::Peer { ratio, wanted: Some(wanted), .. } => ratio >= wanted,
            Against::Condition { holds, .. } => *holds,
            Against::Peer { wanted: None, .. } | Against::Nothing => return "–",
        };
        if met { "met" } else { "NOT MET" }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:<10} {}: {}", self.area, self.what, self.shown)?;
        if !matches!(self.against, Against::Nothing) {
            write!(out, " | {} | {}", self.ratio(), self.verdict())?;
        }
        Ok(())
    }
}

/// Every figure as a table in Markdown.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut text =
        String::from("| area | measure | figure | held against | |\n|---|---|---|---|---|\n");
    for figure in figures {
        let Figure { area, what, shown, .. } = figure;
        text +=
            &format!("| {area} | {what} | {shown} | {} | {} |\n", figure.ratio(), figure.verdict());
    }
    text
}

/// A number with its thousands set apart; decimals only where they matter.
pub(crate) fn grouped(number: f64) -> String {
    if number < 100.0 && number.fract() != 0.0 {
        return format!("{number:.1}");
    }
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 && digit.is_ascii_digit() {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
