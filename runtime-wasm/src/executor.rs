//! The interpreter.
//!
//! It is written for size. There is one place that reads a varint, and what the loop around it does is told by numbers of the
//! operand table: an opcode is read, checked and written like an operand of one byte. Addresses are compared with the end of memory
//! once for many accesses.

use crate::memory::Memory;
use crate::table::{BYTE, END, LAYOUTS, Layout, PLUGINS, POINTER, SPARE_BITS};
use pngine_format::bytecode::{BLOCKS_OFFSET, COUNT_OFFSET, INIT_BLOCK, ONCE_OFFSET, REGION_ALIGN, VERSION};
#[cfg(any(feature = "render", feature = "compute"))]
use pngine_format::bytecode::{ONCE, PATCH};
use pngine_format::command::{HEADER_SIZE, SCRATCH_SIZE};
use pngine_format::status::{INPUTS_SIZE, Status};

/// All that an executor keeps between calls besides the bytes in memory. Pointers are addresses.
///
/// The fields lie in front of the table so that their addresses are short.
#[repr(C)]
#[derive(Clone, Debug)]
pub struct Executor {
    bytecode_len: u32,
    data: u32,
    inputs: u32,
    command_len: u32,
    /// One more than the frame that the host chose; 0 is the choice by timeline.
    choice: u32,
    counter: u32,
    /// 1 after a successful `init`, else 0.
    ready: u32,
    layouts: [Layout; 256],
}

/// The status as the exports return it.
pub type Code = u32;

const NO_BYTECODE: Code = Status::NoBytecode as Code;
const BYTECODE_VERSION: Code = Status::BytecodeVersion as Code;
const MALFORMED: Code = Status::Malformed as Code;
const OUT_OF_RANGE: Code = Status::OutOfRange as Code;
const COMMANDS_DO_NOT_FIT: Code = Status::CommandsDoNotFit as Code;
const PLUGIN_MISSING: Code = Status::PluginMissing as Code;
const NOT_INITIALISED: Code = Status::NotInitialised as Code;

impl Default for Executor {
    fn default() -> Self {
        Self::new()
    }
}

impl Executor {
    /// A fresh executor.
    pub const fn new() -> Self {
        Self { bytecode_len: 0, data: 0, inputs: 0, command_len: 0, choice: 0, counter: 0, ready: 0, layouts: LAYOUTS }
    }

    /// `setBytecodeLen`: takes the bytecode that lies at the memory's base, and forgets data and `init`.
    pub fn set_bytecode_len(&mut self, memory: &impl Memory, len: u32) {
        self.bytecode_len = len;
        self.data = align(memory.base().wrapping_add(len));
        self.set_data_len(0);
    }

    #[cfg(feature = "animation")]
    pub(crate) fn bytecode_len(&self) -> u32 {
        self.bytecode_len
    }

    /// `getDataPtr`.
    pub fn data_ptr(&self) -> u32 {
        self.data
    }

    /// `setDataLen`: takes the data that lies at [`Self::data_ptr`], and forgets `init`.
    pub fn set_data_len(&mut self, len: u32) {
        self.inputs = align(self.data.wrapping_add(len));
        self.ready = 0;
    }

    /// `getInputsPtr`.
    pub fn inputs_ptr(&self) -> u32 {
        self.inputs
    }

    /// `getCommandPtr`: behind the input block and the once marks.
    #[inline(never)]
    pub fn command_ptr(&self, memory: &impl Memory) -> u32 {
        self.inputs.wrapping_add(memory.get16(memory.base() + ONCE_OFFSET) + INPUTS_SIZE)
    }

    /// `getCommandLen`: length of the command buffer, header included; 0 if the last `init` or `frame` failed.
    pub fn command_len(&self) -> u32 {
        self.command_len
    }

    /// `setFrame`.
    pub fn set_frame(&mut self, frame: u32) {
        self.choice = frame.wrapping_add(1);
    }

    /// `getFrameCounter`: how many frames have succeeded since `init`, unless [`Self::set_frame_counter`] changed it.
    pub fn frame_counter(&self) -> u32 {
        self.counter
    }

    /// `setFrameCounter`.
    pub fn set_frame_counter(&mut self, counter: u32) {
        self.counter = counter;
    }

    /// `init`: zeroes the input block and the once marks, and runs the block of `init`.
    pub fn init(&mut self, memory: &mut impl Memory) -> Code {
        self.counter = 0;
        self.ready = 0;
        self.run(memory, INIT_BLOCK, 0)
    }

    /// `frame`: fills in the executor's part of the input block and runs the block of a frame.
    ///
    /// Time is in seconds, width and height are in pixels; a height of 0 counts as 1 for the aspect ratio.
    pub fn frame(&mut self, memory: &mut impl Memory, time: f32, width: u32, height: u32) -> Code {
        if self.ready == 0 {
            return NOT_INITIALISED;
        }
        let at = self.inputs;
        memory.set_f32(at, time);
        memory.set_f32(at + 4, width as f32);
        memory.set_f32(at + 8, height as f32);
        memory.set_f32(at + 12, width as f32 / height.max(1) as f32);
        // Without a timeline the scene lasts for ever; the other two are 0, as `init` left them.
        memory.set_f32(at + 16, time);
        #[cfg(feature = "animation")]
        {
            memory.zero(at + 20, 8);
            if self.choice == 0 {
                return self.scene(memory, time);
            }
        }
        // Without a timeline the choice by timeline is frame 0.
        self.run(memory, self.choice.max(1).saturating_add(INIT_BLOCK), 0)
    }

