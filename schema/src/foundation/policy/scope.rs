//! How far an actor reaches.

use super::{Action, Reach, needs_person, reach, writes};
use crate::foundation::actor::{Actor, Limit};
use crate::foundation::error::{Error, Result};

/// The part of the data that an actor reaches with one action, and which action that is. Only this module makes one, so
/// a listing that asks for a `Scope` cannot be called unscoped. Which action it needs, the type does not say: whoever
/// takes a `Scope` from its caller looks with [`Scope::of`] first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    action: Action,
    extent: Extent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Extent {
    Everything,
    Subtrees(Vec<i64>),
}

impl Scope {
    /// This scope, when it is one of this action and reaches anything: [`Actor::scope`] gave it, or would have.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a scope of another action, and for one that reaches nothing.
    pub fn of(&self, action: Action) -> Result<&Self> {
        let empty = self.subtrees().is_some_and(<[i64]>::is_empty);
        if self.action != action || empty { Err(Error::Forbidden) } else { Ok(self) }
    }

    /// The roots of the subtrees reached; `None` when everything is.
    pub fn subtrees(&self) -> Option<&[i64]> {
        match &self.extent {
            Extent::Everything => None,
            Extent::Subtrees(roots) => Some(roots),
        }
    }

    /// Whether a structure, given with its ancestors, is within.
    pub fn covers(&self, path: &[i64]) -> bool {
        self.subtrees().is_none_or(|roots| path.iter().any(|id| roots.contains(id)))
    }
}

impl Actor {
    /// What the actor reaches with an action, even if that is nothing.
    pub fn reached(&self, action: Action) -> Scope {
        Scope { action, extent: self.extent(action) }
    }

    fn extent(&self, action: Action) -> Extent {
        let limit = self.limit();
        if limit.is_some_and(|limit| needs_person(action) || writes(action) && !limit.write) {
            return Extent::Subtrees(vec![]);
        }
        // What everybody may do, a token may do everywhere, too.
        if reach(None, action) == Reach::Everywhere {
            return Extent::Everything;
        }
        let everything = match limit {
            None => Extent::Everything,
            Some(limit) => Extent::Subtrees(vec![limit.root]),
        };
        let mut roots = Vec::new();
        for grant in self.grants() {
            match (reach(Some(grant.role), action), grant.structure_id) {
                (Reach::Everywhere, _) => return everything,
                (Reach::Subtree, Some(structure)) => roots.push(structure),
                _ => {}
            }
        }
        Extent::Subtrees(roots)
    }

    /// What the actor reaches with an action, for a listing.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] without an account, [`Error::Forbidden`] when no role allows it anywhere,
    /// [`Error::ForbiddenToToken`] when a token does not, or none of its owner's roles.
    pub fn scope(&self, action: Action) -> Result<Scope> {
        let scope = self.reached(action);
        match (scope.subtrees(), self.limit()) {
            (Some([]), _) if self.account_id().is_none() => Err(Error::Unauthenticated),
            (Some([]), Some(limit)) => {
                let owned = self
                    .grants()
                    .iter()
                    .any(|grant| reach(Some(grant.role), action) != Reach::Nowhere);
                Err(Error::ForbiddenToToken(why_not(limit, action, owned)))
            }
            (Some([]), None) => Err(Error::Forbidden),
            _ => Ok(scope),
        }
    }

    /// Checks that the actor may act on a structure, given with its ancestors.
    ///
    /// # Errors
    /// As [`Actor::scope`]; [`Error::NotFound`] when the structure is outside, so that its existence
    /// is not told.
    pub fn authorise(&self, action: Action, path: &[i64]) -> Result<()> {
        if self.scope(action)?.covers(path) { Ok(()) } else { Err(Error::NotFound) }
    }
}

/// Why a token may not do something, for whoever writes the program that holds it. Another token helps only those
/// whose roles allow it.
fn why_not(limit: Limit, action: Action, owned: bool) -> &'static str {
    if needs_person(action) {
        "Ce jeton ne permet pas cette opération, réservée aux personnes : connectez-vous."
    } else if owned && writes(action) && !limit.write {
        "Ce jeton ne fait que lire : prenez-en un qui lit et écrit (READ_WRITE)."
    } else {
        "Ce jeton ne permet pas cette opération : aucun rôle de son propriétaire n'y donne droit."
    }
}

#[cfg(test)]
mod tests {
    use super::super::Role;
    use super::*;
    use crate::foundation::actor::Grant;

