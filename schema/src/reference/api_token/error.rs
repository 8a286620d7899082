//! Why a token is not made, renewed or revoked.

use chrono::NaiveDate;

use super::model::ApiTokenState;
use crate::foundation::calendar::french_day;
use crate::foundation::error::{Code, Refusal, Refuse};

/// What the caller can mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The last day lies outside of what is allowed.
    Expiry {
        /// The first day that is allowed.
        first: NaiveDate,
        /// The last day that is allowed.
        last: NaiveDate,
    },
    /// Only what works can be revoked.
    NotActive(ApiTokenState),
    /// Somebody decided that it must stop.
    Revoked,
    /// It has been renewed already.
    Renewed,
}

impl Refuse for Error {
    fn refusal(&self) -> Refusal {
        let state = |message: &str| Refusal::at(Code::TokenState, message, &["id"]);
        match self {
            Self::Expiry { first, last } => Refusal::at(
                Code::TokenExpiry,
                format!(
                    "Un jeton d'accès expire au plus tôt le {} et au plus tard le {} : choisissez un jour entre les deux.",
                    french_day(*first),
                    french_day(*last)
                ),
                &["expiresOn"],
            ),
            Self::NotActive(ApiTokenState::Revoked) => state("Ce jeton d'accès est déjà révoqué."),
            Self::NotActive(_) => state("Ce jeton d'accès a expiré : il n'y a rien à révoquer."),
            Self::Revoked => state("Ce jeton d'accès est révoqué : créez-en un autre."),
            Self::Renewed => {
                state("Ce jeton d'accès est déjà renouvelé : renouvelez celui qui l'a remplacé.")
            }
        }
    }
}
