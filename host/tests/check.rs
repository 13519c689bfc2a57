//! Command buffers in, findings out.

use pngine_format::command::encode;
use pngine_format::descriptor::{Field, Type, Value, object};
use pngine_format::op::{CANVAS_TEXTURE, COMMANDS, Kind, NONE, Op, Operand, WHOLE};
use pngine_format::status::Plugins;
use pngine_host::{Canvas, Checker, CommandView, Phase};
use std::time::{Duration, Instant};

/// All that ends here ends within a second on an idle machine; what is not bounded takes far longer than this on any.
const PATIENCE: Duration = Duration::from_secs(20);

const CANVAS: Canvas = Canvas { width: 64, height: 32 };

/// Commands under construction, and the memory that they point into.
#[derive(Clone, Default)]
struct Program {
    memory: Vec<u8>,
    commands: Vec<(Op, Vec<u32>)>,
}

impl Program {
    fn op(mut self, op: Op, operands: &[u32]) -> Self {
        self.commands.push((op, operands.to_vec()));
        self
    }

    /// A command whose last pair of operands points to `bytes`.
    fn with(mut self, op: Op, operands: &[u32], bytes: &[u8]) -> Self {
        let at = self.memory.len() as u32;
        self.memory.extend_from_slice(bytes);
        let mut operands = operands.to_vec();
        operands.extend([at, bytes.len() as u32]);
        self.op(op, &operands)
    }

    fn descriptor(self, op: Op, operands: &[u32], ty: Type, value: &Value) -> Self {
        let bytes = value.to_descriptor(ty);
        self.with(op, operands, &bytes)
    }

    fn buffer(&self) -> Vec<u8> {
        encode(self.commands.iter().map(|(op, operands)| (*op, &operands[..])))
    }
}

/// The findings of a buffer, one a line, then the commands that are left.
fn check(checker: &mut Checker, phase: Phase, program: &Program) -> String {
    let buffer = program.buffer();
    let view = CommandView { memory: &program.memory, buffer: &buffer, region: 0, data_len: program.memory.len() as u32 };
    let checked = checker.check(phase, &view, CANVAS);
    let mut out: String = checked.findings().iter().map(|finding| format!("{finding}\n")).collect();
    let names: Vec<_> = checked.commands().iter().map(|command| command.op.row().name).collect();
    out.push_str(&names.join(" "));
    assert_eq!(
        checked.stopped(),
        out.lines()
            .any(|line| ["E003", "E004", "E007", "E008", "E009", "E011", "E012"].iter().any(|code| line.starts_with(code)))
    );
    out
}

fn word(text: &str) -> Value {
    Value::word(text)
}

fn list(values: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(values.into_iter().collect())
}

fn texture(width: Value, height: u32, usage: u32) -> Value {
    object([
        (Field::Width, width),
        (Field::Height, Value::Uint(height)),
        (Field::Format, word("rgba8unorm")),
        (Field::Usage, Value::Uint(usage)),
    ])
}

/// A pipeline that reads 12-byte vertices, and 4-byte instances from a second buffer.
fn pipeline() -> Value {
    let attribute = |format, offset, location| {
        object([
            (Field::Format, word(format)),
            (Field::Offset, Value::Uint(offset)),
            (Field::ShaderLocation, Value::Uint(location)),
        ])
    };
    let layout = |stride, step, attribute| {
        object([(Field::ArrayStride, Value::Uint(stride)), (Field::StepMode, word(step)), (Field::Attributes, list([attribute]))])
    };
    object([
        (
            Field::Vertex,
            object([
                (Field::Module, Value::Ref(Kind::Shader, 0)),
                (
                    Field::Buffers,
                    list([layout(12, "vertex", attribute("float32x2", 0, 0)), layout(4, "instance", attribute("float32", 0, 1))]),
                ),
            ]),
        ),
        (
            Field::Fragment,
            object([
                (Field::Module, Value::Ref(Kind::Shader, 0)),
                (Field::Targets, list([object([(Field::Format, word("preferredCanvasFormat"))])])),
            ]),
        ),
    ])
}

/// Buffers 0 (vertices, 36 bytes), 1 (instances, 8), 2 (indices, 12), 3 (uniform, 16) and 4 (no usage but storage, 16), a shader, a
/// pipeline with group 0, and its bind group; sound.
fn scene() -> Program {
    Program::default()
        .op(Op::CreateBuffer, &[0, 36, 0x28])
        .op(Op::CreateBuffer, &[1, 8, 0x28])
        .op(Op::CreateBuffer, &[2, 12, 0x18])
        .op(Op::CreateBuffer, &[3, 16, 0x48])
        .op(Op::CreateBuffer, &[4, 16, 0x80])
        .with(Op::CreateShader, &[0], b"@vertex fn vs() {}")
        .descriptor(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline())
        .descriptor(
            Op::CreateBindGroupLayout,
            &[0],
            Type::BindGroupLayout,
            &object([(Field::Pipeline, Value::Ref(Kind::Pipeline, 0)), (Field::Index, Value::Uint(0))]),
        )
        .descriptor(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &binds(Value::Ref(Kind::Buffer, 3)))
}

