//! Diagnostics for people: the long form with source lines and carets, drawn by ariadne, and one line each.
//!
//! ariadne never sees a file. It gets an excerpt that holds the labelled lines only, at their own line numbers, with control
//! characters escaped and long lines cut, and spans that are mapped into it. So no text can confuse it or the terminal, its cost
//! does not depend on the size of the file, and the position in the header is the one that `SourceFile` computes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;

use ariadne::{Cache, Color, Config, IndexType, Report, ReportKind, Source};

use super::escape::{self, escape};
use super::facts::fact;
use super::{Diagnostic, Label, Phase, Severity};
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// Longest part of a line that is shown, in characters. Longer lines are cut around their label. Picked by feel.
const SHOWN_COLUMNS: usize = 160;
/// What is kept in front of the label when a line is cut, in characters. Picked by feel.
const COLUMNS_BEFORE: usize = 60;
/// Greatest line number of which an excerpt is shown. An excerpt holds an empty line for each line above, so this bounds it.
const LAST_SHOWN_LINE: u32 = 500_000;
/// Labels further apart than this, in lines, are not drawn in one picture; the second becomes a note.
const FURTHEST_LABEL: u32 = 20_000;
/// Stands for the position in ariadne's header until it is replaced by ours; no sanitized text contains it.
const HEADER_MARK: &str = "\u{1}";

/// Renders diagnostics for people, in the given order: code, message, source line, carets, labels, help, fixes.
///
/// With `color`, ANSI escapes are used. Text from the sources never reaches the output with its control characters: see [`escape`].
pub fn render(sources: &SourceMap, diagnostics: &[Diagnostic], color: bool) -> String {
    let mut excerpts = Excerpts::new(sources, diagnostics);
    let mut out = String::new();
    for diagnostic in diagnostics {
        let drawn = draw(sources, &mut excerpts, diagnostic, color);
        for line in drawn.unwrap_or_else(|| plain(sources, diagnostic, color)).lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

/// Renders each diagnostic as one line, `file:line:column: error[E0201]: message`; without a place it starts with the severity.
pub fn render_short(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        if let Some(place) = diagnostic.primary.as_ref().and_then(|label| place(sources, label.span)) {
            let _ = write!(out, "{place}: ");
        }
        let _ = writeln!(out, "{}: {}", heading(diagnostic), escape(&diagnostic.message));
    }
    out
}

/// `error[E0201]`.
fn heading(diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    format!("{severity}[{}]", diagnostic.code.as_str())
}

/// `file:line:column` of the span's start; `None` if its file is not among the sources.
fn place(sources: &SourceMap, span: Span) -> Option<String> {
    let file = sources.get(span.file)?;
    let position = file.position(span.start);
    Some(format!("{}:{}:{}", escape(&file.name), position.line, position.column))
}

/// Lines below the picture: labels that could not be drawn, then the command at fault.
fn notes<'a>(sources: &SourceMap, diagnostic: &Diagnostic, labels: impl Iterator<Item = &'a Label>) -> Vec<String> {
    let mut notes: Vec<String> = labels
        .filter_map(|label| {
            let place = place(sources, label.span)?;
            Some(if label.message.is_empty() { place } else { format!("{}: {place}", escape(&label.message)) })
        })
        .collect();
    if let Some(command) = &diagnostic.command {
        let when = match command.phase {
            Phase::Init => "init".to_owned(),
            Phase::Frame => format!("frame {}", command.frame),
        };
        notes.push(format!("command {} of {when}: {}", command.index, escape(&command.opcode)));
    }
    notes
}

/// The help text, then the titles of fixes that it does not already say.
fn helps(diagnostic: &Diagnostic) -> Vec<String> {
    let mut helps: Vec<String> = diagnostic.help.iter().map(|help| escape(help).into_owned()).collect();
    for fix in &diagnostic.fixes {
        let title = escape(&fix.title).into_owned();
        let is_said = |help: &String| {
            help.contains(&title) || fix.edits.iter().all(|(_, text)| help.contains(&format!("`{}`", escape(text))))
        };
        if !helps.iter().any(is_said) {
            helps.push(title);
        }
    }
    helps
}

