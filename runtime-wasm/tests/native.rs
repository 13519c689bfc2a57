//! The interpreter over a byte slice: what it writes, and every status.

mod common;

use common::model::Model;
use common::{FrameArguments, Native, Player, Program, Random, block, core_program, every_command, timeline_program};
use pngine_format::bytecode::{Block, ONCE, assemble};
use pngine_format::command::SCRATCH_SIZE;
use pngine_format::op::Op;
use pngine_format::status::{Plugins, Status};
use pngine_runtime::PLUGINS;

const BASE: u32 = 640;
const FRAME: FrameArguments = (1.5, 320, 200);

fn loaded(program: &Program) -> Native {
    let mut native = Native::new(BASE, 1 << 16);
    native.load(program);
    native
}

/// The status of `init` for a bytecode section.
fn init_status(bytecode: &[u8]) -> Status {
    let status = loaded(&Program { bytecode: bytecode.to_vec(), data: vec![0; 33] }).init();
    Status::from_code(status).unwrap()
}

/// The status of `init` whose block has these bytes, with three once slots.
fn block_status(bytes: &[u8]) -> Status {
    init_status(&assemble(Plugins::CORE, 3, &[Block::default(), Block { bytes: bytes.to_vec() }]))
}

#[test]
fn init_and_frames_write_their_commands() {
    let mut native = loaded(&core_program());
    assert_eq!(native.init(), 0);
    assert_eq!(
        native.text(),
        "  0 CREATE_BUFFER id=0 size=16 usage=COPY_DST|UNIFORM\n  \
           1 CREATE_BUFFER id=300 size=70000 usage=STORAGE\n  \
           2 CREATE_BIND_GROUP id=1 layout=none entries=(unknown value type at byte 28 of the descriptor)\n  \
           3 WRITE_BUFFER id=0 offset=0 data=33 bytes #e4908305\n  \
           4 END\n"
    );
    let once = "  0 CLEAR_BUFFER id=0 offset=0 size=4294967295\n";
    let rest = |first: u32, id: u32| {
        format!(
            "{:3} WRITE_BUFFER id=0 offset=0 data=pngineInputs+0 len=16\n{:3} SET_BIND_GROUP slot=0 id={id}\n",
            first,
            first + 1
        )
    };
    let end = |first: u32| format!("{:3} SUBMIT\n{:3} END\n", first, first + 1);
    // The first frame writes what runs once; the pool of three with offset 1 and stride 2 goes 5 + 2, 5 + 4, 5 + 0.
    assert_eq!(native.frame(FRAME), 0);
    assert_eq!(native.text(), format!("{once}{}  3 END_PASS\n  4 POP_DEBUG_GROUP\n{}", rest(1, 7), end(5)));
    for id in [9, 5, 7] {
        assert_eq!(native.frame(FRAME), 0);
        assert_eq!(native.text(), format!("{}{}", rest(0, id), end(2)));
    }
    assert_eq!(native.frame_counter(), 4);
}

#[test]
fn a_chosen_frame_runs_and_shares_the_once_marks() {
    let mut native = loaded(&core_program());
    assert_eq!(native.init(), 0);
    native.set_frame(1);
    assert_eq!(native.frame(FRAME), 0);
    assert_eq!(native.text(), "  0 SUBMIT\n  1 END\n");
    assert_eq!(native.frame(FRAME), 0);
    assert_eq!(native.text(), "  0 END\n");
    native.set_frame(u32::MAX);
    assert_eq!(native.frame(FRAME), 0);
    assert!(native.text().starts_with("  0 WRITE_BUFFER"), "slot 0 was reached in the other frame");
    for frame in [2, 3, u32::MAX - 1] {
        native.set_frame(frame);
        assert_eq!(native.frame(FRAME), Status::OutOfRange as u32, "frame {frame}");
        assert_eq!(native.commands(), []);
    }
    assert_eq!(native.frame_counter(), 3, "failed frames do not count");
    assert_eq!(native.init(), 0);
    assert_eq!(native.frame_counter(), 0);
    native.set_frame(1);
    assert_eq!(native.frame(FRAME), 0);
    assert_eq!(native.text(), "  0 SUBMIT\n  1 END\n", "init clears the marks");
}

