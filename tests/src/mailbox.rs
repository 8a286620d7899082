//! The folder e-mails are written to, read as a person reads her mail.

use std::path::PathBuf;

use mail_parser::{MessageParser, MimeHeaders};

/// One e-mail.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Address it went to.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Its text part.
    pub text: String,
    /// Its HTML part.
    pub html: String,
    /// Message-ID.
    pub message_id: String,
    /// `Auto-Submitted` header.
    pub auto_submitted: String,
    /// Its calendar entries: among the alternatives, and attached.
    pub calendars: Vec<String>,
    /// Files that go with it, other than calendar entries: name and content.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Mail {
    /// Reads a message as it travels.
    pub fn parse(bytes: &[u8]) -> Self {
        let message = MessageParser::default().parse(bytes).expect("an e-mail");
        let header = |name: &str| {
            message
                .header(name)
                .and_then(|value| value.as_text())
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        assert!(message.content_type().is_some(), "an e-mail has a content type");
        Self {
            to: message
                .to()
                .and_then(|to| to.first())
                .and_then(|to| to.address())
                .unwrap_or_default()
                .to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).unwrap_or_default().into_owned(),
            message_id: message.message_id().unwrap_or_default().to_owned(),
            auto_submitted: header("Auto-Submitted"),
            calendars: message
                .parts
                .iter()
                .filter(|part| part.is_content_type("text", "calendar"))
                .map(|part| part.text_contents().unwrap_or_default().to_owned())
                .collect(),
            files: message
                .attachments()
                .filter(|part| !part.is_content_type("text", "calendar"))
                .map(|part| {
                    let name = part.attachment_name().unwrap_or_default();
                    (name.to_owned(), part.contents().to_vec())
                })
                .collect(),
        }
    }
}

/// A folder of e-mails.
#[derive(Debug, Clone)]
pub struct Mailbox(pub PathBuf);

impl Mailbox {
    /// As `SPP_MAIL` names it.
    pub fn as_mail(&self) -> String {
        format!("dir:{}", self.0.display())
    }

    /// Every e-mail so far, in the order of their files' names, which start with their instant.
    pub fn all(&self) -> Vec<Mail> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(&self.0)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .collect();
        files.sort();
        files
            .iter()
            .map(|file| Mail::parse(&std::fs::read(file).expect("a readable e-mail")))
            .collect()
    }

    /// The e-mails to one address.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        self.all().into_iter().filter(|mail| mail.to == address).collect()
    }

    /// Forgets the e-mails so far.
    pub fn empty(&self) {
        for entry in std::fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
