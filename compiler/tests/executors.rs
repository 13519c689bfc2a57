//! An embedded executor's memory: a host that follows docs/format.md need not grow it.

use pngine_compiler::executors::{PAGE_SIZE, pages_needed, prebuilt, with_memory_minimum};
use pngine_format::bytecode::{Block, assemble};
use pngine_format::command::SCRATCH_SIZE;
use pngine_format::op::Op;
use pngine_format::status::Plugins;
use wasmi::{Engine, Linker, Module, Store};

/// Does what a host does, without ever growing the memory: the status of `init`, its number of bytes of commands, and the bytes from
/// the start of the command buffer to the end of memory.
fn play(wasm: &[u8], bytecode: &[u8], data: &[u8]) -> (u32, u32, u32) {
    let module = Module::new(&Engine::default(), wasm).unwrap();
    let mut store = Store::new(module.engine(), ());
    let instance = Linker::new(module.engine()).instantiate_and_start(&mut store, &module).unwrap();
    let memory = instance.get_memory(&store, "memory").unwrap();
    let get =
        |store: &mut Store<()>, name: &str| instance.get_typed_func::<(), u32>(&*store, name).unwrap().call(store, ()).unwrap();
    for (place, length, bytes) in [("getBytecodePtr", "setBytecodeLen", bytecode), ("getDataPtr", "setDataLen", data)] {
        let at = get(&mut store, place) as usize;
        memory.write(&mut store, at, bytes).unwrap();
        let set = instance.get_typed_func::<u32, ()>(&store, length).unwrap();
        set.call(&mut store, bytes.len() as u32).unwrap();
    }
    let size = memory.data_size(&store) as u32;
    (get(&mut store, "init"), get(&mut store, "getCommandLen"), size - get(&mut store, "getCommandPtr"))
}

#[test]
fn an_embedded_executor_has_all_the_memory_it_needs_and_no_page_more() {
    for (commands, data_len, once) in [(1u32, 0u32, 0u16), (5_000, 100, 3), (60_000, 70_000, 40_000), (3, 300_000, 0)] {
        for plugins in [Plugins::CORE, Plugins::ALL] {
            let mut init = Block::default();
            (0..commands).for_each(|_| init.command(Op::EndPass, &[]));
            let bytecode = assemble(plugins, once, &[Block::default(), init]);
            let data = vec![0; data_len as usize];
            let capacity = 8 + commands;
            let pages = pages_needed(prebuilt(plugins), bytecode.len() as u32, data_len, u32::from(once), capacity).unwrap();
            let executor = with_memory_minimum(prebuilt(plugins), pages).unwrap();
            let (status, command_len, room) = play(&executor, &bytecode, &data);
            assert_eq!((status, command_len), (0, capacity), "{commands} commands");
            // The sections alone would fit in one page less only if the commands did not.
            assert!(room >= capacity && room - capacity < PAGE_SIZE + SCRATCH_SIZE, "{room} bytes for {capacity}");
        }
    }
}

#[test]
fn a_full_page_is_used_to_the_last_byte_that_is_promised() {
    // From a memory where a byte less is promised than a page has, to one where a byte more is.
    let plugins = Plugins::CORE;
    let blocks = [Block::default(), Block { bytes: vec![Op::EndPass as u8; 1000] }];
    let bytecode = assemble(plugins, 0, &blocks);
    let base = {
        let (_, _, room) = play(prebuilt(plugins), &bytecode, &[]);
        PAGE_SIZE - room
    };
    let most = (PAGE_SIZE - base - 1008 - SCRATCH_SIZE) / 16 * 16;
    for (data_len, pages) in [(most, 1), (most + 16, 2)] {
        assert_eq!(pages_needed(prebuilt(plugins), bytecode.len() as u32, data_len, 0, 1008), Some(pages));
        let executor = with_memory_minimum(prebuilt(plugins), pages).unwrap();
        let (status, command_len, _) = play(&executor, &bytecode, &vec![0; data_len as usize]);
        assert_eq!((status, command_len), (0, 1008), "{data_len} bytes of data");
    }
}
