//! Data made to hurt: small buffers that ask for much. The answer is E012, soon, and without the memory.
//!
//! One test, as what is allocated is counted for the whole process.

use pngine_format::command::encode;
use pngine_format::descriptor::{Field, Type, Value, object};
use pngine_format::limits::Budgets;
use pngine_format::op::{CANVAS_TEXTURE, COMMANDS, Kind, Op, Operand};
use pngine_format::payload::{Parts, Payload, tag, write};
use pngine_format::png;
use pngine_format::status::{ErrorCode, Plugins};
use pngine_format::varint;
use pngine_host::{Canvas, Checker, CommandView, ExtensionError, Extensions, Images, Phase};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Every case ends within a tenth of a second on an idle machine, unoptimised; this is for busy ones.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a case may allocate at a time. Decoded descriptors take most: 4 MiB of one-byte values, of 32 bytes each.
const MEMORY: usize = 256 << 20;

const CANVAS: Canvas = Canvas { width: 64, height: 32 };

/// The system's allocator, which counts.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn taken(bytes: usize) {
    let live = LIVE.fetch_add(bytes, Ordering::Relaxed) + bytes;
    PEAK.fetch_max(live, Ordering::Relaxed);
}

#[expect(unsafe_code, reason = "a global allocator is unsafe to implement")]
// SAFETY: every call goes to the system's allocator with the arguments as they came, and its answer is handed back as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`, which is that of the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: `pointer` came from the system's allocator with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs `work` and sees to it that it takes neither long nor much.
#[track_caller]
fn bounded<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let before = LIVE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let start = Instant::now();
    let result = work();
    let (time, peak) = (start.elapsed(), PEAK.load(Ordering::Relaxed) - before);
    println!("{name}: {peak} bytes, {time:?}");
    assert!(time < PATIENCE, "{name} takes {time:?}");
    assert!(peak < MEMORY, "{name} takes {peak} bytes");
    result
}

/// Commands under construction, and the memory that they point into.
#[derive(Default)]
struct Program {
    memory: Vec<u8>,
    commands: Vec<(Op, Vec<u32>)>,
}

impl Program {
    fn op(&mut self, op: Op, operands: &[u32]) -> &mut Self {
        self.commands.push((op, operands.to_vec()));
        self
    }

    /// Puts bytes into the memory: their address and length.
    fn bytes(&mut self, bytes: &[u8]) -> [u32; 2] {
        let at = self.memory.len() as u32;
        self.memory.extend_from_slice(bytes);
        [at, bytes.len() as u32]
    }

    fn descriptor(&mut self, op: Op, operands: &[u32], ty: Type, value: &Value) -> &mut Self {
        let bytes = self.bytes(&value.to_descriptor(ty));
        self.op(op, &[operands, &bytes].concat())
    }

    /// The code that stops the buffer, if one does; whatever else is found.
    #[track_caller]
    fn stopped_by(&mut self, name: &str) -> Option<ErrorCode> {
        self.op(Op::End, &[]);
        let buffer = encode(self.commands.iter().map(|(op, operands)| (*op, &operands[..])));
        let view = CommandView { memory: &self.memory, buffer: &buffer, region: 0, data_len: self.memory.len() as u32 };
        bounded(name, || {
            let checked = Checker::new(Plugins::ALL).check(Phase::Init, &view, CANVAS);
            let mut images = Images::default();
            images.begin(Phase::Init);
            let failed = checked.commands().iter().find_map(|command| images.execute(command).err().map(|finding| finding.code));
            let stopped = checked.stopped().then(|| checked.findings().last().map(|finding| finding.code)).flatten();
            stopped.or(failed)
        })
    }
}

fn list(values: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(values.into_iter().collect())
}

fn texture(width: Value, height: Value, format: &str, members: &[(Field, Value)]) -> Value {
    let first =
        [(Field::Width, width), (Field::Height, height), (Field::Format, Value::word(format)), (Field::Usage, Value::Uint(0x16))];
    object(first.into_iter().chain(members.iter().cloned()))
}