fn binds(buffer: Value) -> Value {
    let resource = object([(Field::Buffer, buffer)]);
    object([(Field::Entries, list([object([(Field::Binding, Value::Uint(0)), (Field::Resource, resource)])]))])
}

/// A checker that has seen `init` with `program` and END, without findings.
fn after(program: Program) -> (Checker, Vec<u8>) {
    let mut checker = Checker::new(Plugins::ALL);
    let program = program.op(Op::End, &[]);
    let text = check(&mut checker, Phase::Init, &program);
    assert!(!text.contains('\n'), "{text}");
    (checker, program.memory)
}

fn in_pass(program: Program) -> Program {
    let mut out = Program { memory: program.memory, ..Program::default() };
    out = out.op(Op::BeginRenderPass, &[u32::from(CANVAS_TEXTURE), 1, 0, u32::from(NONE)]);
    out.commands.extend(program.commands);
    out.op(Op::EndPass, &[]).op(Op::Submit, &[]).op(Op::End, &[])
}

fn ready() -> Program {
    Program::default()
        .op(Op::SetPipeline, &[0])
        .op(Op::SetBindGroup, &[0, 0])
        .op(Op::SetVertexBuffer, &[0, 0])
        .op(Op::SetVertexBuffer, &[1, 1])
}

/// What a frame with these commands gives after [`scene`], without the names of the commands.
fn frame(program: &Program) -> String {
    let (mut checker, _) = after(scene());
    let text = check(&mut checker, Phase::Frame(7), program);
    text.rsplit_once('\n').map(|(findings, _)| findings.to_owned()).unwrap_or_default()
}

fn init(program: &Program) -> String {
    check(&mut Checker::new(Plugins::ALL), Phase::Init, program)
}

#[test]
fn a_sound_program_has_no_findings_and_keeps_every_command() {
    let (mut checker, _) = after(scene());
    let program =
        in_pass(ready().op(Op::Draw, &[3, 2, 0, 0]).op(Op::SetIndexBuffer, &[2, 0]).op(Op::DrawIndexed, &[6, 1, 0, 0, 0]));
    assert_eq!(
        check(&mut checker, Phase::Frame(0), &program),
        "BEGIN_RENDER_PASS SET_PIPELINE SET_BIND_GROUP SET_VERTEX_BUFFER SET_VERTEX_BUFFER DRAW SET_INDEX_BUFFER DRAW_INDEXED \
         END_PASS SUBMIT END"
    );
}

#[test]
fn e001_ids_must_exist_exactly_once_and_be_of_the_right_kind() {
    let twice = Program::default().op(Op::CreateBuffer, &[0, 4, 8]).op(Op::CreateBuffer, &[0, 4, 8]).op(Op::End, &[]);
    assert_eq!(
        init(&twice),
        "E001 invalid resource reference: the buffer 0 exists already (init, command 1, CREATE_BUFFER)\nCREATE_BUFFER END"
    );
    let nested = Program::default().descriptor(
        Op::CreateBindGroupLayout,
        &[0],
        Type::BindGroupLayout,
        &object([(Field::Pipeline, Value::Ref(Kind::Pipeline, 3)), (Field::Index, Value::Uint(0))]),
    );
    assert_eq!(
        init(&nested.op(Op::End, &[])),
        "E001 invalid resource reference: there is no pipeline 3 (init, command 0, CREATE_BIND_GROUP_LAYOUT)\nEND"
    );
    assert_eq!(
        frame(&in_pass(ready().op(Op::SetVertexBuffer, &[0, 9]).op(Op::Draw, &[3, 1, 0, 0]))),
        "E001 invalid resource reference: there is no buffer 9 (frame 7, command 5, SET_VERTEX_BUFFER)"
    );
    let compute = Program::default()
        .op(Op::BeginComputePass, &[])
        .op(Op::SetPipeline, &[0])
        .op(Op::EndPass, &[])
        .op(Op::Submit, &[])
        .op(Op::End, &[]);
    assert_eq!(
        frame(&compute),
        "E001 invalid resource reference: the pipeline 0 is a render pipeline, in a compute pass (frame 7, command 1, SET_PIPELINE)"
    );
}

