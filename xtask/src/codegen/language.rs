//! The regions of `docs/language.md`: macros and properties from the property tables, inputs, words and limits.

use super::regions::Regions;
use pngine_analysis::language::{
    COMMANDS, COMPUTE_COMMANDS, Choice as _, Command, Fallback, GENERATED, MACROS, Named, Prop, Recording, Shape, Ty,
};
use pngine_analysis::limits::{Area, LIMITS};
use pngine_format::status::INPUTS;
use pngine_format::word::{TextureFormat, WordEnum as _, WordSet};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Words that a cell lists; of more it says where they are listed.
const MOST_WORDS: usize = 4;

/// What a cell says for an array of what it has named before.
const ARRAY: &str = "`[…]`";

/// What cells speak of, and what is listed below the tables: objects in the order in which they are met, and sets of words.
#[derive(Default)]
struct Met {
    shapes: Vec<&'static Shape>,
    words: BTreeMap<&'static str, Vec<&'static str>>,
}

/// All regions of the page.
pub fn regions() -> Regions {
    let mut met = Met::default();
    let macros = macros(&mut met);
    let objects = objects(&mut met);
    let old = old(&met.shapes);
    let regions = [("macros", macros), ("objects", objects), ("words", words(&met)), ("old", old)];
    Regions::from_iter(regions.into_iter().chain([("inputs", inputs()), ("limits", limits())]))
}

fn inputs() -> String {
    let rows = INPUTS
        .iter()
        .map(|input| format!("| `{}` | {} | {} |\n", input.name, input.size, input.fields.join(", ").replace(':', ": ")));
    format!("| name | bytes | fields |\n|---|---|---|\n{}", rows.collect::<String>())
}

/// Each macro with its properties. The objects that these take are added to `met`.
fn macros(met: &mut Met) -> String {
    let mut out = String::new();
    for row in MACROS {
        let gap = if out.is_empty() { "" } else { "\n" };
        let (word, name) = (row.ns.word(), if row.named == Named::Yes { " name" } else { "" });
        // Writing to a String cannot fail, here and below.
        let _ = write!(out, "{gap}### `#{word}`\n\n`#{word}{name} {{ … }}`: {}\n\n", lower_first(row.doc));
        table(&mut out, row.shape, met);
    }
    out
}

/// Each object with its properties, and those that they take in turn.
fn objects(met: &mut Met) -> String {
    let mut out = String::new();
    let mut next = 0;
    while let Some(shape) = met.shapes.get(next).copied() {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = write!(out, "{gap}### {}\n\n", heading(shape));
        if shape.props.is_empty() {
            out.push_str("It has no properties: write `{}`.\n");
        } else if std::ptr::eq(shape, &raw const COMMANDS) {
            commands(&mut out, met);
        } else {
            table(&mut out, shape, met);
        }
        next += 1;
    }
    out
}

/// The words of each set that a cell only names.
fn words(met: &Met) -> String {
    let mut out = String::new();
    for (name, words) in &met.words {
        let gap = if out.is_empty() { "" } else { "\n" };
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let _ = write!(out, "{gap}### {name}\n\n{}\n", wrapped(&words.join(" ")));
    }
    out
}

/// A paragraph in lines of at most 140 columns.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + word.len() < 140 => *line += &format!(" {word}"),
            _ => lines.push(word.to_string()),
        }
    }
    lines.join("\n")
}

