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

/// How an operand is written: one of the four kinds below.
pub type Kind = u32;

/// Four bytes. After a [`POINTER`] it is a length.
pub const WORD: Kind = 0;
/// An offset into the region, written as an address of four bytes.
pub const POINTER: Kind = 1;
/// Two bytes.
pub const SHORT: Kind = 2;
/// One byte. Opcodes are written like this, too.
pub const BYTE: Kind = 3;

/// By how many bits a kind's largest value is shorter than 32: a byte of this number for each [`Kind`], in their order.
pub const SPARE_BITS: u32 = 0x18_10_00_00;

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
    if cfg!(any(feature = "render", feature = "compute")) {
        layouts[ONCE as usize] = prepend(WORD, prepend(WORD, END));
        layouts[PATCH as usize] = prepend(WORD, prepend(WORD, layouts[ONCE as usize]));
    }
    layouts
};

const fn prepend(kind: Kind, layout: Layout) -> Layout {
    assert!(layout < 1 << 14, "too many operands for a layout");
    layout << 2 | kind as Layout
}