#[test]
fn e002_writes_copies_and_draws_stay_inside_their_buffers() {
    let outside = |program: Program| frame(&program.op(Op::Submit, &[]).op(Op::End, &[]));
    assert_eq!(outside(Program::default().with(Op::WriteBuffer, &[0, 32], &[1; 100])), "");
    assert_eq!(
        outside(Program::default().with(Op::WriteBuffer, &[0, 40], &[1; 4])),
        "E002 buffer too small: a write to byte 40 of buffer 0, which has only 36 (frame 7, command 0, WRITE_BUFFER)"
    );
    assert!(outside(Program::default().op(Op::ClearBuffer, &[0, u32::MAX, u32::MAX - 1])).starts_with("E002"));
    assert!(outside(Program::default().op(Op::CopyBuffer, &[4, 0, 3, 4, 16])).starts_with("E002"));
    for (draw, finding) in [
        (Program::default().op(Op::Draw, &[4, 1, 0, 0]), "the draw reads 44 bytes of vertex buffer 0, but only 36 are bound"),
        (Program::default().op(Op::Draw, &[3, 3, 0, 0]), "the draw reads 12 bytes of vertex buffer 1, but only 8 are bound"),
        // Sums go beyond 32 bits, and a draw of nothing counts up to where it would start.
        (
            Program::default().op(Op::Draw, &[3, 1, u32::MAX, 0]),
            "the draw reads 51539607572 bytes of vertex buffer 0, but only 36 are bound",
        ),
        (Program::default().op(Op::Draw, &[0, 1, 4, 0]), "the draw reads 44 bytes of vertex buffer 0, but only 36 are bound"),
        (
            Program::default().op(Op::SetIndexBuffer, &[2, 1]).op(Op::DrawIndexed, &[0, 0, 0, 0, u32::MAX]),
            "the draw reads 17179869180 bytes of vertex buffer 1, but only 8 are bound",
        ),
        (
            Program::default().op(Op::SetIndexBuffer, &[2, 1]).op(Op::DrawIndexed, &[3, 1, 1, 0, 0]),
            "the draw reads 16 bytes of the index buffer, but only 12 are bound",
        ),
    ] {
        let mut program = ready();
        program.commands.extend(draw.commands);
        let text = frame(&in_pass(program));
        assert!(text.contains(&format!("E002 buffer too small: {finding} (frame 7")), "{text}");
    }
    // The last vertex may lack the padding behind its attributes, and an empty draw may start where the buffer ends.
    let tight = ready().op(Op::SetVertexBufferRange, &[0, 0, 0, 32]).op(Op::Draw, &[3, 1, 0, 0]).op(Op::Draw, &[0, 0, 3, 2]);
    assert_eq!(frame(&in_pass(tight)), "");
    assert!(frame(&in_pass(ready().op(Op::SetVertexBufferRange, &[0, 0, 40, WHOLE]))).starts_with("E002"));
}

#[test]
fn e002_a_binding_ends_inside_its_buffer() {
    let entry =
        object([(Field::Buffer, Value::Ref(Kind::Buffer, 3)), (Field::Offset, Value::Uint(8)), (Field::Size, Value::Uint(16))]);
    let group = object([(Field::Entries, list([object([(Field::Binding, Value::Uint(0)), (Field::Resource, entry)])]))]);
    let text = init(&scene().descriptor(Op::CreateBindGroup, &[1, 0], Type::BindGroup, &group).op(Op::End, &[]));
    assert!(text.starts_with("E002 buffer too small: binding 0 ends at byte 24 of buffer 3, which has only 16 (init"), "{text}");
}

#[test]
fn e003_a_draw_needs_its_pipeline_groups_and_buffers() {
    for (skip, finding) in [
        (0, "no pipeline is set"),
        (1, "bind group 0 is not set, which the pipeline 0 needs"),
        (2, "vertex buffer 0 is not set, which the pipeline 0 needs"),
        (3, "vertex buffer 1 is not set, which the pipeline 0 needs"),
    ] {
        let mut program = ready();
        program.commands.remove(skip);
        let text = frame(&in_pass(program.op(Op::Draw, &[3, 1, 0, 0])));
        assert_eq!(text, format!("E003 missing required resource: {finding} (frame 7, command 4, DRAW)"));
    }
    let text = frame(&in_pass(ready().op(Op::DrawIndexed, &[3, 1, 0, 0, 0])));
    assert_eq!(text, "E003 missing required resource: no index buffer is set (frame 7, command 5, DRAW_INDEXED)");
    let nothing = Program::default().op(Op::BeginRenderPass, &[u32::from(NONE), 1, 0, u32::from(NONE)]);
    assert_eq!(
        frame(&nothing),
        "E003 missing required resource: the pass has no attachment (frame 7, command 0, BEGIN_RENDER_PASS)"
    );
    let query = frame(&in_pass(Program::default().op(Op::BeginOcclusionQuery, &[0])));
    assert!(query.starts_with("E003 missing required resource: the pass has no occlusion query set"), "{query}");
}

