//! Who sits around the table, and what the rule says of it.

use async_graphql::SimpleObject;

use crate::prioritise::committee::model::{CommitteeKind, Participant};
use crate::prioritise::committee::rules::{
    Finding, FindingCode, FindingSeverity, Headcount, findings,
};

/// How many people are expected, and what the rule says of it.
#[derive(SimpleObject)]
pub struct CommitteeComposition {
    /// Users.
    users: i32,
    /// Elected officials.
    elected: i32,
    /// Agents who take part as participants.
    agents: i32,
    /// What the rule says; empty when all is well.
    findings: Vec<CommitteeFinding>,
}

impl CommitteeComposition {
    pub(super) fn of(kind: CommitteeKind, people: &[Participant]) -> Self {
        let count = Headcount::expected(people);
        let whole = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        let remark = |finding: Finding| CommitteeFinding {
            code: finding.code,
            severity: finding.severity,
            message: finding.message(),
        };
        Self {
            users: whole(count.users),
            elected: whole(count.elected),
            agents: whole(count.agents),
            findings: findings(kind, count).into_iter().map(remark).collect(),
        }
    }
}

/// One remark about a composition.
#[derive(SimpleObject)]
pub struct CommitteeFinding {
    /// What it is.
    code: FindingCode,
    /// How far it goes.
    severity: FindingSeverity,
    /// What to do, in French.
    message: String,
}