/// A grey PNG of one bit a pixel, all black.
fn black_png(width: u32, height: u32) -> Vec<u8> {
    let mut out = png::SIGNATURE.to_vec();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let row = vec![0; width.div_ceil(8) as usize + 1];
    (0..height).for_each(|_| std::io::Write::write_all(&mut zlib, &row).unwrap());
    for (kind, data) in [(b"IHDR", &header[..]), (b"IDAT", &zlib.finish().unwrap()), (b"IEND", &[])] {
        png::write_chunk(&mut out, *kind, data).unwrap();
    }
    out
}

/// A descriptor of `ty` with one member, an array of so many nulls.
fn nulls(ty: Type, count: u32) -> Vec<u8> {
    let mut bytes = vec![ty as u8, 1, Field::Entries as u8, 8];
    varint::write(&mut bytes, count);
    bytes.extend(std::iter::repeat_n(10, count as usize));
    bytes
}

fn bundle(program: &mut Program, commands: u32) {
    let mut body = Vec::new();
    (0..commands).for_each(|_| body.extend([Op::SetBindGroup as u8, 0, 0, 0]));
    let bundle = object([(Field::ColorFormats, list([Value::word("rgba8unorm")])), (Field::Commands, Value::Bytes(body))]);
    let layout = object([(Field::Entries, list([]))]);
    program.descriptor(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &layout);
    program.descriptor(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &layout);
    program.descriptor(Op::CreateRenderBundle, &[0], Type::RenderBundle, &bundle);
    program.op(Op::BeginRenderPass, &[u32::from(CANVAS_TEXTURE), 1, 0, 0xFFFF]);
}

