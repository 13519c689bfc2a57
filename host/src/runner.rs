//! Runs an executor: the ABI of docs/format.md, "Executor ABI 1", in an interpreter, with fuel and a cap on memory.

use pngine_format::bytecode::inputs_offset;
use pngine_format::payload::Payload;
use pngine_format::status::{ABI_VERSION, INPUTS_SIZE, Status};
use wasmi::{
    Config, Engine, Instance, Linker, Memory, Module, OperatorCost, Store, StoreLimits, StoreLimitsBuilder, TrapCode, TypedFunc,
    WasmParams, WasmResults,
};

/// Bytes of a WebAssembly page.
const PAGE: u64 = 64 << 10;

/// Most elements of an executor's table of functions: far more than it has opcodes.
const MAX_TABLE_ELEMENTS: usize = 10_000;

/// What an executor may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunnerLimits {
    /// Units of the interpreter's fuel for one call; about one per instruction.
    pub fuel: u64,
    /// Bytes of linear memory.
    pub memory_bytes: usize,
}

impl Default for RunnerLimits {
    /// 64 million units are what a frame needs that fills its command buffer (65,535 commands of about 900 units), and end an endless
    /// loop within a second (10 million took 0.1 s in November 2026, interpreter optimised). 256 MiB hold four times the largest
    /// payload.
    fn default() -> Self {
        Self { fuel: 64_000_000, memory_bytes: 256 << 20 }
    }
}

/// Why an executor cannot be run, or what went wrong in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunnerError {
    /// The payload has no executor, and none was given.
    #[error("the scene carries no executor: give one")]
    NoExecutor,
    /// The bytes are no WebAssembly module, or one that uses more than core 1.0 and bulk memory.
    #[error("the executor is not a valid WebAssembly module: {0}")]
    Module(String),
    /// An executor imports nothing.
    #[error("the executor imports `{0}`, but an executor imports nothing")]
    Import(String),
    /// An export of the ABI is missing or has another type. Its name.
    #[error("the executor does not export `{0}` with the type that the ABI asks for")]
    Export(&'static str),
    /// The executor speaks another version of the ABI.
    #[error("the executor has ABI version {0}, only version {ABI_VERSION} is supported")]
    AbiVersion(u32),
    /// More memory would be needed than is allowed, or than the executor's own maximum.
    #[error("the executor needs {needed} bytes of memory, more than it may have")]
    Memory {
        /// Bytes.
        needed: u64,
    },
    /// The executor returned a pointer that cannot be.
    #[error("`{export}` of the executor returned {value:#x}, which {reason}")]
    Pointer {
        /// The export.
        export: &'static str,
        /// What it returned.
        value: u32,
        /// Why that cannot be.
        reason: &'static str,
    },
    /// A call ended with a status other than 0.
    #[error("the executor's `{call}` failed: {}", .status.text())]
    Status {
        /// `init` or `frame`.
        call: &'static str,
        /// The status.
        status: Status,
    },
    /// A call ended with a status that this version does not know.
    #[error("the executor's `{call}` failed with the unknown status {code}")]
    UnknownStatus {
        /// `init` or `frame`.
        call: &'static str,
        /// The number.
        code: u32,
    },
    /// A call trapped.
    #[error("the executor trapped in `{call}`: {reason}")]
    Trap {
        /// The export.
        call: &'static str,
        /// The trap.
        reason: String,
    },
    /// A call used up its fuel.
    #[error("the executor's `{call}` ran for too long")]
    OutOfFuel {
        /// The export.
        call: &'static str,
    },
}

/// A command buffer and the memory that it points into.
#[derive(Clone, Copy, Debug)]
pub struct CommandView<'a> {
    /// The whole memory of the executor.
    pub memory: &'a [u8],
    /// The command buffer, header included: a part of the memory.
    pub buffer: &'a [u8],
    /// Where the region of data section and input block starts in the memory.
    pub region: u32,
    /// Bytes of the data section, unpadded.
    pub data_len: u32,
}

impl CommandView<'_> {
    /// The commands as text, for snapshots and `inspect`.
    pub fn describe(&self) -> String {
        pngine_format::command::disassemble(self.buffer, self.memory, self.region, self.data_len)
    }
}

/// An instantiated executor that has been handed its bytecode and data.
pub struct Runner {
    store: Store<StoreLimits>,
    memory: Memory,
    limits: RunnerLimits,
    exports: Exports,
    region: u32,
    data_len: u32,
    inputs: u32,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("region", &self.region).field("inputs", &self.inputs).finish_non_exhaustive()
    }
}

