//! Why somebody whom the provider knows does not come in. A page tells it: there is no field of the API that could.

use crate::foundation::error::Error;

/// Why a person does not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// The log-in was begun in another browser, too long ago, or brought to its end before.
    AttemptUnknown,
    /// The person gave up at the provider.
    GivenUp,
    /// The provider is less sure of the person than is asked for.
    AssuranceTooLow,
    /// The provider does not say where the person works, or says it wrongly.
    NoEstablishment,
    /// Nobody gave this person any rights.
    PersonUnknown,
    /// The account was closed.
    AccountClosed,
    /// The address belongs to an account that is somebody else at the provider.
    OtherIdentity,
    /// The person works elsewhere than where the rights are.
    PersonMoved,
    /// The account with this address has no role at any structure, so nothing but the address says whose it is.
    PlaceMissing,
}

impl Denial {
    /// Every reason, for the documentation's test.
    pub const ALL: &'static [Self] = &[
        Self::AttemptUnknown,
        Self::GivenUp,
        Self::AssuranceTooLow,
        Self::NoEstablishment,
        Self::PersonUnknown,
        Self::AccountClosed,
        Self::OtherIdentity,
        Self::PersonMoved,
        Self::PlaceMissing,
    ];

    /// Stable code, to quote to whoever helps.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AttemptUnknown => "LOGIN_ATTEMPT_UNKNOWN",
            Self::GivenUp => "LOGIN_GIVEN_UP",
            Self::AssuranceTooLow => "LOGIN_ASSURANCE_TOO_LOW",
            Self::NoEstablishment => "LOGIN_NO_ESTABLISHMENT",
            Self::PersonUnknown => "LOGIN_PERSON_UNKNOWN",
            Self::AccountClosed => "LOGIN_ACCOUNT_CLOSED",
            Self::OtherIdentity => "LOGIN_OTHER_IDENTITY",
            Self::PersonMoved => "LOGIN_PERSON_MOVED",
            Self::PlaceMissing => "LOGIN_PLACE_MISSING",
        }
    }

    /// What is wrong and what to do, in French.
    pub const fn message(self) -> &'static str {
        match self {
            Self::AttemptUnknown => {
                "Cette connexion a expiré, a déjà servi, ou a commencé dans un autre navigateur. Revenez à la page de connexion et recommencez."
            }
            Self::GivenUp => {
                "La connexion a été abandonnée. Revenez à la page de connexion pour recommencer."
            }
            Self::AssuranceTooLow => {
                "Votre fournisseur d'identité ne garantit pas assez votre identité pour ce service. Contactez votre service informatique."
            }
            Self::NoEstablishment => {
                "Votre fournisseur d'identité n'indique pas l'établissement où vous travaillez (numéro SIRET). Contactez votre service informatique."
            }
            Self::PersonUnknown => {
                "Vous n'avez pas encore d'accès. Demandez-le au responsable de votre structure : il indiquera votre adresse électronique professionnelle et votre structure."
            }
            Self::AccountClosed => {
                "Votre compte est fermé. Si vous en avez encore besoin, adressez-vous au responsable de votre structure."
            }
            Self::OtherIdentity => {
                "Votre adresse est déjà liée à une autre identité. Demandez au responsable de votre structure de faire vérifier votre compte."
            }
            Self::PersonMoved => {
                "Vos droits portent sur une autre structure que celle où votre fournisseur d'identité dit que vous travaillez. Demandez au responsable de votre structure de revoir vos droits."
            }
            Self::PlaceMissing => {
                "Votre compte n'est rattaché à aucune structure. Demandez aux exploitants de lui donner un rôle dans la vôtre : il pourra alors être lié à votre identité."
            }
        }
    }
}

/// The outcome of a use case that let nobody in.
#[derive(Debug)]
pub enum Rejection {
    /// The person does not come in.
    Denied(Denial),
    /// A bug or an outage.
    Failed(Error),
}

impl From<Denial> for Rejection {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<diesel::result::Error> for Rejection {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<anyhow::Error> for Rejection {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error.into())
    }
}
