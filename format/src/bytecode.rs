//! Bytecode: what the compiler hands to an executor.
//!
//! `[version: u8][plugins: u8][once: u16][count: u16]`, then `count + 1` offsets of four bytes, then the blocks. Block i goes from
//! offset i to offset i + 1, both counted from the start of the bytecode. Block 0 is the timeline (empty without animation), block 1
//! holds the instructions of `init`, block 2 + f those of frame f.
//!
//! An instruction is an opcode and its operands, each a varint: a signed number and a single by their 32 bits. Commands have the
//! opcodes and operands of [`crate::op`]; a pointer is an offset into the *region*: the data section, padded to 16 bytes, followed by
//! the input block. So bytes of an input are written with the same command as any other bytes. Two more instructions steer the
//! executor and write no command: [`Control`].

use crate::Reader;
use crate::op::{MAX_OPERANDS, Op, Operand};

/// The bytecode version that this crate reads and writes.
pub const VERSION: u8 = 1;

/// Block that holds the timeline.
pub const TIMELINE_BLOCK: u32 = 0;
/// Block that holds the instructions of `init`.
pub const INIT_BLOCK: u32 = 1;
/// Block that holds the instructions of frame 0.
pub const FIRST_FRAME_BLOCK: u32 = 2;

pub use crate::status::{REGION_ALIGN, inputs_offset};

/// Where the number of once slots stands in the bytecode, two bytes.
pub const ONCE_OFFSET: u32 = 2;
/// Where the number of blocks stands in the bytecode, two bytes.
pub const COUNT_OFFSET: u32 = 4;
/// Where the offsets of the blocks stand in the bytecode, four bytes each.
pub const BLOCKS_OFFSET: u32 = 6;

/// Opcode of [`Control::Patch`]. Executors without the plugins render and compute do not have it.
pub const PATCH: u8 = 0x7E;
/// Opcode of [`Control::Once`]. Executors without the plugins render and compute do not have it.
pub const ONCE: u8 = 0x7F;

/// A timeline, block 0, is `[duration: u32][flags: u32]` and scenes `[start: u32][end: u32][frame: u32]`, all times in milliseconds.
/// Flag bit 0: the time starts again at the end of the duration.
pub const TIMELINE_HEADER_SIZE: usize = 8;
/// Bytes of a scene of a timeline.
pub const TIMELINE_SCENE_SIZE: usize = 12;

/// Instructions that only an executor sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Opcode 0x7E, operands `at count offset stride`, all varints: adds `((F + offset) mod count) * stride` to the 32-bit number at
    /// byte `at` of the command written last, where F is the frame counter. With stride 1 and `at` on an id it picks a member of a
    /// pool; the compiler sees to it that ids do not overflow into the bytes behind them.
    Patch {
        /// Byte offset in the command, opcode included.
        at: u32,
        /// Size of the pool, at least 1.
        count: u32,
        /// Added to the frame counter.
        offset: u32,
        /// What one step adds.
        stride: u32,
    },
    /// Opcode 0x7F, operands `slot length`, both varints: skips the next `length` bytes if this slot was reached before in this run
    /// of the program, else marks it. `init` clears all marks.
    Once {
        /// Below the header's `once`.
        slot: u32,
        /// Bytes of the instructions that run once.
        length: u32,
    },
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Writes a command.
    Command(Op, [u32; MAX_OPERANDS]),
    /// Steers the executor.
    Control(Control),
}

/// Why bytecode cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BytecodeError {
    /// Offset of the instruction or block in the bytecode section.
    pub at: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

impl core::fmt::Display for BytecodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} at byte {} of the bytecode", self.reason, self.at)
    }
}

impl core::error::Error for BytecodeError {}

/// Bytecode whose header and blocks have been found; their instructions may still be wrong.
#[derive(Clone, Copy, Debug)]
pub struct Bytecode<'a> {
    bytes: &'a [u8],
    /// The plugins it needs.
    pub plugins: u8,
    /// How many once slots it has.
    pub once: u16,
    count: usize,
}

