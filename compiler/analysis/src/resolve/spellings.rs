//! Old spellings: the lints that name the modern one, and the proof that their fixes change nothing.
//!
//! A fix is offered only where the modern spelling means the very same in the very same place. That is tried, not argued: the modern
//! text is read in the place of the old one, by the same function, and has to give the same value without a finding of its own.

use super::names::{Define, Names};
use super::notes::Notes;
use crate::language::Val;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use pngine_syntax::parse;
use pngine_syntax::tree::{Value, ValueKind};
use std::collections::{BTreeMap, BTreeSet};

impl Names<'_> {
    /// The lint about an old spelling of what stands at `span`. `old` is what is written there, with or without quotes: where something
    /// else stands, such as the name of a define, the text to change is elsewhere, and there is no fix.
    pub fn old_spelling(&self, code: Code, span: Span, old: &str, modern: &str, message: String) -> Diagnostic {
        let diagnostic = Diagnostic::new(code, span, message);
        let written = self.loaded.sources.slice(span);
        let is_quoted = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) == Some(old);
        let text = if written == old || is_quoted { self.apart(span, modern) } else { None };
        match text {
            Some(text) => diagnostic.fix(format!("write `{modern}`"), true, span, text),
            None => diagnostic.help(format!("write `{modern}`")),
        }
    }

    /// The text in the place of `span`, parted by spaces from words around it; `None` where it would become a part of what stands there.
    fn apart(&self, span: Span, text: &str) -> Option<String> {
        let source = &self.loaded.sources.files().get(span.file.0 as usize)?.text;
        let (before, after) = (source.get(..span.start as usize)?, source.get(span.end as usize..)?);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let mut left = before.chars().rev();
        let start = match left.next() {
            // The text in quotes beside it may lose its quotes too.
            Some(c) if is_word(c) || c == '"' => " ",
            Some('.' | '$') => return None,
            Some('-') if left.next().is_some_and(is_word) => return None,
            _ => "",
        };
        let end = match after.chars().next() {
            Some(c) if is_word(c) || c == '"' || c == '$' => " ",
            Some('.' | '-') if source.get(..span.end as usize)?.ends_with('"') => return None,
            _ => "",
        };
        // A name before a parenthesis is a function.
        if after.trim_start().starts_with(['(', '/']) {
            return None;
        }
        Some(format!("{start}{text}{end}"))
    }
}

impl Notes<'_> {
    /// Reports an old spelling: see [`Names::old_spelling`].
    pub fn old_spelling(&mut self, code: Code, span: Span, old: &str, modern: &str, message: String) {
        if !self.is_trial {
            self.report(self.names.old_spelling(code, span, old, modern, message));
        }
    }

    /// Reports an old spelling of a reference: `$path`, where `modern` means the same.
    pub fn old_reference(&mut self, span: Span, path: &str, modern: &str) {
        let old = format!("${path}");
        let message = format!("`{old}` is an old spelling of `{modern}`");
        self.old_spelling(Code::OldReference, span, &old, modern, message);
    }

    /// Takes the fix from the lints about `span` among findings that are not reported yet, unless what they offer means the same there:
    /// read by `read`, it must give `meant` and nothing to report.
    pub fn prove<T: PartialEq>(
        &mut self,
        findings: &mut [Diagnostic],
        span: Span,
        meant: &T,
        mut read: impl FnMut(&mut Self, &Value) -> T,
    ) -> Option<T> {
        let mut other = None;
        for finding in findings {
            if !is_old(finding) {
                continue;
            }
            let edit = finding.fixes.first().and_then(|fix| fix.edits.first());
            let Some((_, text)) = edit.filter(|(edited, _)| *edited == span) else { continue };
            let text = text.trim().to_string();
            let (found, is_same) = match parse::parse_name(span, &text) {
                Some(modern) => {
                    let mut trial = self.trial();
                    let found = read(&mut trial, &modern);
                    let is_same = trial.mark() == 0 && found == *meant;
                    (Some(found), is_same)
                }
                None => (None, false),
            };
            if !is_same {
                finding.fixes.clear();
                finding.message = finding.message.replace(&format!(" of `{text}`"), "");
                finding.help =
                    Some(format!("`{text}` alone means something else here: rename one of the two, then write the bare name"));
                other = found;
            }
        }
        other
    }

    /// [`Self::prove`] for a whole value of a property. A value that is wrong is reported as such, and not also as an old spelling.
    pub fn prove_value(
        &mut self,
        findings: &mut Vec<Diagnostic>,
        span: Span,
        meant: &Val,
        read: impl FnMut(&mut Self, &Value) -> Val,
    ) {
        if self.is_trial {
            return;
        }
        if matches!(meant, Val::Bad) {
            findings.retain(|finding| !is_old(finding) || place(finding) != Some(span));
            return;
        }
        let other = self.prove(findings, span, meant, read);
        if let Some(Val::Decl(ns, index)) = other {
            let other = self.names.declaration(ns, index);
            for finding in findings.iter_mut().filter(|finding| is_unproved(finding, span)) {
                finding.secondary.clear();
                *finding = finding.clone().also(other.name_span, "the bare name means this one");
            }
        }
    }
}

