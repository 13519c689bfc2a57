//! The interpreter.
//!
//! It is written for size: state that outlives a call of an inner function lies in [`Executor`], because a WebAssembly access to
//! a low address is about as short as moving a local; every access goes through one bounds check; and the opcode is written by
//! the same loop as its operands.

use crate::memory::{Memory, WINDOW_SIZE, Window};
use crate::table::{BYTE, END, Kind, LAYOUTS, Layout, PLUGINS, POINTER, SHORT, WORD};
use pngine_format::bytecode::{INIT_BLOCK, ONCE, PATCH, REGION_ALIGN, VERSION};
use pngine_format::command::HEADER_SIZE;
use pngine_format::status::{INPUTS_SIZE, Status};

/// Bytes behind the last command that the executor may use while it works: a host that leaves less gets
/// [`Status::CommandsDoNotFit`] for a command buffer that would just fit.
pub const SCRATCH_SIZE: u32 = 48;

/// Bytes of the shortest header: version, plugins, and a varint of one byte.
const MIN_HEADER_SIZE: u32 = 3;

/// All that an executor keeps between calls besides the bytes in memory. Pointers are addresses.
///
/// The fields lie in front of the table so that their addresses are short.
#[repr(C)]
#[derive(Clone, Debug)]
pub struct Executor {
    /// The next byte of bytecode.
    pub(crate) cursor: u32,
    /// The end of the block that is read, or of the bytecode.
    pub(crate) end: u32,
    bytecode_end: u32,
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
pub const MALFORMED: Code = Status::Malformed as Code;
pub const OUT_OF_RANGE: Code = Status::OutOfRange as Code;
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
        Self {
            cursor: 0,
            end: 0,
            bytecode_end: 0,
            data: 0,
            inputs: 0,
            command_len: 0,
            choice: 0,
            counter: 0,
            ready: 0,
            layouts: LAYOUTS,
        }
    }

    /// `setBytecodeLen`: takes the bytecode that lies at the memory's base, and forgets data and `init`.
    pub fn set_bytecode_len(&mut self, memory: &impl Memory, len: u32) {
        self.bytecode_end = memory.base().wrapping_add(len);
        self.data = align(self.bytecode_end);
        self.set_data_len(0);
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
    ///
    /// Leaves the cursor behind the header.
    #[inline(never)]
    pub fn command_ptr(&mut self, memory: &mut impl Memory) -> u32 {
        self.cursor = memory.base() + 2;
        self.end = self.bytecode_end;
        self.marks().wrapping_add(self.read(memory, WORD))
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
        let mut at = self.inputs;
        let commands = self.command_ptr(memory);
        if memory.holds(commands) {
            // The last word may reach into the command buffer, which is not yet written.
            while at < commands {
                *word::<0>(memory.window(at)) = [0; 4];
                at += 4;
            }
        }
        self.run(memory, u64::from(INIT_BLOCK), 0)
    }

    /// `frame`: fills in the executor's part of the input block and runs the block of a frame.
    ///
    /// Time is in seconds, width and height are in pixels; a height of 0 counts as 1 for the aspect ratio.
    pub fn frame(&mut self, memory: &mut impl Memory, time: f32, width: u32, height: u32) -> Code {
        if self.ready == 0 {
            return NOT_INITIALISED;
        }
        // Without a timeline the scene lasts for ever, and the choice by timeline is frame 0.
        #[allow(unused_mut, reason = "only a timeline changes them")]
        let (mut block, mut first_command) = (u64::from(self.choice.max(1)) + u64::from(INIT_BLOCK), 0);
        #[cfg(feature = "animation")]
        let mut scene = [time, 0.0, 0.0];
        #[cfg(not(feature = "animation"))]
        let scene = [time];
        #[cfg(feature = "animation")]
        if self.choice == 0 {
            match self.timeline(memory, time) {
                Ok(None) => {}
                Ok(Some(shown)) => {
                    scene = shown.times();
                    block = u64::from(shown.frame) + u64::from(pngine_format::bytecode::FIRST_FRAME_BLOCK);
                    first_command = shown.command();
                }
                Err(status) => {
                    self.command_len = 0;
                    return status;
                }
            }
        }
        let window = memory.window(self.inputs);
        *word::<0>(window) = time.to_le_bytes();
        *word::<4>(window) = (width as f32).to_le_bytes();
        *word::<8>(window) = (height as f32).to_le_bytes();
        *word::<12>(window) = (width as f32 / height.max(1) as f32).to_le_bytes();
        // Without the feature the other two stay as `init` left them, 0.
        *word::<16>(window) = scene[0].to_le_bytes();
        #[cfg(feature = "animation")]
        {
            *word::<20>(window) = scene[1].to_le_bytes();
            *word::<24>(window) = scene[2].to_le_bytes();
        }
        self.run(memory, block, first_command)
    }

    /// Address of the once marks, one byte each, behind the input block.
    fn marks(&self) -> u32 {
        self.inputs.wrapping_add(INPUTS_SIZE)
    }

    /// Reads the next byte or varint. Where it is cut off or does not fit in 32 bits, all bits are set and `end` is before the
    /// cursor, which ends every loop; whether that happened is asked once, in the end.
    #[inline(never)]
    pub(crate) fn read(&mut self, memory: &mut impl Memory, kind: Kind) -> u32 {
        let mut value = 0;
        let mut shift = 0;
        while self.cursor < self.end {
            let [byte, ..] = memory.window(self.cursor);
            let byte = u32::from(*byte);
            self.cursor += 1;
            if kind == BYTE {
                return byte;
            }
            // In the fifth byte this finds a continuation, too.
            if byte > u32::MAX >> shift {
                break;
            }
            value |= (byte & 0x7F) << shift;
            if byte < 0x80 {
                return value;
            }
            shift += 7;
        }
        self.end = 0;
        u32::MAX
    }

    /// Runs the instructions of a block and writes the command buffer. `block` counts from the timeline, block 0;
    /// `first_command` is one of four bytes that goes before the block's, 0 for none.
    #[inline(never)]
    fn run(&mut self, memory: &mut impl Memory, block: u64, first_command: u32) -> Code {
        self.command_len = 0;
        if self.bytecode_end < memory.base() + MIN_HEADER_SIZE {
            return NO_BYTECODE;
        }
        let [version, plugins, ..] = memory.window(memory.base());
        if *version != VERSION {
            return BYTECODE_VERSION;
        }
        if *plugins & !PLUGINS.0 != 0 {
            return PLUGIN_MISSING;
        }
        let marks = self.marks();
        let commands = self.command_ptr(memory);
        if commands < marks {
            return MALFORMED;
        }
        if !memory.holds(commands) {
            return COMMANDS_DO_NOT_FIT;
        }

        let mut blocks = block;
        loop {
            let len = self.read(memory, WORD);
            if len > self.end.wrapping_sub(self.cursor) {
                return MALFORMED;
            }
            let next = self.cursor + len;
            if blocks == 0 {
                self.end = next;
                break;
            }
            self.cursor = next;
            if self.cursor == self.end {
                return OUT_OF_RANGE;
            }
            blocks -= 1;
        }

        let mut count = 0;
        let mut last = commands + HEADER_SIZE as u32;
        let mut out = last;
        if cfg!(feature = "animation") && first_command != 0 {
            *word::<0>(memory.window(out)) = first_command.to_le_bytes();
            out += 4;
            count = 1;
        }
        // The largest value of a four-byte operand: after a pointer, what is left of the region.
        let mut room = u32::MAX;
        while self.cursor < self.end {
            let mut value = self.read(memory, BYTE);
            let op = value as u8;
            let mut kind = BYTE;
            let mut layout = u32::from(self.layouts[usize::from(op)]);
            let mut at = out;
            loop {
                // Four bytes are wide enough for every kind; what is too much is overwritten or never read.
                *word::<0>(memory.window(at)) = value.to_le_bytes();
                at = at.wrapping_add(0x1424 >> (kind * 4) & 7); // BYTE 1, POINTER 4, SHORT 2, WORD 4
                if layout <= u32::from(END) {
                    break;
                }
                kind = layout & 3;
                layout >>= 2;
                value = self.read(memory, kind);
                if value > if kind == SHORT { 0xFFFF } else { room } {
                    return OUT_OF_RANGE;
                }
                room = u32::MAX;
                if kind == POINTER {
                    let region_len = marks.wrapping_sub(self.data);
                    if value > region_len {
                        return OUT_OF_RANGE;
                    }
                    room = region_len - value;
                    value = value.wrapping_add(self.data);
                }
            }
            if layout == 0 {
                return MALFORMED;
            }
            match op {
                PATCH => {
                    let window = memory.window(out);
                    let offset = u32::from_le_bytes(*word::<1>(window));
                    let modulus = u32::from_le_bytes(*word::<5>(window));
                    let add = u32::from_le_bytes(*word::<9>(window));
                    let stride = u32::from_le_bytes(*word::<13>(window));
                    let Some(member) = self.counter.wrapping_add(add).checked_rem(modulus) else { return OUT_OF_RANGE };
                    if offset >= out.wrapping_sub(last) {
                        return OUT_OF_RANGE;
                    }
                    let patched = word::<0>(memory.window(last.wrapping_add(offset)));
                    *patched = u32::from_le_bytes(*patched).wrapping_add(member.wrapping_mul(stride)).to_le_bytes();
                }
                ONCE => {
                    let slot = u32::from_le_bytes(*word::<1>(memory.window(out)));
                    if slot >= commands - marks {
                        return OUT_OF_RANGE;
                    }
                    let [mark, ..] = memory.window(marks + slot);
                    if *mark != 0 {
                        if value > self.end.wrapping_sub(self.cursor) {
                            return MALFORMED;
                        }
                        self.cursor += value;
                    }
                    *mark = 1;
                }
                _ => {
                    last = out;
                    out = at;
                    count += 1;
                }
            }
        }
        if self.cursor != self.end {
            return MALFORMED;
        }
        // Up to so many commands addresses only grew, so that this is about every access to the command buffer.
        if count > u32::from(u16::MAX) || !memory.holds(out) {
            return COMMANDS_DO_NOT_FIT;
        }

        self.command_len = out - commands;
        let header = memory.window(commands);
        *word::<0>(header) = self.command_len.to_le_bytes();
        *word::<4>(header) = count.to_le_bytes();
        self.ready = 1;
        self.counter = self.counter.wrapping_add(u32::from(block != u64::from(INIT_BLOCK)));
        Status::Ok as Code
    }
}

/// The four bytes at offset `AT` of a window.
fn word<const AT: usize>(window: &mut Window) -> &mut [u8; 4] {
    const { assert!(AT + 4 <= WINDOW_SIZE) }
    window[AT..].first_chunk_mut().expect("the window reaches that far, see above")
}

const fn align(at: u32) -> u32 {
    at.wrapping_add(REGION_ALIGN - 1) & !(REGION_ALIGN - 1)
}