impl<'a> Bytecode<'a> {
    /// Reads the header and the offsets of all blocks.
    ///
    /// # Errors
    /// Where the bytes end early, the version is another one, or the blocks do not lie one after another.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BytecodeError> {
        let mut reader = Reader::new(bytes);
        let short = |at| BytecodeError { at, reason: "the bytecode ends early" };
        if reader.u8().ok_or(short(0))? != VERSION {
            return Err(BytecodeError { at: 0, reason: "unknown bytecode version" });
        }
        let plugins = reader.u8().ok_or(short(1))?;
        let once = reader.u16().ok_or(short(2))?;
        let count = usize::from(reader.u16().ok_or(short(4))?);
        if count < FIRST_FRAME_BLOCK as usize {
            return Err(BytecodeError { at: 4, reason: "the timeline or init block is missing" });
        }
        let this = Self { bytes, plugins, once, count };
        let mut last = 0;
        for entry in 0..=count {
            let at = BLOCKS_OFFSET as usize + 4 * entry;
            let offset = this.offset(entry).ok_or(short(at))?;
            if offset < last || offset > bytes.len() {
                return Err(BytecodeError { at, reason: "a block lies outside the bytecode" });
            }
            last = offset;
        }
        Ok(this)
    }

    /// Where block `entry` starts, and the one before it ends.
    fn offset(&self, entry: usize) -> Option<usize> {
        let mut reader = Reader::new(self.bytes.get(BLOCKS_OFFSET as usize + 4 * entry..)?);
        reader.u32().map(|offset| offset as usize)
    }

    /// All blocks: the offset of the first byte of each, and its bytes.
    pub fn blocks(&self) -> impl Iterator<Item = (usize, &'a [u8])> + use<'a> {
        let this = *self;
        (0..this.count).map_while(move |block| {
            let (start, end) = (this.offset(block)?, this.offset(block + 1)?);
            Some((start, this.bytes.get(start..end)?))
        })
    }
}

/// Reads the instructions of a block one after another.
#[derive(Clone, Debug)]
pub struct Instructions<'a> {
    reader: Reader<'a>,
}

impl<'a> Instructions<'a> {
    /// Starts at the first byte of `block`.
    pub const fn new(block: &'a [u8]) -> Self {
        Self { reader: Reader::new(block) }
    }

    /// Offset in the block of the next instruction.
    pub const fn position(&self) -> usize {
        self.reader.position()
    }

    fn operand(&mut self, operand: Operand) -> Result<u32, &'static str> {
        let value = self.reader.varint().ok_or("an operand is cut off or too large")?;
        // One, two or four bytes hold so many bits.
        if value.checked_shr(8 * operand.size() as u32).unwrap_or(0) != 0 { Err("an operand is too large") } else { Ok(value) }
    }

    fn read(&mut self) -> Result<Instruction, &'static str> {
        let code = self.reader.varint().ok_or("the block ends early")?;
        let code = u8::try_from(code).map_err(|_| "unknown opcode")?;
        Ok(match code {
            PATCH => Instruction::Control(Control::Patch {
                at: self.operand(Operand::U32)?,
                count: self.operand(Operand::U32)?,
                offset: self.operand(Operand::U32)?,
                stride: self.operand(Operand::U32)?,
            }),
            ONCE => {
                Instruction::Control(Control::Once { slot: self.operand(Operand::U32)?, length: self.operand(Operand::U32)? })
            }
            _ => {
                let op = Op::from_code(code).ok_or("unknown opcode")?;
                let mut operands = [0; MAX_OPERANDS];
                for (slot, (_, operand)) in operands.iter_mut().zip(op.row().operands) {
                    *slot = self.operand(*operand)?;
                }
                Instruction::Command(op, operands)
            }
        })
    }
}

impl Iterator for Instructions<'_> {
    /// The offset of the instruction in the block, and the instruction. After an error there are no more.
    type Item = Result<(usize, Instruction), BytecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let at = self.reader.position();
        let result = self.read();
        if result.is_err() {
            self.reader = Reader::new(&[]);
        }
        Some(result.map(|instruction| (at, instruction)).map_err(|reason| BytecodeError { at, reason }))
    }
}