/// A diagnostic without a picture: for findings without a place, and for places that cannot be drawn.
fn plain(sources: &SourceMap, diagnostic: &Diagnostic, color: bool) -> String {
    let (on, off) = match (color, diagnostic.severity()) {
        (false, _) => ("", ""),
        (true, Severity::Error) => ("\u{1b}[31m", "\u{1b}[0m"),
        (true, Severity::Warning) => ("\u{1b}[33m", "\u{1b}[0m"),
    };
    let mut out = format!("{on}{}:{off} {}\n", heading(diagnostic), escape(&diagnostic.message));
    if let Some(primary) = &diagnostic.primary
        && let Some(place) = place(sources, primary.span)
    {
        let gap = if primary.message.is_empty() { "" } else { ": " };
        let _ = writeln!(out, "  --> {place}{gap}{}", escape(&primary.message));
    }
    for note in notes(sources, diagnostic, diagnostic.secondary.iter()) {
        let _ = writeln!(out, "  note: {note}");
    }
    for help in helps(diagnostic) {
        let _ = writeln!(out, "  help: {help}");
    }
    out
}

/// The diagnostic as ariadne draws it; `None` where there is nothing to draw.
fn draw(sources: &SourceMap, excerpts: &mut Excerpts, diagnostic: &Diagnostic, color: bool) -> Option<String> {
    let primary = diagnostic.primary.as_ref()?;
    let file = sources.get(primary.span.file)?;
    let primary_line = file.position(primary.span.start).line;
    if primary_line > LAST_SHOWN_LINE {
        return None;
    }

    // Labels that can be in the picture: in the primary's file, and not too far from it.
    let (near, far): (Vec<&Label>, Vec<&Label>) = diagnostic.secondary.iter().partition(|label| {
        let line = file.position(label.span.start).line;
        label.span.file == primary.span.file && line <= LAST_SHOWN_LINE && line.abs_diff(primary_line) <= FURTHEST_LABEL
    });
    let own;
    let excerpt = if near.iter().chain([&primary]).any(|label| is_long(file, label.span)) {
        own = Excerpt::new(file, std::iter::once(primary.span).chain(near.iter().map(|label| label.span)));
        &own
    } else {
        excerpts.of(primary.span.file)?
    };

    let marked = match diagnostic.severity() {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
    };
    let span = excerpt.map(file, primary.span)?;
    // A label without words would not be drawn at all.
    let words = if primary.message.is_empty() { fact(diagnostic.code).to_owned() } else { escape(&primary.message).into_owned() };
    let mut labels = vec![(span.clone(), words, marked)];
    let mut undrawn = Vec::new();
    for label in near {
        match excerpt.map(file, label.span) {
            Some(span) => labels.push((span, escape(&label.message).into_owned(), Color::Cyan)),
            None => undrawn.push(label),
        }
    }
    // Out of order, ariadne would start a second picture of the same file.
    labels.sort_by_key(|(span, ..)| (span.start, span.end));

    let heading = heading(diagnostic);
    let config = Config::default().with_color(color).with_index_type(IndexType::Byte);
    let mut report = Report::build(ReportKind::Custom(&heading, marked), span)
        .with_config(config)
        .with_message(escape(&diagnostic.message))
        .with_labels(
            labels.into_iter().map(|(span, words, color)| ariadne::Label::new(span).with_message(words).with_color(color)),
        );
    report.with_helps(helps(diagnostic));
    report.with_notes(notes(sources, diagnostic, undrawn.into_iter().chain(far)));

    let mut bytes = Vec::new();
    report.finish().write(excerpt, &mut bytes).ok()?;
    let mut drawn = String::from_utf8(bytes).ok()?;
    // ariadne paints the heading whatever its configuration says.
    drawn = if color { repainted(&drawn) } else { unpainted(&drawn) };
    // The header reads `MARK:line:column `, counted in the excerpt.
    let (before, header) = drawn.split_once(HEADER_MARK)?;
    let (_, after) = header.split_once(' ')?;
    Some(format!("{before}{} {after}", place(sources, primary.span)?))
}