#[test]
fn e004_pointers_stay_in_memory_and_descriptors_are_sound() {
    let finding = |program: Program| init(&program).lines().next().unwrap_or_default().to_owned();
    for (ptr, len) in [(u32::MAX, 1), (1, u32::MAX), (u32::MAX, u32::MAX), (0, 1)] {
        let text = finding(Program::default().op(Op::CreateShader, &[0, ptr, len]));
        assert_eq!(
            text,
            format!(
                "E004 memory access out of bounds: `code_len` and its pointer, {ptr:#x}+{len:#x}, lie outside the memory (init, \
                 command 0, CREATE_SHADER)"
            )
        );
    }
    for (bytes, message) in [
        (&[][..], "unknown descriptor type at byte 0 of the descriptor"),
        (&[2, 1, 11, 6][..], "the value does not fit at byte 4 of the descriptor"),
        (&[1, 0], "the descriptor is a texture descriptor, not a sampler"),
        (&[2, 1, 10, 2, 5], "`magFilter` cannot be 5"),
        (&[2, 1, 10, 5, 0], "`magFilter` cannot be"),
    ] {
        let text = finding(Program::default().with(Op::CreateSampler, &[0], bytes));
        assert!(text.starts_with(&format!("E004 memory access out of bounds: {message}")), "{text}");
    }
    let text = finding(Program::default().descriptor(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &object([])));
    assert!(text.contains("the bindGroupLayout descriptor has no `entries`"), "{text}");
    let text = finding(Program::default().with(Op::CreateShader, &[0], b"ab\xff"));
    assert!(text.contains("the text is not UTF-8 at its byte 2"), "{text}");
}

#[test]
fn e005_a_missing_usage_is_a_warning_and_the_command_runs() {
    let program = Program::default().with(Op::WriteBuffer, &[4, 0], &[0; 4]).op(Op::Submit, &[]).op(Op::End, &[]);
    let (mut checker, _) = after(scene());
    assert_eq!(
        check(&mut checker, Phase::Frame(0), &program),
        "E005 invalid usage flags: buffer 4 lacks the usage COPY_DST (frame 0, command 0, WRITE_BUFFER)\nWRITE_BUFFER SUBMIT END"
    );
    let vertex = frame(&in_pass(Program::default().op(Op::SetVertexBuffer, &[0, 3]).op(Op::SetIndexBuffer, &[0, 0])));
    assert_eq!(
        vertex,
        "E005 invalid usage flags: buffer 3 lacks the usage VERTEX (frame 7, command 1, SET_VERTEX_BUFFER)\nE005 invalid usage \
         flags: buffer 0 lacks the usage INDEX (frame 7, command 2, SET_INDEX_BUFFER)"
    );
    let group = init(
        &scene().descriptor(Op::CreateBindGroup, &[1, 0], Type::BindGroup, &binds(Value::Ref(Kind::Buffer, 0))).op(Op::End, &[]),
    );
    assert!(group.starts_with("E005 invalid usage flags: buffer 0 is bound without the usage UNIFORM or STORAGE"), "{group}");
    let sampled = texture(Value::Uint(4), 4, 4);
    let pass = Program::default()
        .descriptor(Op::CreateTexture, &[0], Type::Texture, &sampled)
        .op(Op::BeginRenderPass, &[0, 1, 0, u32::from(NONE)])
        .op(Op::EndPass, &[])
        .op(Op::Submit, &[])
        .op(Op::End, &[]);
    assert!(init(&pass).starts_with("E005 invalid usage flags: texture 0 lacks the usage RENDER_ATTACHMENT"));
}

#[test]
fn e006_textures_have_extents_formats_levels_and_samples_that_exist() {
    let finding = |value: Value| {
        let program = Program::default().descriptor(Op::CreateTexture, &[0], Type::Texture, &value).op(Op::End, &[]);
        let text = init(&program);
        text.strip_prefix("E006 invalid texture properties: ")
            .and_then(|rest| rest.split_once(" (init"))
            .map(|(m, _)| m.to_owned())
    };
    let with = |field, value| {
        let Value::Object(mut fields) = texture(Value::Uint(16), 16, 4) else { return Value::Null };
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        Value::Object(fields)
    };
    assert_eq!(finding(texture(Value::Canvas([1.0, 0.0, 0.0]), 1, 4)), None);
    assert_eq!(finding(with(Field::Width, Value::Uint(0))).unwrap(), "a 2d texture cannot be 0 wide, only 1 to 8192");
    assert_eq!(
        finding(with(Field::Width, Value::Canvas([200.0, 0.0, 0.0]))).unwrap(),
        "a 2d texture cannot be 12800 wide, only 1 to 8192"
    );
    assert_eq!(finding(with(Field::Depth, Value::Uint(257))).unwrap(), "a 2d texture cannot be 257 deep, only 1 to 256");
    assert_eq!(finding(with(Field::Format, word("float32x3"))).unwrap(), "`format` cannot be `float32x3`");
    assert_eq!(finding(with(Field::Format, Value::Null)).unwrap(), "the texture has no format");
    assert_eq!(finding(with(Field::Usage, Value::Uint(0))).unwrap(), "the texture has no usage");
    assert_eq!(finding(with(Field::MipLevelCount, Value::Uint(6))).unwrap(), "the texture cannot have 6 mip levels, only 1 to 5");
    assert_eq!(finding(with(Field::SampleCount, Value::Uint(2))).unwrap(), "the texture cannot have 2 samples, only 1 or 4");
    assert_eq!(finding(with(Field::MipLevelCount, Value::Uint(5))), None);
}

