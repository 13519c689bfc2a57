//! What the tests share: programs, and executors of both kinds behind one interface.
#![allow(dead_code, reason = "each test file uses a part")]

pub mod model;
pub mod wasm;

use pngine_format::bytecode::{Block, ONCE, PATCH, assemble};
use pngine_format::command;
use pngine_format::op::Op;
use pngine_format::status::{INPUTS_SIZE, Plugins};
use pngine_runtime::{Executor, Slice};

/// A bytecode section and a data section.
#[derive(Clone, Debug)]
pub struct Program {
    pub bytecode: Vec<u8>,
    pub data: Vec<u8>,
}

/// Arguments of `frame`: seconds and pixels.
pub type FrameArguments = (f32, u32, u32);

/// An executor of either kind.
pub trait Player {
    /// Writes the sections as a host does.
    fn load(&mut self, program: &Program);
    fn init(&mut self) -> u32;
    fn frame(&mut self, arguments: FrameArguments) -> u32;
    fn set_frame(&mut self, frame: u32);
    fn frame_counter(&mut self) -> u32;
    fn set_frame_counter(&mut self, counter: u32);
    /// The command buffer of the last call.
    fn commands(&mut self) -> Vec<u8>;
    /// Address of the data section.
    fn data_ptr(&mut self) -> u32;
    fn write_inputs(&mut self, at: usize, bytes: &[u8]);

    /// The data section, padded, and the input block.
    fn region(&mut self) -> Vec<u8>;

    /// The input block.
    fn inputs(&mut self) -> Vec<u8> {
        let region = self.region();
        region[region.len() - INPUTS_SIZE as usize..].to_vec()
    }

    /// The command buffer as text.
    fn text(&mut self) -> String {
        let (commands, data, region) = (self.commands(), self.data_ptr(), self.region());
        let data_len = region.len() as u32 - INPUTS_SIZE;
        let memory: Vec<u8> = std::iter::repeat_n(0, data as usize).chain(region).collect();
        command::disassemble(&commands, &memory, data, data_len)
    }
}

/// The interpreter over a byte slice.
pub struct Native {
    pub executor: Executor,
    pub base: u32,
    pub memory: Vec<u8>,
}

impl Native {
    pub fn new(base: u32, size: usize) -> Self {
        Self { executor: Executor::new(), base, memory: vec![0; size] }
    }

    fn bytes(&mut self, address: u32) -> &mut [u8] {
        &mut self.memory[(address - self.base) as usize..]
    }
}

impl Player for Native {
    fn load(&mut self, program: &Program) {
        self.bytes(self.base)[..program.bytecode.len()].copy_from_slice(&program.bytecode);
        self.executor.set_bytecode_len(&Slice::new(self.base, &mut self.memory), program.bytecode.len() as u32);
        let data = self.executor.data_ptr();
        self.bytes(data)[..program.data.len()].copy_from_slice(&program.data);
        self.executor.set_data_len(program.data.len() as u32);
    }

    fn init(&mut self) -> u32 {
        self.executor.init(&mut Slice::new(self.base, &mut self.memory))
    }

    fn frame(&mut self, (time, width, height): FrameArguments) -> u32 {
        self.executor.frame(&mut Slice::new(self.base, &mut self.memory), time, width, height)
    }

    fn set_frame(&mut self, frame: u32) {
        self.executor.set_frame(frame);
    }

    fn frame_counter(&mut self) -> u32 {
        self.executor.frame_counter()
    }

    fn set_frame_counter(&mut self, counter: u32) {
        self.executor.set_frame_counter(counter);
    }

    fn commands(&mut self) -> Vec<u8> {
        let len = self.executor.command_len() as usize;
        let at = self.executor.command_ptr(&Slice::new(self.base, &mut self.memory));
        if len == 0 { Vec::new() } else { self.bytes(at)[..len].to_vec() }
    }

    fn data_ptr(&mut self) -> u32 {
        self.executor.data_ptr()
    }

    fn region(&mut self) -> Vec<u8> {
        let (data, end) = (self.executor.data_ptr(), self.executor.inputs_ptr() + INPUTS_SIZE);
        self.bytes(data)[..(end - data) as usize].to_vec()
    }

    fn write_inputs(&mut self, at: usize, bytes: &[u8]) {
        let inputs = self.executor.inputs_ptr();
        self.bytes(inputs)[at..at + bytes.len()].copy_from_slice(bytes);
    }
}

/// A block of these commands.
pub fn block(commands: &[(Op, &[u32])]) -> Block {
    let mut block = Block::default();
    commands.iter().for_each(|(op, operands)| block.command(*op, operands));
    block
}

/// A program of core commands, with a pool, something that runs once, an input and two frames.
pub fn core_program() -> Program {
    program_for(Plugins::ALL)
}