/// The old spellings of properties.
fn old(shapes: &[&'static Shape]) -> String {
    let mut out = String::from("| in | old | write |\n|---|---|---|\n");
    let macros = MACROS.iter().map(|row| (format!("`#{}`", row.ns.word()), row.shape));
    let objects = shapes.iter().map(|shape| (format!("[{}]({})", shape.name, anchor(shape)), *shape));
    for (place, shape) in macros.chain(objects) {
        for (row, old) in shape.props.iter().flat_map(|row| row.old.iter().map(move |old| (row, old))) {
            let _ = writeln!(out, "| {place} | `{old}` | `{}` |", row.name);
        }
    }
    out
}

/// The limits, each area a table.
fn limits() -> String {
    let mut out = String::new();
    for area in Area::ALL {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = write!(out, "{gap}### {}\n\n| at most | of | code |\n|---|---|---|\n", area.title());
        for limit in LIMITS.iter().filter(|limit| limit.area == area) {
            let _ = writeln!(out, "| {} | {} | {} |", super::format::grouped(limit.most), limit.what, limit.code.as_str());
        }
    }
    out
}

fn heading(shape: &Shape) -> String {
    capitalized(shape.name)
}

/// A text with a capital in front.
pub(super) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// A sentence as it goes on behind a colon.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

/// What a link to the section of an object leads to.
fn anchor(shape: &Shape) -> String {
    format!("#{}", heading(shape).to_lowercase().replace(' ', "-"))
}

fn table(out: &mut String, shape: &'static Shape, met: &mut Met) {
    out.push_str("| property | takes | default | meaning |\n|---|---|---|---|\n");
    for prop in shape.props {
        let default = match prop.fallback {
            _ if prop.required => "required".to_string(),
            Fallback::Nothing => String::new(),
            Fallback::Words(words) => words.to_string(),
            Fallback::Value(print) => print(),
        };
        let _ = writeln!(out, "| {} | {} | {default} | {} |", names(prop), takes(prop.ty, met), prop.doc);
    }
}

/// The commands of passes and bundles, and which of the three has each.
fn commands(out: &mut String, met: &mut Met) {
    out.push_str("| command | takes | in | meaning |\n|---|---|---|---|\n");
    for (prop, in_compute) in COMMANDS.props.iter().zip(COMPUTE_COMMANDS.props) {
        let command = Command::named(prop.name).expect("a row of the commands names one");
        let places = [(Recording::Render, "render"), (Recording::Bundle, "bundle"), (Recording::Compute, "compute")];
        let places: Vec<&str> = places.iter().filter(|(place, _)| place.has(&command)).map(|(_, name)| *name).collect();
        let (mut cell, other) = (takes(prop.ty, met), takes(in_compute.ty, met));
        if other != cell {
            let _ = write!(cell, "; in compute passes {other}");
        }
        let _ = writeln!(out, "| {} | {cell} | {} | {} |", names(prop), places.join(", "), prop.doc);
    }
}

fn names(prop: &Prop) -> String {
    let mut name = format!("`{}`", prop.name);
    for alias in prop.aliases {
        let _ = write!(name, " or `{alias}`");
    }
    name
}

/// What a property takes, as `a, b or c`.
fn takes(ty: Ty, met: &mut Met) -> String {
    let mut all = Vec::new();
    let mut is_list = false;
    alternatives(ty, met, &mut all, &mut is_list);
    if is_list {
        all.push(ARRAY.to_string());
    }
    either(&all)
}

fn either(all: &[String]) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Adds what a type takes to `all`, each once. `is_list` becomes true if it takes arrays of what it has added, too.
fn alternatives(ty: Ty, met: &mut Met, all: &mut Vec<String>, is_list: &mut bool) {
    let text = match ty {
        Ty::OneOf(types) => return types.iter().for_each(|ty| alternatives(*ty, met, all, is_list)),
        Ty::List(inner) => {
            *is_list = true;
            return alternatives(*inner, met, all, is_list);
        }
        Ty::AutoOr(inner) => {
            all.push("`auto`".to_string());
            return alternatives(*inner, met, all, is_list);
        }
        Ty::Uint(0, u32::MAX) => "whole number".to_string(),
        Ty::Uint(min, u32::MAX) => format!("whole number from {min}"),
        Ty::Uint(min, max) => format!("{min} to {max}"),
        Ty::Below(limit) => format!("0 to {} ([`{}`](#device))", limit.default() - 1, limit.name()),
        Ty::UpTo(limit) => format!("0 to {} ([`{}`](#device))", limit.default(), limit.name()),
        Ty::Int => "whole number, also negative".to_string(),
        Ty::Float => "number".to_string(),
        Ty::Bool => "`true` `false`".to_string(),
        Ty::Str => "string".to_string(),
        Ty::Name => "word".to_string(),
        Ty::Text => "[WGSL](#shaders)".to_string(),
        Ty::Path => "path in quotes".to_string(),
        Ty::Enum(set) => listed(set.name, set.words, met),
        Ty::Format => {
            let WordSet { name, words, .. } = TextureFormat::SET;
            all.push(listed(name, words, met));
            "`preferredCanvasFormat`".to_string()
        }
        Ty::Flags(set, number) => {
            let flags: Vec<&'static str> = set.flags.iter().map(|(name, _)| *name).collect();
            *is_list = true;
            all.push(listed(set.name, &flags, met));
            if !number {
                return;
            }
            "number".to_string()
        }
        Ty::Ref(refs) => {
            all.extend(refs.iter().map(|ns| format!("`#{}`", ns.word())).filter(|kind| !all.contains(kind)).collect::<Vec<_>>());
            return;
        }
        Ty::View => "`#texture`, `#textureView`, `contextCurrentTexture`".to_string(),
        Ty::ByteSize => "[size in bytes](#numbers)".to_string(),
        Ty::Texture => "`#texture` or `contextCurrentTexture`".to_string(),
        Ty::Extent => "[texels](#numbers)".to_string(),
        Ty::DataSource => "[input](#inputs), `#data`, [`module.variable`](#inputs) or `[numbers]`".to_string(),
        Ty::Count(u32::MAX) => "[whole number](#numbers)".to_string(),
        Ty::Count(max) => format!("[whole number](#numbers) up to {max}"),
        Ty::Measure => "[number](#numbers)".to_string(),
        Ty::Tuple(_, min, max) => format!("[`[{}]`](#numbers)", how_many(min, max)),
        Ty::Numbers(min, max) => format!("`[{}]`", how_many(min, max)),
        Ty::Object(shape) | Ty::Command(shape) => {
            // One table says which command stands where.
            let shape = if std::ptr::eq(shape, &raw const COMPUTE_COMMANDS) { &COMMANDS } else { shape };
            if !met.shapes.iter().any(|known| std::ptr::eq(*known, shape)) {
                met.shapes.push(shape);
            }
            format!("[{}]({})", shape.name, anchor(shape))
        }
        Ty::Record => "`{ name=number }`".to_string(),
        Ty::Names(refs) => {
            let kinds: Vec<String> = refs.iter().map(|ns| format!("`#{}`", ns.word())).collect();
            format!("`{{ name=value }}`, each value a {}", either(&kinds))
        }
        Ty::Variable => "[`module.variable`](#uniforms-that-a-host-sets)".to_string(),
        Ty::Fields(shape) => {
            let mut values = Vec::new();
            alternatives(Ty::Object(shape), met, &mut values, &mut false);
            format!(
                "`{{ member=value }}`, each value a number, `[numbers]`, {} or, for a struct, `{{ member=value }}`",
                values.join(", ")
            )
        }
        Ty::Elements => {
            all.push("`[numbers]`".to_string());
            return alternatives(Ty::Object(GENERATED), met, all, is_list);
        }
        Ty::Argument => "number, `canvas.width`, `canvas.height`, `time.total`, `time.delta`".to_string(),
        Ty::Formula => "expression in quotes".to_string(),
        Ty::Ignored => "anything; it is not read".to_string(),
    };
    if !all.contains(&text) {
        all.push(text);
    }
}

fn how_many(min: usize, max: usize) -> String {
    match (min, max) {
        (0, usize::MAX) => "numbers".to_string(),
        (min, usize::MAX) => format!("{min} or more numbers"),
        (min, max) if min == max => format!("{min} numbers"),
        (min, max) => format!("{min} to {max} numbers"),
    }
}

/// Words in a cell, or, of many, their name, which is a link to the list of them.
fn listed(name: &'static str, words: &[&'static str], met: &mut Met) -> String {
    if words.len() <= MOST_WORDS {
        return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ");
    }
    met.words.entry(name).or_insert_with(|| words.to_vec());
    format!("[{name}](#{})", name.to_lowercase())
}