#[test]
fn e007_commands_stand_where_they_may() {
    let begin = [u32::from(CANVAS_TEXTURE), 1, 0, u32::from(NONE)];
    let empty = Program::default;
    for (program, finding) in [
        (empty().op(Op::Draw, &[3, 1, 0, 0]), "DRAW outside a render pass"),
        (empty().op(Op::Dispatch, &[1, 1, 1]), "DISPATCH outside a compute pass"),
        (empty().op(Op::SetPipeline, &[0]), "SET_PIPELINE outside a pass"),
        (empty().op(Op::EndPass, &[]), "END_PASS outside a pass"),
        (empty().op(Op::BeginRenderPass, &begin).op(Op::BeginRenderPass, &begin), "BEGIN_RENDER_PASS inside a pass"),
        (empty().op(Op::BeginRenderPass, &begin).op(Op::Dispatch, &[1, 1, 1]), "DISPATCH outside a compute pass"),
        (empty().op(Op::BeginRenderPass, &begin).op(Op::Submit, &[]), "SUBMIT inside a pass"),
        (empty().op(Op::BeginRenderPass, &begin).op(Op::End, &[]), "END_PASS is missing"),
        (empty().op(Op::CreateBuffer, &[90, 4, 8]), "CREATE_BUFFER in a frame"),
        (empty().op(Op::End, &[]), "SUBMIT is missing"),
        (empty().op(Op::Submit, &[]).op(Op::ClearBuffer, &[3, 0, 4]).op(Op::End, &[]), "SUBMIT is missing"),
        (empty().op(Op::Submit, &[]), "END is missing"),
        (empty().op(Op::Submit, &[]).op(Op::End, &[]).op(Op::Submit, &[]), "commands stand behind END"),
        (empty().op(Op::PopDebugGroup, &[]), "no debug group is open"),
        (empty().op(Op::PushDebugGroup, &[0, 0]).op(Op::Submit, &[]), "SUBMIT inside a debug group"),
    ] {
        let text = frame(&program);
        assert!(text.starts_with(&format!("E007 invalid command sequence: {finding} (frame 7")), "{finding}: {text}");
    }
}

#[test]
fn e008_an_unknown_opcode_stops_everything_behind_it() {
    let mut buffer = Program::default().op(Op::CreateBuffer, &[0, 4, 8]).op(Op::Submit, &[]).op(Op::End, &[]).buffer();
    let at = buffer.len() - 2;
    buffer[at] = 0x77;
    let view = CommandView { memory: &[], buffer: &buffer, region: 0, data_len: 0 };
    let mut checker = Checker::new(Plugins::ALL);
    let checked = checker.check(Phase::Init, &view, CANVAS);
    let text: Vec<_> = checked.findings().iter().map(ToString::to_string).collect();
    assert_eq!(text, ["E008 unknown command: command 1 has the unknown opcode 0x77 (init, command 1, ?)"]);
    assert_eq!((checked.commands().len(), checked.total(), checked.stopped()), (1, 3, true));
}

#[test]
fn e009_a_command_needs_its_plugin() {
    let program = Program::default().op(Op::BeginComputePass, &[]);
    let text = check(&mut Checker::new(Plugins::CORE.union(Plugins::RENDER)), Phase::Frame(0), &program);
    assert_eq!(
        text,
        "E009 plugin not enabled: the payload does not declare the compute plugin (frame 0, command 0, BEGIN_COMPUTE_PASS)\n"
    );
}

