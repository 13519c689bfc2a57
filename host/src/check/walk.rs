//! From command to command: reading, the order of commands, and what a finding does to the rest.

use super::shape;
use super::{Canvas, Checked, CheckedCommand, Checker, Finding, MAX_FINDINGS, Phase, Resource, Slots};
use crate::CommandView;
use pngine_format::command::{CommandError, Commands, DecodedCommand, HEADER_SIZE};
use pngine_format::descriptor::{self, Field, Type, Value};
use pngine_format::op::{CANVAS_TEXTURE, Kind, NONE, Op, Operand, Place};
use pngine_format::status::{Action, ErrorCode};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Why a command is not as it should be.
pub(super) struct Problem {
    pub(super) code: ErrorCode,
    pub(super) message: String,
}

pub(super) fn problem<T>(code: ErrorCode, message: impl Into<String>) -> Result<T, Problem> {
    Err(Problem { code, message: message.into() })
}

/// The state of a pass, or of a render bundle under construction.
#[derive(Default)]
pub(super) struct Pass {
    pub(super) compute: bool,
    pub(super) pipeline: Option<u16>,
    pub(super) groups: Slots,
    /// Bytes that are bound, by slot.
    pub(super) vertex: BTreeMap<u32, u64>,
    /// Bytes that are bound, and bytes of an index.
    pub(super) index: Option<(u64, u64)>,
    /// How many queries the pass' occlusion query set has.
    pub(super) occlusion: Option<u32>,
    pub(super) query_open: bool,
    pub(super) debug_groups: u32,
}

/// What a command buffer has used up of its budgets. Source: docs/format.md, "Limits".
#[derive(Default)]
pub(super) struct Spent {
    descriptors_bytes: u64,
    text_bytes: u64,
    written_bytes: u64,
    loaded_bytes: u64,
    loads: u64,
    programs: u64,
    pub(super) bundled_commands: u64,
}

/// Adds to what was spent of a budget, unless that would be more than `most`.
pub(super) fn spend(spent: &mut u64, more: u64, most: u64, what: &str) -> Result<(), Problem> {
    let sum = spent.saturating_add(more);
    if sum > most {
        return problem(ErrorCode::BudgetExceeded, format!("this makes {sum} {what}, at most {most} are allowed"));
    }
    *spent = sum;
    Ok(())
}

/// What one command buffer has been found to hold so far.
pub(super) struct DescriptorWalk<'c, 'a> {
    pub(super) checker: &'c mut Checker,
    pub(super) canvas: Canvas,
    phase: Phase,
    view: CommandView<'a>,
    pub(super) pass: Option<Pass>,
    /// Commands that only a submit lets run.
    encoded: bool,
    submitted: bool,
    pub(super) debug_groups: u32,
    /// What the buffer has used up of its budgets so far.
    pub(super) spent: Spent,
    /// E005 of the command at hand.
    pub(super) warnings: Vec<String>,
    findings: Vec<Finding>,
}

/// Walks over a whole buffer.
pub(super) fn walk<'a>(checker: &mut Checker, phase: Phase, view: &CommandView<'a>, canvas: Canvas) -> Checked<'a> {
    let mut walk = DescriptorWalk {
        checker,
        canvas,
        phase,
        view: *view,
        pass: None,
        encoded: false,
        submitted: false,
        debug_groups: 0,
        spent: Spent::default(),
        warnings: Vec::new(),
        findings: Vec::new(),
    };
    let mut checked = Checked { commands: Vec::new(), findings: Vec::new(), total: 0, stopped: false };
    match Commands::parse(view.buffer) {
        Ok(commands) => {
            checked.total = Commands::count(&commands);
            checked.stopped = walk.commands(commands, &mut checked.commands).is_err();
        }
        Err(error) => {
            walk.find(0, None, Problem { code: ErrorCode::OutOfBounds, message: error.to_string() });
            checked.stopped = true;
        }
    }
    checked.findings = walk.findings;
    checked
}

/// A finding stopped the buffer.
struct Stopped;

