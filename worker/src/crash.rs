//! Points at which the process can be told to die, so that drills see what a crash at that very moment leaves behind.
//!
//! `SPP_CRASH_AT=AFTER_CLAIM` ends it when it comes by there, `AFTER_CLAIM:3` when it does for the third time: at once, by a
//! signal, without writing or telling anything more. For drills only (docs/operating.md); without the setting a point
//! costs one look at a constant.

use std::env::VarError;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context;

const SETTING: &str = "SPP_CRASH_AT";

/// Where it may die.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// A claim is about to be asked for.
    BeforeClaim,
    /// A claim gave jobs; none has started.
    AfterClaim,
    /// The mail server accepted sender and recipient; the wish to send is not told yet.
    BeforeData,
    /// The ledger says that a message leaves; not a byte of it has.
    BeforeMessage,
    /// The mail server said that it took a message.
    AfterData,
    /// That is about to be written down.
    BeforeRecord,
    /// That is written down; the job is not answered for yet.
    AfterRecord,
    /// A run has ended, well or not; what it came to is not written down.
    BeforeAnswer,
}

impl Point {
    const ALL: [Self; 8] = [
        Self::BeforeClaim,
        Self::AfterClaim,
        Self::BeforeData,
        Self::BeforeMessage,
        Self::AfterData,
        Self::BeforeRecord,
        Self::AfterRecord,
        Self::BeforeAnswer,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::BeforeClaim => "BEFORE_CLAIM",
            Self::AfterClaim => "AFTER_CLAIM",
            Self::BeforeData => "BEFORE_DATA",
            Self::BeforeMessage => "BEFORE_MESSAGE",
            Self::AfterData => "AFTER_DATA",
            Self::BeforeRecord => "BEFORE_RECORD",
            Self::AfterRecord => "AFTER_RECORD",
            Self::BeforeAnswer => "BEFORE_ANSWER",
        }
    }
}

/// Where it will die, and after how many passages.
#[derive(Debug)]
struct Aim {
    point: Point,
    left: AtomicU32,
}

/// Read once: a drill is decided before the process starts.
static AIM: LazyLock<Option<Aim>> = LazyLock::new(|| wanted().unwrap_or_default());

/// Dies here when it was told to.
pub(crate) fn reach(point: Point) {
    if let Some(aim) = &*AIM
        && aim.point == point
        && aim.left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        std::process::abort();
    }
}

/// Looks whether the setting can be read, and says aloud when it is there: no real worker should have it.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn check() -> anyhow::Result<()> {
    if let Some(aim) = wanted()? {
        tracing::warn!("{SETTING} is set: this process will die at {}", aim.point.name());
    }
    Ok(())
}

fn wanted() -> anyhow::Result<Option<Aim>> {
    match std::env::var(SETTING) {
        Ok(text) => read(&text).map(Some),
        Err(VarError::NotPresent) => Ok(None),
        Err(error) => Err(error).context(SETTING),
    }
}

fn read(text: &str) -> anyhow::Result<Aim> {
    let (name, times) = text.split_once(':').unwrap_or((text, "1"));
    let point = Point::ALL.into_iter().find(|point| point.name() == name);
    let times = times.parse::<u32>().ok().filter(|times| *times > 0);
    match (point, times) {
        (Some(point), Some(times)) => Ok(Aim { point, left: AtomicU32::new(times) }),
        _ => anyhow::bail!(
            "{SETTING} is « {text} »; it accepts one of {}, and after a colon how many times it is passed",
            Point::ALL.map(Point::name).join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_with_their_passage() {
        for point in Point::ALL {
            let aim = read(point.name()).expect("a point");
            assert_eq!((aim.point, aim.left.into_inner()), (point, 1));
        }
        let third = read("AFTER_CLAIM:3").expect("a point");
        assert_eq!((third.point, third.left.into_inner()), (Point::AfterClaim, 3));
    }

    #[test]
    fn anything_else_is_refused_with_what_would_do() {
        for text in ["", "after_claim", "AFTER_CLAIM:", "AFTER_CLAIM:0", "AFTER_CLAIM:x", "LATER:1"]
        {
            let refused = read(text).expect_err(text).to_string();
            assert!(
                refused.contains("SPP_CRASH_AT") && refused.contains("BEFORE_DATA"),
                "{refused}"
            );
        }
    }

    #[test]
    fn without_the_setting_every_point_is_passed() {
        for point in Point::ALL {
            reach(point);
        }
    }
}
