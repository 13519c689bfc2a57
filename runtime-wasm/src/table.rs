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

/// The operands of an instruction, two bits each, the first in the lowest bits, and a 1 above the last.
pub type Layout = u16;

/// Nothing left to read.
pub const EMPTY: Layout = 1;
/// One byte, as it stands.
pub const BYTE: Layout = 0;
/// A varint of at most 16 bits.
pub const SHORT: Layout = 1;
/// A varint of at most 32 bits; the length, where the operand before it is a pointer.
pub const WORD: Layout = 2;
/// A varint that is an offset into the region.
pub const POINTER: Layout = 3;

/// The layout of these operands.
pub const fn layout(operands: &[Layout]) -> Layout {
    let mut layout = EMPTY;
    let mut i = operands.len();
    while i > 0 {
        i -= 1;
        assert!(layout < 1 << 14, "an instruction has too many operands");
        layout = layout << 2 | operands[i];
    }
    layout
}

/// The layout of each opcode's instruction; 0 for a byte that is no opcode of this build.
pub static LAYOUTS: [Layout; 256] = {
    let mut layouts = [0; 256];
    let mut i = 0;
    while i < COMMANDS.len() {
        let row = COMMANDS[i];
        if PLUGINS.contains(row.plugin) {
            let mut layout = EMPTY;
            let mut n = row.operands.len();
            while n > 0 {
                n -= 1;
                assert!(layout < 1 << 14, "a command has too many operands");
                layout = layout << 2
                    | match row.operands[n].1 {
                        Operand::U8 => BYTE,
                        Operand::U16 | Operand::New(_) | Operand::Id(_) => SHORT,
                        Operand::U32 | Operand::I32 | Operand::F32 | Operand::Len => WORD,
                        Operand::Ptr => POINTER,
                    };
            }
            layouts[row.op as usize] = layout;
        }
        i += 1;
    }
    layouts[PATCH as usize] = layout(&[WORD; 4]);
    layouts[ONCE as usize] = layout(&[WORD; 2]);
    layouts
};
