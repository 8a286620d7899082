//! Rows of structures.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use crate::tables::structure;

crate::text_enum! {
    // DOMAIN C12.
    /// A way to reach a public service: the union of both lists of the sources.
    Channel {
        /// Accueil physique.
        FrontDesk = "FRONT_DESK",
        /// Téléphone.
        Phone = "PHONE",
        /// Courrier.
        Letter = "LETTER",
        /// Courriel.
        Email = "EMAIL",
        /// Compte ou espace personnel.
        OnlineAccount = "ONLINE_ACCOUNT",
        /// Démarche en ligne.
        OnlineProcedure = "ONLINE_PROCEDURE",
        /// Visio, vidéo.
        VideoCall = "VIDEO_CALL",
        /// Réseaux sociaux.
        SocialMedia = "SOCIAL_MEDIA",
        /// Tchat (messagerie instantanée).
        Chat = "CHAT",
        /// Patrouille.
        Patrol = "PATROL",
        /// Any other way (ours).
        Other = "OTHER",
    }
}

impl Channel {
    /// The French label that the programme's dashboard shows (DOMAIN §8.9).
    pub const fn label(self) -> &'static str {
        match self {
            Self::FrontDesk => "Accueil",
            Self::Phone => "Téléphone",
            Self::Letter => "Courrier",
            Self::Email => "E-mail",
            Self::OnlineAccount => "Compte ou espace personnel",
            Self::OnlineProcedure => "Démarche en ligne",
            Self::VideoCall => "Visio - Vidéo",
            Self::SocialMedia => "Réseaux sociaux",
            Self::Chat => "Tchat (messagerie instantanée)",
            Self::Patrol => "Patrouille",
            Self::Other => "Autre",
        }
    }
}

/// A contact point, or a direction above contact points.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = structure, check_for_backend(diesel::pg::Pg))]
pub struct Structure {
    /// Row number.
    pub id: i64,
    /// « Code structure Services Publics + » (DOMAIN §3.2), such as `Xdrq90LES`.
    pub code: String,
    /// « Intitulé ».
    pub name: String,
    /// « Type de structure ».
    pub kind: String,
    /// The network it belongs to.
    pub network_id: i64,
    /// The structure above; none at the root of a network.
    pub parent_id: Option<i64>,
    /// Ids from the root down to this structure, itself included.
    pub path: Vec<i64>,
    /// Postal code.
    pub postal_code: String,
    /// Commune.
    pub commune: String,
    /// Code of the département.
    pub department: String,
    /// Région.
    pub region: String,
    /// « Adresse mail ».
    pub email: Option<String>,
    /// Channels it declares (DOMAIN §3.8).
    pub channels: Vec<Channel>,
    /// First day on which it collects testimonies (DOMAIN §8.22).
    pub testimonies_open_on: Option<NaiveDate>,
    /// Day from which it no longer exists; its history stays.
    pub closed_on: Option<NaiveDate>,
    /// Creation, UTC.
    pub created_at: DateTime<Utc>,
    /// Last change, UTC.
    pub updated_at: DateTime<Utc>,
}

/// What a list of structures is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct StructureFilter {
    /// The subtree below this structure, itself included.
    pub below: Option<i64>,
    /// Network code.
    pub network: Option<String>,
    /// Département code.
    pub department: Option<String>,
    /// Région.
    pub region: Option<String>,
    /// Commune, accents and capitals indifferent.
    pub commune: Option<String>,
    /// Words of the name, accents and capitals indifferent.
    pub name: Option<String>,
    /// Declares this channel.
    pub channel: Option<Channel>,
    /// Only roots of networks (true) or only structures with a parent (false).
    pub root: Option<bool>,
    /// Direct children of this structure.
    pub parent: Option<i64>,
    /// Changed since, UTC.
    pub updated_since: Option<DateTime<Utc>>,
}
