//! The operand table, folded at compile time from [`COMMANDS`] into one number per opcode.

use pngine_format::bytecode::{ONCE, PATCH};
use pngine_format::op::{COMMANDS, Operand};
use pngine_format::status::Plugins;

/// The plugins of this build.
pub const PLUGINS: Plugins = Plugins(
    Plugins::CORE.0
        | if cfg!(feature = "render") { Plugins::RENDER.0 } else { 0 }
        | if cfg!(feature = "compute") { Plugins::COMPUTE.0 } else { 0 }
        | if cfg!(feature = "wasm") { Plugins::WASM.0 } else { 0 }
        | if cfg!(feature = "animation") { Plugins::ANIMATION.0 } else { 0 }
        | if cfg!(feature = "texture") { Plugins::TEXTURE.0 } else { 0 },
);

/// How an operand is read and written: one of the four kinds below.
///
/// Their numbers are those with which the table deflates best (measured over all 24 orders).
pub type Kind = u32;

/// A varint, written as four bytes. After a [`POINTER`] it is a length.
pub const WORD: Kind = 0;
/// A varint of at most 16 bits, written as two bytes.
pub const SHORT: Kind = 1;
/// A varint that is an offset into the region, written as an address of four bytes.
pub const POINTER: Kind = 2;
/// One byte, read and written as it is.
pub const BYTE: Kind = 3;

/// The operands of an instruction: the [`Kind`] of the first in the lowest two bits, and so on, and a 1 above the last.
pub type Layout = u16;

/// The [`Layout`] with no operand left.
pub const END: Layout = 1;

/// The layout of each opcode's instruction; 0 for a byte that is no opcode of this build.
pub const LAYOUTS: [Layout; 256] = {
    let mut layouts = [0; 256];
    let mut i = 0;
    while i < COMMANDS.len() {
        let row = COMMANDS[i];
        if PLUGINS.contains(row.plugin) {
            let mut layout = END;
            let mut n = row.operands.len();
            while n > 0 {
                n -= 1;
                layout = prepend(
                    match row.operands[n].1 {
                        Operand::U8 => BYTE,
                        Operand::U16 | Operand::New(_) | Operand::Id(_) => SHORT,
                        Operand::U32 | Operand::I32 | Operand::F32 | Operand::Len => WORD,
                        Operand::Ptr => POINTER,
                    },
                    layout,
                );
            }
            layouts[row.op as usize] = layout;
        }
        i += 1;
    }
    layouts[ONCE as usize] = prepend(WORD, prepend(WORD, END));
    layouts[PATCH as usize] = prepend(WORD, prepend(WORD, layouts[ONCE as usize]));
    layouts
};

const fn prepend(kind: Kind, layout: Layout) -> Layout {
    assert!(layout < 1 << 14, "too many operands for a layout");
    layout << 2 | kind as Layout
}
