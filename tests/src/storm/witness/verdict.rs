//! What became of everything, and which promises that breaks.

/// A killed worker's work is taken over within this time.
const TAKE_OVER_S: f64 = 10.0;

/// What became of everything. Jobs are those whose payload tells what is `expected` of them: `DONE`, `DEAD`, or `BOMB` for
/// one that kills its process.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// Jobs enqueued.
    pub jobs: i64,
    /// Jobs that are gone, or have not ended.
    pub lost: i64,
    /// Jobs that ended otherwise than they should, for no reason that is written down.
    pub unexpected: i64,
    /// Innocent jobs set aside because three of their workers died: by design, for an operator to retry.
    pub set_aside: i64,
    /// Jobs with a run that no crash and no failure explains: they ran twice.
    pub unexplained: i64,
    /// Runs that started twice under one lease, and jobs that were called done twice.
    pub twice: i64,
    /// Changes to a job after its end.
    pub late: i64,
    /// Jobs of killed workers taken over while the database could be reached, and another worker was there, all the time.
    pub takeovers: i64,
    /// Median time from the kill to the next lease, in seconds.
    pub takeover_p50: f64,
    /// The longest.
    pub takeover_p100: f64,
    /// Those taken over across a time without either, for information.
    pub disturbed: i64,
    /// The longest of them.
    pub disturbed_p100: f64,
    /// Leases that ran out in the middle of a drill although nobody silenced its worker: the database was away for too
    /// long, or the machine is starved.
    pub from_living: i64,
    /// Leases that ran out before anything began, and nobody silenced the worker: the answer to its claim was cut off.
    pub unheard: i64,
    /// Rows of the ledger.
    pub messages: i64,
    /// Messages that left.
    pub sent: i64,
    /// Messages refused for good by the mail server.
    pub refused: i64,
    /// Messages for an operator to judge.
    pub uncertain: i64,
    /// Second copies after an interruption between the message's last line and the record of its answer: the window
    /// that SMTP cannot close.
    pub copies_in_window: i64,
    /// Second copies otherwise.
    pub copies_outside: i64,
    /// Messages called sent that never arrived, and copies that no row knows.
    pub astray: i64,
    /// Messages that left while something in them does not count as told.
    pub untold: i64,
    /// Live events called announced that have no number.
    pub unnumbered: i64,
}

impl Verdict {
    /// The promises that were broken, in words.
    pub fn broken(&self) -> Vec<String> {
        let none = [
            ("jobs lost", self.lost),
            ("jobs that ended unexpectedly", self.unexpected),
            ("jobs that ran twice", self.unexplained),
            ("runs or ends under one lease twice", self.twice),
            ("changes after the end", self.late),
            ("messages twice outside the window", self.copies_outside),
            ("messages astray", self.astray),
            ("messages sent and not told", self.untold),
            ("events without number", self.unnumbered),
        ];
        let mut told: Vec<String> = none
            .into_iter()
            .filter(|(_, found)| *found != 0)
            .map(|(what, found)| format!("{what}: {found}"))
            .collect();
        if self.takeover_p100 > TAKE_OVER_S {
            told.push(format!("a take-over after {:.1} s", self.takeover_p100));
        }
        told
    }
}