impl<'a> DescriptorWalk<'_, 'a> {
    /// Reports, and says what to do.
    fn find(&mut self, index: u32, op: Option<Op>, Problem { code, message }: Problem) -> Action {
        // A finding that stops the rest is always kept: it is the last one.
        if self.findings.len() < MAX_FINDINGS || code.action() == Action::Stop {
            self.findings.truncate(MAX_FINDINGS - 1);
            self.findings.push(Finding { code, phase: self.phase, index, op, message });
        }
        code.action()
    }

    fn commands(&mut self, commands: Commands<'a>, out: &mut Vec<CheckedCommand<'a>>) -> Result<(), Stopped> {
        let total = Commands::count(&commands);
        let mut ended = false;
        for command in commands {
            let command = match command {
                Ok(command) => command,
                Err(error) => {
                    let code = match error {
                        CommandError::UnknownOpcode { .. } => ErrorCode::UnknownCommand,
                        _ => ErrorCode::OutOfBounds,
                    };
                    let index = match error {
                        CommandError::UnknownOpcode { index, .. } | CommandError::CutOff { index } => index,
                        CommandError::Header | CommandError::Truncated | CommandError::Trailing => total,
                    };
                    self.find(index, None, Problem { code, message: error.to_string() });
                    return Err(Stopped);
                }
            };
            let (index, op) = (command.index, command.op);
            let result = if ended {
                problem(ErrorCode::InvalidSequence, "commands stand behind END")
            } else {
                self.command(&command, Container::Buffer)
            };
            for message in std::mem::take(&mut self.warnings) {
                self.find(index, Some(op), Problem { code: ErrorCode::InvalidUsage, message });
            }
            ended |= op == Op::End;
            match result {
                Ok(command) => out.push(command),
                Err(problem) => match self.find(index, Some(op), problem) {
                    Action::Stop => return Err(Stopped),
                    Action::Skip | Action::Warn => {}
                },
            }
        }
        if !ended {
            self.find(total, None, Problem { code: ErrorCode::InvalidSequence, message: "END is missing".to_owned() });
            return Err(Stopped);
        }
        Ok(())
    }

    /// Checks one command: that it may stand here, what it points to and refers to, and the rules of its row.
    fn command(&mut self, command: &DecodedCommand, container: Container) -> Result<CheckedCommand<'a>, Problem> {
        let DecodedCommand { index, op, operands, .. } = *command;
        let row = op.row();
        if !self.checker.plugins.contains(row.plugin) {
            let name = row.plugin.names().collect::<Vec<_>>().join(" ");
            return problem(ErrorCode::PluginNotEnabled, format!("the payload does not declare the {name} plugin"));
        }
        self.place(op, container)?;

        let mut checked = CheckedCommand {
            index,
            op,
            operands,
            bytes: [Cow::Borrowed(&[]), Cow::Borrowed(&[])],
            descriptor: Value::Null,
            bundle: Vec::new(),
            creates: None,
            refs: Vec::new(),
        };
        self.pointers(&mut checked, container)?;
        for ((name, operand), value) in row.operands.iter().zip(operands) {
            match operand {
                // Operands of these types hold two bytes.
                Operand::New(kind) => checked.creates = Some((*kind, value as u16)),
                Operand::Id(kind) => self.operand_reference(op, name, *kind, value as u16, &mut checked.refs)?,
                _ => {}
            }
        }
        self.references(&checked.descriptor, &mut checked.refs)?;
        if let Some((kind, id)) = checked.creates {
            if id >= CANVAS_TEXTURE {
                return problem(ErrorCode::InvalidReference, format!("{id:#06x} is not an id of a {}", kind.name()));
            }
            if self.checker.resources.contains_key(&(kind, id)) {
                return problem(ErrorCode::InvalidReference, format!("the {} {id} exists already", kind.name()));
            }
        }
        let resource = self.rules(&mut checked)?;
        if let (Some(key), Some(resource)) = (checked.creates, resource) {
            self.checker.memory.add(&resource, self.canvas);
            let (bytes, most) = (self.checker.memory.bytes(), self.checker.budgets.gpu_bytes);
            if bytes > most {
                let message = format!("this makes {bytes} bytes of GPU memory, at most {most} are allowed");
                return problem(ErrorCode::BudgetExceeded, message);
            }
            self.checker.resources.insert(key, resource);
        }
        Ok(checked)
    }

    /// Whether `op` may stand here, and what it does to passes.
    fn place(&mut self, op: Op, container: Container) -> Result<(), Problem> {
        let row = op.row();
        let wrong = |message: String| problem(ErrorCode::InvalidSequence, message);
        if container == Container::Bundle && !bundle_may_hold(op) {
            return wrong(format!("{} cannot stand in a render bundle", row.name));
        }
        let in_pass = self.pass.as_ref().map(|pass| pass.compute);
        match (row.place, in_pass) {
            (Place::Init, _) if self.phase != Phase::Init => return wrong(format!("{} in a frame", row.name)),
            (Place::Init | Place::Outside, Some(_)) => return wrong(format!("{} inside a pass", row.name)),
            (Place::Render, None | Some(true)) => return wrong(format!("{} outside a render pass", row.name)),
            (Place::Compute, None | Some(false)) => return wrong(format!("{} outside a compute pass", row.name)),
            (Place::Pass, None) => return wrong(format!("{} outside a pass", row.name)),
            (Place::Anywhere | Place::Init | Place::Outside | Place::Render | Place::Compute | Place::Pass, _) => {}
        }
        match op {
            Op::EndPass => {
                if let Some(pass) = self.pass.take() {
                    if pass.query_open {
                        return wrong("the pass ends inside an occlusion query".to_owned());
                    }
                    if pass.debug_groups > 0 {
                        return wrong("the pass ends inside a debug group".to_owned());
                    }
                }
            }
            Op::PushDebugGroup => *self.debug_groups() += 1,
            Op::PopDebugGroup => {
                let groups = self.debug_groups();
                *groups = match groups.checked_sub(1) {
                    Some(fewer) => fewer,
                    None => return wrong("no debug group is open".to_owned()),
                };
            }
            Op::Submit => {
                if self.debug_groups > 0 {
                    return wrong("SUBMIT inside a debug group".to_owned());
                }
                self.submitted = true;
                self.encoded = false;
            }
            Op::End => {
                if self.pass.is_some() {
                    return wrong("END_PASS is missing".to_owned());
                }
                if self.encoded || (self.phase != Phase::Init && !self.submitted) {
                    return wrong("SUBMIT is missing".to_owned());
                }
            }
            _ => {}
        }
        // Creations and writes happen at once, on the device or the queue; everything else waits for SUBMIT.
        let at_once = matches!(
            op,
            Op::Submit
                | Op::End
                | Op::WriteBuffer
                | Op::WriteTexture
                | Op::WriteFromWasm
                | Op::CallWasmFunc
                | Op::CopyExternalImage
                | Op::BindVideoFrame
                | Op::SetScene
        );
        self.encoded |= !at_once && row.place != Place::Init;
        Ok(())
    }

    fn debug_groups(&mut self) -> &mut u32 {
        match &mut self.pass {
            Some(pass) => &mut pass.debug_groups,
            None => &mut self.debug_groups,
        }
    }

    /// Resolves every pair of pointer and length, decodes the descriptor, and checks texts.
    fn pointers(&mut self, checked: &mut CheckedCommand<'a>, container: Container) -> Result<(), Problem> {
        let row = checked.op.row();
        let outside = |message: String| problem(ErrorCode::OutOfBounds, message);
        let mut pair = 0;
        let mut pointer = 0;
        for ((name, operand), value) in row.operands.iter().zip(checked.operands) {
            match operand {
                Operand::Ptr => pointer = value,
                Operand::Len => {
                    let start = match container {
                        Container::Buffer => Some(pointer as usize),
                        // The commands of a bundle lie in the data section, where no address is known yet.
                        Container::Bundle => (pointer as usize).checked_add(self.view.region as usize),
                    };
                    let end = start.and_then(|start| start.checked_add(value as usize));
                    let bytes = start.zip(end).and_then(|(start, end)| self.view.memory.get(start..end));
                    let Some(bytes) = bytes else {
                        return outside(format!("`{name}` and its pointer, {pointer:#x}+{value:#x}, lie outside the memory"));
                    };
                    if let Some(slot) = checked.bytes.get_mut(pair) {
                        *slot = Cow::Borrowed(bytes);
                    }
                    pair += 1;
                }
                _ => {}
            }
        }
        let [first, second] = checked.bytes.each_ref().map(|bytes| bytes.len() as u64);
        let budgets = self.checker.budgets;
        let what = "images, videos and modules that are loaded";
        match checked.op {
            Op::LoadImage | Op::LoadVideo | Op::InitWasmModule => spend(&mut self.spent.loads, 1, budgets.loads, what)?,
            Op::CreateShader | Op::CreateRenderPipe | Op::CreateComputePipe => {
                spend(&mut self.spent.programs, 1, budgets.programs, "shaders and pipelines")?;
            }
            _ => {}
        }
        match checked.op {
            Op::WriteBuffer => self.spend_written(first)?,
            Op::WriteTexture => self.spend_written(second)?,
            Op::WriteFromWasm => self.spend_written(u64::from(checked.operands[3]))?,
            Op::LoadImage | Op::InitWasmModule => {
                spend(&mut self.spent.loaded_bytes, first, budgets.loaded_bytes, "loaded bytes")?;
            }
            Op::LoadVideo => spend(&mut self.spent.loaded_bytes, second, budgets.loaded_bytes, "loaded bytes")?,
            _ => {}
        }
        let descriptor = checked.op.row().descriptor;
        if descriptor.is_some() || matches!(checked.op, Op::ExecuteBundles | Op::SetBindGroupOffsets) {
            let what = "bytes of descriptors and lists";
            if first > budgets.descriptor_bytes {
                let message =
                    format!("{first} bytes of a descriptor or a list, at most {} are allowed", budgets.descriptor_bytes);
                return problem(ErrorCode::BudgetExceeded, message);
            }
            spend(&mut self.spent.descriptors_bytes, first, budgets.descriptors_bytes, what)?;
        }
        if let Some(ty) = descriptor {
            match descriptor::decode_within(&checked.bytes[0], budgets.descriptor_values) {
                Ok((found, value)) if found == ty => {
                    if let Err(message) = shape::check(ty, &value) {
                        // What is wrong with a texture has a code of its own.
                        let code = if ty == Type::Texture { ErrorCode::InvalidTexture } else { ErrorCode::OutOfBounds };
                        return problem(code, message);
                    }
                    checked.descriptor = value;
                }
                Ok((found, _)) => {
                    return outside(format!("the descriptor is a {} descriptor, not a {}", found.name(), ty.name()));
                }
                Err(error) if error.over_budget => {
                    let message = format!("{error}, at most {} are allowed", budgets.descriptor_values);
                    return problem(ErrorCode::BudgetExceeded, message);
                }
                Err(error) => return outside(error.to_string()),
            }
        }
        if matches!(checked.op, Op::CreateShader | Op::PushDebugGroup | Op::InsertDebugMarker | Op::CallWasmFunc) {
            spend(&mut self.spent.text_bytes, first, budgets.text_bytes, "bytes of texts")?;
            if let Err(error) = std::str::from_utf8(&checked.bytes[0]) {
                return outside(format!("the text is not UTF-8 at its byte {}", error.valid_up_to()));
            }
        }
        Ok(())
    }

    /// Counts bytes that a command writes to a buffer or a texture.
    pub(super) fn spend_written(&mut self, bytes: u64) -> Result<(), Problem> {
        spend(&mut self.spent.written_bytes, bytes, self.checker.budgets.written_bytes, "written bytes")
    }

    fn operand_reference(&self, op: Op, name: &str, kind: Kind, id: u16, refs: &mut Vec<(Kind, u16)>) -> Result<(), Problem> {
        if id == NONE && op == Op::BeginRenderPass {
            return Ok(());
        }
        // The canvas has no depth.
        if kind == Kind::Texture && id == CANVAS_TEXTURE && name == "depth" {
            return problem(ErrorCode::InvalidReference, "the canvas cannot be a depth attachment");
        }
        self.reference(kind, id, refs)
    }

    /// Whether this was created; the canvas always is, and scenes are no command's to create.
    fn reference(&self, kind: Kind, id: u16, refs: &mut Vec<(Kind, u16)>) -> Result<(), Problem> {
        let key = if kind == Kind::DefaultView { (Kind::Texture, id) } else { (kind, id) };
        let known = match key {
            (Kind::Texture, CANVAS_TEXTURE) | (Kind::Scene, _) => true,
            key => self.checker.resources.contains_key(&key),
        };
        if !known {
            return problem(ErrorCode::InvalidReference, format!("there is no {} {id}", key.0.name()));
        }
        refs.push(key);
        Ok(())
    }

    /// Checks all references in a descriptor. It nests at most [`descriptor::MAX_DEPTH`] deep.
    fn references(&self, value: &Value, refs: &mut Vec<(Kind, u16)>) -> Result<(), Problem> {
        match value {
            Value::Ref(kind, id) => self.reference(*kind, *id, refs),
            Value::Object(fields) => fields.iter().try_for_each(|(_, member)| self.references(member, refs)),
            Value::Array(elements) => elements.iter().try_for_each(|element| self.references(element, refs)),
            _ => Ok(()),
        }
    }

    /// Checks the commands of a render bundle: those of a command buffer without its header, whose pointers are offsets into the
    /// region.
    pub(super) fn bundle(&mut self, checked: &mut CheckedCommand<'a>) -> Result<(), Problem> {
        let Some(Value::Bytes(body)) = checked.descriptor.get(Field::Commands) else {
            return problem(ErrorCode::OutOfBounds, "the bundle has no commands");
        };
        let buffer = with_header(body)?;
        let commands =
            Commands::parse(&buffer).map_err(|error| Problem { code: ErrorCode::OutOfBounds, message: error.to_string() })?;
        let outer = self.pass.replace(Pass::default());
        let encoded = self.encoded;
        let mut result = Ok(());
        for command in commands {
            let inner = command.map_err(|error| Problem { code: ErrorCode::OutOfBounds, message: error.to_string() });
            let inner = inner.and_then(|command| {
                self.command(&command, Container::Bundle).map_err(|Problem { code, message }| Problem {
                    code,
                    message: format!("in the bundle, command {} {}: {message}", command.index, command.op.row().name),
                })
            });
            match inner {
                Ok(command) => {
                    checked.refs.extend_from_slice(&command.refs);
                    checked.bundle.push(CheckedCommand { index: checked.index, ..command });
                }
                Err(problem) => {
                    result = Err(problem);
                    break;
                }
            }
        }
        let open_groups = self.pass.as_ref().is_some_and(|pass| pass.debug_groups > 0);
        self.pass = outer;
        self.encoded = encoded;
        if result.is_ok() && open_groups {
            return problem(ErrorCode::InvalidSequence, "the bundle ends inside a debug group");
        }
        result
    }

    pub(super) fn resource(&self, kind: Kind, id: u16) -> Option<&Resource> {
        self.checker.resources.get(&(kind, id))
    }
}

