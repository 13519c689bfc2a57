//! The regions of `docs/format.md`.

use super::regions::Regions;
use pngine_format::bytecode::{self, Block};
use pngine_format::command;
use pngine_format::descriptor::{self, Field, Tag, Type, Value};
use pngine_format::dictionary::{self, Member, Need, Shape};
use pngine_format::limits;
use pngine_format::op::{self, COMMANDS, Kind, Op, Operand, Place};
use pngine_format::payload::{self, tag};
use pngine_format::png;
use pngine_format::status::{self, Action, ErrorCode, INPUTS, INPUTS_SIZE, Plugins, Status};
use pngine_format::strings::NameKind;
use pngine_format::varint;
use pngine_format::word::{WORD_SETS, WORDS};
use std::fmt::{Display, Write as _};

/// Columns of a wrapped line.
const COLUMNS: usize = 120;

/// All regions of the page.
pub fn regions() -> Regions {
    Regions::from([
        ("varint-bytes", varint::MAX_LEN.to_string()),
        ("png-chunk", code(String::from_utf8_lossy(&png::CHUNK))),
        ("chunk-version", png::CHUNK_VERSION.to_string()),
        ("png-signature", code(hex(&png::SIGNATURE))),
        ("chunk-bytes", grouped(u64::from(png::MAX_CHUNK))),
        ("payload-bytes", grouped(status::MAX_PAYLOAD_BYTES as u64)),
        ("payload-header-bytes", payload::HEADER_SIZE.to_string()),
        ("payload-magic", code(String::from_utf8_lossy(&payload::MAGIC))),
        ("payload-version", payload::VERSION.to_string()),
        ("plugins", plugins()),
        ("executor-of-plugins-7", code(format!("{}.wasm", Plugins(7).file_stem()))),
        (
            "extensions",
            table(
                &["tag", "name", "content"],
                tag::NAMES.iter().map(|(n, name, what)| [n.to_string(), (*name).into(), (*what).into()]),
            ),
        ),
        ("extension-animation", tag::ANIMATION.to_string()),
        ("extension-uniforms", tag::UNIFORMS.to_string()),
        ("extension-device", tag::DEVICE.to_string()),
        ("extension-canvas", tag::CANVAS.to_string()),
        ("extension-command-capacity", tag::COMMAND_CAPACITY.to_string()),
        ("extension-controls", tag::CONTROLS.to_string()),
        ("name-kind-frame", (NameKind::Frame as u8).to_string()),
        ("name-kind-scene", (NameKind::Scene as u8).to_string()),
        ("bytecode-version", bytecode::VERSION.to_string()),
        ("block-timeline", bytecode::TIMELINE_BLOCK.to_string()),
        ("block-init", bytecode::INIT_BLOCK.to_string()),
        ("block-first-frame", bytecode::FIRST_FRAME_BLOCK.to_string()),
        ("region-alignment", bytecode::REGION_ALIGN.to_string()),
        ("op-patch", format!("{:#04x}", bytecode::PATCH)),
        ("op-once", format!("{:#04x}", bytecode::ONCE)),
        ("bytecode-example", bytecode_example()),
        ("abi-version", status::ABI_VERSION.to_string()),
        ("command-bytes", grouped(status::COMMAND_CAPACITY as u64)),
        (
            "statuses",
            table(&["status", "meaning"], Status::ALL.iter().map(|status| [(*status as u32).to_string(), status.text().into()])),
        ),
        ("input-bytes", grouped(INPUTS_SIZE as u64)),
        ("inputs", inputs()),
        ("command-header-bytes", command::HEADER_SIZE.to_string()),
        ("command-example", fence(&hex(&command::encode([(Op::CreateBuffer, [1, 64, 0x48].as_slice()), (Op::End, &[])])))),
        ("id-canvas", format!("{:#06x}", op::CANVAS_TEXTURE)),
        ("id-none", format!("{:#06x}", op::NONE)),
        ("ids-of-a-kind", grouped(u64::from(op::CANVAS_TEXTURE))),
        ("kinds", numbered(Kind::ALL.iter().map(|kind| (*kind as u8, kind.name())))),
        ("commands", commands()),
        ("buffer-usages", flags(op::buffer_usage::FLAGS)),
        ("texture-usages", flags(op::texture_usage::FLAGS)),
        ("shader-stages", flags(op::SHADER_STAGES)),
        ("color-writes", flags(op::COLOR_WRITES)),
        ("whole-size", format!("{:#x}", op::WHOLE)),
        ("descriptor-depth", descriptor::MAX_DEPTH.to_string()),
        (
            "value-types",
            table(
                &["number", "name", "value"],
                Tag::ALL.iter().map(|tag| [(*tag as u8).to_string(), tag.name().into(), prose(tag.doc())]),
            ),
        ),
        ("fields", numbered(Field::ALL.iter().map(|field| (*field as u8, field.name())))),
        ("dictionaries", dictionaries()),
        ("descriptor-example", descriptor_example()),
        ("errors", errors()),
        ("operands", op::MAX_OPERANDS.to_string()),
        (
            "budgets",
            table(&["budget", "at most"], limits::BUDGETS.iter().map(|budget| [budget.what.into(), grouped(budget.value)])),
        ),
        ("words", fence(numbered(WORDS.iter().enumerate()).trim_end())),
        ("enums", WORD_SETS.iter().map(|set| format!("- {}: {}\n", set.name, set.words.join(", "))).collect()),
    ])
}