#[test]
fn what_hurts_is_refused_soon_and_without_the_memory() {
    let over = Some(ErrorCode::BudgetExceeded);
    let mebi = 1 << 20;

    // Texts, writes and lists that name the same bytes again and again.
    let mut shaders = Program { memory: vec![b' '; mebi], ..Program::default() };
    (0..2000).for_each(|id| _ = shaders.op(Op::CreateShader, &[id, 0, mebi as u32]));
    assert_eq!(shaders.stopped_by("2,000 shaders of a mebibyte"), over);
    let mut markers = Program { memory: vec![b'm'; 30 * mebi], ..Program::default() };
    (0..3000).for_each(|_| _ = markers.op(Op::InsertDebugMarker, &[0, 30 * mebi as u32]));
    assert_eq!(markers.stopped_by("3,000 markers of 30 MiB"), over);
    let mut writes = Program { memory: vec![7; 60 * mebi], ..Program::default() };
    writes.op(Op::CreateBuffer, &[0, 60 * mebi as u32, 0x48]);
    (0..500).for_each(|_| _ = writes.op(Op::WriteBuffer, &[0, 0, 0, 60 * mebi as u32]));
    assert_eq!(writes.stopped_by("500 writes of 60 MiB"), over);
    let mut offsets = Program { memory: vec![0; 100 * mebi], ..Program::default() };
    bundle(&mut offsets, 0);
    offsets.op(Op::SetBindGroupOffsets, &[0, 0, 0, 100 * mebi as u32]);
    assert_eq!(offsets.stopped_by("dynamic offsets of 100 MiB"), over);
    let mut ids = Program { memory: vec![0; 100 * mebi], ..Program::default() };
    bundle(&mut ids, 0);
    ids.op(Op::ExecuteBundles, &[0, 100 * mebi as u32]);
    assert_eq!(ids.stopped_by("52 million bundles in a list"), over);
    let mut bundles = Program { memory: vec![0; mebi], ..Program::default() };
    bundle(&mut bundles, 60_000);
    bundles.op(Op::ExecuteBundles, &[0, 100]);
    assert_eq!(bundles.stopped_by("a bundle of 60,000 commands, 50 times"), over);

    // Descriptors.
    let mut values = Program::default();
    let many = values.bytes(&nulls(Type::BindGroup, 70_000));
    values.op(Op::CreateBindGroup, &[0, 0, many[0], many[1]]);
    assert_eq!(values.stopped_by("a descriptor of 70,000 values"), over);
    let mut long = Program::default();
    let text = object([(Field::Mime, Value::Str("x".repeat(mebi)))]).to_descriptor(Type::Video);
    let text = long.bytes(&text);
    long.op(Op::LoadVideo, &[0, text[0], text[1], 0, 0]);
    assert_eq!(long.stopped_by("a descriptor of more than a mebibyte"), over);
    let mut again = Program::default();
    let some = again.bytes(&nulls(Type::PipelineLayout, 65_535)[..]);
    // The member is another one: `bindGroupLayouts`.
    again.memory[2] = Field::BindGroupLayouts as u8;
    (0..60_000).for_each(|id| _ = again.op(Op::CreatePipelineLayout, &[id, some[0], some[1]]));
    assert_eq!(again.stopped_by("60,000 layouts of 65,535 holes"), over);
    let mut groups = Program::default();
    bundle(&mut groups, 0);
    groups.commands.pop();
    let layouts = list((0..30_000).map(|_| Value::Ref(Kind::BindGroupLayout, 0)));
    groups.descriptor(Op::CreatePipelineLayout, &[0], Type::PipelineLayout, &object([(Field::BindGroupLayouts, layouts)]));
    groups.op(Op::CreateShader, &[0, 0, 0]);
    let compute = object([(Field::Module, Value::Ref(Kind::Shader, 0))]);
    let pipeline = object([(Field::Layout, Value::Ref(Kind::PipelineLayout, 0)), (Field::Compute, compute)]);
    let pipeline = groups.bytes(&pipeline.to_descriptor(Type::ComputePipeline));
    (0..500).for_each(|id| _ = groups.op(Op::CreateComputePipe, &[id, pipeline[0], pipeline[1]]));
    assert_eq!(groups.stopped_by("500 pipelines with 30,000 groups"), None);
    groups.commands.pop();
    (500..60_000).for_each(|id| _ = groups.op(Op::CreateComputePipe, &[id, pipeline[0], pipeline[1]]));
    assert_eq!(groups.stopped_by("60,000 pipelines"), over);

    // Memory of the GPU.
    let mut buffers = Program::default();
    (0..16).for_each(|id| _ = buffers.op(Op::CreateBuffer, &[id, 256 << 20, 0x48]));
    assert_eq!(buffers.stopped_by("16 buffers of 256 MiB"), over);
    let mut queries = Program::default();
    let set = object([(Field::Type, Value::word("occlusion")), (Field::Count, Value::Uint(u32::MAX))]);
    queries.descriptor(Op::CreateQuerySet, &[0], Type::QuerySet, &set);
    assert_eq!(queries.stopped_by("four billion queries"), over);
    for (name, format, members) in [
        ("layers", "rgba8unorm", &[(Field::Depth, Value::Uint(256))][..]),
        ("levels", "rgba32float", &[(Field::MipLevelCount, Value::Uint(14))]),
        ("samples", "depth32float-stencil8", &[(Field::SampleCount, Value::Uint(4))]),
    ] {
        let mut textures = Program::default();
        let value = texture(Value::Uint(8192), Value::Uint(8192), format, members);
        textures.descriptor(Op::CreateTexture, &[0], Type::Texture, &value);
        assert_eq!(textures.stopped_by(name), over);
    }
    let mut copies = Program::default();
    let image = copies.bytes(&black_png(8192, 4096));
    copies.op(Op::LoadImage, &[0, image[0], image[1]]);
    let large = texture(Value::Uint(8192), Value::Uint(4096), "rgba8unorm", &[]);
    copies.descriptor(Op::CreateTexture, &[0], Type::Texture, &large);
    let copy = object([
        (Field::Source, object([(Field::Source, Value::Ref(Kind::Image, 0))])),
        (Field::Destination, object([(Field::Texture, Value::Ref(Kind::Texture, 0))])),
        (Field::CopySize, list([Value::Uint(8192), Value::Uint(4096)])),
    ]);
    let copy = copies.bytes(&copy.to_descriptor(Type::Copy));
    (0..5).for_each(|_| _ = copies.op(Op::CopyExternalImage, &copy));
    assert_eq!(copies.stopped_by("five copies of 128 MiB"), over);

    // Images, by their headers.
    let mut image = Program::default();
    let bytes = image.bytes(&black_png(20_000, 20_000));
    image.op(Op::LoadImage, &[0, bytes[0], bytes[1]]);
    assert_eq!(image.stopped_by("an image of 20,000 x 20,000"), over);
    let mut images = Program::default();
    let bytes = images.bytes(&black_png(10_000, 10_000));
    (0..12).for_each(|id| _ = images.op(Op::LoadImage, &[id, bytes[0], bytes[1]]));
    assert_eq!(images.stopped_by("12 images of 10,000 x 10,000"), over);

    // Extensions and names.
    let refused = |name: &str, strings: &[u8], extension: (u8, Vec<u8>)| {
        let bytes = write(&Parts { plugins: 1, strings, extensions: &[extension], ..Parts::default() }).unwrap();
        let payload = Payload::parse(&bytes).unwrap();
        bounded(name, || matches!(Extensions::read(&payload), Err(ExtensionError::OverBudget { .. })))
    };
    let mut scenes = vec![Type::Animation as u8, 2, Field::Duration as u8, 2, 1, Field::Scenes as u8, 8];
    varint::write(&mut scenes, 31_000_000);
    scenes.extend([7, 0].repeat(31_000_000));
    assert!(refused("31 million empty scenes", &[], (tag::ANIMATION, scenes)));
    let uniform = |i: u32| object([(Field::Name, Value::Str(format!("u{i}"))), (Field::Type, Value::word("float32"))]);
    let block = object([
        (Field::Module, Value::Str("m".to_owned())),
        (Field::Name, Value::Str("v".to_owned())),
        (Field::Buffer, Value::Ref(Kind::Buffer, 0)),
        (Field::Uniforms, list((0..8000).map(uniform))),
    ]);
    let blocks = object([(Field::Blocks, list([block]))]).to_descriptor(Type::Uniforms);
    assert!(refused("8,000 uniforms", &[], (tag::UNIFORMS, blocks)));
    let mut names = Vec::new();
    (0..65_533).for_each(|id| pngine_format::strings::push(&mut names, pngine_format::strings::NameKind::Frame, id, "f"));
    assert!(refused("65,533 names", &names, (tag::META, b"{}".to_vec())));

    random_commands_over_a_large_memory();
    textures_that_follow_the_canvas_count_with_it();
    what_people_do_is_within_the_budgets();
}

