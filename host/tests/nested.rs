//! Nested modules: what they return, what they remember, and how they fail.

use pngine_format::args::{self, Arg, NumberType};
use pngine_format::command::encode;
use pngine_format::op::Op;
use pngine_format::status::{INPUTS_SIZE, Plugins};
use pngine_host::{Canvas, Checker, CommandView, NestedLimits, NestedModules, Phase};
use std::time::{Duration, Instant};

/// All that ends here ends within seconds on an idle machine; what is not bounded takes far longer than this on any.
const PATIENCE: Duration = Duration::from_secs(60);

const CANVAS: Canvas = Canvas { width: 64, height: 32 };

/// A running program: what was created is remembered from buffer to buffer.
struct Run {
    checker: Checker,
    modules: NestedModules,
    inputs: Vec<u8>,
}

/// One command: what comes before the pointers, what they point to, and what comes behind.
struct Step(Op, Vec<u32>, Vec<Vec<u8>>, Vec<u32>);

fn load(id: u32, text: &str) -> Step {
    Step(Op::InitWasmModule, vec![id], vec![wat::parse_str(text).unwrap()], vec![])
}

fn call(call: u32, module: u32, name: &str, arguments: &[Arg]) -> Step {
    let mut bytes = Vec::new();
    arguments.iter().for_each(|arg| args::push(&mut bytes, *arg));
    Step(Op::CallWasmFunc, vec![call, module], vec![name.as_bytes().to_vec(), bytes], vec![])
}

fn write(call: u32, len: u32) -> Step {
    Step(Op::WriteFromWasm, vec![call, 0, 0, len], vec![], vec![])
}

impl Run {
    fn with(limits: NestedLimits) -> Self {
        Self {
            checker: Checker::new(Plugins::ALL),
            modules: NestedModules::with_limits(limits),
            inputs: vec![0; INPUTS_SIZE as usize],
        }
    }

    /// What each WRITE_FROM_WASM writes, or what was found first.
    fn run(&mut self, phase: Phase, steps: &[Step]) -> Result<Vec<Vec<u8>>, String> {
        let mut memory = Vec::new();
        let mut commands: Vec<(Op, Vec<u32>)> = Vec::new();
        if phase == Phase::Init {
            commands.push((Op::CreateBuffer, vec![0, 1 << 20, 0x48]));
        }
        for Step(op, before, pointed, behind) in steps {
            let mut operands = before.clone();
            for bytes in pointed {
                operands.extend([memory.len() as u32, bytes.len() as u32]);
                memory.extend_from_slice(bytes);
            }
            operands.extend(behind);
            commands.push((*op, operands));
        }
        commands.extend([(Op::Submit, vec![]), (Op::End, vec![])]);
        let buffer = encode(commands.iter().map(|(op, operands)| (*op, &operands[..])));
        let view = CommandView { memory: &memory, buffer: &buffer, region: 0, data_len: memory.len() as u32 };
        let checked = self.checker.check(phase, &view, CANVAS);
        if let Some(finding) = checked.findings().first() {
            return Err(finding.to_string());
        }
        self.modules.begin(phase);
        let mut written = Vec::new();
        for command in checked.commands() {
            self.modules.execute(command, &self.inputs).map_err(|finding| finding.to_string())?;
            if command.op == Op::WriteFromWasm {
                written.push(self.modules.bytes(command).map_err(|finding| finding.to_string())?.to_vec());
            }
        }
        Ok(written)
    }
}

fn run(steps: &[Step]) -> Result<Vec<Vec<u8>>, String> {
    Run::with(NestedLimits::default()).run(Phase::Init, steps)
}

fn error(steps: &[Step]) -> String {
    run(steps).unwrap_err()
}

