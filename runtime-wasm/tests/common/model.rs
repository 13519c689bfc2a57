//! The same contract, written down a second time over the decoder of `pngine-format`: an oracle that shares no code with the
//! interpreter. It knows no limits of memory.

use super::{FrameArguments, Program};
use pngine_format::Reader;
use pngine_format::bytecode::{Control, Instruction, Instructions, VERSION, inputs_offset};
use pngine_format::command;
use pngine_format::op::{Op, Operand};
use pngine_format::status::{INPUTS_SIZE, Plugins};

/// A scene of the timeline.
#[derive(Clone, Copy, Default)]
struct Scene {
    start: u32,
    end: u32,
    frame: u32,
}

/// What runs a program.
pub struct Model {
    program: Program,
    data_ptr: u32,
    plugins: Plugins,
    marks: Vec<bool>,
    counter: u32,
    ready: bool,
    /// The chosen frame; `None` is by timeline.
    pub frame: Option<u32>,
}

/// The command buffer, or nothing where an executor must give a status other than 0.
pub type Outcome = Option<Vec<u8>>;

impl Model {
    /// An executor with these plugins that has its data section at `data_ptr`.
    pub fn new(program: &Program, plugins: Plugins, data_ptr: u32) -> Self {
        Self { program: program.clone(), data_ptr, plugins, marks: Vec::new(), counter: 0, ready: false, frame: None }
    }

    pub fn init(&mut self) -> Outcome {
        self.counter = 0;
        self.ready = false;
        self.marks = vec![false; usize::from(self.header()?.0)];
        let outcome = self.run(1, Vec::new());
        self.ready = outcome.is_some();
        outcome
    }

    pub fn frame(&mut self, (time, ..): FrameArguments) -> Outcome {
        if !self.ready {
            return None;
        }
        let (frame, commands) = match (self.frame, self.shown(time)?) {
            (None, Some((scene, frame))) => (frame, vec![encode(Op::SetScene, &[scene, 0])]),
            (frame, _) => (frame.unwrap_or(0), Vec::new()),
        };
        let outcome = self.run(u64::from(frame) + 2, commands);
        self.counter = self.counter.wrapping_add(u32::from(outcome.is_some()));
        outcome
    }

    /// How many once slots there are, and how many blocks.
    fn header(&self) -> Option<(u16, u16)> {
        let mut reader = Reader::new(&self.program.bytecode);
        let (version, plugins) = (reader.u8()?, reader.u8()?);
        let header = (reader.u16()?, reader.u16()?);
        reader.take(4 * (usize::from(header.1) + 1))?;
        (version == VERSION && self.plugins.contains(Plugins(plugins))).then_some(header)
    }

    fn block(&self, index: u64) -> Option<&[u8]> {
        let (_, count) = self.header()?;
        let index = usize::try_from(index).ok().filter(|&index| index < usize::from(count))?;
        let mut reader = Reader::new(self.program.bytecode.get(6 + 4 * index..)?);
        self.program.bytecode.get(reader.u32()? as usize..reader.u32()? as usize)
    }

    /// The scene that is shown at a time, and its frame. The outer `None` is a timeline that cannot be read.
    fn shown(&self, time: f32) -> Option<Option<(u32, u32)>> {
        if self.frame.is_some() || !self.plugins.contains(Plugins::ANIMATION) {
            return Some(None);
        }
        // A timeline that does not fit in the bytecode, or has no scene, is none.
        let Some(timeline) = self.block(0) else { return Some(None) };
        let mut numbers = Reader::new(timeline);
        let (Some(duration), Some(flags)) = (numbers.u32(), numbers.u32()) else { return Some(None) };
        let mut now = (time * 1000.0) as u32;
        if flags & 1 != 0 && duration != 0 {
            now %= duration;
        }
        let mut scenes = Vec::new();
        while numbers.remaining() >= 12 {
            let scene = Scene { start: numbers.u32()?, end: numbers.u32()?, frame: numbers.u32()? };
            if scene.start <= now && now < scene.end {
                return Some(Some((scenes.len() as u32, scene.frame)));
            }
            scenes.push(scene);
        }
        if scenes.is_empty() {
            return Some(None);
        }
        let latest = scenes.iter().map(|scene| scene.end).filter(|&end| end <= now).max();
        let index = scenes.iter().rposition(|scene| latest.is_some() && Some(scene.end) == latest).unwrap_or(0);
        Some(Some((index as u32, scenes.get(index).copied().unwrap_or_default().frame)))
    }

    fn run(&mut self, block: u64, mut commands: Vec<Vec<u8>>) -> Outcome {
        let block = self.block(block)?.to_vec();
        let region_len = inputs_offset(self.program.data.len() as u32)? + INPUTS_SIZE;
        let mut at = 0;
        while at < block.len() {
            let mut instructions = Instructions::new(&block[at..]);
            let (_, instruction) = instructions.next()?.ok()?;
            at += instructions.position();
            match instruction {
                Instruction::Command(op, mut operands) => {
                    if !self.plugins.contains(op.row().plugin) {
                        return None;
                    }
                    let mut room = 0;
                    for ((_, operand), value) in op.row().operands.iter().zip(&mut operands) {
                        match operand {
                            Operand::Ptr => {
                                room = region_len.checked_sub(*value)?;
                                *value += self.data_ptr;
                            }
                            Operand::Len if *value > room => return None,
                            _ => {}
                        }
                    }
                    commands.push(encode(op, &operands[..op.row().operands.len()]));
                }
                Instruction::Control(Control::Patch { at, count, offset, stride }) => {
                    let member = self.counter.wrapping_add(offset).checked_rem(count)?;
                    let last = commands.last_mut()?;
                    let (at, len) = (at as usize, last.len());
                    if at >= len {
                        return None;
                    }
                    // What goes beyond the command is overwritten by the next.
                    last.extend([0; 4]);
                    let number: &mut [u8; 4] = last[at..].first_chunk_mut()?;
                    *number = u32::from_le_bytes(*number).wrapping_add(member.wrapping_mul(stride)).to_le_bytes();
                    last.truncate(len);
                }
                Instruction::Control(Control::Once { slot, length }) => {
                    let mark = self.marks.get_mut(slot as usize)?;
                    if std::mem::replace(mark, true) {
                        at = at.checked_add(length as usize).filter(|&end| end <= block.len())?;
                    }
                }
            }
        }
        let count = u16::try_from(commands.len()).ok()?;
        let commands = commands.concat();
        let mut buffer = ((command::HEADER_SIZE + commands.len()) as u32).to_le_bytes().to_vec();
        buffer.extend(u32::from(count).to_le_bytes());
        buffer.extend(commands);
        Some(buffer)
    }
}

/// A command's bytes without the header of a buffer.
fn encode(op: Op, operands: &[u32]) -> Vec<u8> {
    command::encode([(op, operands)])[command::HEADER_SIZE..].to_vec()
}
