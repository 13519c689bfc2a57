//! Places of findings as marks in a text: `let x = «y»;`.

use pngine_source::diag::Diagnostic;

/// The text with its findings marked, and their codes.
pub fn shown(wgsl: &str, found: &[Diagnostic]) -> (String, Vec<&'static str>) {
    let mut places: Vec<(usize, usize, &str)> = found
        .iter()
        .map(|diagnostic| {
            let span = diagnostic.primary.as_ref().expect("a shader's diagnostics have a place").span;
            (span.start as usize, span.end as usize, diagnostic.code.as_str())
        })
        .collect();
    places.sort_unstable();
    let mut out = wgsl.to_owned();
    for (start, end, _) in places.iter().rev() {
        out.insert(*end, '»');
        out.insert(*start, '«');
    }
    (out, places.iter().map(|(_, _, code)| *code).collect())
}
