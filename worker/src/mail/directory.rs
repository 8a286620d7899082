//! Messages as files, for demonstrations and tests.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Failure;
use super::message::Parcel;
use crate::crash::{self, Point};

/// A folder that receives messages.
pub(super) struct Directory(PathBuf);

impl Directory {
    pub(super) fn new(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path).with_context(|| {
            format!("the folder of messages cannot be made: {}", path.display())
        })?;
        Ok(Self(path.to_owned()))
    }

    /// Writes a message under a name that is the same for every try: a repeated one replaces itself.
    pub(super) async fn send(
        &self,
        parcel: &Parcel,
        leaving: impl AsyncFnOnce() -> bool,
    ) -> Result<(), Failure> {
        let failed =
            |error: std::io::Error| Failure::Temporary(format!("folder of messages: {error}"));
        crash::reach(Point::BeforeData);
        let draft = self.0.join(format!(".{}.draft", parcel.file_name));
        tokio::fs::write(&draft, &parcel.bytes).await.map_err(failed)?;
        if !leaving().await {
            tokio::fs::remove_file(&draft).await.map_err(failed)?;
            return Err(Failure::HeldBack);
        }
        crash::reach(Point::BeforeMessage);
        // Readers see the whole message or none.
        tokio::fs::rename(&draft, self.0.join(&parcel.file_name)).await.map_err(failed)?;
        crash::reach(Point::AfterData);
        Ok(())
    }
}