/// A table. Bars inside a cell are escaped.
fn table<const N: usize>(head: &[&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let row = |cells: &[String]| cells.iter().map(|cell| format!("| {} ", cell.replace('|', "\\|"))).collect::<String>() + "|\n";
    let head = row(&head.map(String::from)) + &"|---".repeat(N) + "|\n";
    head + &rows.into_iter().map(|cells| row(&cells)).collect::<String>()
}

fn code(text: impl Display) -> String {
    format!("`{text}`")
}

fn fence(text: &str) -> String {
    format!("```text\n{text}\n```\n")
}

/// A doc comment as plain Markdown: without the brackets of links to Rust items.
fn prose(doc: &str) -> String {
    doc.trim().replace("the usage byte of [`usage_byte`]", "the usage byte (below)").replace("[`", "`").replace("`]", "`")
}

/// `0 buffer, 1 texture`, wrapped, with a line break at its end.
fn numbered<N: Display, T: Display>(items: impl IntoIterator<Item = (N, T)>) -> String {
    let items: Vec<String> = items.into_iter().map(|(number, name)| format!("{number} {name}")).collect();
    let mut out = String::new();
    let mut column = 0;
    for (i, item) in items.iter().enumerate() {
        let comma = usize::from(i + 1 < items.len());
        if column > 0 && column + 1 + item.len() + comma > COLUMNS {
            out.push('\n');
            column = 0;
        }
        if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(item);
        out.push_str(&","[..comma]);
        column += item.len() + comma;
    }
    out + "\n"
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

fn flags(flags: &[(&str, u32)]) -> String {
    flags.iter().map(|(name, bit)| format!("{name} {bit:#x}")).collect::<Vec<_>>().join(", ")
}

fn plugins() -> String {
    let rows = Plugins::NAMES.iter().enumerate();
    table(&["bit", "value", "name"], rows.map(|(bit, name)| [bit.to_string(), (1u32 << bit).to_string(), (*name).into()]))
}

/// A buffer, written from the inputs in frame 0.
fn bytecode_example() -> String {
    let mut init = Block::default();
    init.command(Op::CreateBuffer, &[0, 16, 0x48]);
    init.command(Op::End, &[]);
    let mut frame = Block::default();
    frame.command(Op::WriteBuffer, &[0, 0, 0, 16]);
    frame.command(Op::Submit, &[]);
    frame.command(Op::End, &[]);
    let bytes = bytecode::assemble(Plugins::CORE, 0, &[Block::default(), init, frame]);
    fence(&format!("{}\n\n{}", hex(&bytes), bytecode::disassemble(&bytes, &[]).trim_end()))
}

fn inputs() -> String {
    let rows = INPUTS.iter().map(|source| {
        let fields = source.fields.join(", ").replace(':', ": ");
        [source.offset.to_string(), source.size.to_string(), source.name.into(), source.filled_by.into(), fields]
    });
    table(&["offset", "bytes", "source", "filled by", "fields"], rows)
}

fn operand_text(operand: Operand) -> String {
    match operand {
        Operand::U8 => "u8".to_string(),
        Operand::U16 => "u16".to_string(),
        Operand::U32 => "u32".to_string(),
        Operand::I32 => "i32".to_string(),
        Operand::F32 => "f32".to_string(),
        Operand::New(kind) => format!("new {}", kind.name()),
        Operand::Id(kind) => kind.name().to_string(),
        Operand::Ptr => "ptr".to_string(),
        Operand::Len => "len".to_string(),
    }
}

fn place_text(place: Place) -> &'static str {
    match place {
        Place::Init => "init",
        Place::Outside => "outside",
        Place::Render => "render",
        Place::Compute => "compute",
        Place::Pass => "pass",
        Place::Anywhere => "any",
    }
}

fn commands() -> String {
    let rows = COMMANDS.iter().map(|command| {
        let operands = command.operands.iter().map(|(name, operand)| format!("{name}: {}", operand_text(*operand)));
        [
            format!("{:#04x}", command.op as u8),
            command.name.into(),
            operands.collect::<Vec<_>>().join(", "),
            command.plugin.names().collect::<Vec<_>>().join(" "),
            place_text(command.place).into(),
            prose(command.doc),
        ]
    });
    table(&["op", "name", "operands", "plugin", "place", "meaning"], rows)
}

fn dictionaries() -> String {
    let mut out = String::new();
    for (i, dictionary) in dictionary::ALL.iter().enumerate() {
        let gap = if i > 0 { "\n" } else { "" };
        // Writing to a String cannot fail, here and below.
        let _ = match dictionary.ty {
            Some(ty) => write!(out, "{gap}**{}** ({}): {}", dictionary.name, ty as u8, prose(ty.doc())),
            None => write!(out, "{gap}*{}*:", dictionary.name),
        };
        if !dictionary.note.is_empty() {
            let _ = write!(out, " {}", dictionary.note);
        }
        out.push_str("\n\n");
        dictionary.members.iter().for_each(|member| out.push_str(&member_text(member)));
    }
    out
}

/// A member of a dictionary, as an item of a list.
fn member_text(member: &Member) -> String {
    let bold = if member.need == Need::Required { "**" } else { "" };
    let mut out = format!("- {bold}{}{bold} ({}): {}", member.field.name(), member.field as u8, shapes_text(member.shapes));
    if !member.note.is_empty() {
        let _ = write!(out, ", {}", member.note);
    }
    let default = match member.need {
        Need::Required | Need::Optional => None,
        Need::Uint(number @ 0x1_0000..) => Some(format!("{number:#x}")),
        Need::Uint(number) => Some(number.to_string()),
        Need::Single(number) => Some(number.to_string()),
        Need::Word(word) => Some(word.to_string()),
        Need::Text("") => Some("empty".to_string()),
        Need::Text(text) => Some(code(text)),
        Need::False => Some("false".to_string()),
        Need::Said(words) => Some(words.to_string()),
    };
    if let Some(default) = default {
        let _ = write!(out, ", default {default}");
    }
    out + "\n"
}

/// `uint or canvas`. References come last, together.
fn shapes_text(shapes: &[Shape]) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut refs: Vec<String> = Vec::new();
    for shape in shapes {
        texts.push(match shape {
            Shape::Uint => "uint".to_string(),
            Shape::Number => "number".to_string(),
            Shape::Bool => "bool".to_string(),
            Shape::Word(set) if set.name.is_empty() => format!("one of the words {}", set.words.join(" ")),
            Shape::Word(set) => format!("word of {}", set.name),
            Shape::Format => "word of GPUTextureFormat".to_string(),
            Shape::Text => "string".to_string(),
            Shape::Object(dictionaries) => {
                dictionaries.iter().map(|dictionary| format!("*{}*", dictionary.name)).collect::<Vec<_>>().join(" or ")
            }
            Shape::Record => "record".to_string(),
            Shape::Bytes => "bytes".to_string(),
            Shape::Numbers => "f32array or array of number".to_string(),
            Shape::Canvas => "canvas".to_string(),
            Shape::CanvasNumber => "canvasNumber".to_string(),
            Shape::Array(of) => format!("array of {}", shapes_text(of)),
            Shape::Holes(of) => format!("array of {} or null", shapes_text(of)),
            Shape::Ref(kind) => {
                refs.push(format!("a {}", kind.name()));
                continue;
            }
        });
    }
    if let Some(last) = refs.pop() {
        let or = if refs.is_empty() { "" } else { " or " };
        texts.push(format!("ref to {}{or}{last}", refs.join(", ")));
    }
    texts.join(" or ")
}

