//! A calendar entry that goes with a letter (RFC 5545, RFC 5546): the same entry for every letter about an
//! event, so that calendars update or remove it.

use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};
use schema::operate::email::Invite;

/// The entry as a file, and the method that its media type names.
pub(super) struct Entry {
    pub(super) method: &'static str,
    pub(super) text: String,
}

/// Writes the entry of an event for one recipient.
pub(super) fn entry(invite: &Invite, domain: &str, from: &str, to: &str) -> Entry {
    let method = if invite.cancelled { "CANCEL" } else { "REQUEST" };
    let status = if invite.cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed };
    let mut event = Event::with_uid(&format!("{}@{domain}", invite.uid));
    event
        .timestamp(invite.changed_at)
        .sequence(u32::try_from(invite.sequence).unwrap_or_default())
        .status(status)
        .starts(invite.starts_at)
        .ends(invite.ends_at)
        .summary(&invite.title)
        .description(&invite.description);
    if let Some(place) = &invite.place {
        event.location(place);
    }
    if let Some(url) = &invite.url {
        event.url(url);
    }
    let mut organiser = Property::new("ORGANIZER", format!("mailto:{from}"));
    organiser.add_parameter("CN", &quoted(&invite.organiser));
    event.append_property(organiser.done());
    let mut attendee = Property::new("ATTENDEE", format!("mailto:{to}"));
    // The links of the letter answer; a calendar's own answer would go to a mailbox that nobody reads.
    attendee.add_parameter("RSVP", "FALSE");
    event.append_multi_property(attendee.done());
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Services Publics +//FR"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", method))
        .push(event.done());
    Entry { method, text: calendar.to_string() }
}

/// A parameter with anything but letters in it stands between quotes, which it may not hold itself.
fn quoted(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() && *c != '"').collect();
    format!("\"{plain}\"")
}