#[cfg(feature = "alloc")]
pub use owned::{Block, assemble, disassemble};

#[cfg(feature = "alloc")]
mod owned {
    use super::*;
    use crate::print::print_operands;
    use crate::status::Plugins;
    use crate::varint;
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;
    use core::fmt::Write as _;

    /// A block under construction.
    #[derive(Clone, Debug, Default)]
    pub struct Block {
        /// The instructions so far.
        pub bytes: Vec<u8>,
    }

    impl Block {
        /// Appends a command.
        ///
        /// # Panics
        /// If the number of operands is not the row's, or one does not fit its width: the caller's mistake.
        pub fn command(&mut self, op: Op, operands: &[u32]) {
            let row = op.row();
            assert_eq!(row.operands.len(), operands.len(), "operands of {}", row.name);
            varint::write(&mut self.bytes, op as u32);
            for ((name, operand), &value) in row.operands.iter().zip(operands) {
                let fits = value.checked_shr(8 * operand.size() as u32).unwrap_or(0) == 0;
                assert!(fits, "{name} of {} is {value}", row.name);
                varint::write(&mut self.bytes, value);
            }
        }

        /// Appends a patch of the command before it, see [`Control::Patch`].
        pub fn patch(&mut self, at: u32, count: u32, offset: u32, stride: u32) {
            self.bytes.push(PATCH);
            [at, count, offset, stride].iter().for_each(|&n| varint::write(&mut self.bytes, n));
        }

        /// Appends the instructions of `body`, to be run the first time only, see [`Control::Once`].
        pub fn once(&mut self, slot: u32, body: &Block) {
            self.bytes.push(ONCE);
            varint::write(&mut self.bytes, slot);
            varint::write(&mut self.bytes, body.bytes.len() as u32);
            self.bytes.extend_from_slice(&body.bytes);
        }
    }

    /// Puts a bytecode section together. `blocks` are timeline, init and frames, in this order.
    ///
    /// # Panics
    /// If there are more than 65,535 blocks, or if the section would have 4 GiB or more: the caller's mistake.
    pub fn assemble(plugins: Plugins, once: u16, blocks: &[Block]) -> Vec<u8> {
        let mut out = alloc::vec![VERSION, plugins.0];
        out.extend(once.to_le_bytes());
        out.extend(u16::try_from(blocks.len()).expect("at most 65,535 blocks").to_le_bytes());
        let mut offset = out.len() + 4 * (blocks.len() + 1);
        for length in core::iter::once(0).chain(blocks.iter().map(|block| block.bytes.len())) {
            offset += length;
            out.extend(u32::try_from(offset).expect("less than 4 GiB").to_le_bytes());
        }
        blocks.iter().for_each(|block| out.extend_from_slice(&block.bytes));
        out
    }