/// Findings without the fixes that are right in the one place where they were tried, and not in all: those in a define that something
/// else reads too, and those in one of two equal declarations. `define_uses` is how often the value of each define was read; the names of
/// those `in_shaders` stand in shader text, which gets their values as they are written.
pub(super) fn settled(
    findings: Vec<Diagnostic>,
    names: &Names<'_>,
    define_uses: &BTreeMap<usize, usize>,
    in_shaders: &BTreeSet<usize>,
) -> Vec<Diagnostic> {
    // How many lints agree on a fix, and what it writes.
    let mut agreed: BTreeMap<Span, (usize, &str)> = BTreeMap::new();
    let mut refused = BTreeSet::new();
    for finding in findings.iter().filter(|finding| is_old(finding)) {
        let Some(span) = place(finding) else { continue };
        match finding.fixes.first().and_then(|fix| fix.edits.first()) {
            Some((_, text)) => agreed.entry(span).or_insert((0, text)).0 += 1,
            None => _ = refused.insert(span),
        }
    }
    if agreed.is_empty() {
        return findings;
    }
    let mut defines: Vec<Define<'_>> = names.defines().map(|(_, define)| define).collect();
    defines.sort_unstable_by_key(|define| define.value.span);
    for (&span, &(count, text)) in &agreed {
        let is_in_twin = around(&names.twins, span, |twin| *twin).is_some();
        let is_shared = around(&defines, span, |define| define.value.span).is_some_and(|Define { value, index, .. }| {
            // What a define is as a whole says where it is looked up.
            let is_whole = value.span == span && (matches!(value.kind, ValueKind::Ident(_)) || !text.contains('.'));
            is_whole || in_shaders.contains(index) || define_uses.get(index) != Some(&count)
        });
        if is_in_twin || is_shared {
            refused.insert(span);
        }
    }
    let settle = |mut finding: Diagnostic| {
        if is_old(&finding) && place(&finding).is_some_and(|span| refused.contains(&span)) && !finding.fixes.is_empty() {
            finding.help = finding.fixes.drain(..).next().map(|fix| fix.title);
        }
        finding
    };
    findings.into_iter().map(settle).collect()
}

fn is_old(finding: &Diagnostic) -> bool {
    matches!(finding.code, Code::OldReference | Code::OldSpelling)
}

fn place(finding: &Diagnostic) -> Option<Span> {
    finding.primary.as_ref().map(|label| label.span)
}

/// Whether this is a lint about `span` whose modern spelling means something else.
fn is_unproved(finding: &Diagnostic, span: Span) -> bool {
    is_old(finding) && finding.fixes.is_empty() && place(finding) == Some(span)
}

/// The last of sorted spans, which do not overlap, that `inner` lies in.
fn around<T>(spans: &[T], inner: Span, span_of: impl Fn(&T) -> Span) -> Option<&T> {
    let at = spans.partition_point(|one| (span_of(one).file, span_of(one).start) <= (inner.file, inner.start));
    spans.get(at.checked_sub(1)?).filter(|one| span_of(one).file == inner.file && inner.end <= span_of(one).end)
}
