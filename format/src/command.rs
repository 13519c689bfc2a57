//! Command buffers: what an executor writes and a host executes.
//!
//! `[total_len: u32, with header][cmd_count: u16][flags: u16]`, then `cmd_count` commands `[opcode: u8][operands]`.

use crate::Reader;
use crate::op::{MAX_OPERANDS, Op};

/// Bytes of the header.
pub const HEADER_SIZE: usize = 8;

/// Most commands of one command buffer: its header counts them in 16 bits.
pub const MAX_COMMANDS: usize = 0xFFFF;

/// Bytes behind the last command that an executor may use while it works: the longest instruction is written there before it is known
/// to be a command. A host that leaves less gets `Status::CommandsDoNotFit` for a command buffer that would just fit.
pub const SCRATCH_SIZE: u32 = 48;

/// Flag bit 0: the executor ran out of memory and the buffer is cut off.
pub const FLAG_TRUNCATED: u16 = 1;

/// A command and its operands, widened to 32 bits (signed numbers and singles by their bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodedCommand {
    /// Position among the commands of its buffer, from 0.
    pub index: u32,
    /// Offset of its opcode from the start of the buffer, in bytes.
    pub offset: u32,
    /// The opcode.
    pub op: Op,
    /// The operands; those beyond the row's are 0.
    pub operands: [u32; MAX_OPERANDS],
}

/// Why a command buffer cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// The header is cut off, or the buffer is shorter than the header says.
    Header,
    /// The executor ran out of memory and said so.
    Truncated,
    /// An opcode that this version does not know. Its width is unknown, so nothing after it can be read.
    UnknownOpcode {
        /// Position among the commands.
        index: u32,
        /// The byte.
        code: u8,
    },
    /// The buffer ends inside a command.
    CutOff {
        /// Position among the commands.
        index: u32,
    },
    /// Bytes are left over after the last command.
    Trailing,
}

impl core::fmt::Display for CommandError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            CommandError::Header => write!(f, "the header of the command buffer is wrong"),
            CommandError::Truncated => write!(f, "the command buffer is truncated"),
            CommandError::UnknownOpcode { index, code } => write!(f, "command {index} has the unknown opcode {code:#04x}"),
            CommandError::CutOff { index } => write!(f, "the command buffer ends inside command {index}"),
            CommandError::Trailing => write!(f, "bytes are left over after the last command"),
        }
    }
}

impl core::error::Error for CommandError {}

/// The commands of a buffer, one after another. After an error there are no more.
#[derive(Clone, Debug)]
pub struct Commands<'a> {
    reader: Reader<'a>,
    index: u32,
    count: u32,
}

impl<'a> Commands<'a> {
    /// Reads the header. `bytes` must be exactly the buffer.
    ///
    /// # Errors
    /// [`CommandError::Header`] where the length in the header is not the length of `bytes`, [`CommandError::Truncated`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CommandError> {
        let mut reader = Reader::new(bytes);
        let total = reader.u32().ok_or(CommandError::Header)?;
        let count = reader.u16().ok_or(CommandError::Header)?;
        let flags = reader.u16().ok_or(CommandError::Header)?;
        if total as usize != bytes.len() {
            return Err(CommandError::Header);
        }
        if flags & FLAG_TRUNCATED != 0 {
            return Err(CommandError::Truncated);
        }
        Ok(Self { reader, index: 0, count: u32::from(count) })
    }

    /// How many commands the header announces.
    pub const fn count(&self) -> u32 {
        self.count
    }

    fn read(&mut self) -> Result<DecodedCommand, CommandError> {
        let index = self.index;
        let offset = self.reader.position() as u32;
        let code = self.reader.u8().ok_or(CommandError::CutOff { index })?;
        let op = Op::from_code(code).ok_or(CommandError::UnknownOpcode { index, code })?;
        let mut operands = [0; MAX_OPERANDS];
        for (slot, (_, operand)) in operands.iter_mut().zip(op.row().operands) {
            *slot = match operand.size() {
                1 => self.reader.u8().map(u32::from),
                2 => self.reader.u16().map(u32::from),
                _ => self.reader.u32(),
            }
            .ok_or(CommandError::CutOff { index })?;
        }
        self.index += 1;
        Ok(DecodedCommand { index, offset, op, operands })
    }
}

impl Iterator for Commands<'_> {
    type Item = Result<DecodedCommand, CommandError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.index >= self.count {
            let trailing = !self.reader.is_empty();
            self.reader = Reader::new(&[]);
            return trailing.then_some(Err(CommandError::Trailing));
        }
        let result = self.read();
        if result.is_err() {
            self.reader = Reader::new(&[]);
            self.index = self.count;
        }
        Some(result)
    }
}

