//! The regions of `docs/language.md`: macros and properties from the property tables, inputs and limits.

use super::regions::Regions;
use pngine_analysis::language::{Fallback, GENERATED, MACROS, Named, Ns, Shape, Ty};
use pngine_analysis::limits::{Area, LIMITS};
use pngine_format::status::INPUTS;
use std::fmt::Write as _;

/// All regions of the page.
pub fn regions() -> Regions {
    let mut shapes: Vec<&'static Shape> = Vec::new();
    let macros = macros(&mut shapes);
    Regions::from([("inputs", inputs()), ("macros", macros), ("objects", objects(&mut shapes)), ("limits", limits())])
}

fn inputs() -> String {
    let rows = INPUTS.iter().map(|input| format!("| `{}` | {} | {} |\n", input.name, input.size, input.fields.join(", ")));
    format!("| name | bytes | fields |\n|---|---|---|\n{}", rows.collect::<String>())
}

/// Each macro with its properties. The objects that these take are added to `shapes`.
fn macros(shapes: &mut Vec<&'static Shape>) -> String {
    let mut out = String::new();
    for row in MACROS {
        let gap = if out.is_empty() { "" } else { "\n" };
        let name = if row.named == Named::Yes { " name" } else { "" };
        // Writing to a String cannot fail, here and below.
        let _ = write!(out, "{gap}### `#{}{name} {{ … }}`\n\n{}\n\n", row.ns.word(), row.doc);
        table(&mut out, row.shape, shapes);
    }
    out
}

/// Each of `shapes` with its properties, and those that they take in turn.
fn objects(shapes: &mut Vec<&'static Shape>) -> String {
    let mut out = String::new();
    let mut next = 0;
    while let Some(shape) = shapes.get(next).copied() {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = write!(out, "{gap}### {}\n\n", heading(shape));
        if shape.props.is_empty() {
            out.push_str("It has no properties: write `{}`.\n");
        } else {
            table(&mut out, shape, shapes);
        }
        next += 1;
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
    let mut chars = shape.name.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

fn table(out: &mut String, shape: &'static Shape, shapes: &mut Vec<&'static Shape>) {
    out.push_str("| property | takes | default | meaning |\n|---|---|---|---|\n");
    for prop in shape.props {
        let mut name = format!("`{}`", prop.name);
        for alias in prop.aliases {
            let _ = write!(name, " or `{alias}`");
        }
        for old in prop.old {
            let _ = write!(name, " (old: `{old}`)");
        }
        let default = match prop.fallback {
            _ if prop.required => "required".to_string(),
            Fallback::Nothing => String::new(),
            Fallback::Words(words) => words.to_string(),
            Fallback::Value(print) => print(),
        };
        let _ = writeln!(out, "| {name} | {} | {default} | {} |", takes(prop.ty, shapes), prop.doc);
    }
}

fn takes(ty: Ty, shapes: &mut Vec<&'static Shape>) -> String {
    match ty {
        Ty::Uint(0, u32::MAX) => "a whole number".to_string(),
        Ty::Uint(min, max) => format!("a whole number, {min} to {max}"),
        Ty::Below(limit) => {
            format!("a whole number, 0 to {}, or less than the `{}` that is asked for", limit.default() - 1, limit.name())
        }
        Ty::UpTo(limit) => format!("a whole number, 0 to {}, or up to the `{}` that is asked for", limit.default(), limit.name()),
        Ty::Int => "a whole number, also negative".to_string(),
        Ty::Float => "a number".to_string(),
        Ty::Bool => "`true` or `false`".to_string(),
        Ty::Str => "a string".to_string(),
        Ty::Name => "a word".to_string(),
        Ty::Text => "WGSL".to_string(),
        Ty::Path => "a path in quotes".to_string(),
        Ty::Enum(set) => set.words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" "),
        Ty::Format => "a GPUTextureFormat or `preferredCanvasFormat`".to_string(),
        Ty::Flags(set, number) => {
            let flags = set.flags.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(" ");
            if number { format!("{flags}, or a number") } else { flags }
        }
        Ty::Ref(kinds) => {
            format!("the name of a {}", kinds.iter().map(|ns: &Ns| format!("`#{}`", ns.word())).collect::<Vec<_>>().join(", "))
        }
        Ty::View => "a `#texture`, a `#textureView`, or `contextCurrentTexture`".to_string(),
        Ty::ByteSize => "a size in bytes".to_string(),
        Ty::Texture => "a `#texture` or `contextCurrentTexture`".to_string(),
        Ty::Extent => "texels".to_string(),
        Ty::DataSource => "an input, a `#data`, or an array of numbers".to_string(),
        Ty::AutoOr(inner) => format!("`auto`, or {}", takes(*inner, shapes)),
        Ty::List(inner) => format!("one or an array of: {}", takes(*inner, shapes)),
        Ty::Count(u32::MAX) => "a whole number, which may follow the canvas".to_string(),
        Ty::Count(max) => format!("a whole number up to {max}, which may follow the canvas"),
        Ty::Measure => "a number, which may follow the canvas".to_string(),
        Ty::Tuple(inner, min, max) if min == max => format!("an array of {min}, each {}", takes(*inner, shapes)),
        Ty::Tuple(inner, min, max) => format!("an array of {min} to {max}, each {}", takes(*inner, shapes)),
        Ty::Numbers(min, max) if min == max => format!("an array of {min} numbers"),
        Ty::Numbers(min, usize::MAX) => format!("an array of {min} or more numbers"),
        Ty::Numbers(min, max) => format!("an array of {min} to {max} numbers"),
        Ty::Object(shape) | Ty::Command(shape) => {
            if !shapes.iter().any(|known| std::ptr::eq(*known, shape)) {
                shapes.push(shape);
            }
            format!("[{}](#{})", shape.name, heading(shape).to_lowercase().replace(' ', "-"))
        }
        Ty::OneOf(types) => types.iter().map(|ty| takes(*ty, shapes)).collect::<Vec<_>>().join(", or "),
        Ty::Record => "an object of names and numbers".to_string(),
        Ty::Names(kinds) => format!(
            "`{{ name=value }}`, each the name of a {}",
            kinds.iter().map(|ns: &Ns| format!("`#{}`", ns.word())).collect::<Vec<_>>().join(", ")
        ),
        Ty::Elements => format!("an array of numbers, or {}", takes(Ty::Object(GENERATED), shapes)),
        Ty::Argument => "a number, `canvas.width`, `canvas.height`, `time.total` or `time.delta`".to_string(),
        Ty::Formula => "an expression in quotes".to_string(),
        Ty::Ignored => "anything; it is not read".to_string(),
    }
}
