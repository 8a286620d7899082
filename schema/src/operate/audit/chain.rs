//! The hash of an entry, as the database computes it (`audit_digest`).

use sha2::{Digest, Sha256};

use super::model::{AuditEntry, Fault, Head, Noted};

/// The hash before the first entry.
pub(super) const GENESIS: [u8; 32] = [0; 32];

/// A field as it goes into the hash: its length first, so that no two run together; `-` when absent.
fn field(text: Option<&str>) -> String {
    text.map_or_else(|| "-".to_owned(), |text| format!("{}:{text}", text.len()))
}

/// The hash of an entry at a place, after another.
pub(super) fn digest(previous: &[u8], position: i64, entry: &AuditEntry) -> Vec<u8> {
    let place = position.to_string();
    let at = entry.at.timestamp_micros().to_string();
    let structure = entry.structure_id.map(|id| id.to_string());
    let mut hash = Sha256::new();
    hash.update(previous);
    for part in [
        Some(place.as_str()),
        Some(&at),
        Some(&entry.actor),
        Some(&entry.action),
        Some(&entry.subject),
        structure.as_deref(),
        entry.request_id.as_deref(),
    ] {
        hash.update(field(part));
    }
    hash.finalize().to_vec()
}

/// Follows a chain from its beginning.
pub(super) struct Walk<'n> {
    pub(super) position: i64,
    hash: Vec<u8>,
    noted: &'n [Noted],
}

impl<'n> Walk<'n> {
    pub(super) fn new(noted: &'n [Noted]) -> Self {
        Self { position: 0, hash: GENESIS.to_vec(), noted }
    }

    /// Steps to the next entry, in the order of places.
    pub(super) fn step(&mut self, entry: &AuditEntry) -> Result<(), Fault> {
        let place = self.position + 1;
        if entry.position != Some(place) {
            return Err(Fault::Gap(place));
        }
        let hash = digest(&self.hash, place, entry);
        if entry.hash.as_deref() != Some(hash.as_slice()) {
            return Err(Fault::Edited(place));
        }
        if self.noted.iter().any(|noted| noted.position == place && noted.hash != hash) {
            return Err(Fault::Noted(place));
        }
        (self.position, self.hash) = (place, hash);
        Ok(())
    }

    /// Checks that the chain ends where its head says, and not before one that was noted.
    pub(super) fn end(&self, head: &Head) -> Result<(), Fault> {
        if self.position != head.position || self.hash != head.hash {
            return Err(Fault::End(head.position));
        }
        let beyond = self.noted.iter().find(|noted| noted.position > self.position);
        beyond.map_or(Ok(()), |noted| Err(Fault::Noted(noted.position)))
    }
}