#[cfg(feature = "alloc")]
pub use owned::{disassemble, encode};

#[cfg(feature = "alloc")]
mod owned {
    use super::*;
    use crate::op::Operand;
    use crate::print::print_operands;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;
    use core::fmt::Write as _;

    /// Encodes a command buffer. At most 65,535 commands.
    ///
    /// # Panics
    /// If there are more commands, or operands than a row has: the caller's mistake.
    pub fn encode<'a>(commands: impl IntoIterator<Item = (Op, &'a [u32])>) -> Vec<u8> {
        let mut out = alloc::vec![0; HEADER_SIZE];
        let mut count = 0usize;
        for (op, operands) in commands {
            let row = op.row();
            assert_eq!(row.operands.len(), operands.len(), "operands of {}", row.name);
            out.push(op as u8);
            for ((_, operand), value) in row.operands.iter().zip(operands) {
                out.extend_from_slice(&value.to_le_bytes()[..operand.size()]);
            }
            count += 1;
        }
        let total = u32::try_from(out.len()).expect("a buffer of less than 4 GiB");
        out[..4].copy_from_slice(&total.to_le_bytes());
        out[4..6].copy_from_slice(&u16::try_from(count).expect("at most 65,535 commands").to_le_bytes());
        out
    }

    /// The command buffer as text, one command a line. `memory` is the executor's memory, in which pointers lie; the region of data
    /// section and input block starts at `region`, and the input block `inputs` bytes later. So the text does not depend on where
    /// the executor put its data.
    pub fn disassemble(buffer: &[u8], memory: &[u8], region: u32, data_len: u32) -> String {
        let mut out = String::new();
        let commands = match Commands::parse(buffer) {
            Ok(commands) => commands,
            Err(error) => return format!("{error}\n"),
        };
        let bytes = memory.get(region as usize..).unwrap_or(&[]);
        for command in commands {
            match command {
                Ok(command) => {
                    let row = command.op.row();
                    let mut operands = command.operands;
                    for ((_, operand), value) in row.operands.iter().zip(&mut operands) {
                        if *operand == Operand::Ptr {
                            *value = value.wrapping_sub(region);
                        }
                    }
                    let _ = writeln!(out, "{:3} {}{}", command.index, row.name, print_operands(row, &operands, bytes, data_len));
                }
                Err(error) => {
                    let _ = writeln!(out, "    {error}");
                }
            }
        }
        out
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn decode_after_encode_is_the_identity() {
            let bytes = encode([(Op::CreateBuffer, &[1, 64, 0x48][..]), (Op::Submit, &[]), (Op::End, &[])]);
            assert_eq!(bytes.len(), 8 + 8 + 1 + 1);
            let commands: Result<Vec<_>, _> = Commands::parse(&bytes).unwrap().collect();
            let commands = commands.unwrap();
            assert_eq!(commands.len(), 3);
            assert_eq!(commands[0].operands[..3], [1, 64, 0x48]);
            assert_eq!((commands[1].op, commands[1].offset, commands[2].op), (Op::Submit, 16, Op::End));
        }

        #[test]
        fn broken_buffers_say_what_is_wrong() {
            let good = encode([(Op::SetPipeline, &[7][..])]);
            assert_eq!(Commands::parse(&good[..6]).unwrap_err(), CommandError::Header);
            assert_eq!(Commands::parse(&good[..9]).unwrap_err(), CommandError::Header);
            let with = |edit: fn(&mut Vec<u8>)| {
                let mut bytes = good.clone();
                edit(&mut bytes);
                let len = bytes.len() as u32;
                bytes[..4].copy_from_slice(&len.to_le_bytes());
                match Commands::parse(&bytes) {
                    Ok(mut commands) => commands.find_map(Result::err),
                    Err(error) => Some(error),
                }
            };
            assert_eq!(with(|b| b[6] = 1), Some(CommandError::Truncated));
            assert_eq!(with(|b| b[8] = 0x77), Some(CommandError::UnknownOpcode { index: 0, code: 0x77 }));
            assert_eq!(with(|b| b.truncate(10)), Some(CommandError::CutOff { index: 0 }));
            assert_eq!(with(|b| b[4] = 2), Some(CommandError::CutOff { index: 1 }));
            assert_eq!(with(|b| b.push(0)), Some(CommandError::Trailing));
        }
    }
}
