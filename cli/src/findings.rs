//! Findings for people and machines: text, one-line, JSON, SARIF and GitHub workflow commands.

use std::collections::BTreeSet;

use pngine_compiler::diag::{self, Code, Diagnostic, Severity};
use pngine_compiler::source::SourceMap;
use pngine_format::status::Plugins;
use serde_json::{Map, Value, json};

use crate::failure::{Exit, Failure};

/// Version of the object that `--json` prints. Source: cli.md.
const SCHEMA: u32 = 1;

/// What is known about one input.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What the user calls it.
    pub name: String,
    /// The files that the findings point to.
    pub sources: SourceMap,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// What running it showed; `None` if it did not get that far.
    pub run: Option<Run>,
}

impl Report {
    /// Takes the findings of a step that failed. Gives how bad that is.
    ///
    /// # Errors
    /// The failure, if it is none about the input.
    pub fn take(&mut self, failure: Failure) -> Result<Exit, Failure> {
        match failure {
            Failure::Findings { exit, sources, diagnostics } => {
                // Findings of a run without a source come on top of the compiler's, whose places must stay valid.
                if !sources.files().is_empty() {
                    self.sources = sources;
                }
                self.diagnostics.extend(diagnostics);
                Ok(exit)
            }
            failure => Err(failure),
        }
    }
}

/// What running a scene showed.
#[derive(Clone, Debug)]
pub struct Run {
    /// The plugins it declares.
    pub plugins: Plugins,
    /// The executor that ran it: `core-render`, or `embedded`.
    pub executor: String,
    /// Commands of `init`.
    pub init_commands: u32,
    /// Commands of the first frame.
    pub frame_commands: u32,
}

/// Which warnings count, and for how much.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    strict: bool,
    denied: BTreeSet<Code>,
    allowed: BTreeSet<Code>,
}

impl Levels {
    /// Reads `--strict`, `--deny` and `--allow`.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a code that does not exist, an error that is to be allowed, a code that is both.
    pub fn new(strict: bool, deny: &[String], allow: &[String]) -> Result<Self, Failure> {
        let mut levels = Self { strict, ..Self::default() };
        for text in deny {
            if text == "warnings" {
                levels.strict = true;
            } else {
                levels.denied.insert(find(text)?);
            }
        }
        for text in allow {
            let code = find(text)?;
            if code.severity() == Severity::Error {
                return Err(Failure::Usage(format!("{} is an error: only warnings can be allowed", code.as_str())));
            }
            if levels.denied.contains(&code) {
                return Err(Failure::Usage(format!("{} is both denied and allowed", code.as_str())));
            }
            levels.allowed.insert(code);
        }
        Ok(levels)
    }

    /// Whether a finding is to be shown.
    pub fn shows(&self, diagnostic: &Diagnostic) -> bool {
        !self.allowed.contains(&diagnostic.code)
    }

    /// How bad a finding is under these levels.
    pub fn severity(&self, diagnostic: &Diagnostic) -> Severity {
        if self.strict || self.denied.contains(&diagnostic.code) { Severity::Error } else { diagnostic.severity() }
    }
}

fn find(text: &str) -> Result<Code, Failure> {
    Code::parse(text).ok_or_else(|| unknown_code(text))
}

/// The failure for a code that is not in the registry.
pub fn unknown_code(text: &str) -> Failure {
    let near = diag::nearest(&text.to_ascii_uppercase(), Code::ALL.iter().map(|code| code.as_str()));
    let hint = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
    Failure::Usage(format!("there is no code `{text}`{hint}"))
}

/// How many errors and warnings there are in all.
pub fn count(reports: &[Report], levels: &Levels) -> (usize, usize) {
    let all = reports.iter().flat_map(|report| &report.diagnostics);
    let errors = all.clone().filter(|diagnostic| levels.severity(diagnostic) == Severity::Error).count();
    (errors, all.count() - errors)
}

/// Findings with source lines and carets.
pub fn human(report: &Report, color: bool) -> String {
    let mut out = String::new();
    for diagnostic in &report.diagnostics {
        let text = diag::render(&report.sources, std::slice::from_ref(diagnostic), color);
        if diagnostic.primary.is_none() && !report.name.is_empty() && !diagnostic.message.contains(&report.name) {
            let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
            out.push_str(&format!("{first}\n  --> {}\n{rest}", diag::escape(&report.name)));
        } else {
            out.push_str(&text);
        }
    }
    out
}

