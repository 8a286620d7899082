//! Documents on paper: a Typst template and data become a PDF that screen readers can read, too.

mod desk;

use anyhow::{Context, anyhow};
use serde::Serialize;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use desk::Desk;

/// Sets a template with data as an accessible PDF (PDF/UA-1). Texts of the data are shown as they are: nothing
/// in them is read as markup. What no font of ours can show becomes a box, and very long words may break. Takes tenths of a second of one core: call it where it may block.
///
/// # Errors
/// When the template does not fit the data.
pub(crate) fn pdf(template: &str, data: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    let mut data = serde_json::to_value(data).context("the data of a document")?;
    desk::make_printable(&mut data);
    let desk = Desk::new(template, &data.to_string());
    let Warned { output, .. } = typst::compile::<PagedDocument>(&desk);
    let document = output.map_err(|errors| told("set", &errors))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|e| anyhow!("{e:?}"))?;
    let options = PdfOptions { ident: Smart::Auto, standards, ..PdfOptions::default() };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| told("printed", &errors))?;
    // The compiler remembers what it did; nothing of one document serves another.
    typst::comemo::evict(0);
    Ok(bytes)
}

fn told(verb: &str, errors: &[SourceDiagnostic]) -> anyhow::Error {
    let reasons: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    anyhow!("the document could not be {verb}: {}", reasons.join("; "))
}