#[test]
fn the_frame_counter_picks_pool_members() {
    let mut native = loaded(&core_program());
    assert_eq!(native.init(), 0);
    native.set_frame_counter(u32::MAX);
    assert_eq!(native.frame(FRAME), 0);
    assert_eq!(native.frame_counter(), 0);
    // (4294967295 + 1) mod 2^32 mod 3 is 0.
    assert!(native.text().contains("SET_BIND_GROUP slot=0 id=5"), "{}", native.text());
}

#[test]
fn frame_fills_the_executors_part_of_the_input_block() {
    let mut native = loaded(&core_program());
    native.write_inputs(0, &[0xAA; 1148]);
    assert_eq!(native.init(), 0);
    assert_eq!(native.inputs(), [0; 1148]);
    native.write_inputs(28, &[0xBB; 1120]);
    assert_eq!(native.frame((1.5, 320, 200)), 0);
    let inputs = native.inputs();
    let singles: Vec<f32> = inputs[..28].as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    assert_eq!(singles, [1.5, 320.0, 200.0, 1.6, 1.5, 0.0, 0.0]);
    assert_eq!(inputs[28..], [0xBB; 1120], "the host's part stays");
    assert_eq!(native.frame((0.0, 7, 0)), 0);
    assert_eq!(native.inputs()[12..16], 7f32.to_le_bytes(), "a height of 0 counts as 1");
}

#[test]
fn every_command_of_the_build_has_its_layout() {
    let program = every_command(PLUGINS);
    let mut native = loaded(&program);
    let mut model = Model::new(&program, PLUGINS, native.data_ptr());
    assert_eq!(native.init(), 0);
    assert_eq!(Some(native.commands()), model.init());
    native.set_frame(0);
    model.frame = Some(0);
    assert_eq!(native.frame(FRAME), 0);
    assert_eq!(Some(native.commands()), model.frame(FRAME));
}

/// A bytecode section with these first bytes, block offsets, and nothing else.
fn header(first: [u8; 6], offsets: &[u32]) -> Vec<u8> {
    first.into_iter().chain(offsets.iter().flat_map(|offset| offset.to_le_bytes())).collect()
}

#[test]
fn bytecode_without_a_good_header_is_refused() {
    let good = header([1, 1, 0, 0, 2, 0], &[18, 18, 18]);
    assert_eq!(init_status(&good), Status::Ok);
    for len in 0..good.len() {
        assert_eq!(init_status(&good[..len]), Status::NoBytecode, "{len} bytes");
    }
    assert_eq!(init_status(&header([2, 1, 0, 0, 2, 0], &[18, 18, 18])), Status::BytecodeVersion);
    assert_eq!(init_status(&header([0, 1, 0, 0, 2, 0], &[18, 18, 18])), Status::BytecodeVersion);
    assert_eq!(init_status(&header([1, 65, 0, 0, 2, 0], &[18, 18, 18])), Status::PluginMissing);
    assert_eq!(init_status(&header([1, 1, 0, 0, 0, 0], &[10])), Status::OutOfRange, "no timeline");
    assert_eq!(init_status(&header([1, 1, 0, 0, 1, 0], &[14, 14])), Status::OutOfRange, "no block of init");
    assert_eq!(
        init_status(&header([1, 1, 0, 0, 2, 0], &[18, 18, 19])),
        Status::Malformed,
        "a block that ends behind the bytecode"
    );
    assert_eq!(init_status(&header([1, 1, 0, 0, 2, 0], &[18, 18, 17])), Status::Malformed, "a block that ends before it starts");
    assert_eq!(init_status(&header([1, 1, 0, 0, 2, 0], &[18, u32::MAX, 18])), Status::Malformed);
}

#[test]
fn a_plugin_mask_beyond_the_build_is_refused() {
    for bit in 0..8 {
        let expected = if PLUGINS.0 & 1 << bit == 0 { Status::PluginMissing } else { Status::Ok };
        assert_eq!(init_status(&header([1, 1 << bit, 0, 0, 2, 0], &[18, 18, 18])), expected, "bit {bit}");
    }
}

