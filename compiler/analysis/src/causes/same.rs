//! Findings that are one by what they say: guesses about a damaged part of the text, the same name at several places, the same
//! disagreement with one declaration. No trial is needed for these.

use crate::limits::{MOST_JOINED, MOST_LABELS};
use crate::resolve::PREVIOUS;
use pngine_source::diag::{Clue, Code, Diagnostic, Label, Severity};
use pngine_source::source::Span;
use pngine_syntax::load::Loaded;
use pngine_syntax::tree::Item;
use std::collections::{BTreeMap, BTreeSet};

/// The one finding that all findings come down to, if they do: what only follows from another one is dropped, and those that say the
/// same are joined. Where more than one is left there are several mistakes, of which two may well say the same: they stay as they are.
pub fn to_one(loaded: &Loaded, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if findings.len() < 2 || findings.len() > MOST_JOINED {
        return findings;
    }
    let joined = joined(loaded, findings.clone());
    if joined.len() == 1 { joined } else { findings }
}

/// Joins findings about one name that nothing has, wherever it is looked for among the same kinds: each use is wrong for one reason.
pub fn join_names(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    let mut first: BTreeMap<(String, Option<String>, usize), usize> = BTreeMap::new();
    for finding in findings {
        let key = match (&finding.clue, finding.code) {
            // The kinds that are looked through may be more in one place than in another.
            (Some(Clue::Undefined { kinds, is_in_shader: false, .. }), _) => {
                (finding.message.clone(), kinds.first().cloned(), kinds.len().min(3))
            }
            (_, Code::UndefinedName | Code::UnknownPath) => (finding.message.clone(), None, 0),
            _ => {
                kept.push(finding);
                continue;
            }
        };
        match first.get(&key).and_then(|at| kept.get_mut(*at)) {
            None => {
                first.insert(key, kept.len());
                kept.push(finding);
            }
            Some(one) => add(one, finding),
        }
    }
    kept
}

fn joined(loaded: &Loaded, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let findings = without_consequences(loaded, findings);
    let mut kept: Vec<(Diagnostic, Topic)> = Vec::with_capacity(findings.len());
    let (first, later): (Vec<Diagnostic>, Vec<Diagnostic>) =
        findings.into_iter().partition(|finding| finding.code != Code::WgslUnknownName);
    // A scene knows better than a shader what a name may have been, so its findings come first.
    for finding in first.into_iter().chain(later) {
        let topic = Topic::of(&finding);
        match kept.iter_mut().find(|(known, about)| topic.is_same(about, &finding, known)) {
            Some((known, about)) => {
                about.merge(&topic);
                add(known, finding);
            }
            None => kept.push((finding, topic)),
        }
    }
    kept.into_iter().map(|(finding, _)| finding).collect()
}

/// What a finding is about, if others may be about the same.
enum Topic {
    /// A name that nothing has, and the kinds of declarations that were looked through: `#buffer`.
    Name { name: String, kinds: BTreeSet<String>, is_in_shader: bool },
    /// A feature that the scene does not ask for.
    Feature,
    /// A disagreement.
    Other,
}

/// What a shader can see of a scene by its name.
const SEEN_BY_SHADERS: [&str; 4] = ["#define", "#pass", "#wgsl", "#data"];

impl Topic {
    fn of(finding: &Diagnostic) -> Self {
        match (&finding.clue, finding.code) {
            (Some(Clue::Undefined { name, is_in_shader: true, .. }), _) => Topic::Name {
                // What a pass drew in the frame before is named after it (language reference, section 13).
                name: name.strip_prefix(PREVIOUS).unwrap_or(name).to_string(),
                kinds: SEEN_BY_SHADERS.iter().map(|kind| (*kind).to_string()).collect(),
                is_in_shader: true,
            },
            // `photo.width`: what has no such name may have been an image, or a shader.
            (Some(Clue::Undefined { name, kinds, .. }), _) => {
                Topic::Name { name: name.clone(), kinds: kinds.iter().cloned().collect(), is_in_shader: false }
            }
            (_, Code::FeatureMissing) => Topic::Feature,
            _ => Topic::Other,
        }
    }