fn descriptor_example() -> String {
    let sample = descriptor::object([
        (Field::Width, Value::Canvas([0.5, 0.0, 0.0])),
        (Field::Height, Value::Uint(300)),
        (Field::Format, Value::word("rgba8unorm")),
        (Field::Usage, Value::Uint(op::texture_usage::RENDER_ATTACHMENT)),
    ]);
    fence(&format!("{}\n\n{}", sample.text(), hex(&sample.to_descriptor(Type::Texture))))
}

fn errors() -> String {
    let rows = ErrorCode::ALL.iter().map(|code| {
        let action = match code.action() {
            Action::Skip => "leaves the command out, reports, goes on with the next",
            Action::Stop => "executes nothing more of this command buffer, submits nothing more, reports",
            Action::Warn => "reports, and executes the command all the same",
        };
        [format!("E{:03}", *code as u8), code.text().into(), action.into()]
    });
    table(&["code", "meaning", "what the host does"], rows)
}

/// `65,536`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.char_indices() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_input_and_error_is_explained_on_the_page() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/format.md");
        let page = std::fs::read_to_string(path).unwrap();
        for source in INPUTS {
            assert!(page.contains(&format!("\n- **{}**: ", source.name)), "{} is not explained", source.name);
        }
        for code in ErrorCode::ALL {
            let code = format!("\n- E{:03}: ", *code as u8);
            assert!(page.contains(&code), "{code} is not explained");
        }
    }

    #[test]
    fn links_to_rust_items_do_not_reach_the_page() {
        assert!(regions().values().all(|text| !text.contains("[`")));
    }
}
