//! The interpreter.

use crate::table::{self, BYTE, EMPTY, LAYOUTS, PLUGINS, POINTER, SHORT, WORD};
use pngine_format::bytecode::{REGION_ALIGN, VERSION};
use pngine_format::status::{INPUTS_SIZE, Status};

/// Stands where an opcode stands while the blocks are counted.
const BLOCK: u32 = 0x100;
/// Stands where an opcode stands while one is read.
const FETCH: u32 = 0x101;

/// All that an executor keeps between calls besides the bytes in memory.
#[derive(Debug, Default)]
pub struct State {
    bytecode_len: u32,
    data_len: u32,
    commands: u32,
    command_len: u32,
    /// One more than the frame that the host chose; 0 is the choice by timeline.
    choice: u32,
    counter: u32,
    ready: u32,
}

const fn align(at: u32) -> u32 {
    at.wrapping_add(REGION_ALIGN - 1) & !(REGION_ALIGN - 1)
}

/// The `N` words of four bytes at `at`.
#[inline(always)]
fn words<const N: usize>(memory: &mut [u8], at: u32) -> Option<&mut [[u8; 4]; N]> {
    memory.get_mut(at as usize..)?.as_chunks_mut().0.first_chunk_mut()
}

impl State {
    /// The state of a fresh executor.
    pub const fn new() -> Self {
        Self { bytecode_len: 0, data_len: 0, commands: 0, command_len: 0, choice: 0, counter: 0, ready: 0 }
    }

    /// Offset of the data section.
    pub fn data(&self) -> u32 {
        align(self.bytecode_len)
    }

    /// Offset of the input block.
    pub fn inputs(&self) -> u32 {
        align(self.data().wrapping_add(self.data_len))
    }

    /// Offset of the command buffer.
    pub fn commands(&self) -> u32 {
        self.commands
    }

    /// Length of the command buffer.
    pub fn command_len(&self) -> u32 {
        self.command_len
    }

    /// `setBytecodeLen`.
    pub fn set_bytecode_len(&mut self, memory: &mut [u8], base: u32, len: u32) {
        self.bytecode_len = len;
        self.set_data_len(memory, base, 0);
    }

    /// `setDataLen`.
    pub fn set_data_len(&mut self, memory: &mut [u8], base: u32, len: u32) {
        self.data_len = len;
        self.run(memory, base, 0);
        self.ready = 0;
    }

    /// `setFrame`.
    pub fn set_frame(&mut self, frame: u32) {
        self.choice = frame.wrapping_add(1);
    }

    /// `getFrameCounter`.
    pub fn counter(&self) -> u32 {
        self.counter
    }

    /// `setFrameCounter`.
    pub fn set_counter(&mut self, counter: u32) {
        self.counter = counter;
    }

    /// `init`.
    pub fn init(&mut self, memory: &mut [u8], base: u32) -> u32 {
        self.run(memory, base, 0)
    }

    /// `frame`.
    pub fn frame(&mut self, memory: &mut [u8], base: u32, time: f32, width: u32, height: u32) -> u32 {
        if self.ready == 0 {
            return Status::NotInitialised as u32;
        }
        if let Some([out_time, out_width, out_height, out_aspect, out_scene_time]) = words(memory, self.inputs()) {
            *out_time = time.to_le_bytes();
            *out_width = (width as f32).to_le_bytes();
            *out_height = (height as f32).to_le_bytes();
            *out_aspect = (width as f32 / (height + u32::from(height == 0)) as f32).to_le_bytes();
            *out_scene_time = time.to_le_bytes();
        }
        self.run(memory, base, self.choice.saturating_add(u32::from(self.choice == 0)))
    }

