//! The regions of `docs/diagnostics.md`: every code with what it means.

use super::regions::Regions;
use pngine_compiler::diag::{Code, Severity};
use std::fmt::Write as _;

/// All regions of the page.
pub fn regions() -> Regions {
    let mut out = String::from("| code | severity | what | meaning |\n|---|---|---|---|\n");
    let mut codes: Vec<Code> = Code::ALL.to_vec();
    codes.sort_by_key(|code| (code.as_str().len(), code.as_str()[1..].to_string(), code.as_str()));
    for code in codes {
        let severity = match code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let meaning = code.explanation().split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| {} | {severity} | {} | {meaning} |", code.as_str(), code.title());
    }
    Regions::from([("codes", out)])
}