#[test]
fn instructions_that_cannot_be_read_are_refused() {
    for op in [0u32, 0x0E, 0x2F, 0x3F, 0x4C, 0x7D, 0x80, 0x81, 0xEF, 0xF1, 0xFE] {
        let mut bytes = Vec::new();
        pngine_format::varint::write(&mut bytes, op);
        assert_eq!(block_status(&bytes), Status::Malformed, "opcode {op:#x}");
    }
    assert_eq!(block_status(&[0x80, 0x02]), Status::OutOfRange, "an opcode of two bytes");
    let buffer = Op::CreateBuffer as u8;
    for cut_off in [&[buffer][..], &[buffer, 0], &[buffer, 0, 0x80], &[buffer, 0, 16], &[0xFF]] {
        assert_ne!(block_status(cut_off), Status::Ok, "{cut_off:?}");
    }
    assert_eq!(block_status(&[buffer, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 8]), Status::Malformed, "a varint of six bytes");
    assert_eq!(block_status(&[buffer, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x10, 8]), Status::Malformed, "more than 32 bits");
    assert_eq!(block_status(&[buffer, 0, 16, 0x80, 0x02]), Status::OutOfRange, "a usage of two bytes");
    assert_eq!(block_status(&[ONCE, 0, 0, ONCE, 0, 1]), Status::Malformed, "skips more than there is");
}

#[test]
fn what_runs_once_never_goes_back() {
    // The block ends inside the second instruction, whose length goes on behind it: added to the cursor it would wrap around.
    let mut bytecode = assemble(Plugins::CORE, 3, &[Block::default(), Block { bytes: vec![ONCE, 0, 0, ONCE, 0] }]);
    pngine_format::varint::write(&mut bytecode, 10u32.wrapping_neg());
    assert_eq!(init_status(&bytecode), Status::Malformed);
}

#[test]
fn operands_outside_their_range_are_refused() {
    let mut id = Block::default();
    id.command(Op::CreateBuffer, &[0xFFFF, 1, 8]);
    assert_eq!(block_status(&id.bytes), Status::Ok);
    assert_eq!(block_status(&[Op::CreateBuffer as u8, 0x80, 0x80, 0x04, 1, 8]), Status::OutOfRange);

    // 33 bytes of data are padded to 48, the input block has 1148.
    let region = 48 + 1148;
    for (ptr, len, expected) in [
        (0, region, Status::Ok),
        (region, 0, Status::Ok),
        (region - 1, 1, Status::Ok),
        (0, region + 1, Status::OutOfRange),
        (region, 1, Status::OutOfRange),
        (region + 1, 0, Status::OutOfRange),
        (1, u32::MAX, Status::OutOfRange),
        (u32::MAX, 1, Status::OutOfRange),
    ] {
        assert_eq!(block_status(&block(&[(Op::CreateShader, &[0, ptr, len])]).bytes), expected, "{ptr}+{len}");
    }

    for (slot, expected) in [(2, Status::Ok), (3, Status::OutOfRange), (u32::MAX, Status::OutOfRange)] {
        let mut once = Block::default();
        once.once(slot, &Block::default());
        assert_eq!(block_status(&once.bytes), expected, "slot {slot}");
    }
}

#[test]
fn patches_stay_in_the_last_command() {
    let patched = |at, count| {
        let mut bytes = block(&[(Op::SetPipeline, &[7])]);
        bytes.patch(at, count, 0, 0);
        block_status(&bytes.bytes)
    };
    assert_eq!(patched(1, 1), Status::Ok);
    assert_eq!(patched(2, u32::MAX), Status::Ok);
    assert_eq!(patched(3, 1), Status::OutOfRange, "behind the command");
    assert_eq!(patched(u32::MAX, 1), Status::OutOfRange);
    assert_eq!(patched(1, 0), Status::OutOfRange, "a pool without members");
    let mut alone = Block::default();
    alone.patch(0, 1, 0, 0);
    assert_eq!(block_status(&alone.bytes), Status::OutOfRange, "no command before it");
}

