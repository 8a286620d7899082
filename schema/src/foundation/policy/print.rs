//! The table as reviewers read it.

use super::{Action, FIELDS, Reach, Role, needs_person, reach, writes};

/// The table as Markdown, for the committed file that reviewers read.
pub fn table() -> String {
    let mut text = String::from(
        "# Who may do what\n\nPrinted by `server print policy`; a test keeps it true. « subtree »: the structure where\nthe role is held and all below it.\n\nA token acts with the rights of its owner on its own structure and all below it. « token »: what it must be\nfor the action; « – »: no token may.\n\n| action | token | public |",
    );
    for role in Role::ALL {
        text += &format!(" {role} |");
    }
    text += "\n|---|---|---|";
    text += &"---|".repeat(Role::ALL.len());
    for action in Action::ALL {
        let token = match (needs_person(*action), writes(*action)) {
            (true, _) => "–",
            (false, true) => "READ_WRITE",
            (false, false) => "READ",
        };
        text += &format!("\n| {action:?} | {token} |");
        for role in std::iter::once(None).chain(Role::ALL.iter().copied().map(Some)) {
            text += match reach(role, *action) {
                Reach::Nowhere => " – |",
                Reach::Subtree => " subtree |",
                Reach::Everywhere => " all |",
            };
        }
    }
    text += "\n\n| field | action |\n|---|---|\n";
    for (field, action) in FIELDS {
        text += &format!("| {field} | {action:?} |\n");
    }
    text
}
