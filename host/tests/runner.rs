//! Executors in, command buffers or errors out.

use pngine_format::bytecode::{Block, assemble, inputs_offset};
use pngine_format::op::{CANVAS_TEXTURE, NONE, Op};
use pngine_format::payload::{Parts, Payload, write};
use pngine_format::status::{INPUTS_SIZE, Plugins};
use pngine_host::{Canvas, Checker, Phase, Runner, RunnerError, RunnerLimits};
use std::time::{Duration, Instant};

/// All that ends here ends within a second on an idle machine; what is not bounded takes far longer than this on any.
const PATIENCE: Duration = Duration::from_secs(20);

/// The exports of an executor that does nothing; `edits` replace parts of it.
fn executor(edits: &[(&str, &str)]) -> Vec<u8> {
    let mut text = r#"(module
        (memory (export "memory") 1)
        (func (export "getBytecodePtr") (result i32) i32.const 64)
        (func (export "setBytecodeLen") (param i32))
        (func (export "getDataPtr") (result i32) i32.const 32768)
        (func (export "setDataLen") (param i32))
        (func (export "init") (result i32) i32.const 0)
        (func (export "frame") (param f32 i32 i32) (result i32) i32.const 0)
        (func (export "getCommandPtr") (result i32) i32.const 40960)
        (func (export "getCommandLen") (result i32) i32.const 8)
        (func (export "getInputsPtr") (result i32) i32.const 36864)
        (func (export "setFrame") (param i32))
        (func (export "getFrameCounter") (result i32) i32.const 7)
        (func (export "setFrameCounter") (param i32))
        (func (export "getAbiVersion") (result i32) i32.const 1)
    )"#
    .to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    wat::parse_str(&text).unwrap()
}

fn payload(bytecode: &[u8], data: &[u8]) -> Vec<u8> {
    write(&Parts { plugins: 7, bytecode, data, ..Parts::default() }).unwrap()
}

fn load(wasm: &[u8]) -> Result<Runner, RunnerError> {
    let bytes = payload(b"bytecode", b"data");
    Runner::new(&Payload::parse(&bytes).unwrap(), Some(wasm))
}

fn error(edits: &[(&str, &str)]) -> String {
    load(&executor(edits)).unwrap_err().to_string()
}

#[test]
fn a_minimal_executor_is_handed_its_sections_and_room_for_commands() {
    let mut runner = load(&executor(&[])).unwrap();
    assert_eq!(&runner.memory()[64..72], b"bytecode");
    assert_eq!(&runner.memory()[32768..32772], b"data");
    assert!(runner.memory().len() >= 40960 + 65536);
    assert_eq!(runner.inputs_mut().len(), INPUTS_SIZE as usize);
    assert_eq!(runner.frame_counter(), Ok(7));
    runner.init().unwrap();
    let view = runner.command_buffer().unwrap();
    assert_eq!((view.buffer.len(), view.region, view.data_len), (8, 32768, 4));
}

#[test]
fn a_payload_of_any_kind_runs() {
    let parts = Parts { plugins: 7, kind: 200, bytecode: b"bytecode", data: b"data", ..Parts::default() };
    let bytes = write(&parts).unwrap();
    let mut runner = Runner::new(&Payload::parse(&bytes).unwrap(), Some(&executor(&[]))).unwrap();
    runner.init().unwrap();
    assert_eq!(&runner.memory()[64..72], b"bytecode");
}