/// The labelled lines of one file, at their line numbers, safe to print.
struct Excerpt {
    source: Source<String>,
    lines: BTreeMap<u32, ExcerptLine>,
}

/// One line of an excerpt.
struct ExcerptLine {
    /// The bytes of the file that are shown.
    bytes: Range<u32>,
    /// Whether the line goes on behind them.
    is_cut: bool,
    /// Where they start in the excerpt.
    at: usize,
}

impl Excerpt {
    /// The lines in which `spans` start. Where a line is cut, the first span on it is kept in view.
    fn new(file: &SourceFile, spans: impl Iterator<Item = Span>) -> Self {
        let mut wanted: BTreeMap<u32, u32> = BTreeMap::new();
        for span in spans {
            let line = file.position(span.start).line;
            if line <= LAST_SHOWN_LINE {
                wanted.entry(line).or_insert(file.floor_boundary(span.start));
            }
        }
        let mut text = String::new();
        let mut lines = BTreeMap::new();
        let mut next_line = 1;
        for (line, focus) in wanted {
            let Some(range) = file.line_range(line) else { continue };
            text.extend(std::iter::repeat_n('\n', (line - next_line) as usize));
            let shown = window(file, range.clone(), focus);
            if shown.start > range.start {
                text.push('…');
            }
            let at = text.len();
            slice(file, shown.clone()).chars().for_each(|c| push_shown(&mut text, c));
            let is_cut = shown.end < range.end;
            if is_cut {
                text.push('…');
            }
            // ariadne finds the end of a line only if something stands behind it.
            text.push_str(" \n");
            lines.insert(line, ExcerptLine { bytes: shown, is_cut, at });
            next_line = line + 1;
        }
        text.push(' ');
        Self { source: Source::from(text), lines }
    }

    /// Where `span` is in the excerpt, cut to its first line; `None` if its start is not shown.
    fn map(&self, file: &SourceFile, span: Span) -> Option<Range<usize>> {
        let shown = self.lines.get(&file.position(span.start).line)?;
        let end_of_shown = shown.bytes.end;
        let start = file.floor_boundary(span.start);
        if start < shown.bytes.start || (shown.is_cut && start >= end_of_shown) {
            return None;
        }
        // A span may start on the line end itself, which is not shown.
        let start = start.min(end_of_shown);
        let end = file.ceil_boundary(span.end).clamp(start, end_of_shown);
        let offset = |to: u32| {
            let mut before = String::new();
            slice(file, shown.bytes.start..to).chars().for_each(|c| push_shown(&mut before, c));
            before.len()
        };
        Some(shown.at + offset(start)..shown.at + offset(end))
    }
}

impl Cache<()> for &Excerpt {
    type Storage = String;

    fn fetch(&mut self, _: &()) -> Result<&Source<String>, impl std::fmt::Debug> {
        Ok::<_, ()>(&self.source)
    }

    fn display<'a>(&self, _: &'a ()) -> Option<impl std::fmt::Display + 'a> {
        Some(HEADER_MARK)
    }
}

/// One excerpt per file for all diagnostics whose lines need not be cut.
struct Excerpts(BTreeMap<FileId, Excerpt>);

impl Excerpts {
    fn new(sources: &SourceMap, diagnostics: &[Diagnostic]) -> Self {
        let mut spans: BTreeMap<FileId, BTreeSet<Span>> = BTreeMap::new();
        for diagnostic in diagnostics {
            let Some(primary) = &diagnostic.primary else { continue };
            for label in std::iter::once(primary).chain(&diagnostic.secondary) {
                if let Some(file) = sources.get(label.span.file)
                    && !is_long(file, label.span)
                {
                    spans.entry(label.span.file).or_default().insert(label.span);
                }
            }
        }
        Self(spans.into_iter().filter_map(|(id, spans)| Some((id, Excerpt::new(sources.get(id)?, spans.into_iter())))).collect())
    }