    /// Whether two findings have one cause: `a` and `b` are what they say.
    fn is_same(&self, other: &Self, a: &Diagnostic, b: &Diagnostic) -> bool {
        match (self, other) {
            (
                Topic::Name { name, kinds, is_in_shader },
                Topic::Name { name: other, kinds: others, is_in_shader: other_in_shader },
            ) => {
                // One declaration mends both if it may be of one kind; where no kinds are told, it may be of any, but shaders see few.
                let any = kinds.is_empty() || others.is_empty();
                name == other && ((any && is_in_shader == other_in_shader) || !kinds.is_disjoint(others))
            }
            (Topic::Feature, Topic::Feature) => true,
            (Topic::Other, Topic::Other) => {
                a.code == b.code
                    && a.message == b.message
                    && a.severity() == Severity::Error
                    && (a.message.contains('`') || shares_a_place(a, b))
                    && !a.code.as_str().starts_with("E01")
                    && a.primary.as_ref().map(|label| label.span) != b.primary.as_ref().map(|label| label.span)
            }
            (Topic::Name { .. } | Topic::Feature | Topic::Other, _) => false,
        }
    }

    fn merge(&mut self, more: &Self) {
        if let (Topic::Name { kinds, .. }, Topic::Name { kinds: more, .. }) = (self, more) {
            kinds.extend(more.iter().cloned());
        }
    }
}

/// Whether two findings clash with one thing.
fn shares_a_place(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.secondary.iter().any(|label| b.secondary.iter().any(|other| other.span == label.span))
}

/// Adds a place to the finding about the first.
fn add(one: &mut Diagnostic, other: Diagnostic) {
    let Some(label) = other.primary else { return };
    let is_known = |span: Span| one.primary.iter().chain(&one.secondary).any(|known| known.span == span);
    let is_name = matches!(one.code, Code::UndefinedName | Code::UnknownPath);
    let words = match other.message == one.message {
        true if is_name => "used here too".to_string(),
        true => "here too".to_string(),
        false => other.message,
    };
    let is_new = !is_known(label.span);
    if let (Some(fix), Some(more)) = (one.fixes.first_mut(), other.fixes.into_iter().next())
        && fix.title == more.title
        && is_new
        // One that asks for a feature does so once.
        && one.code != Code::FeatureMissing
    {
        fix.edits.extend(more.edits);
    }
    let uses = one.secondary.iter().filter(|label| label.message == words).count();
    if is_new && uses < MOST_LABELS && one.secondary.len() < 2 * MOST_LABELS {
        one.secondary.push(Label { span: label.span, message: words });
    }
}

