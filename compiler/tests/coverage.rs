//! The examples show the whole language: together they use every macro, every property and every opcode, and `examples/README.md` has
//! a line for each of them.

use pngine_analysis::language::{self, MACROS, Prop, Shape, Ty};
use pngine_compiler::Options;
use pngine_format::bytecode::{Bytecode, Control, Instruction, Instructions, TIMELINE_BLOCK};
use pngine_format::op::{COMMANDS, Op};
use pngine_syntax::load;
use pngine_syntax::tree::{Item, Property, Value, ValueKind};
use pngine_testkit::scenes;
use scenes::Scene;
use std::collections::BTreeSet;
use std::path::Path;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

fn examples() -> Vec<Scene> {
    scenes::scenes(Path::new(EXAMPLES))
}

/// Calls `found` with the shape and the row of every property that is written in `properties`, and in the objects inside it.
fn used(shape: &'static Shape, properties: &[Property], found: &mut impl FnMut(&'static Shape, &'static Prop)) {
    for property in properties {
        if let Some(row) = shape.find(&property.name.name) {
            found(shape, row);
            used_in_value(row.ty, &property.value, found);
        }
    }
}

fn used_in_value(ty: Ty, value: &Value, found: &mut impl FnMut(&'static Shape, &'static Prop)) {
    match (ty, &value.kind) {
        (Ty::Object(shape) | Ty::Command(shape), ValueKind::Object(properties)) => used(shape, properties, found),
        (Ty::Elements, ValueKind::Object(properties)) => used(language::GENERATED, properties, found),
        (Ty::Fields(shape), ValueKind::Object(members)) => {
            members.iter().for_each(|member| used_in_value(Ty::Object(shape), &member.value, found));
        }
        (Ty::List(element), ValueKind::Array(values)) => values.iter().for_each(|value| used_in_value(*element, value, found)),
        (Ty::List(inner) | Ty::AutoOr(inner), _) => used_in_value(*inner, value, found),
        // The others are not made for this form, and find nothing in it.
        (Ty::OneOf(types), _) => types.iter().for_each(|ty| used_in_value(*ty, value, found)),
        _ => {}
    }
}

/// Calls `found` with every row that a scene can use.
fn usable(shape: &'static Shape, seen: &mut Vec<*const Shape>, found: &mut impl FnMut(&'static Shape, &'static Prop)) {
    fn inside(ty: Ty, seen: &mut Vec<*const Shape>, found: &mut impl FnMut(&'static Shape, &'static Prop)) {
        match ty {
            Ty::Object(shape) | Ty::Command(shape) | Ty::Fields(shape) => usable(shape, seen, found),
            Ty::Elements => usable(language::GENERATED, seen, found),
            Ty::List(inner) | Ty::AutoOr(inner) => inside(*inner, seen, found),
            Ty::OneOf(types) => types.iter().for_each(|ty| inside(*ty, seen, found)),
            _ => {}
        }
    }
    if seen.contains(&std::ptr::from_ref(shape)) {
        return;
    }
    seen.push(shape);
    for row in shape.props {
        // What has no effect need not be shown.
        if !matches!(row.ty, Ty::Ignored) && !row.doc.starts_with("Descriptive") {
            found(shape, row);
        }
        inside(row.ty, seen, found);
    }
}

/// Commands have one name, in whatever pass they stand.
fn row_name(shape: &Shape, row: &Prop) -> String {
    format!("{}.{}", shape.name.trim_start_matches("compute "), row.name)
}

/// Fails with what is wanted and not there.
fn covered(what: &str, wanted: &BTreeSet<String>, there: &BTreeSet<String>) {
    let gaps: Vec<&String> = wanted.difference(there).collect();
    assert!(gaps.is_empty(), "no example uses these {what}: {gaps:?}");
}

#[test]
fn examples_use_every_macro_and_property() {
    let (mut wanted, mut there) = (BTreeSet::from(["#define".to_string(), "#import".to_string()]), BTreeSet::new());
    let mut seen = Vec::new();
    for row in MACROS {
        wanted.insert(format!("#{}", row.ns.word()));
        usable(row.shape, &mut seen, &mut |shape, row| {
            wanted.insert(row_name(shape, row));
        });
    }
    for scene in examples() {
        let loaded = load::load(&scenes::Folder(scene.folder.clone()), &scene.entry, &scene.bytes(), &mut Vec::new());
        for item in loaded.trees.iter().flat_map(|tree| &tree.items) {
            match item {
                Item::Import { .. } => _ = there.insert("#import".to_string()),
                Item::Define { .. } => _ = there.insert("#define".to_string()),
                Item::Macro(declaration) => {
                    let row = language::macro_row(&declaration.kind.name).expect("a macro of the language");
                    there.insert(format!("#{}", row.ns.word()));
                    used(row.shape, &declaration.body, &mut |shape, row| {
                        there.insert(row_name(shape, row));
                    });
                }
                Item::Error(_) => panic!("{} cannot be read", scene.name),
            }
        }
    }
    covered("properties", &wanted, &there);
}

#[test]
fn examples_use_every_opcode() {
    let mut wanted: BTreeSet<String> = COMMANDS.iter().map(|row| row.name.to_string()).collect();
    wanted.extend(["ONCE".to_string(), "PATCH".to_string()]);
    let mut there = BTreeSet::new();
    for scene in examples() {
        let program = scene.compile(&Options::default()).program.unwrap_or_else(|| panic!("{} does not compile", scene.name));
        let bytecode = Bytecode::parse(&program.bytecode).expect("our own bytecode");
        for (block, (_, bytes)) in bytecode.blocks().enumerate() {
            if block == TIMELINE_BLOCK as usize {
                // The executor of a timeline says which scene it shows.
                there.extend((!bytes.is_empty()).then(|| Op::SetScene.row().name.to_string()));
                continue;
            }
            for instruction in Instructions::new(bytes) {
                there.insert(match instruction.expect("our own bytecode").1 {
                    Instruction::Command(op, _) => op.row().name.to_string(),
                    Instruction::Control(Control::Once { .. }) => "ONCE".to_string(),
                    Instruction::Control(Control::Patch { .. }) => "PATCH".to_string(),
                });
            }
        }
    }
    covered("opcodes", &wanted, &there);
}

#[test]
fn the_table_of_examples_lists_each_of_them_once() {
    let text = std::fs::read_to_string(Path::new(EXAMPLES).join("README.md")).expect("the table");
    let mut listed: Vec<String> = text
        .lines()
        .filter_map(|line| line.split_once(" | [")?.1.split_once("](")?.1.split_once(')'))
        .map(|(path, _)| path.to_string())
        .collect();
    let mut wanted: Vec<String> = examples()
        .iter()
        .map(|scene| match scene.entry.as_str() {
            "main.pngine" => format!("{}/main.pngine", scene.name),
            _ => format!("{}.pngine", scene.name),
        })
        .collect();
    listed.sort();
    wanted.sort();
    assert_eq!(listed, wanted);
}
