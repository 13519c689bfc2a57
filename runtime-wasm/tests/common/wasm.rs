//! The prebuilt executors in an interpreter.

use super::{FrameArguments, Player, Program};
use pngine_format::status::{INPUTS_SIZE, Plugins};
use std::path::Path;
use wasmi::{Config, Engine, Instance, Linker, Memory, Module, Store, WasmParams, WasmResults};

/// A prebuilt executor. A trap, or a call that takes more than [`Wasm::FUEL`], ends the test.
pub struct Wasm {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Wasm {
    /// Units of fuel for one call, about one per instruction. The longest loops are those over all bytes of the one page, read as
    /// empty blocks.
    const FUEL: u64 = 200 * (1 << 16);

    /// The executor of this plugin set, from `executors/`.
    pub fn new(plugins: Plugins) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../executors").join(plugins.file_stem() + ".wasm");
        Self::of(&std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    /// This module.
    pub fn of(wasm: &[u8]) -> Self {
        let mut config = Config::default();
        config.consume_fuel(true);
        let module = Module::new(&Engine::new(&config), wasm).unwrap();
        let mut store = Store::new(module.engine(), ());
        store.set_fuel(Self::FUEL).unwrap();
        let instance = Linker::new(module.engine()).instantiate_and_start(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        Self { store, instance, memory }
    }

    /// Calls an export.
    pub fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, parameters: P) -> R {
        self.store.set_fuel(Self::FUEL).unwrap();
        let function = self.instance.get_typed_func::<P, R>(&self.store, name).unwrap();
        function.call(&mut self.store, parameters).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// All of linear memory.
    pub fn memory(&mut self) -> &mut [u8] {
        self.memory.data_mut(&mut self.store)
    }

    /// Makes the memory larger, as a host does.
    pub fn grow(&mut self, pages: u64) {
        self.memory.grow(&mut self.store, pages).unwrap();
    }

    pub fn base(&mut self) -> u32 {
        self.call("getBytecodePtr", ())
    }
}

impl Player for Wasm {
    fn load(&mut self, program: &Program) {
        let bytecode = self.base() as usize;
        self.memory()[bytecode..][..program.bytecode.len()].copy_from_slice(&program.bytecode);
        self.call::<_, ()>("setBytecodeLen", program.bytecode.len() as u32);
        let data = self.data_ptr() as usize;
        self.memory()[data..][..program.data.len()].copy_from_slice(&program.data);
        self.call::<_, ()>("setDataLen", program.data.len() as u32);
    }

    fn init(&mut self) -> u32 {
        self.call("init", ())
    }

    fn frame(&mut self, arguments: FrameArguments) -> u32 {
        self.call("frame", arguments)
    }

    fn set_frame(&mut self, frame: u32) {
        self.call("setFrame", frame)
    }

    fn frame_counter(&mut self) -> u32 {
        self.call("getFrameCounter", ())
    }

    fn set_frame_counter(&mut self, counter: u32) {
        self.call("setFrameCounter", counter)
    }

    fn commands(&mut self) -> Vec<u8> {
        let len = self.call::<_, u32>("getCommandLen", ()) as usize;
        let at = self.call::<_, u32>("getCommandPtr", ()) as usize;
        if len == 0 { Vec::new() } else { self.memory()[at..][..len].to_vec() }
    }

    fn data_ptr(&mut self) -> u32 {
        self.call("getDataPtr", ())
    }

    fn region(&mut self) -> Vec<u8> {
        let end = self.call::<_, u32>("getInputsPtr", ()) + INPUTS_SIZE;
        let data = self.data_ptr();
        self.memory()[data as usize..end as usize].to_vec()
    }

    fn write_inputs(&mut self, at: usize, bytes: &[u8]) {
        let inputs = self.call::<_, u32>("getInputsPtr", ()) as usize;
        self.memory()[inputs + at..][..bytes.len()].copy_from_slice(bytes);
    }
}