/// Findings, one a line.
pub fn short(report: &Report) -> String {
    let mut out = String::new();
    for diagnostic in &report.diagnostics {
        if diagnostic.primary.is_none() && !report.name.is_empty() {
            out.push_str(&format!("{}: ", diag::escape(&report.name)));
        }
        out.push_str(&diag::render_short(&report.sources, std::slice::from_ref(diagnostic)));
    }
    out
}

/// The object of `--json` for all inputs together.
pub fn object(reports: &[Report], levels: &Levels) -> Value {
    let mut diagnostics = Vec::new();
    for report in reports {
        let Value::Array(list) = diag::to_json(&report.sources, &report.diagnostics) else { continue };
        for (mut value, diagnostic) in list.into_iter().zip(&report.diagnostics) {
            if levels.severity(diagnostic) == Severity::Error {
                value["severity"] = "error".into();
            }
            if value["file"].is_null() && !report.name.is_empty() {
                value["file"] = report.name.clone().into();
            }
            diagnostics.push(value);
        }
    }
    let (errors, warnings) = count(reports, levels);
    let status = match (errors, warnings) {
        (0, 0) => "ok",
        (0, _) => "warning",
        _ => "error",
    };
    let runs: Vec<&Run> = reports.iter().filter_map(|report| report.run.as_ref()).collect();
    let plugins = runs.iter().fold(Plugins(0), |all, run| all.union(run.plugins));
    // One executor and one count belong to one input.
    let (executor, commands) = match (reports, &runs[..]) {
        ([_], [run]) => (run.executor.clone().into(), json!({ "init": run.init_commands, "frame": run.frame_commands })),
        _ => (Value::Null, Value::Null),
    };
    json!({
        "schema": SCHEMA,
        "status": status,
        "diagnostics": diagnostics,
        "plugins": plugins.names().collect::<Vec<_>>(),
        "executor": executor,
        "commands": commands,
        "summary": { "errors": errors, "warnings": warnings },
    })
}