/// Drops guesses about what could not be read, and what is said of something unused while what may use it is wrong.
fn without_consequences(loaded: &Loaded, mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let items: Vec<Span> = loaded.trees.iter().flat_map(|tree| &tree.items).map(span_of).collect();
    let item_of = |span: Span| items.iter().position(|item| touch(*item, span));
    let place = |finding: &Diagnostic| finding.primary.as_ref().map(|label| label.span);
    let damaged: Vec<(Code, Span)> = findings
        .iter()
        .filter(|finding| finding.code.as_str().starts_with("E01"))
        .filter_map(|finding| Some((finding.code, place(finding)?)))
        .collect();
    let damaged_items: BTreeSet<usize> = damaged.iter().filter_map(|(_, span)| item_of(*span)).collect();
    let wrong_items: BTreeSet<usize> = findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Error)
        .flat_map(|finding| finding.primary.iter().chain(&finding.secondary))
        .filter_map(|label| item_of(label.span))
        .collect();
    let swallowed: Vec<&str> = damaged
        .iter()
        .filter(|(code, _)| *code == Code::UnterminatedString)
        .filter_map(|(_, span)| loaded.sources.files().get(span.file.0 as usize)?.text.get(span.start as usize..))
        .collect();
    let uses = |kind: &String| {
        kind.ends_with("Pass") || kind.ends_with("Pipeline") || matches!(kind.as_str(), "#renderBundle" | "#bindGroup")
    };
    let lacks_a_user = findings.iter().any(|finding| match &finding.clue {
        Some(Clue::LacksGroup) => true,
        Some(Clue::Undefined { kinds, .. }) => kinds.iter().any(uses),
        _ => finding.code == Code::DuplicateName,
    });
    let mut braces: BTreeSet<usize> = BTreeSet::new();
    let undefined: BTreeSet<String> = findings.iter().filter_map(undefined_name).collect();
    let mut seen: Vec<(Code, Span)> = Vec::new();
    let clear: BTreeSet<u32> = findings
        .iter()
        .filter(|finding| finding.code == Code::UnexpectedToken && finding.clue != Some(Clue::Vague))
        .filter_map(|finding| Some(place(finding)?.start))
        .collect();
    findings.retain(|finding| {
        let Some(span) = place(finding) else { return true };
        let keeps = match finding.code {
            // What the damaged part would have said is unknown.
            Code::MissingProperty => item_of(span).is_none_or(|item| !damaged_items.contains(&item)),
            Code::WrongType | Code::UnknownProperty => !damaged
                .iter()
                .any(|(_, damaged)| touch(*damaged, span) || (item_of(*damaged) == item_of(span) && damaged.start > span.start)),
            // The second of two signs, and what follows an opening delimiter that nothing closes.
            Code::UnexpectedToken => {
                let is_vague = finding.clue == Some(Clue::Vague);
                let is_said = |(code, said): &(Code, Span)| {
                    (*code == Code::UnexpectedToken && said.start == span.start)
                        || (*code == Code::UnbalancedDelimiter && said.end == span.start)
                };
                (!is_vague || !clear.contains(&span.start))
                    && !seen.iter().any(is_said)
                    && !damaged.iter().any(|at| at.0 == Code::UnbalancedDelimiter && is_said(at))
            }
            Code::UndefinedName => {
                let name = undefined_name(finding);
                !name.is_some_and(|name| swallowed.iter().any(|text| text.contains(&name)))
            }
            Code::UnknownLayout => !(lacks_a_user && finding.clue == Some(Clue::LacksUser)),
            // `size=corners` in a `#buffer corners` means the data of that name.
            Code::DefineCycle => {
                let text = loaded.sources.files().get(span.file.0 as usize);
                let word = text.and_then(|file| file.text.get(span.start as usize..span.end as usize));
                !word.is_some_and(|word| undefined.contains(word))
            }
            // A brace too few or too many in a shader has what follows it read wrongly.
            Code::WgslSyntax => {
                let (Some(item), Some(Clue::Braces { is_cause, is_consequence })) = (item_of(span), &finding.clue) else {
                    return true;
                };
                let is_guess = braces.contains(&item) && *is_consequence;
                if *is_cause {
                    braces.insert(item);
                }
                !is_guess
            }
            Code::NoEffect
            | Code::UnusedBinding
            | Code::UnusedAttribute
            | Code::IdleGroup
            | Code::CanvasFormat
            | Code::ClearNotRead => item_of(span).is_none_or(|item| !wrong_items.contains(&item)),
            _ => true,
        };
        if keeps {
            seen.push((finding.code, span));
        }
        keeps
    });
    findings
}

fn undefined_name(finding: &Diagnostic) -> Option<String> {
    match &finding.clue {
        Some(Clue::Undefined { name, .. }) if finding.code == Code::UndefinedName => Some(name.clone()),
        _ => None,
    }
}

fn span_of(item: &Item) -> Span {
    match item {
        Item::Macro(declared) => declared.span,
        Item::Define { span, .. } | Item::Import { span, .. } | Item::Error(span) => *span,
    }
}

fn touch(a: Span, b: Span) -> bool {
    a.file == b.file && a.start <= b.end && b.start <= a.end
}