#[test]
fn a_render_bundle_is_checked_like_a_pass() {
    let body = |commands: &[(Op, &[u32])]| encode(commands.iter().copied())[8..].to_vec();
    let bundle = |bytes: Vec<u8>| {
        object([(Field::ColorFormats, list([word("preferredCanvasFormat")])), (Field::Commands, Value::Bytes(bytes))])
    };
    let init = |bytes| {
        let program = scene().descriptor(Op::CreateRenderBundle, &[0], Type::RenderBundle, &bundle(bytes)).op(Op::End, &[]);
        init(&program).lines().next().unwrap_or_default().to_owned()
    };
    let all: [(Op, &[u32]); 5] = [
        (Op::SetPipeline, &[0]),
        (Op::SetBindGroup, &[0, 0]),
        (Op::SetVertexBuffer, &[0, 0]),
        (Op::SetVertexBuffer, &[1, 1]),
        (Op::Draw, &[3, 1, 0, 0]),
    ];
    assert!(init(body(&all)).starts_with("CREATE_BUFFER"), "{}", init(body(&all)));
    for (bytes, finding) in [
        (body(&all[1..]), "E003 missing required resource: in the bundle, command 3 DRAW: no pipeline is set"),
        (
            body(&[(Op::EndPass, &[])]),
            "E007 invalid command sequence: in the bundle, command 0 END_PASS: END_PASS cannot stand in a render bundle",
        ),
        (vec![0x77], "E008 unknown command: the bundle has the unknown opcode 0x77 at its byte 0"),
        (vec![Op::SetPipeline as u8], "E004 memory access out of bounds: the command buffer ends inside command 0"),
    ] {
        assert!(init(bytes.clone()).starts_with(finding), "{}", init(bytes));
    }
    // A bundle leaves a pass without a pipeline.
    let (mut checker, _) = after(scene().descriptor(Op::CreateRenderBundle, &[0], Type::RenderBundle, &bundle(body(&all))));
    let program = in_pass(ready().with(Op::ExecuteBundles, &[], &[0, 0]).op(Op::Draw, &[3, 1, 0, 0]));
    let text = check(&mut checker, Phase::Frame(0), &program);
    assert!(text.starts_with("E003 missing required resource: no pipeline is set (frame 0, command 6, DRAW)"), "{text}");
}

#[test]
fn texture_copies_stay_inside_texture_and_buffer() {
    let copy = |bytes_per_row, size: [u32; 2]| {
        let place = object([(Field::Buffer, Value::Ref(Kind::Buffer, 9)), (Field::BytesPerRow, Value::Uint(bytes_per_row))]);
        object([
            (Field::Source, place),
            (Field::Destination, object([(Field::Texture, Value::Ref(Kind::Texture, 0))])),
            (Field::CopySize, list(size.map(Value::Uint))),
        ])
    };
    let run = |value: &Value| {
        let program = Program::default()
            .op(Op::CreateBuffer, &[9, 1024, 0x04])
            .descriptor(Op::CreateTexture, &[0], Type::Texture, &texture(Value::Uint(4), 4, 6))
            .descriptor(Op::CopyBufferToTexture, &[], Type::Copy, value)
            .op(Op::Submit, &[])
            .op(Op::End, &[]);
        let text = init(&program);
        text.lines().next().and_then(|line| line.split_once(" (init")).map(|(m, _)| m.to_owned()).unwrap_or_default()
    };
    assert_eq!(run(&copy(256, [4, 4])), "");
    assert_eq!(run(&copy(512, [4, 4])), "E002 buffer too small: a copy of 1552 bytes at byte 0 of buffer 9, which has only 1024");
    assert_eq!(run(&copy(256, [5, 1])), "E002 buffer too small: a region of 5x1x1 texels at 0x0x0 of a texture of 4x4x1");
}

#[test]
fn any_bytes_are_checked_within_bounds() {
    let mut seed = 1u32;
    let mut random = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 8
    };
    let memory: Vec<u8> = (0..4096).map(|_| random() as u8).collect();
    for round in 0..4000 {
        // Half of the buffers are bytes of any kind; the others are rows of the table with operands of any kind.
        let buffer = if round % 2 == 0 {
            let body: Vec<u8> = (0..random() % 64).map(|_| random() as u8).collect();
            let mut buffer = (body.len() as u32 + 8).to_le_bytes().to_vec();
            buffer.extend([random() as u8 % 8, 0, 0, 0]);
            buffer.extend(body);
            buffer
        } else {
            let commands: Vec<_> = (0..random() % 12)
                .map(|_| {
                    let row = COMMANDS[random() as usize % COMMANDS.len()];
                    let operand = |operand: &Operand, n: u32| match operand {
                        Operand::U8 => n % 4,
                        Operand::U16 | Operand::New(_) | Operand::Id(_) => n % 3,
                        _ => n % 200,
                    };
                    (row.op, row.operands.iter().map(|(_, of)| operand(of, random())).collect::<Vec<_>>())
                })
                .collect();
            encode(commands.iter().map(|(op, operands)| (*op, &operands[..])))
        };
        let mut checker = Checker::new(Plugins::ALL);
        let view = CommandView { memory: &memory, buffer: &buffer, region: random() % 5000, data_len: 100 };
        for phase in [Phase::Init, Phase::Frame(0)] {
            let checked = checker.check(phase, &view, CANVAS);
            assert!(checked.findings().len() <= pngine_host::check::MAX_FINDINGS);
        }
    }
}

