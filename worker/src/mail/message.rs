//! A letter as bytes on their way.

use anyhow::Context;
use chrono::{DateTime, Utc};
use lettre::address::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use schema::operate::email::Letter;
use schema::operate::email::model::Email;

use super::calendar;
use super::templates::Text;

/// A message ready to leave.
pub(super) struct Parcel {
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) bytes: Vec<u8>,
    /// Name of its file, the same for every try.
    pub(super) file_name: String,
}

/// Puts a letter under its headers. The same letter gives the same bytes, apart from the date.
///
/// # Errors
/// When the recipient's address is none.
pub(super) fn parcel(
    from: &Mailbox,
    letter: &Letter,
    row: &Email,
    text: Text,
    now: DateTime<Utc>,
) -> anyhow::Result<Parcel> {
    // No cause: it would repeat the address.
    let address: Address =
        letter.to_address.parse().ok().context("the recipient's address is not one")?;
    let name: String = letter.to_name.chars().filter(|c| !c.is_control()).collect();
    let to = Mailbox::new(Some(name).filter(|name| !name.is_empty()), address.clone());
    // One word of the identity: boundaries and file names are drawn from it, not at random.
    let mark: String =
        row.message_id.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    let mut body = MultiPart::builder()
        .kind(lettre::message::MultiPartKind::Alternative)
        .boundary(format!("=_{mark}"))
        .singlepart(SinglePart::plain(text.plain))
        .singlepart(SinglePart::html(text.html));
    let mut files = Vec::new();
    if let Some(invite) = &letter.invite {
        // Among the alternatives mail programs show it as an event; attached, others can open it.
        let domain = row.message_id.trim_end_matches('>').rsplit('@').next().unwrap_or_default();
        let entry = calendar::entry(invite, domain, from.email.as_ref(), address.as_ref());
        let media = format!("text/calendar; charset=utf-8; method={}", entry.method);
        let media = ContentType::parse(&media).context("the media type of a calendar entry")?;
        body =
            body.singlepart(SinglePart::builder().header(media.clone()).body(entry.text.clone()));
        files.push(Attachment::new("invitation.ics".to_owned()).body(entry.text, media));
    }
    if let Some(file) = &letter.attachment {
        let media = ContentType::parse(file.media).context("the media type of a file")?;
        files.push(Attachment::new(file.name.clone()).body(file.bytes.clone(), media));
    }
    if !files.is_empty() {
        body = MultiPart::builder()
            .kind(lettre::message::MultiPartKind::Mixed)
            .boundary(format!("=_{mark}M"))
            .multipart(body);
        for file in files {
            body = body.singlepart(file);
        }
    }
    let mut message = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(text.subject)
        .message_id(Some(row.message_id.clone()))
        .date(now.into())
        .multipart(body)
        .context("the message cannot be put together")?;
    // Written by a program: no automatic answer, please (RFC 3834, and the way Exchange says it).
    for (header, value) in
        [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
    {
        let header = HeaderName::new_from_ascii(header.to_owned()).context("a header's name")?;
        message.headers_mut().insert_raw(HeaderValue::new(header, value.to_owned()));
    }
    let kind = row.kind.as_str().to_lowercase().replace('_', "-");
    let short: String = mark.chars().take(8).collect();
    Ok(Parcel {
        from: from.email.clone(),
        to: address,
        bytes: message.formatted(),
        file_name: format!("{}-{kind}-{short}.eml", row.prepared_at.format("%Y%m%dT%H%M%SZ")),
    })
}