/// Commands of every kind with extreme operands, over 64 MiB of descriptors, ids and zeros that they point into.
fn random_commands_over_a_large_memory() {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut memory = Vec::new();
    let mut starts = vec![[0, 64 << 20], [0, 1 << 20]];
    for ty in Type::ALL {
        let bytes = nulls(*ty, 100);
        starts.push([memory.len() as u32, bytes.len() as u32]);
        memory.extend(bytes);
    }
    let mut scene = Program { memory, ..Program::default() };
    bundle(&mut scene, 100);
    let first = scene.commands.clone();
    for (_, operands) in &first {
        if let [.., at, len] = operands[..] {
            starts.push([at, len]);
        }
    }
    scene.memory.resize(64 << 20, 0);
    let ops: Vec<Op> = COMMANDS.iter().map(|row| row.op).collect();
    // Most commands stop the buffer, so that many short ones reach further than a few long ones.
    bounded("5,000 short random buffers", || {
        for i in 0..5_000 {
            let mut commands = first.clone();
            if i % 2 == 0 {
                // Outside of the pass that they open.
                commands.pop();
            }
            for _ in 0..4 {
                let op = ops[random(ops.len() as u64) as usize];
                let start = starts[random(starts.len() as u64) as usize];
                let operand = |(_, operand): &(&str, Operand)| match operand {
                    Operand::Ptr => start[0],
                    Operand::Len if random(4) == 0 => [0, 1 << 25, 64 << 20, u32::MAX][random(4) as usize],
                    Operand::Len => start[1],
                    _ => [0, 0, 0, 1, 2, 1 << 20, u32::MAX][random(7) as usize],
                };
                commands.push((op, op.row().operands.iter().map(operand).collect()));
            }
            let buffer = encode(commands.iter().map(|(op, operands)| (*op, &operands[..])));
            let view = CommandView { memory: &scene.memory, buffer: &buffer, region: 0, data_len: 0 };
            let mut checker = Checker::new(Plugins::ALL);
            let _ = checker.check(Phase::Init, &view, CANVAS);
            let _ = checker.check(Phase::Frame(0), &view, CANVAS);
        }
    });
}

