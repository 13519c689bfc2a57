//! What is generated from tables: the tables of the JavaScript player, and regions of the pages in `docs/`.
//!
//! Pages are written by hand. Their tables, and numbers that the code knows, are regions ([`regions`]) that are filled from the tables of
//! `pngine-format` and `pngine-compiler`. Files that a page prints are regions, too. The scenes inside of the
//! pictures are built from their sources. [`run`] writes the files, or, for the test and for continuous integration, says which of
//! them is out of date.

use pngine_compiler::Options;
use pngine_compiler::pack::{self, Effort, Embed};
use pngine_format::descriptor::{self, Field, Tag, Type};
use pngine_format::limits;
use pngine_format::op::{self, COMMANDS, Command, Kind, Operand, Place};
use pngine_format::payload;
use pngine_format::status::{self, Action, ErrorCode, INPUTS, INPUTS_SIZE, Plugins, Status};
use pngine_format::word::{TextureFormat, WORDS, Word};
use pngine_testkit::scenes;
use regions::Regions;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

mod diagnostics;
mod figures;
mod format;
mod gallery;
mod inputs;
mod language;
mod library;
mod regions;
mod rules;

/// Columns of a generated line of JavaScript.
const COLUMNS: usize = 130;

/// The pictures of the pages, and the examples that they show: each carries its scene, so that it plays.
const PICTURES: &[(&str, &str)] = &[
    ("docs/pictures/boids.png", "compute/boids"),
    ("docs/pictures/tutorial_1.png", "tutorial/1_pass"),
    ("docs/pictures/tutorial_2.png", "tutorial/2_pointer"),
    ("docs/pictures/tutorial_3.png", "tutorial/3_feedback"),
    ("docs/pictures/tutorial_4.png", "tutorial/4_mesh"),
    ("docs/pictures/tutorial_5.png", "tutorial/5_particles"),
    ("docs/pictures/tutorial_6.png", "tutorial/6_timeline"),
];

/// Pages that print files whole, and which: a region of each has the path of the file.
const PRINTED: &[(&str, &[&str])] = &[
    (
        "docs/tutorial.md",
        &[
            "examples/tutorial/1_pass.pngine",
            "examples/tutorial/2_pointer.pngine",
            "examples/tutorial/3_feedback.pngine",
            "examples/tutorial/4_mesh.pngine",
            "examples/tutorial/5_particles.pngine",
            "examples/tutorial/6_timeline.pngine",
        ],
    ),
    ("docs/cookbook.md", &["docs/modules/bars.rs", "docs/modules/bars.ts", "docs/modules/bars.wat"]),
];

/// What stands at the top of the player's tables.
const TABLES_HEADER: &str = "// Written by `cargo xtask codegen` from the tables of pngine-format: do not edit by hand.\n\n";

/// Writes the generated files, or, if `check` is set, compares them with what is there.
///
/// # Errors
/// A file that cannot be read or written, a page whose regions are not those that it should have, or, when checking, that is out of date.
pub fn run(check: bool) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut stale = Vec::new();
    for (path, bytes) in generated(&root)? {
        let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        let old = std::fs::read(&path).unwrap_or_default();
        if old == bytes {
            continue;
        }
        if check {
            stale.push(name);
        } else {
            std::fs::write(&path, bytes).map_err(|error| format!("cannot write {name}: {error}"))?;
            println!("wrote {name}");
        }
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("out of date: {}; run `cargo xtask codegen` and commit the result", stale.join(", ")))
    }
}

/// Every generated file with the bytes that it should have.
fn generated(root: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, String> {
    let texts = [
        (root.join("viewers/web/src/tables.generated.js"), TABLES_HEADER.to_string() + &constants()),
        (root.join("viewers/web/src/budgets.generated.js"), TABLES_HEADER.to_string() + &budgets()),
        page(root, "README.md", &gallery::count(root))?,
        page(root, "docs/format.md", &format::regions())?,
        page(root, "docs/architecture.md", &[("arrows", crate::borders::table())].into())?,
        page(root, "docs/language.md", &language::regions())?,
        page(root, "docs/inputs.md", &inputs::regions())?,
        page(root, "examples/README.md", &gallery::regions(root)?)?,
        page(root, "docs/install.md", &figures::install(root)?)?,
        page(root, "docs/library.md", &library::regions())?,
        page(root, "docs/diagnostics.md", &diagnostics::regions())?,
        page(root, "docs/rules.md", &rules::regions())?,
    ];
    let mut files: Vec<_> = texts.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    for (name, files_of_page) in PRINTED {
        let (path, text) = page(root, name, &printed(root, files_of_page)?)?;
        files.push((path, text.into_bytes()));
    }
    for (file, scene) in PICTURES {
        files.push(picture(root, file, scene)?);
    }
    Ok(files)
}

/// A picture of a page with its scene inside: what `build --frame --optimize` writes. The pixels stay, as they take a GPU;
/// `cli/tests/gpu.rs` compares them with what the command line draws.
fn picture(root: &Path, file: &str, scene: &str) -> Result<(PathBuf, Vec<u8>), String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{file}: {error}");
    let found = scenes::scenes(&root.join("examples")).into_iter().find(|found| found.name == scene);
    let program = found.and_then(|scene| scene.compile(&Options::default()).program);
    let program = program.ok_or_else(|| format!("{scene} does not compile"))?;
    let payload = pack::payload(&program, Embed::Prebuilt).map_err(|error| wrong(&error))?;
    let path = root.join(file);
    let picture = std::fs::read(&path).map_err(|error| wrong(&error))?;
    let png = pack::png(&payload, Some(&picture), Effort::Optimize).map_err(|error| wrong(&error))?;
    Ok((path, png))
}