const COUNTER: &str = r#"(module
    (memory (export "memory") 1)
    (func (export "step") (param i32) (result i32)
        (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (local.get 0)))
        (i32.const 16))
    (func (export "reset") (i32.store (i32.const 16) (i32.const 0)))
    (func (export "echo") (param i32 i64 f32 f64) (result i32)
        (i32.store (i32.const 32) (local.get 0))
        (i64.store (i32.const 36) (local.get 1))
        (f32.store (i32.const 44) (local.get 2))
        (f64.store (i32.const 48) (local.get 3))
        (i32.const 32))
    (func (export "far") (result i32) (i32.const 65528))
    (func (export "negative") (result i32) (i32.const -4))
    (func (export "double") (result f64) (f64.const 1))
    (func (export "two") (result i32 i32) (i32.const 1) (i32.const 2))
    (func (export "trap") unreachable)
    (func (export "spin") (loop (br 0)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (global (export "constant") i32 (i32.const 0)))"#;

#[test]
fn state_lives_from_frame_to_frame_and_init_starts_anew() {
    let mut run = Run::with(NestedLimits::default());
    for _ in 0..2 {
        run.run(Phase::Init, &[load(0, COUNTER)]).unwrap();
        let step = || [call(5, 0, "step", &[Arg::I32(3)]), write(5, 4)];
        assert_eq!(run.run(Phase::Frame(0), &step()).unwrap(), [[3, 0, 0, 0]]);
        assert_eq!(run.run(Phase::Frame(1), &step()).unwrap(), [[6, 0, 0, 0]]);
        // The bytes are those of now, and a call that returns nothing keeps what another call has returned.
        let reset = [call(6, 0, "reset", &[]), write(5, 4)];
        assert_eq!(run.run(Phase::Frame(2), &reset).unwrap(), [[0, 0, 0, 0]]);
    }
}

#[test]
fn modules_do_not_share_their_memory() {
    let steps = [
        load(0, COUNTER),
        load(1, COUNTER),
        call(0, 0, "step", &[Arg::I32(1)]),
        call(1, 1, "step", &[Arg::I32(2)]),
        write(0, 4),
        write(1, 4),
    ];
    assert_eq!(run(&steps).unwrap(), [[1, 0, 0, 0], [2, 0, 0, 0]]);
}

#[test]
fn arguments_arrive_with_their_type_and_inputs_are_converted() {
    let literals = [Arg::I32(-1), Arg::I64(1 << 40), Arg::F32(0.5), Arg::F64(-2.5)];
    let expected = [&(-1i32).to_le_bytes()[..], &(1i64 << 40).to_le_bytes(), &0.5f32.to_le_bytes(), &(-2.5f64).to_le_bytes()];
    assert_eq!(run(&[load(0, COUNTER), call(0, 0, "echo", &literals), write(0, 24)]).unwrap(), [expected.concat()]);

    let inputs = [
        Arg::Input(NumberType::I32, 0),
        Arg::Input(NumberType::I64, 4),
        Arg::Input(NumberType::F32, 8),
        Arg::Input(NumberType::F64, 0),
    ];
    let mut run = Run::with(NestedLimits::default());
    for (at, x) in [(0, -7.9f32), (4, 1e20), (8, 300.25)] {
        run.inputs[at..at + 4].copy_from_slice(&x.to_le_bytes());
    }
    let expected =
        [&(-7i32).to_le_bytes()[..], &i64::MAX.to_le_bytes(), &300.25f32.to_le_bytes(), &f64::from(-7.9f32).to_le_bytes()];
    let written = run.run(Phase::Init, &[load(0, COUNTER), call(0, 0, "echo", &inputs), write(0, 24)]).unwrap();
    assert_eq!(written, [expected.concat()]);
}

#[test]
fn failures_of_calls_are_e010_and_say_which_function() {
    let counter = |name: &str, arguments: &[Arg]| error(&[load(0, COUNTER), call(0, 0, name, arguments)]);
    let finding = |text: &str| format!("E010 nested module failed: {text} (init, command 2, CALL_WASM_FUNC)");
    assert_eq!(counter("missing", &[]), finding("the module exports no function `missing`"));
    assert_eq!(counter("constant", &[]), finding("the module exports no function `constant`"));
    assert_eq!(counter("step", &[]), finding("`step` takes (i32), but is given ()"));
    assert_eq!(counter("step", &[Arg::F32(1.0)]), finding("`step` takes (i32), but is given (f32)"));
    assert_eq!(counter("double", &[]), finding("`double` returns (f64), neither one i32 nor nothing"));
    assert_eq!(counter("two", &[]), finding("`two` returns (i32, i32), neither one i32 nor nothing"));
    let trap = counter("trap", &[]);
    assert!(trap.contains("`trap` trapped: ") && trap.contains("unreachable"), "{trap}");
}

#[test]
fn results_lie_in_the_memory_of_the_module() {
    assert_eq!(run(&[load(0, COUNTER), call(0, 0, "far", &[]), write(0, 8)]).unwrap(), [[0; 8]]);
    assert_eq!(
        error(&[load(0, COUNTER), call(0, 0, "far", &[]), write(0, 9)]),
        "E010 nested module failed: the call 0 returned 65528: 9 bytes from there lie outside the module's memory of 65536 (init, \
         command 3, WRITE_FROM_WASM)"
    );
    assert!(error(&[load(0, COUNTER), call(0, 0, "negative", &[]), write(0, 4)]).contains("returned 4294967292"));
    assert!(error(&[load(0, COUNTER), call(0, 0, "reset", &[]), write(0, 4)]).contains("the call 0 returned nothing"));
    let bare = r#"(module (func (export "f") (result i32) (i32.const 0)))"#;
    assert!(error(&[load(0, bare), call(0, 0, "f", &[]), write(0, 1)]).contains("the module exports no memory `memory`"));
}

#[test]
fn what_modules_may_import_is_offered_and_nothing_else() {
    let text = r#"(module
        (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
        (import "env" "memory" (memory 1))
        (data (i32.const 8) "ab")
        (func (export "f") (result i32) (i32.const 8))
        (func (export "fail") (call $abort (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 2))))"#;
    assert_eq!(run(&[load(0, text), call(0, 0, "f", &[]), write(0, 2)]).unwrap(), [b"ab"]);
    assert!(error(&[load(0, text), call(0, 0, "fail", &[])]).contains("`fail` failed: the module called `env.abort`"));
    assert_eq!(
        error(&[load(0, r#"(module (import "env" "now" (func)))"#)]),
        "E010 nested module failed: the module imports `env.now`, but only `env.abort` and `env.memory` of one page are offered \
         (init, command 1, INIT_WASM_MODULE)"
    );
    assert!(error(&[load(0, r#"(module (import "env" "memory" (memory 2)))"#)]).starts_with("E010"));
    assert!(run(&[load(0, r#"(module (import "env" "memory" (memory 1 8)))"#)]).is_ok());
    let vectors = r#"(module (memory (export "memory") 1)
        (func (export "f") (result i32) (v128.store (i32.const 0) (v128.const i32x4 1 2 3 4)) (i32.const 4)))"#;
    assert_eq!(run(&[load(0, vectors), call(0, 0, "f", &[]), write(0, 4)]).unwrap(), [[2, 0, 0, 0]]);
}

#[test]
fn modules_that_are_none_are_refused() {
    let wrong = |bytes: &[u8]| error(&[Step(Op::InitWasmModule, vec![0], vec![bytes.to_vec()], vec![])]);
    assert!(wrong(b"(module)").contains("does not start with the magic bytes"));
    assert!(wrong(b"\0asm\x01\0\0\0\xff").contains("the module is not valid"));
    let trapping = error(&[load(0, "(module (func $f unreachable) (start $f))")]);
    assert!(trapping.contains("the module's start function trapped"), "{trapping}");
}

#[test]
fn endless_loops_and_endless_memory_end() {
    let start = Instant::now();
    let small = NestedLimits { fuel: 1_000_000, memory_bytes: 4 << 20, ..NestedLimits::default() };
    let limited = |steps: &[Step]| Run::with(small).run(Phase::Init, steps);
    assert!(limited(&[load(0, COUNTER), call(0, 0, "spin", &[])]).unwrap_err().contains("`spin` ran for too long"));
    assert!(
        limited(&[load(0, "(module (func $f (loop (br 0))) (start $f))")]).unwrap_err().contains("start function ran for too")
    );
    // 4 MiB are 64 pages: 2 are taken, so that 62 can be had in all.
    let grow =
        |pages| [load(0, COUNTER), load(1, COUNTER), call(0, 0, "grow", &[Arg::I32(pages)]), call(1, 1, "grow", &[Arg::I32(1)])];
    let grown = |pages| {
        let mut run = Run::with(small);
        run.run(Phase::Init, &grow(pages)).unwrap();
        run.run(Phase::Frame(0), &[write(0, 0), write(1, 0)]).map_err(|_| ())
    };
    // A refused growth returns -1, which is no place in a memory.
    assert_eq!(grown(61), Ok(vec![vec![], vec![]]));
    assert_eq!(grown(62), Err(()));
    let hidden = r#"(module (memory 100) (func (export "grow") (result i32) (memory.grow (i32.const 1000))))"#;
    assert!(Run::with(NestedLimits::default()).run(Phase::Init, &[load(0, hidden), call(0, 0, "grow", &[])]).is_ok());
    assert!(limited(&[load(0, "(module (memory 100))")]).is_err());
    // All calls of a buffer share its fuel.
    let many: Vec<_> = std::iter::once(load(0, COUNTER)).chain((0..60_000).map(|_| call(0, 0, "step", &[Arg::I32(1)]))).collect();
    assert!(limited(&many).is_err());
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

#[test]
fn modules_are_bounded_in_number_and_size() {
    let limits = NestedLimits { module_bytes: 100, ..NestedLimits::default() };
    let two = [load(0, COUNTER)];
    assert!(Run::with(limits).run(Phase::Init, &two).unwrap_err().contains("more than 100 bytes together"));
    let many: Vec<_> = (0..65).map(|id| load(id, "(module)")).collect();
    assert!(run(&many[..64]).is_ok());
    assert!(error(&many).contains("more than 64 modules"));
}

#[test]
fn any_flipped_bit_of_a_module_is_an_answer() {
    let module = wat::parse_str(COUNTER).unwrap();
    for bit in (64..module.len() * 8).step_by(3) {
        let mut bytes = module.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let load = Step(Op::InitWasmModule, vec![0], vec![bytes], vec![]);
        let small = NestedLimits { fuel: 100_000, memory_bytes: 1 << 20, ..NestedLimits::default() };
        let _ = Run::with(small).run(Phase::Init, &[load, call(0, 0, "step", &[Arg::I32(1)]), write(0, 4)]);
    }
}

#[test]
fn the_checker_refuses_calls_that_cannot_be() {
    let refused = |step: Step| error(&[load(0, COUNTER), step]);
    assert!(refused(call(0, 9, "step", &[])).starts_with("E001 invalid resource reference: there is no wasmModule 9"));
    assert!(refused(write(3, 4)).starts_with("E001 invalid resource reference: there is no wasmCall 3"));
    let outside = refused(call(0, 0, "step", &[Arg::Input(NumberType::I32, INPUTS_SIZE as u16 - 3)]));
    assert!(outside.starts_with("E004 memory access out of bounds: an argument lies outside the input block"), "{outside}");
    let cut = Step(Op::CallWasmFunc, vec![0, 0], vec![b"step".to_vec(), vec![0x7F, 0]], vec![]);
    assert!(refused(cut).contains("E004 memory access out of bounds: the arguments cannot be read"));
    let long = Step(Op::CallWasmFunc, vec![0, 0], vec![b"step".to_vec(), [0x7F, 0, 0, 0, 0].repeat(4000)], vec![]);
    assert!(refused(long).contains("the arguments are too long"));
    let beyond = Step(Op::WriteFromWasm, vec![0, 0, (1 << 20) + 4, 4], vec![], vec![]);
    let beyond = error(&[load(0, COUNTER), call(0, 0, "step", &[Arg::I32(1)]), beyond]);
    assert!(beyond.starts_with("E002 buffer too small: a write to byte 1048580 of buffer 0"), "{beyond}");
}