struct Exports {
    get_bytecode_ptr: TypedFunc<(), u32>,
    set_bytecode_len: TypedFunc<u32, ()>,
    get_data_ptr: TypedFunc<(), u32>,
    set_data_len: TypedFunc<u32, ()>,
    init: TypedFunc<(), u32>,
    frame: TypedFunc<(f32, u32, u32), u32>,
    get_command_ptr: TypedFunc<(), u32>,
    get_command_len: TypedFunc<(), u32>,
    get_inputs_ptr: TypedFunc<(), u32>,
    set_frame: TypedFunc<u32, ()>,
    get_frame_counter: TypedFunc<(), u32>,
    set_frame_counter: TypedFunc<u32, ()>,
    get_abi_version: TypedFunc<(), u32>,
}

impl Exports {
    fn find(instance: Instance, store: &Store<StoreLimits>) -> Result<Self, RunnerError> {
        fn func<P: WasmParams, R: WasmResults>(
            (instance, store): (Instance, &Store<StoreLimits>),
            name: &'static str,
        ) -> Result<TypedFunc<P, R>, RunnerError> {
            instance.get_typed_func(store, name).map_err(|_| RunnerError::Export(name))
        }
        let of = (instance, store);
        Ok(Self {
            get_bytecode_ptr: func(of, "getBytecodePtr")?,
            set_bytecode_len: func(of, "setBytecodeLen")?,
            get_data_ptr: func(of, "getDataPtr")?,
            set_data_len: func(of, "setDataLen")?,
            init: func(of, "init")?,
            frame: func(of, "frame")?,
            get_command_ptr: func(of, "getCommandPtr")?,
            get_command_len: func(of, "getCommandLen")?,
            get_inputs_ptr: func(of, "getInputsPtr")?,
            set_frame: func(of, "setFrame")?,
            get_frame_counter: func(of, "getFrameCounter")?,
            set_frame_counter: func(of, "setFrameCounter")?,
            get_abi_version: func(of, "getAbiVersion")?,
        })
    }
}

impl Runner {
    /// Instantiates the payload's own executor, or `executor` if it is given, and hands it bytecode and data.
    ///
    /// # Errors
    /// See [`RunnerError`]; no status yet.
    pub fn new(payload: &Payload<'_>, executor: Option<&[u8]>) -> Result<Self, RunnerError> {
        Self::with_limits(payload, executor, RunnerLimits::default())
    }

    /// Like [`Runner::new`], with other limits.
    ///
    /// # Errors
    /// See [`RunnerError`]; no status yet.
    pub fn with_limits(payload: &Payload<'_>, executor: Option<&[u8]>, limits: RunnerLimits) -> Result<Self, RunnerError> {
        let wasm = executor.unwrap_or(payload.executor);
        if wasm.is_empty() {
            return Err(RunnerError::NoExecutor);
        }
        // The interpreter's crate can be built to read the text format too; an executor is binary.
        if !wasm.starts_with(b"\0asm\x01\0\0\0") {
            return Err(RunnerError::Module("it does not start with the magic bytes and version 1".to_owned()));
        }
        let module = Module::new(&Engine::new(&config()), wasm).map_err(|error| RunnerError::Module(error.to_string()))?;
        if let Some(import) = module.imports().next() {
            return Err(RunnerError::Import(format!("{}.{}", import.module(), import.name())));
        }
        let mut store = Store::new(module.engine(), room(limits.memory_bytes));
        store.limiter(|room| room);
        refuel(&mut store, limits.fuel, "start")?;
        let instance = Linker::new(module.engine()).instantiate_and_start(&mut store, &module);
        let instance = instance.map_err(|error| match error.as_trap_code() {
            Some(_) => trap("start", &error),
            None => RunnerError::Module(error.to_string()),
        })?;
        let memory = instance.get_memory(&store, "memory").ok_or(RunnerError::Export("memory"))?;
        let exports = Exports::find(instance, &store)?;
        // An executor never grows its memory, only its host does: see `grow_to`.
        *store.data_mut() = room(0);
        let mut runner = Self { store, memory, limits, exports, region: 0, data_len: 0, inputs: 0 };
        runner.load(payload)?;
        Ok(runner)
    }