    /// The bytecode as text, one instruction a line, with what it points to in `data`. What cannot be read is said in place.
    pub fn disassemble(bytecode: &[u8], data: &[u8]) -> String {
        let mut out = String::new();
        let parsed = match Bytecode::parse(bytecode) {
            Ok(parsed) => parsed,
            Err(error) => return format!("{error}\n"),
        };
        let plugins: Vec<_> = Plugins(parsed.plugins).names().collect();
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(out, "bytecode version {VERSION}, plugins {}, {} once", plugins.join(" "), parsed.once);
        for (i, (at, block)) in parsed.blocks().enumerate() {
            match i as u32 {
                TIMELINE_BLOCK => {
                    if !block.is_empty() {
                        let _ = writeln!(
                            out,
                            "timeline: {} scenes",
                            block.len().saturating_sub(TIMELINE_HEADER_SIZE) / TIMELINE_SCENE_SIZE
                        );
                    }
                    continue;
                }
                INIT_BLOCK => out.push_str("init:\n"),
                _ => {
                    let _ = writeln!(out, "frame {}:", i as u32 - FIRST_FRAME_BLOCK);
                }
            }
            let mut once_ends = Vec::new();
            for item in Instructions::new(block) {
                let (offset, instruction) = match item {
                    Ok(item) => item,
                    Err(error) => {
                        let _ = writeln!(out, "  {:04x} {}", at + error.at, error.reason);
                        break;
                    }
                };
                once_ends.retain(|&end| end > offset);
                let indent = "  ".repeat(once_ends.len());
                let text = match instruction {
                    Instruction::Command(op, operands) => {
                        let row = op.row();
                        format!("{}{}", row.name, print_operands(row, &operands, data, data.len() as u32))
                    }
                    Instruction::Control(Control::Patch { at, count, offset, stride }) => {
                        format!("patch at={at} count={count} offset={offset} stride={stride}")
                    }
                    Instruction::Control(Control::Once { slot, length }) => {
                        let mut operands = crate::bytecode::Instructions::new(&block[offset + 1..]);
                        let _ = operands.operand(Operand::U32);
                        let _ = operands.operand(Operand::U32);
                        once_ends.push(offset + 1 + operands.position() + length as usize);
                        format!("once slot={slot} length={length}").to_string()
                    }
                };
                let _ = writeln!(out, "  {:04x} {indent}{text}", at + offset);
            }
        }
        out
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::op::COMMANDS;

        #[test]
        fn decode_after_encode_is_the_identity_for_every_command() {
            for row in COMMANDS {
                for value in [0u32, 1, 127, 128, 255, 65535, u32::MAX] {
                    let mut operands = [0; MAX_OPERANDS];
                    for (slot, (_, operand)) in operands.iter_mut().zip(row.operands) {
                        *slot = match operand.size() {
                            1 => value & 0xFF,
                            2 => value & 0xFFFF,
                            _ => value,
                        };
                    }
                    let mut block = Block::default();
                    block.command(row.op, &operands[..row.operands.len()]);
                    let read: Vec<_> = Instructions::new(&block.bytes).collect();
                    assert_eq!(read, [Ok((0, Instruction::Command(row.op, operands)))], "{}", row.name);
                    for cut in 1..block.bytes.len() {
                        assert!(Instructions::new(&block.bytes[..cut]).next().unwrap().is_err(), "{} cut to {cut}", row.name);
                    }
                }
            }
        }

        #[test]
        fn blocks_are_found_again() {
            let mut init = Block::default();
            init.command(Op::CreateBuffer, &[0, 16, 0x48]);
            let mut once = Block::default();
            once.command(Op::Submit, &[]);
            let mut frame = Block::default();
            frame.once(0, &once);
            frame.command(Op::SetBindGroup, &[0, 5]);
            frame.patch(2, 2, 1, 1);
            let bytes = assemble(Plugins::CORE, 1, &[Block::default(), init.clone(), frame.clone()]);
            let parsed = Bytecode::parse(&bytes).unwrap();
            let blocks: Vec<_> = parsed.blocks().map(|(_, block)| block).collect();
            assert_eq!(blocks, [&[][..], &init.bytes, &frame.bytes]);
            assert_eq!(
                disassemble(&bytes, &[]),
                "bytecode version 1, plugins core, 1 once\ninit:\n  0016 CREATE_BUFFER id=0 size=16 usage=COPY_DST|UNIFORM\n\
                 frame 0:\n  001a once slot=0 length=2\n  001d   SUBMIT\n  001f SET_BIND_GROUP slot=0 id=5\n  0022 patch at=2 \
                 count=2 offset=1 stride=1\n"
            );
        }

        #[test]
        fn any_bytes_disassemble_to_some_text() {
            let mut state = 1u32;
            for len in 0..600 {
                let bytes: Vec<u8> = (0..len)
                    .map(|i| {
                        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
                        if i == 0 { VERSION } else { (state >> 24) as u8 }
                    })
                    .collect();
                let _ = disassemble(&bytes, &bytes);
            }
        }
    }
}