#[test]
fn a_memory_that_is_too_small_is_said_and_can_grow() {
    let program = core_program();
    let mut large = loaded(&program);
    assert_eq!(large.init(), 0);
    let (first, last) = (large.commands(), large.executor.inputs_ptr() + 1148 + 3 - BASE);
    let needed = last as usize + first.len();
    for size in last as usize - 1148..needed + SCRATCH_SIZE as usize {
        let mut native = Native::new(BASE, size);
        native.load(&program);
        let status = native.init();
        assert!(status == Status::CommandsDoNotFit as u32 || status == 0 && size > needed, "{size} bytes, status {status}");
        if status != 0 {
            assert_eq!(native.executor.command_len(), 0);
            assert_eq!(native.frame(FRAME), Status::NotInitialised as u32);
        }
        native.memory.resize(needed + SCRATCH_SIZE as usize, 0);
        assert_eq!(native.init(), 0, "{size} bytes, grown");
        assert_eq!(native.commands(), first, "nothing in front of the commands was changed");
    }
}

#[test]
fn more_commands_than_the_header_counts_do_not_fit() {
    for (count, expected) in [(0xFFFF, Status::Ok), (0x1_0000, Status::CommandsDoNotFit)] {
        let program = Program {
            bytecode: assemble(Plugins::CORE, 0, &[Block::default(), Block { bytes: vec![Op::EndPass as u8; count] }]),
            data: Vec::new(),
        };
        let mut native = Native::new(BASE, 1 << 20);
        native.load(&program);
        assert_eq!(native.init(), expected as u32);
    }
}

#[test]
fn a_frame_needs_a_successful_init_of_the_same_sections() {
    let program = core_program();
    let not_initialised = Status::NotInitialised as u32;
    let mut native = Native::new(BASE, 1 << 16);
    assert_eq!(native.init(), Status::NoBytecode as u32);
    assert_eq!(native.frame(FRAME), not_initialised);
    native.load(&program);
    assert_eq!(native.frame(FRAME), not_initialised);
    assert_eq!(native.init(), 0);
    assert_eq!(native.frame(FRAME), 0);
    native.executor.set_data_len(33);
    assert_eq!(native.frame(FRAME), not_initialised);
    assert_eq!(native.init(), 0);
    native.load(&program);
    assert_eq!(native.frame(FRAME), not_initialised);
    assert_eq!(native.init(), 0);
    native.memory[0] = 9;
    assert_eq!(native.init(), Status::BytecodeVersion as u32);
    assert_eq!(native.frame(FRAME), not_initialised, "the last init failed");
    native.memory[0] = 1;
    assert_eq!(native.init(), 0);
    assert_eq!(native.frame(FRAME), 0);
}

#[cfg(feature = "animation")]
#[test]
fn the_timeline_chooses_the_scene_and_tells_its_time() {
    // Scenes from 500 to 1000, 2000 to 3000 and 900 to 2000 ms, with the frames 1, 0 and 1.
    let shown = |flags, time: f32| {
        let mut native = loaded(&timeline_program(flags));
        assert_eq!(native.init(), 0);
        assert_eq!(native.frame((time, 2, 1)), 0);
        let text = native.text();
        let inputs = native.inputs();
        let scene: Vec<f32> = inputs[16..28].as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let frame = if text.contains("1 SUBMIT") { 0 } else { 1 };
        assert!(text.contains(if frame == 0 { "1 SUBMIT\n" } else { "1 POP_DEBUG_GROUP\n" }), "{text}");
        let (scene_id, _) = text.strip_prefix("  0 SET_SCENE scene=").unwrap().split_once(" transition=0\n").unwrap();
        (scene_id.parse::<u32>().unwrap(), frame, scene)
    };
    assert_eq!(shown(0, 0.75), (0, 1, vec![0.25, 0.5, 0.5]));
    assert_eq!(shown(0, 0.95), (0, 1, vec![0.45, 0.5, 0.9]), "the first of two scenes at a time");
    assert_eq!(shown(0, 1.0), (2, 1, vec![0.1, 1.1, 0.1 / 1.1]), "a scene's end is outside");
    assert_eq!(shown(0, 2.0), (1, 0, vec![0.0, 1.0, 0.0]));
    assert_eq!(shown(0, 2.9999), (1, 0, vec![0.999, 1.0, 0.999]), "milliseconds are truncated");
    assert_eq!(shown(0, 7.0), (1, 0, vec![5.0, 1.0, 1.0]), "behind all: the one that ended last");
    assert_eq!(shown(0, 0.25), (0, 1, vec![0.0, 0.5, 0.0]), "before all: the first, at its start");
    assert_eq!(shown(1, 4.75), shown(0, 0.75), "the timeline repeats after 4 seconds");
    assert_eq!(shown(1, 4.25), shown(0, 0.25));
    for time in [f32::NAN, -1.0, f32::NEG_INFINITY] {
        assert_eq!(shown(0, time), shown(0, 0.0), "{time}");
    }
    assert_eq!(shown(0, f32::INFINITY).0, 1);
}

