//! Rows of commitments.

use diesel::prelude::*;

use crate::tables::commitment;

crate::text_enum! {
    // DOMAIN C10.
    /// Theme of a commitment, in the order of the poster.
    Theme {
        /// « + PROCHES ».
        Closer = "CLOSER",
        /// « + EFFICACES ».
        Efficient = "EFFICIENT",
        /// « + SIMPLES ».
        Simpler = "SIMPLER",
    }
}

/// A commitment of the programme in one version (DOMAIN §4, C9).
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = commitment, check_for_backend(diesel::pg::Pg))]
pub struct Commitment {
    /// Row number.
    pub id: i64,
    /// Year of the version.
    pub version: i16,
    /// Number in the list, 1 to 9.
    pub code: i16,
    /// Theme.
    pub theme: Theme,
    /// Number within the theme on the poster, 1 to 3.
    pub rank_in_theme: i16,
    /// Poster wording.
    pub label: String,
    /// Short wording.
    pub short_label: String,
}