#[test]
fn every_flipped_bit_of_a_sound_program_is_an_answer() {
    let program = scene().op(Op::End, &[]);
    let buffer = program.buffer();
    for bit in 0..(buffer.len() + program.memory.len()) * 8 {
        let (mut buffer, mut memory) = (buffer.clone(), program.memory.clone());
        match buffer.get_mut(bit / 8) {
            Some(byte) => *byte ^= 1 << (bit % 8),
            None => memory[bit / 8 - buffer.len()] ^= 1 << (bit % 8),
        }
        let view = CommandView { memory: &memory, buffer: &buffer, region: 0, data_len: 0 };
        let _ = Checker::new(Plugins::ALL).check(Phase::Init, &view, CANVAS);
    }
}

#[test]
fn a_buffer_made_to_cost_time_is_checked_soon() {
    // As many commands as a header can announce, each with a large descriptor, text or write.
    let deep = object([(Field::Entries, list(std::iter::repeat_n(Value::Null, 900_000)))]).to_descriptor(Type::BindGroup);
    let text = vec![b' '; 1 << 20];
    let mut memory = deep.clone();
    memory.extend(&text);
    let (deep, text) = ([0, deep.len() as u32], [deep.len() as u32, text.len() as u32]);
    let many = |op, operands: Vec<u32>| encode(std::iter::repeat_n((op, &operands[..]), usize::from(u16::MAX)));
    for buffer in [
        many(Op::CreateBindGroup, vec![0, 0, deep[0], deep[1]]),
        many(Op::CreateShader, vec![0, text[0], text[1]]),
        many(Op::WriteBuffer, vec![0, 0, text[0], text[1]]),
        many(Op::CreateBuffer, vec![0, 0, 0]),
    ] {
        let start = Instant::now();
        let view = CommandView { memory: &memory, buffer: &buffer, region: 0, data_len: 0 };
        let _ = Checker::new(Plugins::ALL).check(Phase::Init, &view, CANVAS);
        assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    }
}

fn region(members: impl IntoIterator<Item = (Field, Value)>) -> Value {
    object(members)
}

#[test]
fn regions_that_follow_the_canvas_have_the_numbers_that_they_need() {
    let rectangle = |width: Value| {
        region([
            (Field::X, Value::Uint(0)),
            (Field::Y, Value::CanvasNumber([0.0, 0.5, -1.0])),
            (Field::Width, width),
            (Field::Height, Value::F32(3.5)),
        ])
    };
    for op in [Op::SetViewportDesc, Op::SetScissorRectDesc] {
        for width in [Value::CanvasNumber([0.5, 0.0, 0.0]), Value::Canvas([0.5, 0.0, 0.0])] {
            assert_eq!(frame(&in_pass(Program::default().descriptor(op, &[], Type::Region, &rectangle(width)))), "");
        }
        let text = frame(&in_pass(Program::default().descriptor(op, &[], Type::Region, &rectangle(Value::Null))));
        assert!(text.starts_with("E004 memory access out of bounds: the region has no `width`"), "{text}");
    }
    let dispatch = |x: Value| {
        let region = region([(Field::X, x)]);
        let program = Program::default().op(Op::BeginComputePass, &[]).descriptor(Op::DispatchDesc, &[], Type::Region, &region);
        frame(&program.op(Op::EndPass, &[]).op(Op::Submit, &[]).op(Op::End, &[]))
    };
    assert!(dispatch(Value::Canvas([0.5, 0.0, 0.0])).contains("E003 missing required resource: no pipeline is set"));
    assert!(dispatch(Value::CanvasNumber([0.5, 0.0, 0.0])).contains("`x` is not a number of workgroups"));
}

#[test]
fn videos_are_loaded_before_they_are_used_and_images_are_copied_to_textures_that_can_take_them() {
    let described = object([(Field::Loop, Value::Bool(true))]).to_descriptor(Type::Video);
    let len = described.len() as u32;
    let load = Program { memory: [&described[..], b"\0\0\0\x10ftypisom\0\0\0\0"].concat(), ..Program::default() };
    let load = load.op(Op::LoadVideo, &[0, 0, len, len, 16]);
    let whole = load
        .clone()
        .descriptor(Op::CreateTexture, &[0], Type::Texture, &texture(Value::Uint(4), 4, 0x06))
        .op(Op::BindVideoFrame, &[0, 0])
        .op(Op::End, &[]);
    assert_eq!(
        init(&whole),
        "E005 invalid usage flags: texture 0 lacks the usage RENDER_ATTACHMENT (init, command 2, BIND_VIDEO_FRAME)\n\
         LOAD_VIDEO CREATE_TEXTURE BIND_VIDEO_FRAME END"
    );
    let mut missing = whole.clone();
    missing.commands.remove(0);
    assert!(init(&missing).starts_with("E001 invalid resource reference: there is no video 0"));
    let bound = load.descriptor(
        Op::CreateBindGroupLayout,
        &[0],
        Type::BindGroupLayout,
        &object([(
            Field::Entries,
            list([object([
                (Field::Binding, Value::Uint(0)),
                (Field::Visibility, Value::Uint(2)),
                (Field::ExternalTexture, object([])),
            ])]),
        )]),
    );
    let entry = |id| object([(Field::Binding, Value::Uint(0)), (Field::Resource, Value::Ref(Kind::Video, id))]);
    let group = |id| object([(Field::Entries, list([entry(id)]))]);
    let with = |id| init(&bound.clone().descriptor(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &group(id)).op(Op::End, &[]));
    assert_eq!(with(0), "LOAD_VIDEO CREATE_BIND_GROUP_LAYOUT CREATE_BIND_GROUP END");
    assert!(with(1).starts_with("E001 invalid resource reference: there is no video 1"));
}

