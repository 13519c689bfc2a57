//! The prebuilt executors in a WebAssembly interpreter: the same command streams as the interpreter's Rust code, and a status for
//! any bytes. That they import nothing, export the ABI and have no instruction that could trap is checked from their bytes by
//! `cargo test -p xtask`.

mod common;

use common::wasm::Wasm;
use common::{FrameArguments, Player, Program, Random, core_program, every_command, program_for, timeline_program};
use pngine_format::status::{ABI_VERSION, Plugins, Status};

const FRAMES: [FrameArguments; 4] = [(0.0, 320, 200), (0.75, 320, 200), (2.5, 1, 0), (f32::NAN, u32::MAX, 1)];

/// Every plugin set with core.
fn sets() -> impl Iterator<Item = Plugins> {
    (0..=Plugins::ALL.0).map(Plugins).filter(|set| set.contains(Plugins::CORE))
}

/// Statuses and command buffers of `init`, of each frame in turn, and of a chosen frame.
fn stream(player: &mut dyn Player, program: &Program) -> Vec<(u32, Vec<u8>)> {
    player.set_frame(u32::MAX);
    player.load(program);
    let mut stream = vec![(player.init(), player.commands())];
    for arguments in FRAMES {
        stream.push((player.frame(arguments), player.commands()));
    }
    player.set_frame(1);
    stream.push((player.frame(FRAMES[1]), player.commands()));
    stream.push((player.frame_counter(), player.inputs()));
    stream
}

#[test]
fn every_executor_speaks_the_abi() {
    for set in sets() {
        let mut wasm = Wasm::new(set);
        let name = set.file_stem();
        assert_eq!(wasm.call::<_, u32>("getAbiVersion", ()), ABI_VERSION, "{name}");
        assert_eq!(wasm.init(), Status::NoBytecode as u32, "{name}");
        assert_eq!(wasm.frame(FRAMES[0]), Status::NotInitialised as u32, "{name}");
        wasm.load(&program_for(set));
        let [data, inputs, commands] = ["getDataPtr", "getInputsPtr", "getCommandPtr"].map(|name| wasm.call::<_, u32>(name, ()));
        let bytecode_end = wasm.base() + program_for(set).bytecode.len() as u32;
        assert_eq!((data, wasm.base() % 16), (bytecode_end.next_multiple_of(16), 0), "{name}");
        assert_eq!((inputs, commands), (data + 48, data + 48 + 1148 + 3), "{name}");
        assert_eq!(wasm.commands(), [], "{name}");
        assert_eq!(wasm.frame(FRAMES[0]), Status::NotInitialised as u32, "{name}");
        assert_eq!(wasm.init(), 0, "{name}");
        assert_eq!(wasm.frame(FRAMES[0]), 0, "{name}");
        wasm.set_frame_counter(77);
        assert_eq!(wasm.frame_counter(), 77, "{name}");
    }
}

#[test]
fn an_executor_knows_exactly_the_commands_of_its_plugins() {
    for set in sets() {
        let mut wasm = Wasm::new(set);
        for other in sets() {
            wasm.load(&every_command(other));
            let expected = if set.contains(other) { Status::Ok } else { Status::PluginMissing };
            assert_eq!(wasm.init(), expected as u32, "{} in {}", other.file_stem(), set.file_stem());
        }
        // The same commands in bytecode that hides that it needs them.
        let mut hidden = every_command(Plugins::ALL);
        hidden.bytecode[1] = Plugins::CORE.0;
        wasm.load(&hidden);
        let expected = if set == Plugins::ALL { Status::Ok } else { Status::Malformed };
        assert_eq!(wasm.init(), expected as u32, "{}", set.file_stem());
        // What steers is there for passes only.
        wasm.load(&core_program());
        let steers = set.0 & (Plugins::RENDER.0 | Plugins::COMPUTE.0) != 0;
        assert_eq!(wasm.init(), 0, "{}", set.file_stem());
        assert_eq!(wasm.frame(FRAMES[0]) == 0, steers, "{}", set.file_stem());
    }
}