/// The files that a page prints, as they are.
fn printed(root: &Path, files: &[&'static str]) -> Result<Regions, String> {
    let fence = |file: &&'static str| {
        let text = std::fs::read_to_string(root.join(file)).map_err(|error| format!("cannot read {file}: {error}"))?;
        let language = match file.rsplit('.').next() {
            Some("rs") => "rust",
            Some(extension) => extension,
            None => "",
        };
        Ok((*file, format!("```{language}\n{text}```\n")))
    };
    files.iter().map(fence).collect()
}

/// A page that is written by hand, with its regions filled.
fn page(root: &Path, name: &str, regions: &Regions) -> Result<(PathBuf, String), String> {
    let path = root.join(name);
    let old = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {name}: {error}"))?;
    Ok((path, regions::fill(&old, regions).map_err(|error| format!("{name}: {error}"))?))
}

/// The constants of the player.
fn constants() -> String {
    let mut out = FORMS.to_string();
    let rows: Vec<String> = COMMANDS.iter().map(|row| op_row(row)).collect();
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(
        out,
        "/** Commands: `opcode NAME plugin,place operands`, one letter or digit for each operand, see `Op` in commands.js. */"
    );
    list(&mut out, "OP_ROWS", Form::Rows, &rows);
    let _ = writeln!(out, "/** Members of descriptors, from number 1. */");
    list(&mut out, "FIELDS", Form::Words, &Field::ALL.iter().map(|field| field.name().to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** Values of WebGPU's enums. */");
    list(&mut out, "WORDS", Form::Pairs, &paired_words());
    let _ = writeln!(
        out,
        "/** Runs of `WORDS`: how many; of texture formats the bytes of a block in memory, then its width and height where not 1. */"
    );
    list(&mut out, "TEXEL_BLOCKS", Form::Rows, &texel_blocks());
    let _ = writeln!(out, "/** Types of descriptors, from number 1. */");
    list(&mut out, "TYPES", Form::Words, &Type::ALL.iter().map(|ty| ty.name().to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** Types of values in descriptors. */");
    list(&mut out, "VALUES", Form::Words, &Tag::ALL.iter().map(|tag| tag.name().to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** Kinds of things that have ids. */");
    list(&mut out, "KINDS", Form::Words, &Kind::ALL.iter().map(|kind| kind.name().to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** Plugins, by bit. */");
    list(&mut out, "PLUGINS", Form::Words, &Plugins::NAMES.iter().map(|name| (*name).to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** What an executor's status means. */");
    list(&mut out, "STATUSES", Form::Rows, &Status::ALL.iter().map(|status| status.text().to_string()).collect::<Vec<_>>());
    let _ = writeln!(out, "/** Codes after which the next command is executed. */");
    let skipping = ErrorCode::ALL.iter().filter(|code| code.action() == Action::Skip);
    list(&mut out, "SKIPS", Form::Words, &skipping.map(|code| format!("E{:03}", *code as u8)).collect::<Vec<_>>());
    let _ = writeln!(out, "/** Where the sources of the input block start, in bytes, and its size. */");
    let inputs: Vec<String> = INPUTS.iter().map(|source| format!("{}: {}", source.name, source.offset)).collect();
    let _ = writeln!(out, "export const INPUTS = {{\n  {},\n  size: {INPUTS_SIZE},\n}};", inputs.join(", "));
    for (meaning, name, value) in [
        ("The id of the texture that the canvas gives for a frame.", "CANVAS", format!("0x{:x}", op::CANVAS_TEXTURE)),
        ("The id of nothing.", "NONE", format!("0x{:x}", op::NONE)),
        ("The size that stands for all the rest.", "WHOLE", format!("0x{:x}", op::WHOLE)),
        ("Most levels of values in a descriptor.", "MAX_DEPTH", descriptor::MAX_DEPTH.to_string()),
        ("The version of the interface of executors.", "ABI", status::ABI_VERSION.to_string()),
        (
            "Most bytes that a payload inflates to, unless the page wants others.",
            "MAX_PAYLOAD",
            status::MAX_PAYLOAD_BYTES.to_string(),
        ),
        ("Bytes of room for commands, unless the scene wants more.", "COMMAND_CAPACITY", status::COMMAND_CAPACITY.to_string()),
        ("The tag of the extension that says how much.", "CAPACITY_TAG", payload::tag::COMMAND_CAPACITY.to_string()),
    ] {
        let _ = writeln!(out, "/** {meaning} */\nexport const {name} = {value};");
    }
    out
}

/// What one file may ask of the machine that plays it: a constant each, so that a name costs the player nothing.
fn budgets() -> String {
    let budget =
        |budget: &limits::Budget| format!("/** Most {}. */\nexport const {} = {};\n", budget.what, budget.name, budget.value);
    limits::BUDGETS.iter().map(budget).collect()
}

/// The blocks of texture formats: a row for each run of words that have the same, and those that are no formats have none.
fn texel_blocks() -> Vec<String> {
    /// Width and height in texels, and bytes.
    type Block = (u8, u8, u8);
    let mut runs: Vec<(usize, Option<Block>)> = Vec::new();
    for (number, _) in (0..).zip(WORDS) {
        // A host has put the canvas' own format in its place.
        let block = TextureFormat::of(Word(number)).map(|format| {
            let row = format.row();
            (row.block.0, row.block.1, row.memory_bytes)
        });
        match runs.last_mut() {
            Some((length, of_run)) if *of_run == block => *length += 1,
            _ => runs.push((1, block)),
        }
    }
    let row = |(length, block)| match block {
        None => format!("{length}"),
        Some((1, 1, bytes)) => format!("{length} {bytes}"),
        Some((width, height, bytes)) => format!("{length} {bytes} {width} {height}"),
    };
    runs.into_iter().map(row).collect()
}

/// How a list is written.
#[derive(Clone, Copy)]
enum Form {
    /// Words.
    Words,
    /// Words, in which `bc1-rgba-unorm+` is that and `bc1-rgba-unorm-srgb`.
    Pairs,
    /// Texts, set apart by semicolons.
    Rows,
}

/// The functions of the player that take lists apart, one for each [`Form`].
const FORMS: &str = "\
/** The words of a text. @param {string} text */
const words = (text) => text.trim().split(/\\s+/);
/** The words of a text, in which `x+` stands for `x` and `x-srgb`. @param {string} text */
const pairs = (text) => words(text.replace(/(\\S+)\\+/g, \"$1 $1-srgb\"));
/** The rows of a text, set apart by semicolons. @param {string} text */
const rows = (text) => text.trim().split(/;\\s*/);
";

/// A constant that holds a list, wrapped.
fn list(out: &mut String, name: &str, form: Form, items: &[String]) {
    let (function, between, gap) = match form {
        Form::Words => ("words", "", " "),
        Form::Pairs => ("pairs", "", " "),
        Form::Rows => ("rows", ";", ""),
    };
    debug_assert!(items.iter().all(|item| !item.contains(['"', '\\'])), "{items:?} needs escapes");
    let one_line = format!("export const {name} = {function}(\"{}\");\n", items.join(&format!("{between}{gap}")));
    if one_line.len() <= COLUMNS {
        out.push_str(&one_line);
        return;
    }
    // Writing to a String cannot fail.
    let _ = writeln!(out, "export const {name} = {function}(`");
    let mut line = String::new();
    for (i, item) in items.iter().enumerate() {
        let end = if i + 1 < items.len() { between } else { "" };
        let item = format!("{}{end}", item.replace('`', "\\`"));
        if line.len() + gap.len() + item.len() > COLUMNS {
            out.push_str(&line);
            out.push('\n');
            line.clear();
        }
        if !line.is_empty() {
            line.push_str(gap);
        }
        line.push_str(&item);
    }
    out.push_str(&line);
    out.push_str("\n`);\n");
}

/// The words of WebGPU as [`Form::Pairs`].
fn paired_words() -> Vec<String> {
    let mut paired: Vec<String> = Vec::new();
    for word in WORDS {
        match paired.last_mut() {
            Some(last) if word.strip_suffix("-srgb") == Some(last.as_str()) => last.push('+'),
            _ => paired.push((*word).to_string()),
        }
    }
    paired
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
        for line in [constants(), budgets()].concat().lines() {
            assert!(line.len() <= COLUMNS, "{} columns: {line}", line.len());
        }
    }
}
