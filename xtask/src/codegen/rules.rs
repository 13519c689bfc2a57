//! The regions of `docs/rules.md`: every rule of WebGPU, and what becomes of a scene that breaks it.

use super::regions::Regions;
use pngine_analysis::rules::{Rule, SECTIONS, Section, Verdict};
use pngine_compiler::diag::Code;
use std::fmt::Write as _;

/// All regions of the page.
pub fn regions() -> Regions {
    Regions::from([("sections", sections()), ("rules", rules())])
}

/// The sections with how many conditions they have.
fn sections() -> String {
    let mut out = String::from("| section | conditions | held | impossible to break |\n|---|---|---|---|\n");
    // Writing to a String cannot fail, here and below.
    for section in SECTIONS.iter().filter(|section| !section.anchor.is_empty()) {
        let held: u32 = section.rules.iter().filter(|rule| is_held(rule)).map(|rule| rule.conditions).sum();
        let _ = writeln!(
            out,
            "| [{}]({}) | {} | {held} | {} |",
            section.title,
            url(section),
            section.conditions,
            section.conditions - held
        );
    }
    out
}

/// The rules of each section.
fn rules() -> String {
    let mut out = String::new();
    for section in SECTIONS {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}## {}\n", section.title);
        if !section.anchor.is_empty() {
            let _ = writeln!(out, "[#{}]({})\n", section.anchor, url(section));
        }
        out.push_str("|  | rule | code | bad scene | good scene |\n|---|---|---|---|---|\n");
        for rule in section.rules {
            let count = if rule.conditions > 1 { rule.conditions.to_string() } else { String::new() };
            let _ = match rule.verdict {
                Verdict::Refused { codes, err, ok } => writeln!(
                    out,
                    "| {count} | {} | {} | {} | {} |",
                    rule.text,
                    codes.iter().copied().map(Code::as_str).collect::<Vec<_>>().join(" "),
                    names(err),
                    names(ok)
                ),
                Verdict::Impossible(reason) => writeln!(out, "| {count} | {} | – | {reason} |  |", rule.text),
            };
        }
    }
    out
}

fn is_held(rule: &Rule) -> bool {
    matches!(rule.verdict, Verdict::Refused { .. })
}

fn url(section: &Section) -> String {
    format!("https://www.w3.org/TR/webgpu/#{}", section.anchor)
}

fn names(files: &[&str]) -> String {
    files.iter().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(" ")
}
