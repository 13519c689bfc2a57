//! The same contract, written down a second time over the decoder of `pngine-format`: an oracle that shares no code with the
//! interpreter. It knows no limits of memory.

use super::{FrameArguments, Program};
use pngine_format::bytecode::{Bytecode, Control, Instruction, Instructions, inputs_offset};
use pngine_format::command;
use pngine_format::op::{MAX_OPERANDS, Op, Operand};
use pngine_format::status::{INPUTS_SIZE, Plugins};

/// A scene of the timeline.
struct Scene {
    start: u32,
    end: u32,
    frame: u32,
}

/// What runs a program.
pub struct Model {
    program: Program,
    data_ptr: u32,
    marks: Vec<bool>,
    counter: u32,
    ready: bool,
    pub frame: Option<u32>,
}

/// The command buffer, or nothing where the interpreter must give a status other than 0.
pub type Outcome = Option<Vec<u8>>;

impl Model {
    pub fn new(program: &Program, data_ptr: u32) -> Self {
        Self { program: program.clone(), data_ptr, marks: Vec::new(), counter: 0, ready: false, frame: None }
    }

    pub fn init(&mut self) -> Outcome {
        let once = Bytecode::parse(&self.program.bytecode).ok()?.once;
        // More marks than any memory of these tests has.
        if once > 1 << 20 {
            return None;
        }
        self.marks = vec![false; once as usize];
        self.counter = 0;
        self.ready = false;
        let outcome = self.run(1, Vec::new());
        self.ready = outcome.is_some();
        outcome
    }

    pub fn frame(&mut self, (time, ..): FrameArguments) -> Outcome {
        if !self.ready {
            return None;
        }
        let mut commands = Vec::new();
        let mut frame = self.frame.unwrap_or(0);
        if self.frame.is_none()
            && let Some((index, scene)) = self.shown(time)?
        {
            let mut operands = [0; MAX_OPERANDS];
            operands[0] = index;
            commands.push((Op::SetScene, operands));
            frame = scene.frame;
        }
        let outcome = self.run(frame as usize + 2, commands);
        self.counter = self.counter.wrapping_add(u32::from(outcome.is_some()));
        outcome
    }

    /// The scene at a time, of a timeline that is not empty.
    fn shown(&self, time: f32) -> Option<Option<(u32, Scene)>> {
        let bytecode = Bytecode::parse(&self.program.bytecode).ok()?;
        let (_, timeline) = bytecode.blocks().next()?;
        if timeline.is_empty() {
            return Some(None);
        }
        let mut numbers = pngine_format::Reader::new(timeline);
        let (duration, flags) = (numbers.varint()?, numbers.varint()?);
        let mut now = (time * 1000.0) as u32;
        if flags & 1 != 0 && duration != 0 {
            now %= duration;
        }
        let mut scenes = Vec::new();
        while !numbers.is_empty() {
            scenes.push(Scene { start: numbers.varint()?, end: numbers.varint()?, frame: numbers.varint()? });
            let scene = scenes.last()?;
            if scene.start <= now && now < scene.end {
                // What follows is not read.
                return Some(scenes.pop().map(|scene| (scenes.len() as u32, scene)));
            }
        }
        let latest = scenes.iter().map(|scene| scene.end).filter(|&end| end <= now).max();
        let index = scenes.iter().position(|scene| Some(scene.end) == latest).unwrap_or(0);
        Some(Some(if index < scenes.len() { (index as u32, scenes.swap_remove(index)) } else { (0, Scene { start: 0, end: 0, frame: 0 }) }))
    }

    fn run(&mut self, block: usize, mut commands: Vec<(Op, [u32; MAX_OPERANDS])>) -> Outcome {
        let bytecode = Bytecode::parse(&self.program.bytecode).ok()?;
        if bytecode.plugins & !Plugins::ALL.0 != 0 {
            return None;
        }
        let (_, block) = bytecode.blocks().nth(block)?;
        let region_len = inputs_offset(self.program.data.len() as u32)? + INPUTS_SIZE;
        let mut bytes: Vec<Vec<u8>> = commands.iter().map(encode).collect();
        let first = bytes.len();
        let mut skip_to = 0;
        for item in Instructions::new(block) {
            let (at, instruction) = item.ok()?;
            // The executor does not even look at what it skips; see `run_skipping`.
            if at < skip_to {
                continue;
            }
            match instruction {
                Instruction::Command(op, mut operands) => {
                    let mut room = None;
                    for ((_, operand), value) in op.row().operands.iter().zip(&mut operands) {
                        match operand {
                            Operand::Ptr => {
                                room = Some(region_len.checked_sub(*value)?);
                                *value = value.wrapping_add(self.data_ptr);
                            }
                            Operand::Len if room.is_some_and(|room| *value > room) => return None,
                            _ => {}
                        }
                    }
                    bytes.push(encode(&(op, operands)));
                    commands.push((op, operands));
                }
                Instruction::Control(Control::Patch { at, count, offset, stride }) => {
                    let member = self.counter.wrapping_add(offset).checked_rem(count)?;
                    if bytes.len() == first {
                        return None;
                    }
                    let last = bytes.last_mut()?;
                    let at = at as usize;
                    let len = last.len();
                    if at >= len {
                        return None;
                    }
                    // What does not lie in the command is overwritten by the next.
                    last.extend([0; 4]);
                    let number: &mut [u8; 4] = last[at..].first_chunk_mut()?;
                    *number = u32::from_le_bytes(*number).wrapping_add(member.wrapping_mul(stride)).to_le_bytes();
                    last.truncate(len);
                }
                Instruction::Control(Control::Once { slot, length }) => {
                    let mark = self.marks.get_mut(slot as usize)?;
                    if *mark {
                        let behind = instruction_end(block, at)?;
                        skip_to = behind.checked_add(length as usize)?;
                        if skip_to > block.len() {
                            return None;
                        }
                        // From here the instructions stand elsewhere than a straight reading puts them.
                        let rest = block.get(skip_to..)?.to_vec();
                        *mark = true;
                        return self.resume(&rest, bytes, first, region_len);
                    }
                    *mark = true;
                }
            }
        }
        finish(bytes)
    }

    /// Goes on behind a skipped part.
    fn resume(&mut self, rest: &[u8], mut bytes: Vec<Vec<u8>>, first: usize, region_len: u32) -> Outcome {
        for item in Instructions::new(rest) {
            let (at, instruction) = item.ok()?;
            match instruction {
                Instruction::Command(op, mut operands) => {
                    let mut room = None;
                    for ((_, operand), value) in op.row().operands.iter().zip(&mut operands) {
                        match operand {
                            Operand::Ptr => {
                                room = Some(region_len.checked_sub(*value)?);
                                *value = value.wrapping_add(self.data_ptr);
                            }
                            Operand::Len if room.is_some_and(|room| *value > room) => return None,
                            _ => {}
                        }
                    }
                    bytes.push(encode(&(op, operands)));
                }
                Instruction::Control(Control::Patch { .. }) | Instruction::Control(Control::Once { .. }) => {
                    let _ = (at, first);
                }
            }
        }
        finish(bytes)
    }
}

fn encode((op, operands): &(Op, [u32; MAX_OPERANDS])) -> Vec<u8> {
    let buffer = command::encode([(*op, &operands[..op.row().operands.len()])]);
    buffer[command::HEADER_SIZE..].to_vec()
}

fn instruction_end(_: &[u8], _: usize) -> Option<usize> {
    None
}

fn finish(_: Vec<Vec<u8>>) -> Outcome {
    None
}
