//! What is generated from tables: the tables of the JavaScript player, and regions of the pages in `docs/`.
//!
//! Pages are written by hand. Their tables, and numbers that the code knows, are regions ([`regions`]) that are filled from the tables of
//! `pngine-format` and `pngine-compiler`. [`run`] writes the files, or, for the test and for continuous integration, says which of
//! them is out of date.

use pngine_format::descriptor::{self, Field, Tag, Type};
use pngine_format::limits;
use pngine_format::op::{self, COMMANDS, Command, Kind, Operand, Place};
use pngine_format::status::{self, Action, ErrorCode, INPUTS, INPUTS_SIZE, Plugins, Status};
use pngine_format::word::WORDS;
use regions::Regions;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

mod diagnostics;
mod format;
mod language;
mod regions;
mod rules;

/// Columns of a generated line of JavaScript.
const COLUMNS: usize = 130;

/// What stands at the top of the player's tables.
const TABLES_HEADER: &str = "// Written by `cargo xtask codegen` from the tables of pngine-format: do not edit by hand.\n\n";

/// Writes the generated files, or, if `check` is set, compares them with what is there.
///
/// # Errors
/// A file that cannot be read or written, a page whose regions are not those that it should have, or, when checking, that is out of date.
pub fn run(check: bool) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut stale = Vec::new();
    for (path, text) in generated(&root)? {
        let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        let old = std::fs::read_to_string(&path).unwrap_or_default();
        if old == text {
            continue;
        }
        if check {
            stale.push(name);
        } else {
            std::fs::write(&path, text).map_err(|error| format!("cannot write {name}: {error}"))?;
            println!("wrote {name}");
        }
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("out of date: {}; run `cargo xtask codegen` and commit the result", stale.join(", ")))
    }
}

/// Every generated file with the text that it should have.
fn generated(root: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    Ok(vec![
        (root.join("viewers/web/src/tables.generated.js"), TABLES_HEADER.to_string() + &constants()),
        page(root, "docs/format.md", &format::regions())?,
        page(root, "docs/language.md", &language::regions())?,
        page(root, "docs/diagnostics.md", &diagnostics::regions())?,
        page(root, "docs/rules.md", &rules::regions())?,
    ])
}

/// A page that is written by hand, with its regions filled.
fn page(root: &Path, name: &str, regions: &Regions) -> Result<(PathBuf, String), String> {
    let path = root.join(name);
    let old = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {name}: {error}"))?;
    Ok((path, regions::fill(&old, regions).map_err(|error| format!("{name}: {error}"))?))
}