    fn run(&mut self, memory: &mut [u8], base: u32, block: u32) -> u32 {
        let region = self.data();
        let region_len = self.inputs().wrapping_sub(region).wrapping_add(INPUTS_SIZE);
        let marks = region.wrapping_add(region_len);
        let mut status = Status::NoBytecode as u32;
        let mut start = 0;
        let mut count = 0;

        'run: {
            let Some(&[version, plugins, _]) = memory.get(..self.bytecode_len as usize).and_then(|code| code.first_chunk()) else {
                break 'run;
            };
            status = Status::BytecodeVersion as u32;
            if version != VERSION {
                break 'run;
            }
            status = Status::PluginMissing as u32;
            if plugins & !PLUGINS.0 != 0 {
                break 'run;
            }
            let mut pc = 2;
            let mut end = self.bytecode_len;
            let mut blocks = u64::from(block) + 2;
            let mut op = BLOCK;
            let mut layout = const { table::layout(&[WORD, WORD]) };
            let mut last = 0;
            let mut at = 0;
            let mut room = u32::MAX;
            let (mut a, mut b, mut c, mut d) = (0u32, 0u32, 0u32, 0u32);
            loop {
                while layout > EMPTY {
                    let kind = layout & 3;
                    layout >>= 2;
                    let mut value = 0;
                    let mut shift = 0;
                    status = Status::Malformed as u32;
                    loop {
                        if pc >= end {
                            break 'run;
                        }
                        let byte = u32::from(memory.get(pc as usize).copied().unwrap_or(0));
                        pc += 1;
                        if kind == BYTE {
                            value = byte;
                            break;
                        }
                        if byte << shift >> shift != byte {
                            break 'run;
                        }
                        value |= (byte & 0x7F) << shift;
                        if byte < 0x80 {
                            break;
                        }
                        shift += 7;
                    }
                    let limit = match kind {
                        SHORT => 0xFFFF,
                        POINTER => region_len,
                        _ => room,
                    };
                    room = u32::MAX;
                    status = Status::OutOfRange as u32;
                    if value > limit {
                        break 'run;
                    }
                    if kind == POINTER {
                        room = region_len - value;
                        value = value.wrapping_add(region).wrapping_add(base);
                    }
                    (a, b, c, d) = (b, c, d, value);
                    if op != BLOCK {
                        status = Status::CommandsDoNotFit as u32;
                        let Some(out) = words::<1>(memory, at) else {
                            break 'run;
                        };
                        out[0] = value.to_le_bytes();
                        at += match kind {
                            BYTE => 1,
                            SHORT => 2,
                            _ => 4,
                        };
                    }
                }
                // An instruction is complete.
                status = Status::Malformed as u32;
                match op {
                    FETCH => {
                        op = d;
                        layout = LAYOUTS[d as u8 as usize];
                        if layout == 0 {
                            break 'run;
                        }
                        continue;
                    }
                    BLOCK => {
                        if d > end - pc {
                            break 'run;
                        }
                        if at == 0 {
                            self.commands = marks.wrapping_add(c);
                            start = self.commands.wrapping_add(8);
                            at = start;
                            last = start;
                            if block == 0 {
                                status = Status::CommandsDoNotFit as u32;
                                let Some(zeroed) = memory.get_mut(self.inputs() as usize..self.commands as usize) else {
                                    break 'run;
                                };
                                zeroed.fill(0);
                            }
                        }
                        blocks -= 1;
                        status = Status::OutOfRange as u32;
                        if blocks == 0 {
                            end = pc + d;
                        } else {
                            pc += d;
                            if pc == end {
                                break 'run;
                            }
                            layout = const { table::layout(&[WORD]) };
                            continue;
                        }
                    }
                    0x80 => {
                        status = Status::OutOfRange as u32;
                        if a >= start - last {
                            break 'run;
                        }
                        let Some(member) = self.counter.wrapping_add(c).checked_rem(b) else {
                            break 'run;
                        };
                        let Some(out) = words::<1>(memory, last + a) else {
                            break 'run;
                        };
                        out[0] = u32::from_le_bytes(out[0]).wrapping_add(member.wrapping_mul(d)).to_le_bytes();
                    }
                    0x81 => {
                        status = Status::OutOfRange as u32;
                        if c >= self.commands.wrapping_sub(marks) {
                            break 'run;
                        }
                        let Some(mark) = memory.get_mut((marks.wrapping_add(c)) as usize) else {
                            break 'run;
                        };
                        if *mark != 0 {
                            if d > end - pc {
                                break 'run;
                            }
                            pc += d;
                        }
                        *mark = 1;
                    }
                    _ => {
                        last = start;
                        start = at;
                        status = Status::CommandsDoNotFit as u32;
                        count += 1;
                        if count > 0xFFFF {
                            break 'run;
                        }
                    }
                }
                at = start;
                status = Status::Ok as u32;
                if pc == end {
                    break 'run;
                }
                op = FETCH;
                layout = const { table::layout(&[BYTE]) };
            }
        }
        self.command_len = 0;
        if let Some([total, rest]) = words(memory, self.commands) {
            self.command_len = start.wrapping_sub(self.commands);
            *total = self.command_len.to_le_bytes();
            *rest = (count | u32::from(status == 5) << 16).to_le_bytes();
        }
        if block == 0 {
            self.ready = u32::from(status == 0);
            self.counter = 0;
        } else if status == 0 {
            self.counter = self.counter.wrapping_add(1);
        }
        status
    }
}