#[test]
fn modules_that_break_the_abi_are_refused_by_name() {
    assert_eq!(
        error(&[("(module", r#"(module (import "env" "now" (func))"#)]),
        "the executor imports `env.now`, but an executor imports nothing"
    );
    assert_eq!(
        error(&[(r#"(export "getDataPtr")"#, "")]),
        "the executor does not export `getDataPtr` with the type that the ABI asks for"
    );
    assert_eq!(
        error(&[("(param f32 i32 i32)", "(param f64 i32 i32)")]),
        "the executor does not export `frame` with the type that the ABI asks for"
    );
    assert_eq!(
        error(&[(r#"(export "memory")"#, "")]),
        "the executor does not export `memory` with the type that the ABI asks for"
    );
    assert_eq!(
        error(&[(r#""getAbiVersion") (result i32) i32.const 1"#, r#""getAbiVersion") (result i32) i32.const 2"#)]),
        "the executor has ABI version 2, only version 1 is supported"
    );
    for (bytes, reason) in
        [(&b""[..], "carries no executor"), (b"(module)", "magic bytes"), (b"\0asm\x01\0\0\0\xff", "not a valid")]
    {
        let text = load(bytes).unwrap_err().to_string();
        assert!(text.contains(reason), "{text}");
    }
    // Vectors are no part of core 1.0.
    let text = error(&[(
        r#"(export "init") (result i32) i32.const 0"#,
        r#"(export "init") (result i32) v128.const i32x4 0 0 0 0 drop i32.const 0"#,
    )]);
    assert!(text.contains("not a valid WebAssembly module"), "{text}");
}

#[test]
fn pointers_that_cannot_be_are_refused() {
    assert_eq!(
        error(&[("i32.const 32768", "i32.const 16")]),
        "`getDataPtr` of the executor returned 0x10, which is not behind the bytecode"
    );
    assert_eq!(
        error(&[("i32.const 32768", "i32.const 32772")]),
        "`getDataPtr` of the executor returned 0x8004, which is not a multiple of 16"
    );
    assert_eq!(
        error(&[("i32.const 36864", "i32.const 32768")]),
        "`getInputsPtr` of the executor returned 0x8000, which is not behind the data"
    );
    assert_eq!(
        error(&[("i32.const 40960", "i32.const 36864")]),
        "`getCommandPtr` of the executor returned 0x9000, which is not behind the input block"
    );
    for pointer in ["i32.const 64)", "i32.const 32768", "i32.const 36864", "i32.const 40960"] {
        let text = error(&[(pointer, if pointer.ends_with(')') { "i32.const -16)" } else { "i32.const -16" })]);
        assert!(text.contains("needs 429") || text.contains("not behind"), "{text}");
    }
    let mut runner = load(&executor(&[("i32.const 8)", "i32.const -8)")])).unwrap();
    runner.init().unwrap();
    assert_eq!(
        runner.command_buffer().unwrap_err().to_string(),
        "`getCommandPtr` of the executor returned 0xa000, which with `getCommandLen` lies outside the memory"
    );
}

#[test]
fn memory_beyond_the_limit_or_the_modules_maximum_is_refused() {
    let text = error(&[(r#"(export "memory") 1"#, r#"(export "memory") 1 1"#)]);
    assert_eq!(text, "the executor needs 106496 bytes of memory, more than it may have");
    let text = error(&[(r#"(export "memory") 1"#, r#"(export "memory") 60000"#)]);
    assert!(text.contains("not a valid WebAssembly module"), "{text}");
    let bytes = payload(b"", &vec![0; 1 << 20]);
    let limits = RunnerLimits { memory_bytes: 1 << 20, ..RunnerLimits::default() };
    let result = Runner::with_limits(&Payload::parse(&bytes).unwrap(), Some(&executor(&[])), limits);
    assert!(matches!(result, Err(RunnerError::Memory { .. })));
}

#[test]
fn statuses_have_names() {
    let status = |code: &str| {
        let edit = format!(r#""init") (result i32) i32.const {code}"#);
        let mut runner = load(&executor(&[(r#""init") (result i32) i32.const 0"#, &edit)])).unwrap();
        runner.init().unwrap_err().to_string()
    };
    assert_eq!(status("3"), "the executor's `init` failed: malformed bytecode");
    assert_eq!(status("7"), "the executor's `init` failed: `frame` before a successful `init`");
    assert_eq!(status("99"), "the executor's `init` failed with the unknown status 99");
    assert_eq!(status("-1"), "the executor's `init` failed with the unknown status 4294967295");
}

#[test]
fn hostile_executors_end_in_an_error_soon() {
    let start = Instant::now();
    for (body, finding) in [
        ("unreachable", "the executor trapped in `frame`"),
        ("(i32.load (i32.const -4))", "the executor trapped in `frame`"),
        ("(call 5 (f32.const 0) (i32.const 0) (i32.const 0))", "the executor trapped in `frame`"),
        ("(loop (br 0)) i32.const 0", "the executor's `frame` ran for too long"),
        (
            "(loop (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br 0)) i32.const 0",
            "the executor's `frame` ran for too long",
        ),
        ("(loop (drop (memory.grow (i32.const 1))) (br 0)) i32.const 0", "the executor's `frame` ran for too long"),
    ] {
        let edit = ("(param f32 i32 i32) (result i32) i32.const 0", format!("(param f32 i32 i32) (result i32) {body}"));
        let mut runner = load(&executor(&[(edit.0, &edit.1)])).unwrap();
        let start = Instant::now();
        let text = runner.frame(0.0, 1, 1).unwrap_err().to_string();
        assert!(text.contains(finding), "{body}: {text}");
        assert!(start.elapsed() < PATIENCE, "{body}: {:?}", start.elapsed());
    }
    let text = error(&[("(module", "(module (func $spin (loop (br 0))) (start $spin)")]);
    assert!(text.contains("the executor's `start` ran for too long"), "{text}");
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

#[test]
fn any_bytes_behind_the_magic_are_an_answer() {
    let good = executor(&[]);
    for bit in 64..good.len() * 8 {
        let mut wasm = good.clone();
        wasm[bit / 8] ^= 1 << (bit % 8);
        let limits = RunnerLimits { fuel: 10_000, memory_bytes: 1 << 20 };
        let bytes = payload(b"b", b"d");
        if let Ok(mut runner) = Runner::with_limits(&Payload::parse(&bytes).unwrap(), Some(&wasm), limits) {
            let _ = runner.init().and_then(|()| runner.frame(0.0, 1, 1));
            let _ = runner.command_buffer().map(|view| view.describe());
        }
    }
}

/// The prebuilt executor for these plugins.
fn prebuilt(plugins: Plugins) -> Vec<u8> {
    let path = format!("{}/../executors/{}.wasm", env!("CARGO_MANIFEST_DIR"), plugins.file_stem());
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn a_prebuilt_executor_plays_and_its_commands_check_clean() {
    let plugins = Plugins::CORE.union(Plugins::RENDER);
    let inputs = inputs_offset(0).unwrap();
    let mut init = Block::default();
    init.command(Op::CreateBuffer, &[0, 16, 0x48]);
    init.command(Op::End, &[]);
    let mut frame = Block::default();
    frame.command(Op::WriteBuffer, &[0, 0, inputs, 16]);
    frame.command(Op::BeginRenderPass, &[u32::from(CANVAS_TEXTURE), 1, 0, u32::from(NONE)]);
    frame.command(Op::EndPass, &[]);
    frame.command(Op::Submit, &[]);
    frame.command(Op::End, &[]);
    let bytecode = assemble(plugins, 0, &[Block::default(), init, frame]);
    let bytes = write(&Parts { plugins: plugins.0, bytecode: &bytecode, ..Parts::default() }).unwrap();

    let mut runner = Runner::new(&Payload::parse(&bytes).unwrap(), Some(&prebuilt(plugins))).unwrap();
    let mut checker = Checker::new(plugins);
    let canvas = Canvas { width: 64, height: 32 };
    assert_eq!(
        runner.frame(0.0, 64, 32).unwrap_err().to_string(),
        "the executor's `frame` failed: `frame` before a successful `init`"
    );
    runner.init().unwrap();
    let view = runner.command_buffer().unwrap();
    assert_eq!(view.describe(), "  0 CREATE_BUFFER id=0 size=16 usage=COPY_DST|UNIFORM\n  1 END\n");
    assert_eq!(checker.check(Phase::Init, &view, canvas).findings(), []);
    for number in 0..4u32 {
        assert_eq!(runner.frame_counter(), Ok(number));
        runner.frame(1.5, 64, 32).unwrap();
        let view = runner.command_buffer().unwrap();
        assert_eq!(
            view.describe(),
            "  0 WRITE_BUFFER id=0 offset=0 data=pngineInputs+0 len=16\n  1 BEGIN_RENDER_PASS color=canvas load=1 store=0 \
             depth=none\n  2 END_PASS\n  3 SUBMIT\n  4 END\n"
        );
        let checked = checker.check(Phase::Frame(number), &view, canvas);
        assert_eq!(checked.findings(), []);
        let written: Vec<f32> =
            checked.commands()[0].bytes[0].as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
        assert_eq!(written, [1.5, 64.0, 32.0, 2.0]);
    }
}

#[test]
fn any_bytecode_in_any_prebuilt_executor_is_an_answer() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../executors");
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    names.sort();
    assert!(!names.is_empty());
    let mut seed = 3u32;
    let mut random = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 8
    };
    // Far less than the default, and far more than a few hundred bytes of bytecode need: some headers ask for all there is.
    let limits = RunnerLimits { fuel: 300_000, memory_bytes: 8 << 20 };
    for path in names {
        let wasm = std::fs::read(&path).unwrap();
        for round in 0..60 {
            // Bytes of any kind, or a sound header and blocks with instructions of any kind.
            let bytecode = if round % 3 == 0 {
                (0..random() % 200).map(|_| random() as u8).collect()
            } else {
                let mut blocks = vec![Block::default(); 3];
                for block in &mut blocks[1..] {
                    block.bytes = (0..random() % 100).map(|_| if random() % 3 == 0 { 0 } else { random() as u8 }).collect();
                }
                assemble(Plugins(random() as u8 & 1), random() as u16 % 4, &blocks)
            };
            let bytes = write(&Parts { plugins: 63, bytecode: &bytecode, data: &[7; 40], ..Parts::default() }).unwrap();
            let start = Instant::now();
            let mut checker = Checker::new(Plugins::ALL);
            let canvas = Canvas { width: 64, height: 32 };
            let mut run = || -> Result<(), RunnerError> {
                let mut runner = Runner::with_limits(&Payload::parse(&bytes).unwrap(), Some(&wasm), limits)?;
                runner.init()?;
                let _ = checker.check(Phase::Init, &runner.command_buffer()?, canvas);
                runner.frame(1.0, 64, 32)?;
                let _ = checker.check(Phase::Frame(0), &runner.command_buffer()?, canvas);
                Ok(())
            };
            match run() {
                // A header may ask for more once marks than there is memory, or than can be cleared in time.
                Ok(()) | Err(RunnerError::Status { .. } | RunnerError::Memory { .. } | RunnerError::OutOfFuel { .. }) => {}
                Err(error) => panic!("{}: {error}: {bytecode:02x?}", path.display()),
            }
            assert!(start.elapsed() < PATIENCE);
        }
    }
}
