//! Diagnostics as data: the `diagnostics` array of `--json` (cli.md, "Diagnostics").

use serde_json::{Map, Value, json};

use super::{Diagnostic, Label, Severity};
use crate::source::{SourceMap, Span};

/// The diagnostics as the array that `--json` prints, in the given order.
///
/// `file` and `span` are null where a finding has no place in a source. A primary label that says more than the message comes
/// first among the `labels`. `command` is there only for command-buffer codes.
pub fn to_json(sources: &SourceMap, diagnostics: &[Diagnostic]) -> Value {
    diagnostics.iter().map(|diagnostic| one(sources, diagnostic)).collect()
}

fn one(sources: &SourceMap, diagnostic: &Diagnostic) -> Value {
    let (file, span) = diagnostic.primary.as_ref().map_or((Value::Null, Value::Null), |label| place_to_json(sources, label.span));
    let labels: Value = diagnostic
        .primary
        .iter()
        .filter(|label| !label.message.is_empty())
        .chain(&diagnostic.secondary)
        .map(|Label { span, message }| {
            let (file, span) = place_to_json(sources, *span);
            json!({ "file": file, "span": span, "message": message })
        })
        .collect();
    let fixes: Value = diagnostic
        .fixes
        .iter()
        .map(|fix| {
            let edits: Value = fix
                .edits
                .iter()
                .map(|(span, text)| {
                    let (file, span) = place_to_json(sources, *span);
                    json!({ "file": file, "span": span, "text": text })
                })
                .collect();
            json!({ "title": fix.title, "safe": fix.safe, "edits": edits })
        })
        .collect();
    let mut object = Map::new();
    object.insert("code".into(), diagnostic.code.as_str().into());
    object.insert(
        "severity".into(),
        match diagnostic.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
        .into(),
    );
    object.insert("message".into(), diagnostic.message.clone().into());
    object.insert("file".into(), file);
    object.insert("span".into(), span);
    object.insert("labels".into(), labels);
    object.insert("help".into(), diagnostic.help.clone().into());
    object.insert("fixes".into(), fixes);
    if let Some(command) = &diagnostic.command {
        object.insert(
            "command".into(),
            json!({
                "phase": command.phase.as_str(), "frame": command.frame, "index": command.index, "opcode": command.opcode,
            }),
        );
    }
    Value::Object(object)
}

/// File name and span with lines and columns; both null if the span's file is not among the sources.
pub fn place_to_json(sources: &SourceMap, span: Span) -> (Value, Value) {
    let (Some(file), Some(span)) = (sources.get(span.file), sources.clamp(span)) else {
        return (Value::Null, Value::Null);
    };
    let (start, end) = (file.position(span.start), file.position(span.end));
    let span = json!({
        "start": span.start, "end": span.end,
        "line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column,
    });
    (file.name.clone().into(), span)
}