/// Four textures of sixteen bytes a texel: a gibibyte is reached between 4,096 and 4,097 pixels a side.
fn textures_that_follow_the_canvas_count_with_it() {
    let mut program = Program::default();
    let [width, height] = [Value::Canvas([1.0, 0.0, 0.0]), Value::Canvas([0.0, 1.0, 0.0])];
    for id in 0..4 {
        program.descriptor(Op::CreateTexture, &[id], Type::Texture, &texture(width.clone(), height.clone(), "rgba32float", &[]));
    }
    program.op(Op::End, &[]);
    let buffer = encode(program.commands.iter().map(|(op, operands)| (*op, &operands[..])));
    let view = CommandView { memory: &program.memory, buffer: &buffer, region: 0, data_len: 0 };
    let mut checker = Checker::new(Plugins::ALL);
    assert!(!checker.check(Phase::Init, &view, CANVAS).stopped());
    let square = |side| Canvas { width: side, height: side };
    assert_eq!(checker.resize(Phase::Init, square(4096)), Ok(()));
    let finding = checker.resize(Phase::Init, square(4097)).unwrap_err();
    assert_eq!(
        finding.to_string(),
        "E012 over the budget: on a canvas of 4097x4097 the scene takes 1074266176 bytes of GPU memory, at most 1073741824 are \
         allowed (init, command 0, ?)"
    );
    // What was there is given back: it goes up and down as often as one likes.
    for _ in 0..10 {
        assert_eq!((checker.resize(Phase::Init, square(4000)), checker.resize(Phase::Init, square(1))), (Ok(()), Ok(())));
    }
    let frame = encode([(Op::Submit, &[][..]), (Op::End, &[])]);
    let view = CommandView { memory: &[], buffer: &frame, region: 0, data_len: 0 };
    assert!(!checker.check(Phase::Frame(0), &view, square(4096)).stopped());
    assert!(checker.check(Phase::Frame(1), &view, square(8192)).stopped());
    let mut generous = Checker::new(Plugins::ALL).with_budgets(Budgets { gpu_bytes: 8 << 30, ..Budgets::default() });
    let view = CommandView { memory: &program.memory, buffer: &buffer, region: 0, data_len: 0 };
    assert!(!generous.check(Phase::Init, &view, square(8192)).stopped());
}

/// A picture of 18 MB, a buffer of 20 MB that is written whole, a texture as large as a default device has, and all queries of one.
fn what_people_do_is_within_the_budgets() {
    let mut program = Program { memory: vec![9; 20_000_000], ..Program::default() };
    program.op(Op::CreateBuffer, &[0, 20_000_000, 0x48]).op(Op::WriteBuffer, &[0, 0, 0, 20_000_000]);
    let picture = program.bytes(&black_png(8192, 8192));
    program.op(Op::LoadImage, &[0, picture[0], picture[1]]);
    let square = texture(Value::Uint(8192), Value::Uint(8192), "rgba8unorm", &[(Field::MipLevelCount, Value::Uint(14))]);
    program.descriptor(Op::CreateTexture, &[0], Type::Texture, &square);
    let set = object([(Field::Type, Value::word("occlusion")), (Field::Count, Value::Uint(4096))]);
    program.descriptor(Op::CreateQuerySet, &[0], Type::QuerySet, &set);
    program.op(Op::End, &[]);
    let buffer = encode(program.commands.iter().map(|(op, operands)| (*op, &operands[..])));
    let view = CommandView { memory: &program.memory, buffer: &buffer, region: 0, data_len: 0 };
    let mut checker = Checker::new(Plugins::ALL);
    let checked = checker.check(Phase::Init, &view, CANVAS);
    assert_eq!(checked.findings(), []);
    let mut images = Images::default();
    images.begin(Phase::Init);
    checked.commands().iter().for_each(|command| images.execute(command).unwrap());
}