    /// The handshake of docs/format.md: version, bytecode, data, room for inputs and commands.
    fn load(&mut self, payload: &Payload<'_>) -> Result<(), RunnerError> {
        let version = self.call("getAbiVersion", |e| &e.get_abi_version, ())?;
        if version != ABI_VERSION {
            return Err(RunnerError::AbiVersion(version));
        }
        // A section's length is a u32 in the payload's header.
        let bytecode_len = payload.bytecode.len() as u32;
        let data_len = payload.data.len() as u32;

        let bytecode = self.call("getBytecodePtr", |e| &e.get_bytecode_ptr, ())?;
        self.write(bytecode, payload.bytecode)?;
        self.call("setBytecodeLen", |e| &e.set_bytecode_len, bytecode_len)?;

        let data = self.call("getDataPtr", |e| &e.get_data_ptr, ())?;
        let pointer = |export, value, reason| Err(RunnerError::Pointer { export, value, reason });
        if u64::from(data) < u64::from(bytecode) + u64::from(bytecode_len) {
            return pointer("getDataPtr", data, "is not behind the bytecode");
        }
        if !data.is_multiple_of(16) {
            return pointer("getDataPtr", data, "is not a multiple of 16");
        }
        self.write(data, payload.data)?;
        self.call("setDataLen", |e| &e.set_data_len, data_len)?;

        (self.region, self.data_len) = (data, data_len);
        self.make_room(payload).map_err(|error| match error {
            // An executor that cannot read its bytecode does not know where anything lies; `init` says why.
            RunnerError::Pointer { .. } => self.init().err().filter(|e| matches!(e, RunnerError::Status { .. })).unwrap_or(error),
            other => other,
        })
    }

    /// Asks where the input block and the command buffer lie, and makes room for both.
    fn make_room(&mut self, payload: &Payload<'_>) -> Result<(), RunnerError> {
        let pointer = |export, value, reason| Err(RunnerError::Pointer { export, value, reason });
        let inputs = self.call("getInputsPtr", |e| &e.get_inputs_ptr, ())?;
        let least = inputs_offset(self.data_len).and_then(|offset| self.region.checked_add(offset));
        if least.is_none_or(|least| inputs < least) {
            return pointer("getInputsPtr", inputs, "is not behind the data");
        }
        let commands = self.call("getCommandPtr", |e| &e.get_command_ptr, ())?;
        if u64::from(commands) < u64::from(inputs) + u64::from(INPUTS_SIZE) {
            return pointer("getCommandPtr", commands, "is not behind the input block");
        }
        self.grow_to(u64::from(commands) + u64::from(payload.command_capacity()))?;
        self.inputs = inputs;
        Ok(())
    }

    /// Makes the memory at least `needed` bytes long.
    fn grow_to(&mut self, needed: u64) -> Result<(), RunnerError> {
        let size = self.memory.data_size(&self.store) as u64;
        let missing = needed.saturating_sub(size).div_ceil(PAGE);
        if missing > 0 {
            *self.store.data_mut() = room(self.limits.memory_bytes);
            let result = self.memory.grow(&mut self.store, missing);
            *self.store.data_mut() = room(0);
            result.map_err(|_| RunnerError::Memory { needed })?;
        }
        Ok(())
    }