/// The constants of the player.
fn constants() -> String {
    let mut out = String::new();
    let rows: Vec<String> = COMMANDS.iter().map(|row| op_row(row)).collect();
    // Writing to a String cannot fail, here and below.
    let _ =
        writeln!(out, "/** Commands: `opcode NAME plugin,place operands`, one letter or digit for each operand, see `OPS`. */");
    list(&mut out, "OP_ROWS", ";", &rows);
    let _ = writeln!(out, "/** Members of descriptors, from number 1. */");
    list(&mut out, "FIELDS", " ", &Field::ALL.iter().map(|field| field.name().to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** Values of WebGPU's enums. */");
    list(&mut out, "WORDS", " ", &WORDS.iter().map(|word| (*word).to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** Types of descriptors, from number 1. */");
    list(&mut out, "TYPES", " ", &Type::ALL.iter().map(|ty| ty.name().to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** Types of values in descriptors. */");
    list(&mut out, "VALUES", " ", &Tag::ALL.iter().map(|tag| tag.name().to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** Kinds of things that have ids. */");
    list(&mut out, "KINDS", " ", &Kind::ALL.iter().map(|kind| kind.name().to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** Plugins, by bit. */");
    list(&mut out, "PLUGINS", " ", &Plugins::NAMES.iter().map(|name| (*name).to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** What an executor's status means. */");
    list(&mut out, "STATUSES", ";", &Status::ALL.iter().map(|status| status.text().to_string()).collect::<Vec<_>>());
    let errors = |action| {
        let codes = ErrorCode::ALL.iter().filter(|code| code.action() == action);
        codes.map(|code| format!("E{:03}", *code as u8)).collect::<Vec<_>>()
    };
    let _ = writeln!(out, "/** Codes after which the next command is executed, and those after which even this one is. */");
    list(&mut out, "SKIPS", " ", &errors(Action::Skip));
    list(&mut out, "WARNS", " ", &errors(Action::Warn));
    let _ = writeln!(out, "/** Where the sources of the input block start, in bytes, and its size. */");
    let inputs: Vec<String> = INPUTS.iter().map(|source| format!("{}: {}", source.name, source.offset)).collect();
    let _ = writeln!(out, "export const INPUTS = {{\n  {},\n  size: {INPUTS_SIZE},\n}};", inputs.join(", "));
    let _ = writeln!(
        out,
        "export const [CANVAS, NONE, WHOLE, MAX_DEPTH, ABI] = [0x{:x}, 0x{:x}, 0x{:x}, {}, {}];",
        op::CANVAS_TEXTURE,
        op::NONE,
        op::WHOLE,
        descriptor::MAX_DEPTH,
        status::ABI_VERSION
    );
    let _ = writeln!(
        out,
        "export const [MAX_PAYLOAD, COMMAND_CAPACITY, CAPACITY_TAG] = [{}, {}, {}];",
        status::MAX_PAYLOAD_BYTES,
        status::COMMAND_CAPACITY,
        pngine_format::payload::tag::COMMAND_CAPACITY
    );
    let _ = writeln!(out, "/** What one file may ask of the machine that plays it; docs/format.md 10. */");
    let budgets: Vec<String> = limits::BUDGETS.iter().map(|budget| format!("  {}: {},\n", budget.name, budget.value)).collect();
    let _ = writeln!(out, "export const BUDGETS = {{\n{}}};", budgets.concat());
    out
}

/// A constant that holds a list of words, wrapped.
fn list(out: &mut String, name: &str, separator: &str, items: &[String]) {
    let text = items.join(separator);
    debug_assert!(!text.contains(['"', '\\']), "{text} needs escapes");
    let one_line = format!("export const {name} = \"{text}\".split(\"{separator}\");\n");
    if one_line.len() <= COLUMNS {
        out.push_str(&one_line);
        return;
    }
    // A line break stands for a blank, or follows a separator that is none.
    let _ = writeln!(out, "export const {name} = `");
    let mut line = String::new();
    let end = if separator == " " { "" } else { separator };
    for (i, item) in items.iter().enumerate() {
        let item = if i + 1 < items.len() { format!("{item}{end}") } else { item.clone() };
        let item = item.replace('`', "\\`");
        let gap = usize::from(!line.is_empty() && separator == " ");
        if line.len() + gap + item.len() > COLUMNS {
            out.push_str(line.trim_end());
            out.push('\n');
            line.clear();
        }
        if !line.is_empty() && separator == " " {
            line.push(' ');
        }
        line.push_str(&item);
    }
    let split = if separator == " " { "split(/\\s+/)".to_string() } else { format!("split(/{separator}\\s*/)") };
    let end = format!("`.trim().{split};\n");
    out.push_str(&line);
    if line.len() + end.len() > COLUMNS {
        out.push('\n');
    }
    out.push_str(&end);
}

/// `01 CREATE_BUFFER 0I nA41`.
fn op_row(row: &Command) -> String {
    let mut operands = String::new();
    for (_, operand) in row.operands {
        match operand {
            Operand::U8 => operands.push('1'),
            Operand::U16 => operands.push('2'),
            Operand::U32 => operands.push('4'),
            Operand::I32 => operands.push('i'),
            Operand::F32 => operands.push('f'),
            Operand::New(kind) => operands.extend(['n', kind_letter(*kind)]),
            Operand::Id(kind) => operands.extend(['r', kind_letter(*kind)]),
            Operand::Ptr => operands.push('b'),
            // A length always follows its pointer, so one letter stands for both.
            Operand::Len => {}
        }
    }
    let plugin = row.plugin.0.trailing_zeros();
    format!("{:02x} {} {plugin}{} {operands}", row.op as u8, row.name, place_letter(row.place)).trim_end().to_string()
}

/// A for kind 0, B for kind 1 and so on.
fn kind_letter(kind: Kind) -> char {
    char::from(b'A' + kind as u8)
}

fn place_letter(place: Place) -> char {
    match place {
        Place::Init => 'I',
        Place::Outside => 'O',
        Place::Render => 'R',
        Place::Compute => 'C',
        Place::Pass => 'P',
        Place::Anywhere => 'A',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_are_up_to_date() {
        if let Err(reason) = run(true) {
            panic!("{reason}");
        }
    }

    #[test]
    fn generated_lines_keep_to_the_width() {
        for line in constants().lines() {
            assert!(line.len() <= COLUMNS, "{} columns: {line}", line.len());
        }
    }
}