/// What commands stand in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Buffer,
    Bundle,
}

/// Source: WebGPU, `GPURenderBundleEncoder`: the interfaces that it includes.
fn bundle_may_hold(op: Op) -> bool {
    matches!(
        op,
        Op::SetPipeline
            | Op::SetBindGroup
            | Op::SetBindGroupOffsets
            | Op::SetVertexBuffer
            | Op::SetVertexBufferRange
            | Op::SetIndexBuffer
            | Op::SetIndexBufferRange
            | Op::Draw
            | Op::DrawIndexed
            | Op::DrawIndirect
            | Op::DrawIndexedIndirect
            | Op::PushDebugGroup
            | Op::PopDebugGroup
            | Op::InsertDebugMarker
    )
}

/// The commands of a bundle with a header, so that they can be read like any others.
fn with_header(body: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut count = 0u16;
    let mut at = 0;
    while let Some(&code) = body.get(at) {
        let Some(op) = Op::from_code(code) else {
            return problem(ErrorCode::UnknownCommand, format!("the bundle has the unknown opcode {code:#04x} at its byte {at}"));
        };
        at += 1 + op.row().operands.iter().map(|(_, operand)| operand.size()).sum::<usize>();
        count = match count.checked_add(1) {
            Some(count) => count,
            None => return problem(ErrorCode::OutOfBounds, "the bundle has more than 65,535 commands"),
        };
    }
    // As long as a descriptor at most.
    let total = (HEADER_SIZE + body.len()) as u32;
    let mut out = Vec::with_capacity(HEADER_SIZE + body.len());
    out.extend(total.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend([0, 0]);
    out.extend_from_slice(body);
    Ok(out)
}
