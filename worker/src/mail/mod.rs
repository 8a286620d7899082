//! Sending messages, each once.
//!
//! One path for all kinds (`deliver`): ledger, quiet hours, templates, hand-over, ledger. A message
//! leaves our hands at one point only, and the ledger is written just before and just after it.

mod calendar;
mod deliver;
mod directory;
mod message;
mod smtp;
mod target;
mod templates;

use std::sync::Arc;

use lettre::message::Mailbox;
use serde::Serialize;

pub(crate) use deliver::deliver;
pub use target::Target;

use crate::config::Config;
use crate::metrics::Metrics;
use directory::Directory;
use message::Parcel;
use smtp::Smtp;
use templates::Templates;

/// Writes messages and hands them over.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    from: Mailbox,
    templates: Templates,
    transport: Transport,
    /// Messages that leave in a second, all workers together.
    per_second: Option<u32>,
    metrics: Arc<Metrics>,
}

enum Transport {
    Directory(Directory),
    Smtp(Smtp),
}

/// Why a message was not handed over.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// It will never be taken.
    #[error("{0}")]
    Permanent(String),
    /// It may be taken another time.
    #[error("{0}")]
    Temporary(String),
    /// The step before the hand-over said no: nothing left.
    #[error("held back before it left")]
    HeldBack,
}

impl Mailer {
    pub(crate) fn new(config: &Config, metrics: Arc<Metrics>) -> anyhow::Result<Self> {
        let transport = match &config.mail {
            Target::Directory(path) => Transport::Directory(Directory::new(path)?),
            Target::Smtp(server) => {
                let hello = config.mail_from.email.domain();
                Transport::Smtp(Smtp::new(server.clone(), hello, config.mail_timeout))
            }
        };
        let from = config.mail_from.clone();
        let (templates, per_second) = (Templates::new()?, config.mail_per_second);
        Ok(Self(Arc::new(Inner { from, templates, transport, per_second, metrics })))
    }

    /// Writes a page with one of the templates.
    ///
    /// # Errors
    /// When a value that the template shows is missing.
    pub(crate) fn page(&self, template: &str, values: &impl Serialize) -> anyhow::Result<String> {
        self.0.templates.page(template, values)
    }

    /// Says good-bye to the mail server.
    pub(crate) async fn close(&self) {
        if let Transport::Smtp(smtp) = &self.0.transport {
            smtp.close().await;
        }
    }
}

impl Transport {
    /// Hands a message over. `leaving` is asked at the last moment before it leaves, when everything
    /// that can be refused before has been accepted; it answers whether to go on.
    async fn send(
        &self,
        parcel: &Parcel,
        leaving: impl AsyncFnOnce() -> bool,
    ) -> Result<(), Failure> {
        match self {
            Self::Directory(directory) => directory.send(parcel, leaving).await,
            Self::Smtp(smtp) => smtp.send(parcel, leaving).await,
        }
    }
}
