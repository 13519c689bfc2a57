//! The regions of `docs/diagnostics.md`: every code with what it means, and an example of it.

use super::regions::Regions;
use pngine_compiler::diag::{Code, Example, Severity};
use std::fmt::Write as _;

/// All regions of the page.
pub fn regions() -> Regions {
    let mut table = String::from("| code | severity | what |\n|---|---|---|\n");
    let mut pages = String::new();
    let mut codes: Vec<Code> = Code::ALL.to_vec();
    codes.sort_by_key(|code| (code.as_str().len(), code.as_str()[1..].to_string(), code.as_str()));
    for code in codes {
        let severity = match code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let (name, title) = (code.as_str(), code.title());
        // Writing to a String cannot fail.
        let _ = writeln!(table, "| [{name}](#{}) | {severity} | {title} |", name.to_lowercase());
        let meaning = code.explanation().split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = write!(pages, "### {name}\n\n*{title}* ({severity}). {meaning}\n\n");
        match code.example() {
            None => {}
            Some(Example::Words { wrong, right }) => {
                let _ = write!(pages, "- Wrong: {wrong}\n- Right: {right}\n\n");
            }
            Some(Example::Scene(files)) => {
                for file in files {
                    if !file.path.is_empty() {
                        let _ = write!(pages, "`{}`:\n\n", file.path);
                    }
                    let _ = write!(pages, "```diff\n{}```\n\n", file.patch());
                }
            }
        }
    }
    Regions::from([("codes", table), ("pages", pages)])
}