/// A SARIF log. Source: Static Analysis Results Interchange Format 2.1.0, OASIS standard.
pub fn sarif(reports: &[Report], levels: &Levels) -> Value {
    let mut used = BTreeSet::new();
    let mut results = Vec::new();
    let Value::Array(diagnostics) = object(reports, levels)["diagnostics"].take() else { return Value::Null };
    for (value, diagnostic) in diagnostics.iter().zip(reports.iter().flat_map(|report| &report.diagnostics)) {
        used.insert(diagnostic.code);
        let mut text = diagnostic.message.clone();
        if let Some(help) = &diagnostic.help {
            text.push('\n');
            text.push_str(help);
        }
        let mut result = json!({
            "ruleId": value["code"],
            "level": value["severity"],
            "message": { "text": text },
        });
        if !value["file"].is_null() {
            result["locations"] = json!([location(&value["file"], &value["span"])]);
        }
        // The primary label, where it has words, comes before the others.
        let labels = value["labels"].as_array().map_or(&[][..], Vec::as_slice);
        let secondary = labels.get(labels.len().saturating_sub(diagnostic.secondary.len())..).unwrap_or_default();
        let related: Vec<Value> = secondary
            .iter()
            .map(|label| {
                let mut place = location(&label["file"], &label["span"]);
                place["message"] = json!({ "text": label["message"] });
                place
            })
            .collect();
        if !related.is_empty() {
            result["relatedLocations"] = related.into();
        }
        results.push(result);
    }
    let rules: Vec<Value> = used
        .iter()
        .map(|code| {
            json!({
                "id": code.as_str(),
                "shortDescription": { "text": code.title() },
                "fullDescription": { "text": paragraph(code.explanation()) },
            })
        })
        .collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "pngine", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn location(file: &Value, span: &Value) -> Value {
    let mut physical = Map::new();
    physical.insert("artifactLocation".into(), json!({ "uri": uri(file.as_str().unwrap_or_default()) }));
    if !span.is_null() {
        let region = json!({
            "startLine": span["line"], "startColumn": span["column"],
            "endLine": span["end_line"], "endColumn": span["end_column"],
        });
        physical.insert("region".into(), region);
    }
    json!({ "physicalLocation": physical })
}

/// A path as a relative reference. Source: RFC 3986, section 2.3 (unreserved characters).
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Workflow commands, one a line, with which GitHub marks lines of a change.
pub fn github(reports: &[Report], levels: &Levels) -> String {
    let mut out = String::new();
    let object = object(reports, levels);
    for value in object["diagnostics"].as_array().into_iter().flatten() {
        let text = |key: &str| value[key].as_str().unwrap_or_default();
        out.push_str(&format!("::{} ", text("severity")));
        if !value["file"].is_null() {
            out.push_str(&format!("file={},", escape_property(text("file"))));
        }
        let span = &value["span"];
        if !span.is_null() {
            out.push_str(&format!("line={},endLine={},", span["line"], span["end_line"]));
            // Columns are for one line only.
            if span["line"] == span["end_line"] {
                out.push_str(&format!("col={},endColumn={},", span["column"], span["end_column"]));
            }
        }
        let help = value["help"].as_str().map_or(String::new(), |help| format!("%0A{}", escape_data(help)));
        out.push_str(&format!("title={}::{}{help}\n", text("code"), escape_data(text("message"))));
    }
    out
}

/// Text of a workflow command. Line breaks of an input are shown, not made: what is left to escape is what GitHub unescapes.
fn escape_data(text: &str) -> String {
    diag::escape(text).replace('%', "%25")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// An explanation as one line of text.
fn paragraph(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pngine_compiler::source::{SourceFile, Span};

    fn sample() -> Vec<Report> {
        let mut sources = SourceMap::default();
        let file = sources.add(SourceFile::new("a b.pngine", "one\ntwö three\n"));
        let diagnostics = vec![
            Diagnostic::new(Code::UnknownMacro, Span::new(file, 9, 14), "unknown macro `three`, 100 %")
                .also(Span::new(file, 0, 3), "first here")
                .help("write\n`one`"),
            Diagnostic::new(Code::MinusInArray, Span::new(file, 0, 8), "a minus"),
        ];
        let damaged = Diagnostic::global(Code::DamagedScene, "the PNG is damaged: there is no IEND");
        vec![
            Report { name: "a b.pngine".into(), sources, diagnostics, run: None },
            Report { name: "c.png".into(), diagnostics: vec![damaged], ..Report::default() },
        ]
    }

    #[test]
    fn levels_change_what_counts_as_an_error() {
        let reports = sample();
        let text = |code: &str| vec![code.to_owned()];
        assert_eq!(count(&reports, &Levels::default()), (2, 1));
        assert_eq!(count(&reports, &Levels::new(true, &[], &[]).unwrap()), (3, 0));
        assert_eq!(count(&reports, &Levels::new(false, &text("w0101"), &[]).unwrap()), (3, 0));
        assert_eq!(count(&reports, &Levels::new(false, &text("warnings"), &[]).unwrap()), (3, 0));
        let allowing = Levels::new(false, &[], &text("W0101")).unwrap();
        assert_eq!(reports[0].diagnostics.iter().filter(|diagnostic| allowing.shows(diagnostic)).count(), 1);
        for (deny, allow) in [("X1", ""), ("", "X1"), ("", "E0107"), ("W0101", "W0101")] {
            let list = |code: &str| if code.is_empty() { Vec::new() } else { text(code) };
            assert!(matches!(Levels::new(false, &list(deny), &list(allow)), Err(Failure::Usage(_))), "{deny} {allow}");
        }
    }

    #[test]
    fn findings_without_a_place_name_their_file() {
        let reports = sample();
        assert_eq!(human(&reports[1], false), "error[E0912]: the PNG is damaged: there is no IEND\n  --> c.png\n");
        assert_eq!(short(&reports[1]), "c.png: error[E0912]: the PNG is damaged: there is no IEND\n");
        assert_eq!(object(&reports, &Levels::default())["diagnostics"][2]["file"], "c.png");
    }

    #[test]
    fn github_commands_are_escaped() {
        assert_eq!(
            github(&sample(), &Levels::default()),
            "::error file=a b.pngine,line=2,endLine=2,col=5,endColumn=10,title=E0107::unknown macro `three`, 100 %25%0Awrite\\n`one`\n\
             ::warning file=a b.pngine,line=1,endLine=2,title=W0101::a minus\n\
             ::error file=c.png,title=E0912::the PNG is damaged: there is no IEND\n"
        );
    }

    #[test]
    fn sarif_has_rules_results_and_regions() {
        let log = sarif(&sample(), &Levels::default());
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 3);
        let first = &run["results"][0];
        assert_eq!(first["ruleId"], "E0107");
        assert_eq!(first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20b.pngine");
        assert_eq!(first["locations"][0]["physicalLocation"]["region"]["startColumn"], 5);
        assert_eq!(first["relatedLocations"][0]["message"]["text"], "first here");
        assert_eq!(run["results"][2]["locations"][0]["physicalLocation"].get("region"), None);
    }
}