    /// Bounds of a block, as offsets in the bytecode.
    #[inline(always)]
    pub(crate) fn block(&self, memory: &impl Memory, block: u32) -> (u32, u32) {
        let entry = memory.base() + BLOCKS_OFFSET + (block << 2);
        (memory.get32(entry), memory.get32(entry + 4))
    }

    /// Runs the instructions of a block and writes the command buffer. `block` counts from the timeline, block 0; `first_command` is
    /// one of four bytes that goes before the block's, 0 for none.
    #[inline(never)]
    pub(crate) fn run(&mut self, memory: &mut impl Memory, block: u32, first_command: u32) -> Code {
        self.command_len = 0;
        let base = memory.base();
        let count = memory.get16(base + COUNT_OFFSET);
        if self.bytecode_len < (count << 2) + BLOCKS_OFFSET + 4 {
            return NO_BYTECODE;
        }
        if memory.get8(base) != u32::from(VERSION) {
            return BYTECODE_VERSION;
        }
        if memory.get8(base + 1) & !u32::from(PLUGINS.0) != 0 {
            return PLUGIN_MISSING;
        }
        // From here on base <= data <= inputs <= commands <= limit: the host has put bytecode and data of these lengths there.
        let commands = self.command_ptr(memory);
        let limit = memory.end().wrapping_sub(SCRATCH_SIZE);
        if commands > limit {
            return COMMANDS_DO_NOT_FIT;
        }
        if block == INIT_BLOCK {
            memory.zero(self.inputs, commands - self.inputs);
        }
        if block >= count {
            return OUT_OF_RANGE;
        }
        let (start, end) = self.block(memory, block);
        if start > end || end > self.bytecode_len {
            return MALFORMED;
        }
        let mut cursor = base + start;
        let end = base + end;
        let marks = self.inputs + INPUTS_SIZE;

        let mut written = 0;
        let mut out = commands + HEADER_SIZE as u32;
        #[cfg(any(feature = "render", feature = "compute"))]
        let mut last = out;
        if cfg!(feature = "animation") && first_command != 0 {
            memory.set32(out, first_command);
            out += 4;
            written = 1;
        }
        // The largest value of a four-byte operand: after a pointer, what is left of the region.
        let mut room = u32::MAX;
        while cursor < end {
            if out > limit {
                return COMMANDS_DO_NOT_FIT;
            }
            let mut layout = BYTE;
            let mut at = out;
            let mut value;
            loop {
                value = 0;
                let mut shift = 0;
                loop {
                    let byte = memory.get8(cursor);
                    cursor += 1;
                    // In the fifth byte this finds a continuation, too.
                    if byte > u32::MAX >> shift {
                        return MALFORMED;
                    }
                    value |= (byte & 0x7F) << shift;
                    shift += 7;
                    if byte < 0x80 {
                        break;
                    }
                }
                let kind = layout & 3;
                let spare = SPARE_BITS >> (kind << 3) & 31;
                if value > room >> spare {
                    return OUT_OF_RANGE;
                }
                room = u32::MAX;
                if kind == POINTER {
                    room = (marks - self.data).wrapping_sub(value);
                    value = value.wrapping_add(self.data);
                    if value > marks || value < self.data {
                        return OUT_OF_RANGE;
                    }
                }
                memory.set32(at, value);
                layout >>= 2;
                if at == out {
                    layout = u32::from(self.layouts[(value & 0xFF) as usize]);
                    if layout == 0 {
                        return MALFORMED;
                    }
                }
                at += 4 - (spare >> 3);
                if layout <= u32::from(END) {
                    break;
                }
            }
            // An instruction that the block's end cuts off does nothing.
            if cursor > end {
                return MALFORMED;
            }
            #[cfg(any(feature = "render", feature = "compute"))]
            {
                let op = memory.get8(out) as u8;
                if op == PATCH {
                    let offset = memory.get32(out + 1);
                    let modulus = memory.get32(out + 5);
                    let member = self.counter.wrapping_add(memory.get32(out + 9)).checked_rem(modulus);
                    let Some(member) = member else { return OUT_OF_RANGE };
                    if offset >= out - last {
                        return OUT_OF_RANGE;
                    }
                    let patched = last + offset;
                    memory.set32(patched, memory.get32(patched).wrapping_add(member.wrapping_mul(value)));
                    continue;
                }
                if op == ONCE {
                    let slot = memory.get32(out + 1);
                    if slot >= commands - marks {
                        return OUT_OF_RANGE;
                    }
                    let mark = marks + slot;
                    if memory.get8(mark) != 0 {
                        if value > end - cursor {
                            return MALFORMED;
                        }
                        cursor += value;
                    }
                    memory.set8(mark, 1);
                    continue;
                }
                last = out;
            }
            out = at;
            written += 1;
        }
        if written > u32::from(u16::MAX) {
            return COMMANDS_DO_NOT_FIT;
        }
        self.command_len = out - commands;
        memory.set32(commands, self.command_len);
        memory.set32(commands + 4, written);
        self.ready = 1;
        self.counter = self.counter.wrapping_add(u32::from(block != INIT_BLOCK));
        Status::Ok as Code
    }
}

const fn align(at: u32) -> u32 {
    at.wrapping_add(REGION_ALIGN - 1) & !(REGION_ALIGN - 1)
}