    #[test]
    fn a_subtree_covers_its_descendants_and_nothing_else() {
        let agent = Actor::account(1, 1, vec![Grant { role: Role::Agent, structure_id: Some(10) }]);
        assert!(agent.authorise(Action::KeepWrittenRequests, &[1, 10]).is_ok());
        assert!(agent.authorise(Action::KeepWrittenRequests, &[1, 10, 11]).is_ok());
        assert!(matches!(agent.authorise(Action::KeepWrittenRequests, &[1]), Err(Error::NotFound)));
        assert!(matches!(
            agent.authorise(Action::KeepWrittenRequests, &[1, 12]),
            Err(Error::NotFound)
        ));
        assert!(matches!(agent.authorise(Action::OperateJobs, &[1, 10]), Err(Error::Forbidden)));
        assert!(matches!(
            Actor::public().scope(Action::ReadWrittenRequests),
            Err(Error::Unauthenticated)
        ));
    }

    #[test]
    fn a_role_without_structure_never_becomes_a_role_everywhere() {
        let stray = Actor::account(1, 1, vec![Grant { role: Role::Agent, structure_id: None }]);
        assert!(matches!(stray.scope(Action::ReadWrittenRequests), Err(Error::Forbidden)));
    }

    #[test]
    fn a_scope_opens_what_its_own_action_opens_and_nothing_when_it_is_empty() {
        let agent = Actor::account(1, 1, vec![Grant { role: Role::Agent, structure_id: Some(10) }]);
        let operator =
            Actor::account(1, 1, vec![Grant { role: Role::Operator, structure_id: None }]);
        let refused = |scope: &Scope, action| matches!(scope.of(action), Err(Error::Forbidden));
        for (actor, action) in
            [(&agent, Action::ReadCommittees), (&operator, Action::ReadOperations)]
        {
            let scope = actor.scope(action).expect("it may");
            for other in Action::ALL {
                assert_eq!(refused(&scope, *other), *other != action, "{action:?} for {other:?}");
            }
            assert_eq!(scope.of(action).ok(), Some(&scope));
        }
        // Everybody reaches what is public: that opens nothing else.
        let public = Actor::public().scope(Action::ReadPublic).expect("public");
        assert!(public.of(Action::ReadPublic).is_ok());
        assert!(refused(&public, Action::ReadOperations));
        // What was only looked up may be empty.
        assert!(refused(&agent.reached(Action::ReadOperations), Action::ReadOperations));
        assert!(refused(&Actor::public().reached(Action::ReadCommittees), Action::ReadCommittees));
    }

    #[test]
    fn a_token_never_reaches_out_of_its_subtree_and_one_that_reads_changes_nothing() {
        let token = |role: Role, place: Option<i64>, write: bool| {
            let limit = Limit { token_id: 1, root: 10, write };
            Actor::token(1, limit, vec![Grant { role, structure_id: place }])
        };
        let national = token(Role::National, None, true);
        assert!(national.authorise(Action::ReadWrittenRequests, &[1, 10, 11]).is_ok());
        for path in [&[1_i64] as &[i64], &[1, 12], &[2]] {
            let out = national.authorise(Action::ReadWrittenRequests, path);
            assert!(matches!(out, Err(Error::NotFound)), "{path:?}");
        }
        let reads = token(Role::Manager, Some(10), false);
        let changes = token(Role::Manager, Some(10), true);
        for action in Action::ALL {
            let open = |actor: &Actor| actor.scope(*action).is_ok();
            let (own, public) = (reach(Some(Role::Manager), *action), reach(None, *action));
            let ever = own != Reach::Nowhere && !needs_person(*action);
            assert_eq!(open(&changes), ever, "{action:?}");
            assert_eq!(open(&reads), ever && !writes(*action), "{action:?}");
            assert!(public == Reach::Nowhere || !needs_person(*action), "{action:?}");
        }
        // Each is told why, and none that it has a profile.
        let told = |actor: &Actor, action| match actor.scope(action) {
            Err(Error::ForbiddenToToken(why)) => why,
            other => panic!("{other:?}"),
        };
        assert!(told(&reads, Action::KeepWrittenRequests).contains("ne fait que lire"));
        assert!(told(&changes, Action::ManageApiTokens).contains("réservée aux personnes"));
        for token in [&reads, &changes] {
            assert!(told(token, Action::ModerateTestimonies).contains("propriétaire"));
        }
        for everywhere in [Role::Operator, Role::Moderator, Role::DataProtectionOfficer] {
            let actor = token(everywhere, None, true);
            for action in Action::ALL.iter().filter(|one| reach(None, **one) == Reach::Nowhere) {
                assert!(actor.reached(*action).subtrees().is_some(), "{everywhere} {action:?}");
            }
        }
    }
}