    /// Copies `bytes` to address `at`, growing the memory if need be.
    fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), RunnerError> {
        let end = u64::from(at) + bytes.len() as u64;
        self.grow_to(end)?;
        // A fresh view: growing may move the memory.
        let memory = self.memory.data_mut(&mut self.store);
        let target = memory.get_mut(at as usize..).and_then(|rest| rest.get_mut(..bytes.len()));
        target.ok_or(RunnerError::Memory { needed: end })?.copy_from_slice(bytes);
        Ok(())
    }

    fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        name: &'static str,
        pick: impl FnOnce(&Exports) -> &TypedFunc<P, R>,
        arguments: P,
    ) -> Result<R, RunnerError> {
        refuel(&mut self.store, self.limits.fuel, name)?;
        pick(&self.exports).call(&mut self.store, arguments).map_err(|error| trap(name, &error))
    }

    fn check_status(call: &'static str, code: u32) -> Result<(), RunnerError> {
        match Status::from_code(code) {
            Some(Status::Ok) => Ok(()),
            Some(status) => Err(RunnerError::Status { call, status }),
            None => Err(RunnerError::UnknownStatus { call, code }),
        }
    }

    /// Emits the creation of resources; [`Runner::command_buffer`] then gives the commands.
    ///
    /// # Errors
    /// A status other than 0, a trap, or too much fuel.
    pub fn init(&mut self) -> Result<(), RunnerError> {
        let code = self.call("init", |e| &e.init, ())?;
        Self::check_status("init", code)
    }

    /// Emits one frame. `time` is in seconds, `width` and `height` are the canvas' size in pixels.
    ///
    /// # Errors
    /// A status other than 0, a trap, or too much fuel.
    pub fn frame(&mut self, time: f32, width: u32, height: u32) -> Result<(), RunnerError> {
        let code = self.call("frame", |e| &e.frame, (time, width, height))?;
        Self::check_status("frame", code)
    }

    /// Chooses the frame that is drawn from now on; `None` leaves it to the timeline, as at first.
    ///
    /// # Errors
    /// A trap, or too much fuel.
    pub fn set_frame(&mut self, frame: Option<u32>) -> Result<(), RunnerError> {
        self.call("setFrame", |e| &e.set_frame, frame.unwrap_or(u32::MAX))
    }

    /// How many frames were emitted: what pools turn by.
    ///
    /// # Errors
    /// A trap, or too much fuel.
    pub fn frame_counter(&mut self) -> Result<u32, RunnerError> {
        self.call("getFrameCounter", |e| &e.get_frame_counter, ())
    }

    /// Sets the frame counter.
    ///
    /// # Errors
    /// A trap, or too much fuel.
    pub fn set_frame_counter(&mut self, counter: u32) -> Result<(), RunnerError> {
        self.call("setFrameCounter", |e| &e.set_frame_counter, counter)
    }

    /// The input block, [`INPUTS_SIZE`] bytes laid out as in [`pngine_format::status::INPUTS`]. The executor itself fills the
    /// first two sources in `frame`; the others are the host's to fill before it.
    pub fn inputs_mut(&mut self) -> &mut [u8] {
        let memory = self.memory.data_mut(&mut self.store);
        let start = self.inputs as usize;
        // `load` has made room, and WebAssembly memory never shrinks.
        memory.get_mut(start..start.saturating_add(INPUTS_SIZE as usize)).unwrap_or_default()
    }

    /// The input block as it is now.
    pub fn inputs(&self) -> &[u8] {
        let memory = self.memory.data(&self.store);
        let start = self.inputs as usize;
        memory.get(start..start.saturating_add(INPUTS_SIZE as usize)).unwrap_or_default()
    }

    /// The executor's whole memory.
    pub fn memory(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    /// Where the region of data section and input block starts in the memory.
    pub const fn region_ptr(&self) -> u32 {
        self.region
    }

    /// The command buffer of the last successful [`Runner::init`] or [`Runner::frame`]. Its bytes are the executor's and unchecked.
    ///
    /// # Errors
    /// A pointer and length that do not lie in the memory, a trap, or too much fuel.
    pub fn command_buffer(&mut self) -> Result<CommandView<'_>, RunnerError> {
        let ptr = self.call("getCommandPtr", |e| &e.get_command_ptr, ())?;
        let len = self.call("getCommandLen", |e| &e.get_command_len, ())?;
        let memory = self.memory.data(&self.store);
        let buffer = (ptr as usize).checked_add(len as usize).and_then(|end| memory.get(ptr as usize..end));
        let outside = "with `getCommandLen` lies outside the memory";
        let buffer = buffer.ok_or(RunnerError::Pointer { export: "getCommandPtr", value: ptr, reason: outside })?;
        Ok(CommandView { memory, buffer, region: self.region, data_len: self.data_len })
    }
}

/// Limits under which memory may grow to `memory_bytes`. One instance has one memory and at most one table.
fn room(memory_bytes: usize) -> StoreLimits {
    StoreLimitsBuilder::new()
        .memory_size(memory_bytes)
        .table_elements(MAX_TABLE_ELEMENTS)
        .instances(1)
        .memories(1)
        .tables(1)
        .build()
}

/// Core 1.0, bulk memory, and nothing else.
fn config() -> Config {
    let mut config = Config::default();
    config
        .consume_fuel(true)
        .wasm_bulk_memory(true)
        .wasm_mutable_global(true)
        .wasm_sign_extension(false)
        .wasm_saturating_float_to_int(false)
        .wasm_multi_value(false)
        .wasm_multi_memory(false)
        .wasm_reference_types(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .wasm_simd(false)
        .wasm_relaxed_simd(false)
        // An executor never grows its memory. One that tries all the time is stopped before it takes long.
        .operator_cost(OperatorCost { memory_grow: 100, ..OperatorCost::default() })
        .ignore_custom_sections(true);
    config
}

fn refuel(store: &mut Store<StoreLimits>, fuel: u64, call: &'static str) -> Result<(), RunnerError> {
    store.set_fuel(fuel).map_err(|error| trap(call, &error))
}

#[cold]
fn trap(call: &'static str, error: &wasmi::Error) -> RunnerError {
    match error.as_trap_code() {
        Some(TrapCode::OutOfFuel) => RunnerError::OutOfFuel { call },
        _ => RunnerError::Trap { call, reason: error.to_string() },
    }
}
