//! What the typesetter may reach: its template, its data and its fonts; no file, no network, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, Value};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

static FONTS: LazyLock<(LazyHash<FontBook>, Vec<Font>)> = LazyLock::new(|| {
    let fonts: Vec<Font> =
        typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect();
    (LazyHash::new(FontBook::from_fonts(&fonts)), fonts)
});

/// Stands for what no font can show: an accessible document may not leave a character out.
const BOX: char = '□';
/// Longer words may be broken, so that none runs off the page.
const LONG_WORD: usize = 40;

/// Makes every text of the data one that can be set.
pub(super) fn make_printable(data: &mut serde_json::Value) {
    match data {
        serde_json::Value::String(text) => *text = printable(text),
        serde_json::Value::Array(items) => items.iter_mut().for_each(make_printable),
        serde_json::Value::Object(members) => members.values_mut().for_each(make_printable),
        _ => {}
    }
}

fn printable(text: &str) -> String {
    let mut run = 0;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // What joins or varies characters shows nothing by itself; control characters show nothing at all.
        let joins = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}');
        if joins || (c.is_control() && !c.is_whitespace()) {
            continue;
        }
        run = if c.is_whitespace() { 0 } else { run + 1 };
        out.push(if c.is_whitespace() || shown(c) { c } else { BOX });
        if run == LONG_WORD {
            out.push('\u{200b}');
            run = 0;
        }
    }
    out
}

fn shown(c: char) -> bool {
    FONTS.1.iter().any(|font| font.info().coverage.contains(u32::from(c)))
}

/// One document in the making.
pub(super) struct Desk {
    library: LazyHash<Library>,
    template: Source,
}

impl Desk {
    /// A template that reads `data` as `sys.inputs.data`.
    pub(super) fn new(template: &str, data: &str) -> Self {
        let mut inputs = Dict::new();
        inputs.insert("data".into(), Value::Str(data.into()));
        Self {
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            template: Source::detached(template),
        }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.0
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() {
            Ok(self.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.1.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_font_shows_becomes_a_box_and_long_words_may_break() {
        assert_eq!(
            printable("Merci 👍🏽 中文 \u{f0b7} ＝ œuvre « 50 € »"),
            "Merci □□ □□ □ □ œuvre « 50 € »"
        );
        assert_eq!(printable("pe\u{ad}tit"), "petit");
        let long = printable(&"x".repeat(100));
        assert_eq!(long.matches('\u{200b}').count(), 2);
    }

    #[test]
    fn a_document_with_anything_in_it_is_set() {
        let template = "#set document(title: \"t\")\n#let data = json(bytes(sys.inputs.data))\n#text(lang: \"fr\", data.text)";
        for text in [
            "Rappeler 😀 中文",
            "\u{f0b7} puce \u{f0a7}",
            "#strong[x] *y* $z$ \\",
            "👩‍👩‍👧",
            "עברית العربية",
            "\u{0}\u{1}",
        ] {
            let data = serde_json::json!({ "text": text });
            let pdf =
                crate::paper::pdf(template, &data).unwrap_or_else(|e| panic!("{text}: {e:#}"));
            assert!(pdf.starts_with(b"%PDF"));
        }
    }
}
