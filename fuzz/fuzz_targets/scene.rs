//! Scenes that are nearly right: one of the repository, with declarations, properties and values of its own and of others in places
//! where they can stand. The bytes say which.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pngine_compiler::source::FileId;
use pngine_fuzz::scenes::{Folder, Scene};
use pngine_syntax::parse::parse;
use pngine_syntax::tree::{Item, Property, Value, ValueKind};
use std::ops::Range;
use std::sync::LazyLock;

/// A scene and the places of its parts.
struct Parts {
    scene: Scene,
    text: String,
    /// Declarations, properties, and values with what is in them.
    parts: [Vec<Range<usize>>; 3],
}

static SCENES: LazyLock<Vec<Parts>> = LazyLock::new(|| pngine_fuzz::repository().into_iter().filter_map(parts).collect());

fn parts(scene: Scene) -> Option<Parts> {
    let text = String::from_utf8(scene.bytes()).ok()?;
    let file = parse(FileId(0), &text, &mut Vec::new());
    let mut parts = [Vec::new(), Vec::new(), Vec::new()];
    for item in &file.items {
        let span = match item {
            Item::Import { span, .. } | Item::Error(span) => span,
            Item::Define { span, value, .. } => {
                add_value(value, &mut parts);
                span
            }
            Item::Macro(declaration) => {
                declaration.body.iter().for_each(|property| add_property(property, &mut parts));
                &declaration.span
            }
        };
        parts[0].push(span.start as usize..span.end as usize);
    }
    Some(Parts { scene, text, parts })
}

fn add_property(property: &Property, parts: &mut [Vec<Range<usize>>; 3]) {
    parts[1].push(property.span.start as usize..property.span.end as usize);
    add_value(&property.value, parts);
}

fn add_value(value: &Value, parts: &mut [Vec<Range<usize>>; 3]) {
    parts[2].push(value.span.start as usize..value.span.end as usize);
    match &value.kind {
        ValueKind::Array(values) | ValueKind::Call(_, values) => values.iter().for_each(|value| add_value(value, parts)),
        ValueKind::Object(properties) => properties.iter().for_each(|property| add_property(property, parts)),
        ValueKind::Neg(value) | ValueKind::Group(value) => add_value(value, parts),
        ValueKind::Binary(_, left, right) => [left, right].into_iter().for_each(|value| add_value(value, parts)),
        _ => {}
    }
}

/// Values that stand at the edges of what is allowed.
const EDGES: [&str; 16] = [
    "0",
    "1",
    "3",
    "4",
    "255",
    "256",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "-1",
    "0.5",
    "true",
    "[]",
    "{}",
    "canvas.width",
];

/// Most changes of a scene: after more, little is right.
const MOST_CHANGES: usize = 6;

/// Numbers from the bytes; 0 when there are no more.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    /// A number below `end`, or 0.
    fn below(&mut self, end: usize) -> usize {
        let (number, rest) = match self.0 {
            [a, b, rest @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), rest),
            _ => (0, &[][..]),
        };
        self.0 = rest;
        number % end.max(1)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut choices = Choices(bytes);
    let Some(base) = choices.pick(&SCENES) else { return };
    // What becomes of which part of the text; parts that overlap with an earlier change are left alone.
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    for _ in 0..MOST_CHANGES {
        if choices.0.is_empty() {
            break;
        }
        let kind = choices.below(3);
        let Some(place) = choices.pick(&base.parts[kind]).cloned() else { continue };
        let own = &base.text[place.clone()];
        let from = if choices.below(2) == 0 { base } else { choices.pick(&SCENES).unwrap_or(base) };
        let other = choices.pick(&from.parts[kind]).map_or("", |range| &from.text[range.clone()]);
        let new = match choices.below(5) {
            0 => String::new(),
            1 => format!("{own} {other}"),
            2 if kind == 2 => choices.pick(&EDGES).map_or(String::new(), ToString::to_string),
            3 => format!("{own} {own}"),
            _ => other.to_string(),
        };
        if changes.iter().all(|(changed, _)| changed.end <= place.start || place.end <= changed.start) {
            changes.push((place, new));
        }
    }
    changes.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    let mut text = base.text.clone();
    for (place, new) in changes {
        text.replace_range(place, &new);
    }
    pngine_fuzz::compile_and_run(&Folder(base.scene.folder.clone()), &base.scene.entry, text.as_bytes());
});
