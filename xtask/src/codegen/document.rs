//! `docs/format.md`: the prose by hand, the numbers from the tables.

use pngine_format::bytecode::{self, Block};
use pngine_format::command;
use pngine_format::descriptor::{self, Field, Tag, Type, Value};
use pngine_format::limits;
use pngine_format::op::{self, COMMANDS, Kind, Op, Operand, Place};
use pngine_format::payload::{self, tag};
use pngine_format::png;
use pngine_format::status::{self, Action, ErrorCode, INPUTS, INPUTS_SIZE, Plugins, Status};
use pngine_format::strings::NameKind;
use pngine_format::varint;
use pngine_format::word::{WORD_SETS, WORDS};
use std::fmt::Write as _;

/// Columns of a wrapped line.
const COLUMNS: usize = 120;

/// The whole document.
pub(super) fn document() -> String {
    let mut out = String::new();
    for section in [
        introduction,
        png_file,
        payload_sections,
        bytecode_section,
        executor,
        input_block,
        command_buffers,
        descriptors,
        errors,
        host,
        limits,
        words,
    ] {
        out.push_str(section().trim());
        out.push_str("\n\n");
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// A row of a table. Bars inside a cell are escaped.
fn row(out: &mut String, cells: &[&str]) {
    for cell in cells {
        // Writing to a String cannot fail, here and below.
        let _ = write!(out, "| {} ", cell.replace('|', "\\|"));
    }
    out.push_str("|\n");
}

/// The two lines at the head of a table.
fn head(out: &mut String, cells: &[&str]) {
    row(out, cells);
    out.push_str(&"|---".repeat(cells.len()));
    out.push_str("|\n");
}

/// A doc comment as plain Markdown: without the brackets of links to Rust items.
fn prose(doc: &str) -> String {
    doc.trim().replace("the usage byte of [`usage_byte`]", "the usage byte (below)").replace("[`", "`").replace("`]", "`")
}

/// Words with these in front, wrapped.
fn wrapped(items: impl IntoIterator<Item = String>) -> String {
    let mut out = String::new();
    let mut column = 0;
    for item in items {
        if column > 0 && column + 1 + item.len() > COLUMNS {
            out.push('\n');
            column = 0;
        }
        if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(&item);
        column += item.len();
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

fn introduction() -> String {
    format!(
        "# The format

<!-- Written by `cargo xtask codegen` from the tables of the crate `pngine-format`: do not edit by hand. -->

This page is enough to write a reader of pngine files and a host that plays them, in any language. A host needs three things:
an inflater for raw DEFLATE, an engine for WebAssembly (core 1.0 with bulk memory), and a WebGPU implementation or something
that can stand in for one.

A scene travels like this:

```text
file.png -> chunk `{chunk}` -> inflate -> payload -> executor (WebAssembly) + bytecode + data -> command buffer -> WebGPU
            section 1                    section 2   section 4              section 3         section 6
```

Conventions, unless a line says otherwise:

- Integers are little-endian and nothing is padded. `u8`, `u16`, `u32` are unsigned, `i32` is two's complement, `f32` and `f64` are
  IEEE 754 singles and doubles. (PNG's own lengths and checksums are big-endian, as PNG has them.)
- A **varint** is an unsigned LEB128 number: seven bits a byte, the lowest first, the high bit set on all bytes but the last. It has
  at most {max_varint} bytes and its value fits in 32 bits; a longer or larger one is malformed. It need not be the shortest form.
- Every length, offset and count comes from outside and is checked before it is used, without overflow.
- All numbers in the tables are append-only. A number that is not in its table belongs to a later version.",
        chunk = String::from_utf8_lossy(&png::CHUNK),
        max_varint = varint::MAX_LEN,
    )
}

fn png_file() -> String {
    format!(
        "## 1. The PNG

The file is a valid PNG (specification: PNG, third edition). Its picture is a rendered frame of the scene, or one transparent
pixel. One chunk of type `{chunk}`, behind the last `IDAT` and before `IEND`, holds the scene:

| offset | type | field |
|---|---|---|
| 0 | u8 | version, {version} |
| 1 | u8 | flags: bit 0 set if the body is deflated; all other bits 0 |
| 2 | … | the body: the payload as it is, or as one raw DEFLATE stream (RFC 1951, no zlib header or checksum) |

A reader

1. checks the signature `{signature}`;
2. walks over all chunks, each `[length: u32 big-endian][type: 4 ASCII letters][data][CRC-32: u32 big-endian]`, and refuses a length
   that leaves the file or exceeds {max_chunk}, and a CRC that does not match (over type and data; polynomial 0xEDB88320, reflected,
   start and end inverted);
3. asks for `IHDR` as the first chunk and nowhere else, at least one `IDAT`, and `IEND`, where the walk ends: what stands behind it is
   no part of the picture and is ignored, whatever it is; other chunks are skipped;
4. refuses a second `{chunk}`, and a version or flag that it does not know;
5. inflates, and stops as soon as the output exceeds {max_payload} bytes (or another limit of its user's choice).

A good PNG without a `{chunk}` chunk is told from a damaged one: the usual reason is a website that encoded the picture anew.

A writer that puts a scene into a PNG leaves all other chunks as they are, byte for byte, and leaves out what stands behind `IEND`.",
        chunk = String::from_utf8_lossy(&png::CHUNK),
        version = png::CHUNK_VERSION,
        signature = hex(&png::SIGNATURE),
        max_chunk = png::MAX_CHUNK,
        max_payload = status::MAX_PAYLOAD_BYTES,
    )
}

fn payload_sections() -> String {
    let mut out = format!(
        "## 2. The payload

A header of {size} bytes, then the sections:

| offset | type | field |
|---|---|---|
| 0 | 4 bytes | `{magic}` |
| 4 | u16 | version, {version}; a reader refuses any other |
| 6 | u16 | flags: bit 0 the payload carries its executor, bit 1 it has an animation table (extension {animation}), bit 2 it has extensions; others are written as 0 and ignored |
| 8 | u8 | plugins that the scene needs, one bit each; bit 0 is always set |
| 9 | u8 | 0 |
| 10, 14 | u32, u32 | offset and length of the executor; 0 and 0 without one |
| 18, 22 | u32, u32 | offset and length of the bytecode |
| 26, 30 | u32, u32 | offset and length of the data |
| 34, 38 | u32, u32 | offset and length of the string table |

Offsets count from the first byte of the payload. The sections lie behind the header in the order **executor, bytecode, string
table, data, extensions** (note that the header names data before the string table); each starts at or behind the end of the one
before it and ends inside the payload. With flag bit 0 the executor has at least one byte. With flag bit 2 everything behind the data
section is extensions.

The plugins, by bit:

",
        size = payload::HEADER_SIZE,
        magic = String::from_utf8_lossy(&payload::MAGIC),
        version = payload::VERSION,
        animation = tag::ANIMATION,
    );
    head(&mut out, &["bit", "value", "name"]);
    for (bit, name) in Plugins::NAMES.iter().enumerate() {
        row(&mut out, &[&bit.to_string(), &(1u32 << bit).to_string(), name]);
    }
    let _ = write!(
        out,
        "
A payload without an executor needs a shared one. The prebuilt ones are called after their plugins in the order of the bits, joined
by `-`: plugins 7 want `{stem}.wasm`. An executor that has more plugins than the scene needs does as well.

### Extensions

`[tag: u8][length: u32][bytes]`, one after another up to the end. Unknown tags are skipped; of two with one tag the first counts. Tags
128 to 255 are free for others.

",
        stem = Plugins(7).file_stem(),
    );
    head(&mut out, &["tag", "name", "content"]);
    for (number, name, content) in tag::NAMES {
        row(&mut out, &[&number.to_string(), name, content]);
    }
    let _ = write!(
        out,
        "
Those from 1 to 4 are descriptors (section 7), and what a host does with them stands in section 9; a player refuses a scene with one that it
cannot read. The contents of 6, 8 and 9 are not defined in this version and no compiler writes them. An extension {capacity} that is no varint
counts as absent.

### The string table

Names for people and tools; nothing at run time points here. Entries `[kind: u8][id: varint][length: varint][UTF-8]` up to the end.
Kind {frame}: the name of the frame with this index. Kind {scene}: the name of the timeline's scene with this index. Other kinds are
skipped.",
        capacity = tag::COMMAND_CAPACITY,
        frame = NameKind::Frame as u8,
        scene = NameKind::Scene as u8,
    );
    out
}

fn bytecode_section() -> String {
    // A buffer, written from the inputs in frame 0, as the worked example.
    let mut init = Block::default();
    init.command(Op::CreateBuffer, &[0, 16, 0x48]);
    init.command(Op::End, &[]);
    let mut frame = Block::default();
    frame.command(Op::WriteBuffer, &[0, 0, 0, 16]);
    frame.command(Op::Submit, &[]);
    frame.command(Op::End, &[]);
    let bytes = bytecode::assemble(Plugins::CORE, 0, &[Block::default(), init, frame]);
    format!(
        "## 3. The bytecode

Between a compiler and the executors of its time; a host hands it over unread. It is written down because an executor is replaceable.

`[version: u8 = {version}][plugins: u8][once: u16][count: u16]`, then `count + 1` offsets (`u32`), then the blocks. `plugins` are those the
code needs; `once` is the number of marks (below); `count` is the number of blocks. Block i goes from offset i up to offset i + 1, both
counted from the start of the bytecode; no offset is below the one before it, and the last is at most the length of the bytecode. An executor
looks at the offsets of a block when it runs it: a block that does not lie inside the bytecode is status 3, a timeline that does not counts
as empty; bytecode shorter than its table is status 1; a block that is missing, also a frame that is not there, is status 4. Block {timeline} is the timeline, block {init} the instructions of `init`, block
{first} + f those of frame f. The first two are always there.

### Instructions

An opcode and its operands, each a varint. The opcodes of commands and their operands are those of section 6, with two differences:

- `i32` and `f32` stand as varints of their 32 bits; an operand of one or two bytes, and the opcode, must fit its width, or the status is 4;
- a pointer is an offset into the **region**: the data section, padded to a multiple of {align} bytes (with whatever memory holds there), and behind it the input block
  (section 5). For a pointer p and its length n, p + n is at most the length of the region, or the status is 4.

The executor writes each command to the command buffer, with operands in their full width and the address of the region added to
pointers. So bytes of an input get into a buffer like any others: WRITE_BUFFER with a pointer to the padded length of the data section
writes `pngineInputs`.

Two more opcodes steer the executor and write nothing by themselves. Executors with neither render nor compute do not have them; a program
that uses them declares one of the two.

| op | operands | meaning |
|---|---|---|
| {patch:#04x} | at, count, offset, stride: varints | PATCH. Adds ((F + offset) mod count) * stride to the `u32` at byte `at` (opcode = byte 0) of the command written last in this call, where F is the frame counter; all of it modulo 2^32, F + offset before the remainder is taken. `at` lies inside the command and count is not 0, or the status is 4; so it is if no command was written before. With stride 1 and `at` on an id it picks a member of a pool; on a pointer, with the size of a block as stride, it picks a block of data. An id has two bytes, so the `u32` may reach behind the command; the compiler sees to it that the sum does not carry so far, and later commands overwrite what stands there. A patched pointer is not checked again. |
| {once:#04x} | slot, length: varints | ONCE. If mark `slot` is set, skips the next `length` bytes, which must not leave the block (status 3, checked when it is skipped); otherwise sets it. `slot` is below the header's `once`, or the status is 4. Marks that `init` sets count for frames, too. |

The instructions of a frame end with SUBMIT and END, those of `init` with END; the executor adds nothing of that and does not check it: it
runs to the end of the block.

### The timeline

Block {timeline} is empty in a scene without one. Otherwise: `[duration: u32][flags: u32]`, then scenes to the end of the block, each
`[start: u32][end: u32][frame: u32]`; times are in milliseconds, `frame` is the index of the frame that shows the scene. Flag bit 0: time
starts again after `duration`. A program with a timeline declares the plugin animation; an executor without it does not read the block, one with it always does.
Without a frame chosen by the host (`setFrame`), each `frame` call

1. takes t = time * 1000, computed in single precision and cut to a whole number from 0 to 2^32 - 1 (what is no number is 0), and with flag
   bit 0 and a duration above 0, t mod duration;
2. picks the first scene with start <= t < end; if there is none, the last of those with the greatest end <= t; if there is none either,
   the first scene;
3. sets sceneTime = max(t - start, 0) / 1000, sceneDuration = max(end - start, 0) / 1000, and normalizedTime = sceneTime /
   sceneDuration, at most 1, or 0 if the duration is 0; differences are exact, rounded to singles and divided as singles;
4. writes SET_SCENE with the scene's index and transition 0 as the first command, then runs the scene's frame.

Without a timeline, with one without a scene, and with a frame chosen by the host, no SET_SCENE is written, sceneTime is the time, and the
other two are 0 (an executor without animation does not write them; `init` has set them to 0). Without a choice by the host, frame 0 runs. A
timeline shorter than 8 bytes counts as empty, an incomplete scene at its end is passed over, and only the first 65,535 scenes count.

### Example

A buffer of 16 bytes with usage COPY_DST and UNIFORM, and a frame that writes `pngineInputs` into it. With an empty data section the
input block starts at byte 0 of the region:

```text
{bytes}

{text}
```",
        version = bytecode::VERSION,
        timeline = bytecode::TIMELINE_BLOCK,
        init = bytecode::INIT_BLOCK,
        first = bytecode::FIRST_FRAME_BLOCK,
        align = bytecode::REGION_ALIGN,
        patch = bytecode::PATCH,
        once = bytecode::ONCE,
        bytes = hex(&bytes),
        text = bytecode::disassemble(&bytes, &[]).trim_end(),
    )
}

fn executor() -> String {
    let mut out = format!(
        "## 4. The executor, ABI {abi}

A WebAssembly module that imports nothing and keeps no state outside its memory. It never traps, whatever bytes bytecode and data are (their
lengths must be those that the host has made room for), never grows its memory, and gives the same commands for the same calls. Pointers are byte offsets into its memory.

| export | type | meaning |
|---|---|---|
| `memory` | memory | |
| `getAbiVersion` | () -> u32 | {abi} |
| `getBytecodePtr` | () -> u32 | where the host writes the bytecode section |
| `setBytecodeLen` | (u32) | called after writing it; undoes `init`, and the data section has length 0 until `setDataLen` |
| `getDataPtr` | () -> u32 | where the host writes the data section: behind the bytecode, aligned to {align} bytes; valid after `setBytecodeLen` |
| `setDataLen` | (u32) | called after writing it; undoes `init` |
| `init` | () -> u32 | writes the commands that create everything; returns a status. Zeroes the input block and the marks of ONCE, and sets the frame counter to 0, so that it may be called again |
| `frame` | (time: f32, width: u32, height: u32) -> u32 | writes the commands of one frame; returns a status. `time` is in seconds, `width` and `height` are the canvas' in pixels |
| `getCommandPtr`, `getCommandLen` | () -> u32 | the command buffer of the last `init` or `frame`, valid until the next call; the pointer is already valid after `setDataLen` |
| `getInputsPtr` | () -> u32 | the input block (section 5), valid after `setDataLen` |
| `setFrame` | (u32) | chooses a frame by its index; 0xFFFFFFFF, the default, leaves the choice to the timeline. The choice stays through `init` and loading |
| `getFrameCounter`, `setFrameCounter` | () -> u32, (u32) | the frame counter F: how many frames were written since `init`. A `frame` call adds 1 after it has succeeded |

WebAssembly's integers have no sign of their own: an engine that returns a signed number has to read it as unsigned.

The memory, from low to high addresses:

```text
stack, statics | bytecode | pad to {align} | data | pad to {align} | input block, {inputs} bytes | marks, 1 byte each | commands … end of memory
                 getBytecodePtr           getDataPtr          getInputsPtr                                 getCommandPtr
```

Before writing, the host grows the memory so that the bytecode fits, then the data, then, from `getCommandPtr()` on, {capacity} bytes of
commands, or what extension {capacity_tag} of the payload asks for if that is more. In a payload that carries its executor the module's
own minimum is large enough already, but a host need not rely on it.

The statuses:

",
        abi = status::ABI_VERSION,
        align = bytecode::REGION_ALIGN,
        inputs = INPUTS_SIZE,
        capacity = status::COMMAND_CAPACITY,
        capacity_tag = tag::COMMAND_CAPACITY,
    );
    head(&mut out, &["status", "meaning"]);
    for status in Status::ALL {
        row(&mut out, &[&(*status as u32).to_string(), status.text()]);
    }
    out.push_str(
        "
Status 6 is about the plugins that the bytecode's header names; an opcode that an executor does not have is 3. Where several things are
wrong, any of their statuses may come. Before each instruction 48 bytes of memory must be free behind what has been written (at first the
header of 8 bytes), or the status is 5; the number in extension 10 includes them. After any status but 0, known or unknown, the host
executes nothing and reports the status by name; `getCommandLen()` is 0 then, unless the status is 7. A `frame` that failed does not change
the counter, but its part of the input block has been written, and marks of ONCE that it set stay set: call `init` before going on.",
    );
    out
}

/// What the fields of the input block mean. A test checks that every source is here.
const INPUT_MEANINGS: &[(&str, &str)] = &[
    ("pngineInputs", "The arguments of `frame` as singles, and width / height (of a height of 0: of 1)."),
    ("sceneTimeInputs", "See the timeline in section 3. In seconds; normalizedTime from 0 to 1."),
    (
        "pointerInputs",
        "`x`, `y`: where the pointer is, 0 to 1 across the canvas' pixels as they are shown, from their top left corner (borders, \
         paddings and bars around the picture do not count); below 0 or above 1 while a drag goes on outside. Of several fingers the one \
         that came first counts. `clickX`, `clickY`: where a button was pressed last, in the same unit; both have their sign turned \
         negative when it is released. `dx`, `dy`: how far the pointer moved since the frame before, in the same unit. `buttons`: the DOM's bit mask (primary 1, secondary 2, auxiliary 4). \
         `pressure`: 0 to 1. `modifiers`: shift 1, control 2, alt 4, meta 8, added. `scrollX`, `scrollY`: how far the wheel was turned \
         over the canvas since loading, in CSS pixels (a line counts as 16, a page as the canvas' height). `pad`: 0.",
    ),
    (
        "frameInputs",
        "`delta`: seconds of scene time since the frame before; 0 for the first, after a step back, and where a user set the time; never \
         more than a tenth of a second while a host plays, unless its user says otherwise. \
         `frame`: the frame counter before this frame. `seed`: 0 unless the host's user sets it. `devicePixelRatio`: pixels of the \
         canvas for one CSS pixel as they are shown, 1 where there is no such thing.",
    ),
    (
        "keyboardInputs",
        "256 bits: bit c mod 8 of byte c div 8 is set while the key with the DOM key code c (`KeyboardEvent.keyCode`) is down. A host \
         takes the keys that are meant for the scene: those pressed while its canvas has the focus. All are cleared when it loses the \
         focus.",
    ),
    ("audioInputs", "256 singles: magnitudes of the host's audio analyser, 0 to 1, the lowest frequency first; 0 when silent."),
];

fn input_block() -> String {
    let mut out = format!(
        "## 5. The input block

{INPUTS_SIZE} bytes of memory at `getInputsPtr()`: what a scene can read of the world outside. `init` zeroes it. The executor fills its own
part from the arguments of `frame`; the host may fill the rest before each `frame`, and leaves zero what it has no device for.

"
    );
    head(&mut out, &["offset", "bytes", "source", "filled by", "fields"]);
    for source in INPUTS {
        let fields = source.fields.join(", ").replace(":bits", "").replace(':', ": ");
        row(&mut out, &[&source.offset.to_string(), &source.size.to_string(), source.name, source.filled_by, &fields]);
    }
    for (name, meaning) in INPUT_MEANINGS {
        let _ = write!(out, "\n- **{name}**: {meaning}");
    }
    out
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

fn command_buffers() -> String {
    let example: &[(Op, &[u32])] = &[(Op::CreateBuffer, &[1, 64, 0x48]), (Op::End, &[])];
    let bytes = command::encode(example.iter().copied());
    let mut out = format!(
        "## 6. Command buffers

What an executor writes and a host executes. A header of {header} bytes:

| offset | type | field |
|---|---|---|
| 0 | u32 | length of the whole buffer in bytes, with this header; the same as `getCommandLen()` |
| 4 | u16 | number of commands |
| 6 | u16 | flags: bit 0 the buffer is cut off, and nothing of it may be executed (no executor of this version sets it) |

Then the commands, each `[opcode: u8][operands]`. The last one is END, and no bytes follow it. An example, CREATE_BUFFER with id 1,
64 bytes and usage 0x48, then END:

```text
{bytes}
```

### Operands

| operand | bytes | meaning |
|---|---|---|
| u8, u16, u32, i32, f32 | 1, 2, 4, 4, 4 | a number |
| new *kind* | 2 | the id of what the command creates, below {canvas:#06x}. Ids are counted for each kind by itself |
| *kind* | 2 | the id of what a command before has created, in `init`. The texture {canvas:#06x} is the canvas' current texture. {none:#06x} means none; only the two textures of BEGIN_RENDER_PASS may be none |
| ptr, len | 4, 4 | an address in the executor's memory and the number of bytes there. Always in pairs |

Render and compute pipelines share one id space. Scenes are not created by commands; their ids are their indices. What is created lives as
long as the device: there is no command that frees anything.

The kinds, with the numbers they have in descriptors:

",
        header = command::HEADER_SIZE,
        bytes = hex(&bytes),
        canvas = op::CANVAS_TEXTURE,
        none = op::NONE,
    );
    out.push_str(&wrapped(Kind::ALL.iter().map(|kind| format!("{} {},", *kind as u8, kind.name()))));
    out.truncate(out.trim_end_matches(',').len());
    out.push_str(".\n\nA `defaultView` occurs in descriptors only: its id is a texture's, and it stands for a view of the whole texture.\n");
    out.push_str(
        "
### Where a command may stand

| place | meaning |
|---|---|
| init | in the buffer of `init`, outside of passes |
| outside | in any buffer, outside of passes |
| render, compute | inside a render pass; inside a compute pass |
| pass | inside a pass of either kind |
| any | anywhere |

A pass is what lies between a command that begins one and END_PASS. A command in another place is E007.

### What a host does with them

It keeps one command encoder, made when the first command needs it. Passes, copies between resources, CLEAR_BUFFER, RESOLVE_QUERY_SET
and debug groups are encoded; SUBMIT finishes the encoder and submits it. Creation, WRITE_BUFFER, WRITE_TEXTURE, WRITE_FROM_WASM,
COPY_EXTERNAL_IMAGE and BIND_VIDEO_FRAME happen at once, on the device and its queue, and so take effect **before** everything that is not
submitted yet. A buffer that ends with something encoded
but not submitted, or inside a pass, is E007.

### The commands

",
    );
    head(&mut out, &["op", "name", "operands", "plugin", "place", "meaning"]);
    for command in COMMANDS {
        let operands: Vec<String> =
            command.operands.iter().map(|(name, operand)| format!("{name}: {}", operand_text(*operand))).collect();
        let plugin = command.plugin.names().collect::<Vec<_>>().join(" ");
        row(
            &mut out,
            &[
                &format!("{:#04x}", command.op as u8),
                command.name,
                &operands.join(", "),
                &plugin,
                place_text(command.place),
                &prose(command.doc),
            ],
        );
    }
    let flags = |flags: &[(&str, u32)]| flags.iter().map(|(name, bit)| format!("{name} {bit:#x}")).collect::<Vec<_>>().join(", ");
    let _ = write!(
        out,
        "
Notes:

- **The usage byte** of CREATE_BUFFER has WebGPU's own values for COPY_SRC 0x04, COPY_DST 0x08, INDEX 0x10, VERTEX 0x20, UNIFORM 0x40 and
  STORAGE 0x80. The two low bits, which WebGPU gives to mapping, are INDIRECT 0x01 and QUERY_RESOLVE 0x02. So WebGPU's number is
  `(byte & 0xFC) | (byte & 3) << 8`. In descriptors, `usage` has WebGPU's bits: {buffer_usage}.
- **BEGIN_RENDER_PASS** with `color` = none has no colour attachment. Where the format of `depth` has a stencil, that is cleared to 0 and
  stored as well.
- **CREATE_BIND_GROUP**: `layout` is the id of a bind group layout. For a pipeline with an automatic layout, a CREATE_BIND_GROUP_LAYOUT
  with `pipeline` and `index` comes before: it takes that pipeline's layout number `index`.
- **WRITE_BUFFER** writes min(len, size of the buffer - offset) bytes. An offset behind the end of the buffer is E002.
- A **size** of {whole:#x} in CLEAR_BUFFER, SET_VERTEX_BUFFER_RANGE and SET_INDEX_BUFFER_RANGE means all the rest of the buffer.
- **EXECUTE_BUNDLES** leaves the pass without pipeline, bind groups, vertex and index buffers, as in WebGPU.
- **SET_SCENE** changes nothing on the GPU; a player may show the scene's name.
- **INIT_WASM_MODULE**: a module may import `env.abort`, a function that traps, and `env.memory`, a memory of one page, which
  may grow unless the import has a maximum; nothing else. Where an engine loads asynchronously, all modules, images and videos of `init` are
  loaded before its first command is executed.
- **CALL_WASM_FUNC**: the arguments stand one after another, each `[type: u8][value]`. The type is WebAssembly's number of the parameter's type:
  0x7f i32, 0x7e i64, 0x7d f32, 0x7c f64, and the value has 4, 8, 4 or 8 bytes. With bit 7 set as well (0xff to 0xfc) two bytes follow: the
  offset in the input block of a single, which is converted to the type, whole numbers by rounding towards zero, saturating; NaN is 0. Their
  types are those of the function's parameters, and it returns one i32 or nothing. The modules' state lives from `init` to the next `init`.
- **WRITE_FROM_WASM** copies from the module's memory, the one exported as `memory` or else the imported one, as it is now. It writes what fits,
  like WRITE_BUFFER. A result lasts until the next call with the same number; one that
  returns nothing takes it away.
- **LOAD_IMAGE** decodes to RGBA of 8 bits, without conversion of colours, and without premultiplying.
- **COPY_EXTERNAL_IMAGE** converts to the format of the texture like WebGPU's `copyExternalImageToTexture`.
- **BIND_VIDEO_FRAME** scales where the texture is of another size than the video. A host that plays no videos says so by name and stops at
  LOAD_VIDEO. A video follows the host's clock if it has `autoplay`: its place is the time multiplied by `playbackRate`, modulo its length with
  `loop`; otherwise it shows its first frame.
",
        buffer_usage = flags(op::buffer_usage::FLAGS),
        whole = op::WHOLE,
    );
    let _ = write!(
        out,
        "
Bits of `usage` of a texture: {}. Bits of `visibility`: {}. Bits of `writeMask`: {}.",
        flags(op::texture_usage::FLAGS),
        flags(op::SHADER_STAGES),
        flags(op::COLOR_WRITES)
    );
    out
}

/// A dictionary of a descriptor: its title, what is special about it, and its members with their values.
struct Dictionary {
    title: &'static str,
    ty: Option<Type>,
    note: &'static str,
    /// Member, value, and whether it must be there.
    members: &'static [(Field, &'static str, bool)],
}

const REQUIRED: bool = true;
const OPTIONAL: bool = false;

use Field as F;

/// All dictionaries. A test checks that every field of the table occurs.
const DICTIONARIES: &[Dictionary] = &[
    Dictionary {
        title: "texture",
        ty: Some(Type::Texture),
        note: "`depth` is WebGPU's `depthOrArrayLayers`. What is wrong with a texture is E006, not E004.",
        members: &[
            (F::Width, "uint or canvas", REQUIRED),
            (F::Height, "uint or canvas, default 1", OPTIONAL),
            (F::Depth, "uint, default 1", OPTIONAL),
            (F::Format, "word", REQUIRED),
            (F::Usage, "uint, not 0", REQUIRED),
            (F::Dimension, "word", OPTIONAL),
            (F::MipLevelCount, "uint", OPTIONAL),
            (F::SampleCount, "uint", OPTIONAL),
            (F::ViewFormats, "array of word", OPTIONAL),
            (F::TextureBindingViewDimension, "word", OPTIONAL),
        ],
    },
    Dictionary {
        title: "sampler",
        ty: Some(Type::Sampler),
        note: "",
        members: &[
            (F::AddressModeU, "word", OPTIONAL),
            (F::AddressModeV, "word", OPTIONAL),
            (F::AddressModeW, "word", OPTIONAL),
            (F::MagFilter, "word", OPTIONAL),
            (F::MinFilter, "word", OPTIONAL),
            (F::MipmapFilter, "word", OPTIONAL),
            (F::LodMinClamp, "number", OPTIONAL),
            (F::LodMaxClamp, "number", OPTIONAL),
            (F::Compare, "word", OPTIONAL),
            (F::MaxAnisotropy, "uint", OPTIONAL),
        ],
    },
    Dictionary {
        title: "bindGroup",
        ty: Some(Type::BindGroup),
        note: "",
        members: &[(F::Entries, "array of *bind group entry*", REQUIRED)],
    },
    Dictionary {
        title: "*bind group entry*",
        ty: None,
        note: "A video is bound as an external texture. Such a texture lasts for a moment only, so a host makes these bind groups, and the \
               bundles that set them, again for every frame.",
        members: &[
            (F::Binding, "uint", REQUIRED),
            (F::Resource, "*buffer range*, or ref to a sampler, a textureView, a defaultView or a video", REQUIRED),
        ],
    },
    Dictionary {
        title: "*buffer range*",
        ty: None,
        note: "",
        members: &[
            (F::Buffer, "ref to a buffer", REQUIRED),
            (F::Offset, "uint, default 0", OPTIONAL),
            (F::Size, "uint, default all the rest", OPTIONAL),
        ],
    },
    Dictionary {
        title: "bindGroupLayout",
        ty: Some(Type::BindGroupLayout),
        note: "Either `entries`, or `pipeline` and `index`.",
        members: &[
            (F::Entries, "array of *layout entry*", OPTIONAL),
            (F::Pipeline, "ref to a pipeline", OPTIONAL),
            (F::Index, "uint, default 0", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*layout entry*",
        ty: None,
        note: "With exactly one of the last five.",
        members: &[
            (F::Binding, "uint", REQUIRED),
            (F::Visibility, "uint", REQUIRED),
            (F::Buffer, "an object of `type`, `hasDynamicOffset`, `minBindingSize`", OPTIONAL),
            (F::Sampler, "an object of `type`", OPTIONAL),
            (F::Texture, "an object of `sampleType`, `viewDimension`, `multisampled`", OPTIONAL),
            (F::StorageTexture, "an object of `access`, `format`, `viewDimension`", OPTIONAL),
            (F::ExternalTexture, "an empty object", OPTIONAL),
        ],
    },
    Dictionary {
        title: "Inside layout entries",
        ty: None,
        note: "besides these, format (4): word, which a storageTexture must have.",
        members: &[
            (F::Type, "word", OPTIONAL),
            (F::HasDynamicOffset, "bool", OPTIONAL),
            (F::MinBindingSize, "uint", OPTIONAL),
            (F::SampleType, "word", OPTIONAL),
            (F::ViewDimension, "word", OPTIONAL),
            (F::Multisampled, "bool", OPTIONAL),
            (F::Access, "word", OPTIONAL),
        ],
    },
    Dictionary {
        title: "renderPipeline",
        ty: Some(Type::RenderPipeline),
        note: "",
        members: &[
            (F::Layout, "ref to a pipelineLayout", OPTIONAL),
            (F::Vertex, "*stage*, with `buffers`", REQUIRED),
            (F::Primitive, "*primitive state*", OPTIONAL),
            (F::DepthStencil, "*depth and stencil state*", OPTIONAL),
            (F::Multisample, "*multisample state*", OPTIONAL),
            (F::Fragment, "*stage*, with `targets`", OPTIONAL),
        ],
    },
    Dictionary {
        title: "computePipeline",
        ty: Some(Type::ComputePipeline),
        note: "",
        members: &[(F::Layout, "ref to a pipelineLayout", OPTIONAL), (F::Compute, "*stage*", REQUIRED)],
    },
    Dictionary {
        title: "*stage*",
        ty: None,
        note: "",
        members: &[
            (F::Module, "ref to a shader", REQUIRED),
            (F::EntryPoint, "string", OPTIONAL),
            (F::Constants, "record", OPTIONAL),
            (F::Buffers, "array of *vertex buffer* or null", OPTIONAL),
            (F::Targets, "array of *target* or null; required in a fragment stage", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*vertex buffer*",
        ty: None,
        note: "",
        members: &[
            (F::ArrayStride, "uint", REQUIRED),
            (F::StepMode, "word", OPTIONAL),
            (F::Attributes, "array of *vertex attribute*", REQUIRED),
        ],
    },
    Dictionary {
        title: "*vertex attribute*",
        ty: None,
        note: "",
        members: &[(F::Format, "word", REQUIRED), (F::Offset, "uint", REQUIRED), (F::ShaderLocation, "uint", REQUIRED)],
    },
    Dictionary {
        title: "*primitive state*",
        ty: None,
        note: "",
        members: &[
            (F::Topology, "word", OPTIONAL),
            (F::StripIndexFormat, "word", OPTIONAL),
            (F::FrontFace, "word", OPTIONAL),
            (F::CullMode, "word", OPTIONAL),
            (F::UnclippedDepth, "bool", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*depth and stencil state*",
        ty: None,
        note: "",
        members: &[
            (F::Format, "word", REQUIRED),
            (F::DepthWriteEnabled, "bool", OPTIONAL),
            (F::DepthCompare, "word", OPTIONAL),
            (F::StencilFront, "*stencil face*", OPTIONAL),
            (F::StencilBack, "*stencil face*", OPTIONAL),
            (F::StencilReadMask, "uint", OPTIONAL),
            (F::StencilWriteMask, "uint", OPTIONAL),
            (F::DepthBias, "number, whole", OPTIONAL),
            (F::DepthBiasSlopeScale, "number", OPTIONAL),
            (F::DepthBiasClamp, "number", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*stencil face*",
        ty: None,
        note: "",
        members: &[
            (F::Compare, "word", OPTIONAL),
            (F::FailOp, "word", OPTIONAL),
            (F::DepthFailOp, "word", OPTIONAL),
            (F::PassOp, "word", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*multisample state*",
        ty: None,
        note: "",
        members: &[(F::Count, "uint", OPTIONAL), (F::Mask, "uint", OPTIONAL), (F::AlphaToCoverageEnabled, "bool", OPTIONAL)],
    },
    Dictionary {
        title: "*target*",
        ty: None,
        note: "",
        members: &[(F::Format, "word", REQUIRED), (F::Blend, "*blend state*", OPTIONAL), (F::WriteMask, "uint", OPTIONAL)],
    },
    Dictionary {
        title: "*blend state*",
        ty: None,
        note: "",
        members: &[(F::Color, "*blend component*", REQUIRED), (F::Alpha, "*blend component*", REQUIRED)],
    },
    Dictionary {
        title: "*blend component*",
        ty: None,
        note: "",
        members: &[(F::Operation, "word", OPTIONAL), (F::SrcFactor, "word", OPTIONAL), (F::DstFactor, "word", OPTIONAL)],
    },
    Dictionary {
        title: "renderPass",
        ty: Some(Type::RenderPass),
        note: "",
        members: &[
            (F::ColorAttachments, "array of *colour attachment* or null", REQUIRED),
            (F::DepthStencilAttachment, "*depth and stencil attachment*", OPTIONAL),
            (F::OcclusionQuerySet, "ref to a querySet", OPTIONAL),
            (F::TimestampWrites, "*timestamp writes*", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*colour attachment*",
        ty: None,
        note: "",
        members: &[
            (F::View, "ref to a textureView or a defaultView", REQUIRED),
            (F::DepthSlice, "uint", OPTIONAL),
            (F::ResolveTarget, "ref to a textureView or a defaultView", OPTIONAL),
            (F::ClearValue, "f32array of four, or array of four numbers", OPTIONAL),
            (F::LoadOp, "word", REQUIRED),
            (F::StoreOp, "word", REQUIRED),
        ],
    },
    Dictionary {
        title: "*depth and stencil attachment*",
        ty: None,
        note: "",
        members: &[
            (F::View, "ref to a textureView or a defaultView", REQUIRED),
            (F::DepthClearValue, "number", OPTIONAL),
            (F::DepthLoadOp, "word", OPTIONAL),
            (F::DepthStoreOp, "word", OPTIONAL),
            (F::DepthReadOnly, "bool", OPTIONAL),
            (F::StencilClearValue, "uint", OPTIONAL),
            (F::StencilLoadOp, "word", OPTIONAL),
            (F::StencilStoreOp, "word", OPTIONAL),
            (F::StencilReadOnly, "bool", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*timestamp writes*",
        ty: None,
        note: "",
        members: &[
            (F::QuerySet, "ref to a querySet", REQUIRED),
            (F::BeginningOfPassWriteIndex, "uint", OPTIONAL),
            (F::EndOfPassWriteIndex, "uint", OPTIONAL),
        ],
    },
    Dictionary {
        title: "pipelineLayout",
        ty: Some(Type::PipelineLayout),
        note: "",
        members: &[(F::BindGroupLayouts, "array of ref to a bindGroupLayout, or null", REQUIRED)],
    },
    Dictionary {
        title: "textureView",
        ty: Some(Type::TextureView),
        note: "Of a texture that a command created; the canvas' texture has default views only.",
        members: &[
            (F::Texture, "ref to a texture", REQUIRED),
            (F::Format, "word", OPTIONAL),
            (F::Dimension, "word", OPTIONAL),
            (F::Usage, "uint", OPTIONAL),
            (F::Aspect, "word", OPTIONAL),
            (F::BaseMipLevel, "uint", OPTIONAL),
            (F::MipLevelCount, "uint", OPTIONAL),
            (F::BaseArrayLayer, "uint", OPTIONAL),
            (F::ArrayLayerCount, "uint", OPTIONAL),
            (F::Swizzle, "string", OPTIONAL),
        ],
    },
    Dictionary {
        title: "querySet",
        ty: Some(Type::QuerySet),
        note: "",
        members: &[(F::Type, "word", REQUIRED), (F::Count, "uint", REQUIRED)],
    },
    Dictionary {
        title: "renderBundle",
        ty: Some(Type::RenderBundle),
        note: "`commands` are commands as in section 6, opcode and operands in full width, one after another without header and END; \
               but their pointers are offsets into the region (section 3), so `getDataPtr()` is added. They may set pipeline, bind groups \
               (with offsets or without), vertex and index buffers, draw, and mark debug groups.",
        members: &[
            (F::ColorFormats, "array of word or null", REQUIRED),
            (F::DepthStencilFormat, "word", OPTIONAL),
            (F::SampleCount, "uint", OPTIONAL),
            (F::DepthReadOnly, "bool", OPTIONAL),
            (F::StencilReadOnly, "bool", OPTIONAL),
            (F::Commands, "bytes", REQUIRED),
        ],
    },
    Dictionary {
        title: "buffer",
        ty: Some(Type::Buffer),
        note: "",
        members: &[(F::Size, "uint", REQUIRED), (F::Usage, "uint", REQUIRED)],
    },
    Dictionary {
        title: "computePass",
        ty: Some(Type::ComputePass),
        note: "",
        members: &[(F::TimestampWrites, "*timestamp writes*", OPTIONAL)],
    },
    Dictionary {
        title: "copy",
        ty: Some(Type::Copy),
        note: "A side is a *texture side* or a *buffer side*, as the command's name says. The source of WRITE_TEXTURE is a *buffer side* \
               without `buffer`, about the bytes that the command points to. The source of COPY_EXTERNAL_IMAGE is an *image side*.",
        members: &[
            (F::Source, "*texture side*, *buffer side* or *image side*", OPTIONAL),
            (F::Destination, "*texture side* or *buffer side*", REQUIRED),
            (F::CopySize, "array of one to three uint or canvas: width, height, depth", REQUIRED),
        ],
    },
    Dictionary {
        title: "*texture side*",
        ty: None,
        note: "`premultipliedAlpha` is for COPY_EXTERNAL_IMAGE only: the colours are multiplied by their alpha.",
        members: &[
            (F::Texture, "ref to a texture", REQUIRED),
            (F::MipLevel, "uint", OPTIONAL),
            (F::Origin, "array of up to three uint or canvas: x, y, z", OPTIONAL),
            (F::Aspect, "word", OPTIONAL),
            (F::PremultipliedAlpha, "bool", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*image side*",
        ty: None,
        note: "`flipY` turns what is copied upside down; `origin` counts from the top all the same.",
        members: &[
            (F::Source, "ref to an image or a video", REQUIRED),
            (F::Origin, "array of two uint: x, y", OPTIONAL),
            (F::FlipY, "bool", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*buffer side*",
        ty: None,
        note: "",
        members: &[
            (F::Buffer, "ref to a buffer", REQUIRED),
            (F::Offset, "uint", OPTIONAL),
            (F::BytesPerRow, "uint", OPTIONAL),
            (F::RowsPerImage, "uint", OPTIONAL),
        ],
    },
    Dictionary {
        title: "region",
        ty: Some(Type::Region),
        note: "Section 6 says what each command takes of it.",
        members: &[
            (F::X, "number, canvas or canvasNumber", OPTIONAL),
            (F::Y, "number, canvas or canvasNumber", OPTIONAL),
            (F::Z, "number, canvas or canvasNumber", OPTIONAL),
            (F::Width, "number, canvas or canvasNumber", OPTIONAL),
            (F::Height, "number, canvas or canvasNumber", OPTIONAL),
            (F::MinDepth, "number, canvas or canvasNumber", OPTIONAL),
            (F::MaxDepth, "number, canvas or canvasNumber", OPTIONAL),
        ],
    },
    Dictionary {
        title: "device",
        ty: Some(Type::Device),
        note: "",
        members: &[
            (F::RequiredFeatures, "array of string", OPTIONAL),
            (F::OptionalFeatures, "array of string", OPTIONAL),
            (F::RequiredLimits, "record", OPTIONAL),
        ],
    },
    Dictionary {
        title: "canvas",
        ty: Some(Type::Canvas),
        note: "",
        members: &[
            (F::AlphaMode, "word, default opaque", OPTIONAL),
            (F::ColorSpace, "word, default srgb", OPTIONAL),
            (F::ToneMapping, "word, default standard", OPTIONAL),
        ],
    },
    Dictionary {
        title: "video",
        ty: Some(Type::Video),
        note: "",
        members: &[
            (F::Mime, "string", OPTIONAL),
            (F::Loop, "bool, default false", OPTIONAL),
            (F::Autoplay, "bool, default false", OPTIONAL),
            (F::Muted, "bool, default false", OPTIONAL),
            (F::PlaybackRate, "number, default 1", OPTIONAL),
        ],
    },
    Dictionary {
        title: "animation",
        ty: Some(Type::Animation),
        note: "",
        members: &[
            (F::Duration, "uint", REQUIRED),
            (F::EndBehavior, "uint, default 0", OPTIONAL),
            (F::Scenes, "array of *timeline scene*", REQUIRED),
        ],
    },
    Dictionary {
        title: "*timeline scene*",
        ty: None,
        note: "",
        members: &[(F::Start, "uint, default 0", OPTIONAL), (F::End, "uint", REQUIRED), (F::Frame, "uint, default 0", OPTIONAL)],
    },
    Dictionary {
        title: "uniforms",
        ty: Some(Type::Uniforms),
        note: "",
        members: &[(F::Blocks, "array of *uniform block*", REQUIRED)],
    },
    Dictionary {
        title: "*uniform block*",
        ty: None,
        note: "",
        members: &[
            (F::Module, "string", REQUIRED),
            (F::Name, "string", REQUIRED),
            (F::Buffer, "ref to a buffer", REQUIRED),
            (F::Uniforms, "array of *uniform*", REQUIRED),
        ],
    },
    Dictionary {
        title: "*uniform*",
        ty: None,
        note: "`columns` of `rows` numbers each, `count` times, laid out as in WGSL: the columns of a matrix are as far apart as two numbers for \
               two rows, as four for three or four; elements of an array are `arrayStride` bytes apart.",
        members: &[
            (F::Name, "string, default empty", OPTIONAL),
            (F::Offset, "uint, default 0", OPTIONAL),
            (F::Type, "word: float32, sint32, uint32 or float16", REQUIRED),
            (F::Columns, "uint, default 1", OPTIONAL),
            (F::Rows, "uint, default 1", OPTIONAL),
            (F::Count, "uint; left out if it is no array", OPTIONAL),
            (F::ArrayStride, "uint, default the size of an element", OPTIONAL),
            (F::Input, "uint", OPTIONAL),
        ],
    },
];

fn descriptors() -> String {
    let sample = descriptor::object([
        (Field::Width, Value::Canvas([0.5, 0.0, 0.0])),
        (Field::Height, Value::Uint(300)),
        (Field::Format, Value::word("rgba8unorm")),
        (Field::Usage, Value::Uint(op::texture_usage::RENDER_ATTACHMENT)),
    ]);
    let mut out = "## 7. Descriptors

WebGPU's dictionaries as bytes. A descriptor is `[type: u8][count: u8]` and then `count` fields, each `[field: u8][value type: u8][value]`.
It fills its length exactly. Fields and value types have the same numbers in all descriptors, so one function decodes them all; a field
with an unknown number is skipped by its value type. An unknown value type, a value that does not fit, an unknown word, a wrong
descriptor type or nesting deeper than "
        .to_string();
    let _ = write!(
        out,
        "{depth} (objects and arrays) is E004.

### Value types

",
        depth = descriptor::MAX_DEPTH
    );
    head(&mut out, &["number", "name", "value"]);
    for tag in Tag::ALL {
        row(&mut out, &[&(*tag as u8).to_string(), tag.name(), &prose(tag.doc())]);
    }
    let _ = write!(
        out,
        "
- **word**: the table is section 11. `preferredCanvasFormat` stands for the format that the host gave the canvas, wherever a format
  may stand.
- **canvas**: with the singles a, b, c and the canvas' size in pixels, the extent is max(1, floor(a * width + b * height + c + 2^-16)),
  in double precision; what is not a number counts as 0. When the canvas changes its size, a host makes every texture with such an
  extent again, with undefined contents, and then everything that holds on to it, in the order of creation: texture views, bind
  groups, render bundles. Other textures keep what they hold.
- **null** as the value of a field is the same as the field left out.
- **ref**: see the kinds in section 6. A reference to something that does not exist is E001.
- *number* below stands for any of uint, int, f32 and f64, *bool* for false or true.

### Fields

",
    );
    out.push_str(&wrapped(Field::ALL.iter().map(|field| format!("{} {},", *field as u8, field.name()))));
    out.truncate(out.trim_end_matches(',').len());
    out.push_str(
        ".

### Dictionaries

Members have the name, meaning and default that WebGPU gives them, unless a line here says otherwise. Those in **bold** must be there. The
descriptor's type is in parentheses; dictionaries without one occur inside others, as values of type object.
",
    );
    for dictionary in DICTIONARIES {
        let _ = match dictionary.ty {
            Some(ty) => write!(out, "\n**{}** ({}): {}", dictionary.title, ty as u8, prose(ty.doc())),
            None => write!(out, "\n{}:", dictionary.title),
        };
        if !dictionary.note.is_empty() {
            let _ = write!(out, " {}", dictionary.note);
        }
        out.push_str("\n\n");
        for (field, value, required) in dictionary.members {
            let bold = if *required { "**" } else { "" };
            let _ = writeln!(out, "- {bold}{}{bold} ({}): {value}", field.name(), *field as u8);
        }
    }
    let _ = write!(
        out,
        "
### Example

A texture half as wide as the canvas, {}:

```text
{}
```",
        sample.text(),
        hex(&sample.to_descriptor(Type::Texture))
    );
    out
}

fn errors() -> String {
    let mut out = "## 8. Errors in commands

The same codes on every host, each reported with the command's position and name:

"
    .to_string();
    head(&mut out, &["code", "meaning", "what the host does"]);
    for code in ErrorCode::ALL {
        let action = match code.action() {
            Action::Skip => "leaves the command out, reports, goes on with the next",
            Action::Stop => "executes nothing more of this command buffer, submits nothing more, reports",
            Action::Warn => "reports, and executes the command all the same",
        };
        row(&mut out, &[&format!("E{:03}", *code as u8), code.text(), action]);
    }
    out.push_str(
        "
- E001: an id in an operand or a descriptor that no command created, a second creation of the same id, or a pipeline of the wrong kind.
- E002: a write whose offset lies behind the end of the buffer; a copy, clear, query result or binding that leaves its buffer or texture.
- E003: a draw or dispatch without a pipeline, an indexed draw without an index buffer.
- E004: a pointer and length outside of the memory, a descriptor or text that cannot be read, a command buffer whose header does not
  match its bytes, or that is cut off.
- E005: a buffer or texture that lacks the usage which the command needs.
- E006: a texture without width, format or usage, with an extent of 0 or beyond the device's limits, or with an impossible combination.
- E007: a command in the wrong place (section 6), a create command in a frame, a missing END_PASS, SUBMIT or END, or commands behind END.
- E008: an opcode that is not in the table. Its width is unknown, so nothing behind it can be read.
- E009: a command whose plugin bit the payload does not have.
- E010: a nested module that is not valid, imports something else or traps; a call of what the module does not export, with arguments that cannot
  be read or that do not fit its parameters; a result that was not returned, or that points outside of the module's memory.
- E011: an image that is neither PNG nor JPEG nor WebP, cannot be decoded, or is cut off: a PNG that ends with its `IDAT`, a JPEG without its end marker,
  a WebP that is shorter than it says or that its chunks do not fill. A video that is not a WebM (EBML with the document type `webm`), an
  MP4 (`ftyp`) whose data lie in the same file, or an Ogg. A host looks at the first bytes before it hands them to a decoder, whatever the
  media type says: a browser that is given a playlist sends requests.
- E012: more than one of the budgets of section 10. Nothing is allocated for the command.
- E013: the GPU has not finished what it was given within the time of section 10.

A command inside a render bundle stands or falls with the bundle's CREATE_RENDER_BUNDLE. A host need not look for everything that WebGPU
itself validates, but it passes on what WebGPU reports; it never drops an error.",
    );
    out
}

fn host() -> String {
    format!(
        "## 9. A host, step by step

Loading:

1. Find the chunk and inflate it (section 1); check the payload (section 2).
2. Take the executor from the payload, or a shared one with at least the payload's plugins. Instantiate it without imports. Refuse it
   if `getAbiVersion()` is not {abi}.
3. Grow `memory` if the bytecode does not fit behind `getBytecodePtr()`; write it there; call `setBytecodeLen(length)`.
4. Grow `memory` if the data does not fit behind `getDataPtr()`; write it there; call `setDataLen(length)`.
5. Grow `memory` so that the command capacity fits behind `getCommandPtr()` (section 4).
6. Open a WebGPU device with the features and limits that extension {device} requires, and with those optional features that the adapter has; if
   it lacks one that is required, refuse the scene and name it.
7. Configure the canvas: its preferred format, usable as a render attachment and for copies from and to it, and alpha mode, colour space and
   tone mapping as extension {canvas} says; without one opaque, srgb and standard.
8. Call `init()`. On a status other than 0, stop. Otherwise load modules, images and videos, and execute the command buffer.

Each frame:

1. If the canvas has another size than in the frame before, make again what depends on it (section 7, **canvas**).
2. Fill the host's part of the input block (section 5).
3. Call `frame(time, width, height)` with the time in seconds and the size of the canvas in pixels. On a status other than 0, execute
   nothing.
4. Write the uniforms of extension {uniforms} (below), on the queue.
5. Execute the command buffer. Whatever it points to is in the executor's memory and valid until the next call; take the address of the
   memory anew after every call.

The clock: time goes on while the host plays, from frame to frame by at most a tenth of a second unless its user says otherwise: where
nothing was drawn for longer, as in a hidden window, it goes on from where it was. In a scene with extension {animation}, `endBehavior` says what it does when it comes to `duration`
(in milliseconds): 0 it holds there, and drawing goes on; 1 the host draws there and stops; 2 and 3 it goes on, and the timeline in the
bytecode starts again by itself. A user may set the time to any other.

The rate: `frame`, and with it the frame counter, what the scene does once, and each member of a pool, goes one step for each frame that is
drawn, whatever the time. So a host draws a scene that declares the plugin compute, which may simulate something, 60 times a second
while it plays, in steps of 1/60 s of time, whatever the rate of the screen; where several are due at one refresh it draws them all, those
of a thirtieth of a second at most. Other scenes it may draw as often as the screen shows a picture. Its user may ask for another rate.

Uniforms: a user sets them by name: that of the member, with the variable's in front and a dot between, or with the module's in front of both.
A member with an empty name is the variable itself. The longest form that fits counts. One long name may stand in several blocks, where the
variable is bound to several buffers: all of them are written. A shorter name may stand for several long ones: where these have the same
places (buffer, offset, type and distance of elements) they count as one, as several modules may declare the same block; otherwise that is
an error.

Values have as many numbers as the member has, or of an array as its first elements have, columns one after another, and become its type:
rounded once to the nearest, a tie to the even one; whole numbers are cut towards zero and saturate. What is set is written once, before the
commands of the next frame, and nothing beside it. A uniform with `input` is the host's: before every frame it writes the single at this
offset of the input block there, as it is after `frame` was called.

The first frame after loading is drawn at time 0. `init` runs once for each load: not again on resizing, seeking, pausing or stopping.
A host that draws a frame out of turn, such as a thumbnail, saves the frame counter before and sets it back afterwards.",
        abi = status::ABI_VERSION,
        animation = tag::ANIMATION,
        uniforms = tag::UNIFORMS,
        device = tag::DEVICE,
        canvas = tag::CANVAS,
    )
}

fn limits() -> String {
    let mut out = format!(
        "## 10. Limits

| limit | value |
|---|---|
| length of a PNG chunk | {max_chunk} bytes |
| inflated payload, unless the reader's user says otherwise | {max_payload} bytes |
| room for commands, unless the payload asks for more | {capacity} bytes |
| commands in one buffer | 65,535 |
| ids of one kind | {ids} |
| operands of a command | {operands} |
| fields of a descriptor | 255 |
| nesting of a descriptor | {depth} |
| bytes of a varint | {varint} |",
        max_chunk = png::MAX_CHUNK,
        max_payload = status::MAX_PAYLOAD_BYTES,
        capacity = status::COMMAND_CAPACITY,
        ids = op::CANVAS_TEXTURE,
        operands = op::MAX_OPERANDS,
        depth = descriptor::MAX_DEPTH,
        varint = varint::MAX_LEN,
    );
    out.push_str(
        "

Budgets, so that data alone cannot take a machine's time or memory. They are the same on every host; breaking one is E012, E013 for the
seconds. A host's user may raise them.

",
    );
    head(&mut out, &["budget", "at most"]);
    for budget in limits::BUDGETS {
        row(&mut out, &[budget.what, &grouped(budget.value)]);
    }
    out.push_str(
        "
What is counted:

- values: everything with a value type of its own, each single of an `f32array`, each pair of a `record`;
- bytes of descriptors: lists of bundles (EXECUTE_BUNDLES) and of dynamic offsets (SET_BIND_GROUP_OFFSETS) too;
- texts: those of CREATE_SHADER, PUSH_DEBUG_GROUP and INSERT_DEBUG_MARKER, and the names of CALL_WASM_FUNC;
- bytes written: the lengths of WRITE_BUFFER, WRITE_TEXTURE and WRITE_FROM_WASM, and four bytes for each texel of COPY_EXTERNAL_IMAGE;
- bytes loaded: those of LOAD_IMAGE, LOAD_VIDEO and INIT_WASM_MODULE, each of which is a load too;
- shaders and pipelines: CREATE_SHADER, CREATE_RENDER_PIPE and CREATE_COMPUTE_PIPE;
- pixels of an image: its header's, before anything is decoded; images of the same address and length count once;
- GPU memory: a buffer's size; eight bytes for a query; of a texture the blocks of all mip levels, layers and samples, each of as many
  bytes as in a copy, of `depth24plus` four, of formats with depth and stencil eight. A texture that follows the canvas counts with the
  canvas at hand; what is created anew replaces what was there. The canvas itself is not counted;
- names of one kind: entries of the string table with the same first byte, whatever that is;
- uniforms: all of extension 2 together.
",
    );
    out.truncate(out.trim_end().len());
    out
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

fn words() -> String {
    let mut out = "## 11. Words

The values of WebGPU's enums, each once, by number:

```text
"
    .to_string();
    out.push_str(&wrapped(WORDS.iter().enumerate().map(|(i, word)| format!("{i} {word},"))));
    out.truncate(out.trim_end_matches(',').len());
    out.push_str("\n```\n\nWhich of them each enum has, `GPUFilterMode` standing for `GPUMipmapFilterMode` too:\n\n");
    for set in WORD_SETS {
        let _ = writeln!(out, "- {}: {}", set.name, set.words.join(", "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_in_a_dictionary() {
        for field in Field::ALL {
            let found = DICTIONARIES.iter().any(|dictionary| dictionary.members.iter().any(|(member, ..)| member == field));
            assert!(found, "{} is in no dictionary", field.name());
        }
        for ty in Type::ALL {
            assert!(DICTIONARIES.iter().any(|dictionary| dictionary.ty == Some(*ty)), "{} has no dictionary", ty.name());
        }
    }

    #[test]
    fn every_input_has_a_meaning() {
        let names: Vec<_> = INPUTS.iter().map(|source| source.name).collect();
        assert_eq!(INPUT_MEANINGS.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
    }

    #[test]
    fn links_to_rust_items_do_not_reach_the_document() {
        assert!(!document().contains("[`"));
    }
}
