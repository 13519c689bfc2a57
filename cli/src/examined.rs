//! What `validate --symptom` found, as text and as JSON (docs/cli.md, "What is wrong with a picture").

use std::fmt::Write as _;

use pngine_compiler::diag;
use pngine_compiler::source::{SourceMap, Span};
use serde_json::{Value, json};

/// A cause.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its name.
    pub kind: &'static str,
    /// How sure it is.
    pub likelihood: &'static str,
    /// What was seen.
    pub evidence: String,
    /// What to do.
    pub fix: String,
    /// What it is about, where there is a source.
    pub span: Option<Span>,
}

/// An examination of one input.
#[derive(Clone, Debug)]
pub struct Examined {
    /// What was asked for.
    pub symptom: &'static str,
    /// What the pictures show.
    pub seen: String,
    /// The causes, the likeliest first.
    pub causes: Vec<Told>,
}

impl Examined {
    /// Some lines for people.
    pub fn human(&self, name: &str, sources: &SourceMap) -> String {
        let mut out = String::new();
        let name = diag::escape(name);
        if self.causes.is_empty() {
            let _ = writeln!(out, "{name}: {}: nothing found; {}", self.symptom, self.seen);
        } else {
            let _ = writeln!(out, "{name}: {}: {}", self.symptom, self.seen);
        }
        for (number, cause) in (1..).zip(&self.causes) {
            let _ = writeln!(out, "  {number}. {} ({}): {}", cause.kind, cause.likelihood, cause.evidence);
            if let Some(place) = cause.span.and_then(|span| place(sources, span)) {
                let _ = writeln!(out, "     at {place}");
            }
            let _ = writeln!(out, "     help: {}", cause.fix);
        }
        out
    }

    /// A line for each cause.
    pub fn short(&self, name: &str, sources: &SourceMap) -> String {
        let mut out = String::new();
        for cause in &self.causes {
            let place = cause.span.and_then(|span| place(sources, span)).unwrap_or_else(|| diag::escape(name).into_owned());
            let _ = writeln!(out, "{place}: {}[{}]: {}", self.symptom, cause.kind, cause.evidence);
        }
        out
    }

    /// An entry of `symptoms`.
    pub fn object(&self, name: &str, sources: &SourceMap) -> Value {
        let causes = self.causes.iter().map(|cause| {
            let (file, span) = cause.span.map_or((Value::Null, Value::Null), |span| diag::place_to_json(sources, span));
            json!({
                "cause": cause.kind,
                "likelihood": cause.likelihood,
                "evidence": cause.evidence,
                "fix": cause.fix,
                "file": file,
                "span": span,
            })
        });
        json!({ "file": name, "symptom": self.symptom, "seen": self.seen, "causes": causes.collect::<Vec<_>>() })
    }
}

/// `a.pngine:7:13`
fn place(sources: &SourceMap, span: Span) -> Option<String> {
    let span = sources.clamp(span)?;
    let file = sources.get(span.file)?;
    let position = file.position(span.start);
    Some(format!("{}:{}:{}", diag::escape(&file.name), position.line, position.column))
}
