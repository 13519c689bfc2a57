//! One cause, one finding.
//!
//! A wrong value is met by every rule that reads it: a texture whose format was changed disagrees with each pipeline that draws to it. Its
//! author made one mistake and wants one finding, where the mistake is. Which value that is cannot be told from one rule alone, so it is
//! tried: where there are several findings, values that they have to do with are changed, one at a time, and the scene is looked at
//! again. A change that mends several findings and brings no new one shows their common cause; they become one finding there, which
//! offers the change. Independent mistakes stay apart, because no single change mends them.
//!
//! Nothing here knows a rule: what depends on a value is what changes with it.

mod candidates;
mod same;

use crate::limits::{MAX_TRIED_BYTES, MOST_BY_CHANCE, MOST_JOINED, MOST_LABELS, MOST_TRIAL_STEPS};
use candidates::Candidate;
use pngine_source::diag::{Code, Diagnostic, Severity};
use pngine_source::source::{FileId, Span};
use pngine_syntax::load::Loaded;
pub use same::{join_names, to_one};
use std::collections::BTreeMap;

/// How many changes are tried: fewer where there are more findings, because these have most likely more causes than one.
fn trials(findings: usize, steps: u64) -> usize {
    let affordable = MOST_TRIAL_STEPS / steps.max(1);
    let most = match findings {
        0..=6 => 120,
        7..=20 => 60,
        _ => 24,
    };
    most.min(usize::try_from(affordable).unwrap_or(most))
}

/// Joins findings that one change of the entry file would mend. `again` gives the findings about the entry file with another text.
/// `steps` is how much work it was to make its data.
pub fn join(
    loaded: &Loaded,
    mut findings: Vec<Diagnostic>,
    steps: u64,
    again: &dyn Fn(&str) -> Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let (Some(tree), Some(file)) = (loaded.trees.first(), loaded.sources.files().first()) else { return findings };
    let is_error = |finding: &Diagnostic| finding.severity() == Severity::Error;
    // What could not be read could be anything.
    let is_damaged = findings.iter().any(|finding| finding.code.as_str().starts_with("E01"));
    if findings.len() < 2
        || findings.len() > MOST_JOINED
        || file.text.len() > MAX_TRIED_BYTES
        || is_damaged
        || !findings.iter().any(is_error)
    {
        return findings;
    }
    let before = counts(&findings);
    let mut left = trials(findings.len(), steps);
    let mut joined: Vec<Diagnostic> = Vec::new();
    // A change mends what it has to do with, so what one change does not mend may have another cause.
    while findings.len() > 1 && findings.iter().any(is_error) {
        let mut best: Option<(Vec<usize>, Candidate)> = None;
        for candidate in candidates::candidates(tree, &file.text, &findings) {
            if left == 0 {
                break;
            }
            left -= 1;
            let after = counts(&again(&candidate.apply(&file.text)));
            if after.iter().any(|(key, count)| before.get(key).is_none_or(|known| known < count)) {
                continue;
            }
            let mended: Vec<usize> = (0..findings.len()).filter(|at| !after.contains_key(&key(&findings[*at]))).collect();
            let has_error = mended.iter().any(|at| is_error(&findings[*at]));
            let is_all = mended.len() == findings.len();
            // What mends only some of several mistakes may do so by chance: that it is their cause takes more of them to believe.
            // Two of a kind that another number would do for may each have a number too large.
            let is_pair = matches!(mended.as_slice(), [a, b] if findings[*a].code == findings[*b].code);
            let is_chance = is_pair && candidate.text.parse::<f64>().is_ok();
            let is_cause = mended.len() > 1 && !is_chance && (is_all || (mended.len() >= MOST_BY_CHANCE && candidate.is_named));
            if is_cause && has_error && best.as_ref().is_none_or(|(most, _)| most.len() < mended.len()) {
                best = Some((mended, candidate));
                if is_all {
                    break;
                }
            }
        }
        let Some((mended, candidate)) = best else { break };
        let (mut rest, mut group) = (Vec::new(), Vec::new());
        for (at, finding) in findings.into_iter().enumerate() {
            if mended.contains(&at) { group.push(finding) } else { rest.push(finding) }
        }
        joined.extend(one(group, &candidate));
        findings = rest;
    }
    joined.append(&mut findings);
    joined
}

/// What tells a finding from others, wherever it stands.
fn key(finding: &Diagnostic) -> (Code, String) {
    (finding.code, finding.message.clone())
}

fn counts(findings: &[Diagnostic]) -> BTreeMap<(Code, String), usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(key(finding)).or_default() += 1;
    }
    counts
}

/// The finding in the place of several that a change mends.
fn one(group: Vec<Diagnostic>, candidate: &Candidate) -> Option<Diagnostic> {
    let cause = candidate.span;
    let touches = |span: Span| span.file == FileId(0) && span.start <= cause.end && cause.start <= span.end;
    let rank = |finding: &Diagnostic| {
        let at_cause = finding.primary.as_ref().is_some_and(|label| touches(label.span));
        let names_cause = finding.secondary.iter().any(|label| touches(label.span));
        (finding.severity(), !at_cause, !names_cause)
    };
    let best = group.iter().enumerate().min_by_key(|(_, finding)| rank(finding))?.0;
    let mut rest = group;
    let mut one = rest.remove(best);
    let at_cause = one.primary.as_ref().is_some_and(|label| touches(label.span));
    if !at_cause {
        let old = one.primary.take();
        one.secondary.retain(|label| label.span != cause);
        one.primary = Some(pngine_source::diag::Label { span: cause, message: String::new() });
        if let Some(old) = old {
            let message = if old.message.is_empty() { "this does not fit".to_string() } else { old.message };
            one.secondary.insert(0, pngine_source::diag::Label { span: old.span, message });
        }
    }
    let mut left_out = 0;
    for other in rest {
        let Some(label) = other.primary else { continue };
        let is_known = one.primary.iter().chain(&one.secondary).any(|known| known.span == label.span);
        if is_known {
            continue;
        }
        if one.secondary.len() < MOST_LABELS {
            one.secondary.push(pngine_source::diag::Label { span: label.span, message: other.message });
        } else {
            left_out += 1;
        }
    }
    let more = match left_out {
        0 => String::new(),
        1 => ", and of one more finding".to_string(),
        count => format!(", and of {count} more findings"),
    };
    // One that offers a change itself knows better what was meant.
    if at_cause && !one.fixes.is_empty() {
        return Some(one);
    }
    one.help = Some(format!("this is the cause of all that is marked here{more}; to fix it, {}", candidate.title));
    one.fixes.clear();
    Some(one.fix(candidate.title.clone(), false, cause, candidate.text.clone()))
}