/// The same for an executor with these plugins: without render and compute there are no pools and nothing runs once.
pub fn program_for(set: Plugins) -> Program {
    let steers = set.0 & (Plugins::RENDER.0 | Plugins::COMPUTE.0) != 0;
    let init = block(&[
        (Op::CreateBuffer, &[0, 16, 0x48]),
        (Op::CreateBuffer, &[300, 70_000, 0x80]),
        (Op::CreateBindGroup, &[1, 0xFFFF, 3, 30]),
        (Op::WriteBuffer, &[0, 0, 0, 33]),
        (Op::End, &[]),
    ]);
    let mut frame = Block::default();
    if steers {
        frame.once(0, &block(&[(Op::ClearBuffer, &[0, 0, u32::MAX])]));
    }
    // 33 bytes of data end at 48, where the input block starts.
    frame.command(Op::WriteBuffer, &[0, 0, 48, 16]);
    frame.command(Op::SetBindGroup, &[0, 5]);
    if steers {
        frame.patch(2, 3, 1, 2);
        frame.once(2, &block(&[(Op::EndPass, &[]), (Op::PopDebugGroup, &[])]));
    }
    frame.command(Op::Submit, &[]);
    frame.command(Op::End, &[]);
    let mut other = Block::default();
    if steers {
        other.once(0, &block(&[(Op::Submit, &[])]));
    }
    other.command(Op::End, &[]);
    Program { bytecode: assemble(Plugins::CORE, 3, &[Block::default(), init, frame, other]), data: (0..33).collect() }
}

/// Every command of these plugins once, with small and with large operands, in `init` and in a frame.
pub fn every_command(plugins: Plugins) -> Program {
    let mut blocks = [Block::default(), Block::default(), Block::default()];
    for row in pngine_format::op::COMMANDS.iter().filter(|row| plugins.contains(row.plugin)) {
        for (block, large) in [(1, false), (2, true)] {
            let mut operands = Vec::new();
            for (i, (_, operand)) in row.operands.iter().enumerate() {
                use pngine_format::op::Operand;
                operands.push(match operand {
                    Operand::U8 => [i as u32, 0xFF][usize::from(large)],
                    Operand::U16 | Operand::New(_) | Operand::Id(_) => [i as u32, 0xFFFF][usize::from(large)],
                    Operand::U32 | Operand::I32 | Operand::F32 => [i as u32 + 100, u32::MAX][usize::from(large)],
                    Operand::Ptr => [1, 64][usize::from(large)],
                    Operand::Len => [7, 1148][usize::from(large)],
                });
            }
            blocks[block].command(row.op, &operands);
        }
    }
    Program { bytecode: assemble(plugins, 0, &blocks), data: vec![0x55; 60] }
}

/// A timeline of three scenes with gaps, over four seconds, `flags` 1 to repeat.
pub fn timeline_program(flags: u32) -> Program {
    let mut timeline = Block::default();
    let scenes = [4000, flags, 500, 1000, 1, 2000, 3000, 0, 900, 2000, 1u32];
    timeline.bytes.extend(scenes.iter().flat_map(|number| number.to_le_bytes()));
    let frames = [Op::Submit, Op::PopDebugGroup].map(|op| block(&[(op, &[]), (Op::End, &[])]));
    let [first, second] = frames;
    let plugins = Plugins::CORE.union(Plugins::ANIMATION);
    Program { bytecode: assemble(plugins, 0, &[timeline, block(&[(Op::End, &[])]), first, second]), data: Vec::new() }
}

/// A source of numbers that are the same in every run (a linear congruential generator, its high half).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound.max(1)
    }

    /// Random bytes, random instructions behind a good header, or `program` with some bytes changed.
    pub fn bytecode(&mut self, program: &Program) -> Vec<u8> {
        match self.below(6) {
            0 => (0..self.below(80)).map(|_| self.next() as u8).collect(),
            1 => {
                let blocks: Vec<Block> = (0..self.below(5)).map(|_| Block { bytes: self.instructions() }).collect();
                let once = [0, 1, 3, 200, 10_000, u16::MAX][self.below(6)];
                assemble(Plugins(if self.below(8) == 0 { 63 } else { 1 }), once, &blocks)
            }
            _ => {
                let mut bytes = program.bytecode.clone();
                for _ in 0..1 + self.below(4) * self.below(2) {
                    let at = self.below(bytes.len());
                    match self.below(12) {
                        0 if !bytes.is_empty() => drop(bytes.remove(at)),
                        1 => bytes.insert(at, self.next() as u8),
                        2 if self.below(4) == 0 => bytes.truncate(at),
                        3 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                        _ if !bytes.is_empty() => bytes[at] = [0, 1, 0x7E, 0x7F, 0x80, 0xFF][self.below(6)],
                        _ => {}
                    }
                }
                bytes
            }
        }
    }

    fn instructions(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..self.below(12) {
            let ops = pngine_format::op::COMMANDS;
            let op = match self.below(4) {
                0 => PATCH,
                1 => ONCE,
                _ => ops[self.below(ops.len())].op as u8,
            };
            pngine_format::varint::write(&mut bytes, u32::from(op));
            for _ in 0..self.below(6) {
                let value = match self.below(4) {
                    0 => self.next(),
                    1 => 0x80 >> self.below(8),
                    _ => self.next() % 8,
                };
                pngine_format::varint::write(&mut bytes, value);
            }
        }
        bytes
    }
}