    fn of(&self, file: FileId) -> Option<&Excerpt> {
        self.0.get(&file)
    }
}

/// Whether the line in which `span` starts must be cut to be shown.
fn is_long(file: &SourceFile, span: Span) -> bool {
    file.line_range(file.position(span.start).line).is_some_and(|range| {
        // A short line needs no counting: it has at most as many characters as bytes.
        range.len() > SHOWN_COLUMNS && slice(file, range).chars().nth(SHOWN_COLUMNS).is_some()
    })
}

/// The part of the line `range` to show so that the character at `focus` is in view.
fn window(file: &SourceFile, range: Range<u32>, focus: u32) -> Range<u32> {
    let line = slice(file, range.clone());
    if line.chars().nth(SHOWN_COLUMNS).is_none() {
        return range;
    }
    let before = slice(file, range.start..focus.clamp(range.start, range.end));
    let kept = before.char_indices().rev().nth(COLUMNS_BEFORE - 1).map_or(0, |(at, _)| at);
    let start = range.start + kept as u32;
    let rest = slice(file, start..range.end);
    let shown = rest.char_indices().nth(SHOWN_COLUMNS).map_or(rest.len(), |(at, _)| at);
    start..start + shown as u32
}

fn slice(file: &SourceFile, range: Range<u32>) -> &str {
    file.text.get(range.start as usize..range.end as usize).unwrap_or("")
}

/// `text` without the escape sequences that set colors; there are no others in it.
fn unpainted(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut out = parts.next().unwrap_or("").to_owned();
    out.extend(parts.filter_map(|part| part.split_once('m')).map(|(_, rest)| rest));
    out
}

/// `text` in colors that a terminal's own palette has, with an escape sequence where the color changes instead of around each character.
///
/// ariadne paints what is of no importance in greys of the 256-color palette, which nobody can read on a light background. Source lines get
/// the terminal's own color, and frames are dim.
fn repainted(text: &str) -> String {
    let (mut out, mut shown, mut spaces) = (String::with_capacity(text.len()), "", 0);
    let mut paint = |style: &'static str, text: &str| {
        for c in text.chars() {
            // Nobody sees the color of a space, and no color goes on behind the end of a line.
            if c == ' ' {
                spaces += 1;
                continue;
            }
            let style = if c == '\n' { "" } else { style };
            let is_new = style != shown;
            if is_new && !shown.is_empty() {
                out.push_str("\u{1b}[0m");
            }
            out.extend(std::iter::repeat_n(' ', std::mem::take(&mut spaces)));
            if is_new && !style.is_empty() {
                let _ = write!(out, "\u{1b}[{style}m");
            }
            shown = style;
            out.push(c);
        }
    };
    let mut parts = text.split('\u{1b}');
    paint("", parts.next().unwrap_or(""));
    for (style, text) in parts.filter_map(|part| part.strip_prefix('[')?.split_once('m')) {
        let style = match style {
            "31" => "31",
            "32" => "32",
            "33" => "33",
            "36" => "36",
            // "Help" and "Note".
            "38;5;115" | "38;5;147" => "36",
            // The frame and the numbers of lines.
            "38;5;246" | "38;5;240" => "2",
            _ => "",
        };
        paint(style, text);
    }
    out.extend(std::iter::repeat_n(' ', spaces));
    if !shown.is_empty() {
        out.push_str("\u{1b}[0m");
    }
    out
}

/// Appends a character of a source line: tabs are ariadne's to expand, what is not safe to print is escaped.
fn push_shown(out: &mut String, c: char) {
    if c == '\t' { out.push(c) } else { escape::push(out, c) }
}