#[test]
fn any_bytes_give_a_status_in_every_executor() {
    let sets: Vec<Plugins> = sets().collect();
    let good: usize = std::thread::scope(|scope| {
        let halves: Vec<_> =
            sets.chunks(16).map(|sets| scope.spawn(|| sets.iter().map(|set| try_any_bytes(*set)).sum::<usize>())).collect();
        halves.into_iter().map(|half| half.join().unwrap()).sum()
    });
    assert!(good > 32 * 1000, "only {good} calls succeeded: the test would show little");
}

/// How many calls of the executor succeed.
fn try_any_bytes(set: Plugins) -> usize {
    let mut programs = vec![program_for(set), every_command(set)];
    if set.contains(Plugins::ANIMATION) {
        programs.extend([timeline_program(0), timeline_program(1)]);
    }
    let mut random = Random(u64::from(set.0));
    let mut wasm = Wasm::new(set);
    let mut good = 0;
    for round in 0..2000 {
        let program = &programs[random.below(programs.len())];
        let program = Program { bytecode: random.bytecode(program), data: program.data.clone() };
        wasm.load(&program);
        wasm.set_frame([u32::MAX, 0, 1, random.next()][random.below(4)]);
        let time = f32::from_bits(random.next());
        for status in [wasm.init(), wasm.frame((time, random.next(), random.next()))] {
            assert!(status <= Status::NotInitialised as u32, "{}, round {round}: {status}", set.file_stem());
            good += usize::from(status == 0);
        }
    }
    // Nothing broke the executor.
    assert_eq!(stream(&mut wasm, &program_for(set)), stream(&mut Wasm::new(set), &program_for(set)), "{}", set.file_stem());
    good
}

/// What needs a native side with every plugin.
#[cfg(all(feature = "render", feature = "compute", feature = "wasm", feature = "animation", feature = "texture"))]
mod against_native_code {
    use super::*;
    use common::Native;

    #[test]
    fn every_executor_writes_the_same_streams() {
        for set in sets() {
            let mut wasm = Wasm::new(set);
            let mut programs = vec![program_for(set), every_command(set)];
            if set.contains(Plugins::ANIMATION) {
                programs.extend([timeline_program(0), timeline_program(1)]);
            }
            for program in programs {
                let mut native = Native::new(wasm.base(), 1 << 16);
                assert_eq!(stream(&mut wasm, &program), stream(&mut native, &program), "{}", set.file_stem());
            }
        }
    }

    #[test]
    fn the_full_executor_writes_the_same_streams_for_any_bytecode() {
        let mut random = Random(2);
        let mut wasm = Wasm::new(Plugins::ALL);
        let base = wasm.base();
        let programs = [core_program(), every_command(Plugins::ALL), timeline_program(0), timeline_program(1)];
        for round in 0..3000 {
            let program = &programs[random.below(programs.len())];
            let program = Program { bytecode: random.bytecode(program), data: program.data.clone() };
            wasm.memory()[base as usize..].fill(0);
            let mut native = Native::new(base, (1 << 16) - base as usize);
            assert_eq!(stream(&mut wasm, &program), stream(&mut native, &program), "round {round}: {program:?}");
        }
    }

    #[test]
    fn the_end_of_memory_is_the_same_to_the_byte() {
        // Data that leaves little for the commands of `init`, and then less.
        let mut fitted = 0;
        for left in 0..200 {
            let mut wasm = Wasm::new(Plugins::CORE);
            let base = wasm.base();
            let mut program = program_for(Plugins::CORE);
            let room = (1 << 16) - base as usize - program.bytecode.len().next_multiple_of(16) - 1148 - 3;
            program.data = vec![7; (room - left) / 16 * 16];
            let mut native = Native::new(base, (1 << 16) - base as usize);
            let streams = [stream(&mut wasm, &program), stream(&mut native, &program)];
            assert_eq!(streams[0], streams[1], "{left} bytes");
            fitted += usize::from(streams[0][0].0 == 0);
            // A host that makes more room gets its commands.
            wasm.grow(1);
            assert_eq!(wasm.init(), 0, "{left} bytes and a page");
        }
        assert!((1..200).contains(&fitted), "{fitted}");
    }
}