#[test]
fn what_is_no_video_is_not_handed_on() {
    let described = object([(Field::Mime, Value::Str("video/mp4".to_owned()))]).to_descriptor(Type::Video);
    let len = described.len() as u32;
    let found = |bytes: &[u8]| {
        let program = Program { memory: [&described[..], bytes].concat(), ..Program::default() };
        init(&program.op(Op::LoadVideo, &[0, 0, len, len, bytes.len() as u32]).op(Op::End, &[]))
    };
    for video in [&b"\0\0\0\x10ftypisom\0\0\0\0"[..], b"OggS\0\x02", b"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm\x42\x87\x81\x04"] {
        assert_eq!(found(video), "LOAD_VIDEO END");
    }
    for (other, what) in [
        (&b"#EXTM3U\n#EXTINF:10,\nhttp://other/x?1\n#EXT-X-ENDLIST\n"[..], "a playlist of other files"),
        (b"\xEF\xBB\xBF#EXTM3U\nhttp://other/", "a playlist of other files"),
        (b"<?xml version=\"1.0\"?><MPD><BaseURL>http://other/</BaseURL></MPD>", "a playlist of other files"),
        (b"http://other/", "text"),
        (b"", "text"),
        (b"ID3\x03\xFF\xFE", "of no known kind"),
        (b"\0\0\0\x10ftypqt  \0\0\0\0", "a QuickTime file"),
    ] {
        let expected = format!(
            "E011 image cannot be decoded: the video is not a WebM, MP4 or Ogg, it is {what} (init, command 0, LOAD_VIDEO)\n"
        );
        assert_eq!(found(other), expected);
    }
}

#[test]
fn large_data_may_be_written_again_and_again_but_not_for_ever() {
    let size = 20 << 20;
    let mut program = Program { memory: vec![7; size as usize], ..Program::default() };
    program = program.op(Op::CreateBuffer, &[0, size, 0x48]);
    let write = |program: &Program, times: usize| {
        let mut program = program.clone();
        program.commands.extend(std::iter::repeat_n((Op::WriteBuffer, vec![0, 0, 0, size]), times));
        let mut text = init(&program.op(Op::End, &[]));
        text.truncate(100);
        text
    };
    assert!(!write(&program, 25).contains("E0"));
    assert!(
        write(&program, 26)
            .starts_with("E012 over the budget: this makes 545259520 written bytes, at most 536870912 are allowed")
    );
    let images = (0..14).fold(program, |program, id| program.op(Op::LoadImage, &[id, 0, size]));
    assert!(init(&images).starts_with("E012 over the budget: this makes 272629760 loaded bytes, at most 268435456 are allowed"));
}

#[test]
fn loads_and_programs_of_a_command_buffer_are_counted() {
    let many = |op: Op, times: u32| {
        let program =
            (0..times).fold(Program { memory: vec![b' '; 8], ..Program::default() }, |program, id| program.op(op, &[id, 0, 8]));
        let mut text = init(&program.op(Op::End, &[]));
        text.truncate(120);
        text
    };
    let loads = "E012 over the budget: this makes 257 images, videos and modules that are loaded, at most 256 are allowed";
    let programs = "E012 over the budget: this makes 513 shaders and pipelines, at most 512 are allowed";
    for (op, most, report) in [(Op::LoadImage, 256, loads), (Op::InitWasmModule, 256, loads), (Op::CreateShader, 512, programs)] {
        assert!(!many(op, most).contains("E012"), "{op:?}");
        assert!(many(op, most + 1).starts_with(report), "{op:?}: {}", many(op, most + 1));
    }
}

#[test]
fn textures_may_be_as_large_as_the_payload_asks_for() {
    let wide = Program::default()
        .descriptor(Op::CreateTexture, &[0], Type::Texture, &texture(Value::Uint(16384), 4, 4))
        .op(Op::End, &[]);
    assert!(init(&wide).starts_with("E006"));
    let limits = pngine_host::check::TextureLimits { extent_2d: 16384, ..Default::default() };
    assert_eq!(check(&mut Checker::with_textures(Plugins::ALL, limits), Phase::Init, &wide), "CREATE_TEXTURE END");
}