#[cfg(feature = "animation")]
#[test]
fn a_chosen_frame_does_without_the_timeline() {
    let mut native = loaded(&timeline_program(0));
    assert_eq!(native.init(), 0);
    assert_eq!(native.frame((2.5, 2, 1)), 0);
    native.set_frame(1);
    assert_eq!(native.frame((2.5, 2, 1)), 0);
    assert_eq!(native.text(), "  0 POP_DEBUG_GROUP\n  1 END\n");
    assert_eq!(native.inputs()[16..28], [2.5f32, 0.0, 0.0].map(f32::to_le_bytes).concat());
}

#[cfg(feature = "animation")]
#[test]
fn a_timeline_without_a_whole_scene_is_none() {
    for len in [0, 1, 7, 8, 19] {
        let blocks = [Block { bytes: vec![1; len] }, Block::default(), block(&[(Op::Submit, &[])])];
        let mut native = loaded(&Program { bytecode: assemble(Plugins(17), 0, &blocks), data: Vec::new() });
        assert_eq!(native.init(), 0);
        assert_eq!(native.frame(FRAME), 0, "{len} bytes");
        assert_eq!(native.text(), "  0 SUBMIT\n", "{len} bytes");
    }
}

#[test]
fn the_interpreter_agrees_with_the_model_on_any_bytecode() {
    let mut random = Random(1);
    let programs = [core_program(), every_command(PLUGINS), timeline_program(0), timeline_program(1)];
    let mut good = 0;
    for round in 0..40_000 {
        let program = &programs[random.below(programs.len())];
        let program = Program { bytecode: random.bytecode(program), data: program.data.clone() };
        let mut native = Native::new(BASE, 1 << 14);
        native.load(&program);
        let mut model = Model::new(&program, PLUGINS, native.data_ptr());
        let mut compare = |status: u32, commands: Vec<u8>, expected: Option<Vec<u8>>| {
            assert!(status <= 7, "round {round}");
            // The model has more memory than the interpreter.
            let fits = status != Status::CommandsDoNotFit as u32;
            let commands = (status == 0).then_some(commands);
            assert!(commands == expected || !fits, "round {round}: status {status}, {commands:?} and {expected:?}, {program:?}");
            good += usize::from(status == 0);
            // A frame that failed may have reached more once slots than the model did.
            status == 0
        };
        let status = native.init();
        let mut go_on = compare(status, native.commands(), model.init());
        for time in [0.7, 1.2, 9.0] {
            if random.below(4) == 0 {
                let frame = [0, 1, 7, u32::MAX - 1][random.below(4)];
                native.set_frame(frame);
                model.frame = Some(frame);
            }
            if go_on {
                let status = native.frame((time, 3, 2));
                go_on = compare(status, native.commands(), model.frame((time, 3, 2)));
            }
        }
    }
    assert!(good > 10_000, "only {good} calls succeeded: the test would show little");
}
