//! Runs nested WebAssembly modules, natively: the commands INIT_WASM_MODULE, CALL_WASM_FUNC and WRITE_FROM_WASM, in an interpreter,
//! with fuel and a cap on memory. Source: language.md 9.22.

use crate::check::{CheckedCommand, Finding, Phase};
use pngine_format::args::{self, Arg, NumberType};
use pngine_format::op::Op;
use pngine_format::status::{ErrorCode, MAX_PAYLOAD_BYTES};
use std::collections::BTreeMap;
use wasmi::{
    Config, Engine, Error, ExternType, Func, Instance, Linker, Memory, MemoryType, Module, OperatorCost, Store, StoreLimits,
    StoreLimitsBuilder, TrapCode, Val, ValType,
};

/// Most modules of a scene.
const MAX_MODULES: usize = 64;
/// Most tables of a module, and most elements of each.
const MAX_TABLES: usize = 4;
const MAX_TABLE_ELEMENTS: usize = 100_000;
/// What the memory of a module is taken to have, and may have at most, if the module exports it under no name, in bytes.
const HIDDEN_MEMORY_BYTES: usize = 16 << 20;

/// Fuel of a call, whatever it does: the work of starting it.
const CALL_FUEL: u64 = 1000;

/// What the nested modules of a scene may use up together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NestedLimits {
    /// Units of the interpreter's fuel for the calls of one command buffer; about one per instruction.
    pub fuel: u64,
    /// Bytes of linear memory.
    pub memory_bytes: usize,
    /// Bytes of the modules themselves.
    pub module_bytes: usize,
}

impl Default for NestedLimits {
    /// 500 million units are a few seconds of work. 256 MiB of memory, and modules as large as the largest payload.
    fn default() -> Self {
        Self { fuel: 500_000_000, memory_bytes: 256 << 20, module_bytes: MAX_PAYLOAD_BYTES }
    }
}

/// The nested modules of one run of a program. Their state lives from `init` to the next `init`.
pub struct NestedModules {
    limits: NestedLimits,
    engine: Engine,
    phase: Phase,
    /// Fuel that is left for the command buffer at hand.
    fuel: u64,
    module_bytes: usize,
    modules: BTreeMap<u16, Nested>,
    /// What each call returned last.
    results: BTreeMap<u16, CallResult>,
}

impl std::fmt::Debug for NestedModules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { phase, modules, results, .. } = self;
        f.debug_struct("NestedModules").field("phase", phase).field("modules", &modules.len()).field("results", results).finish()
    }
}

/// An instance and its memory.
struct Nested {
    store: Store<StoreLimits>,
    instance: Instance,
    /// What results point into.
    memory: Option<Memory>,
    /// The module's memory under any name: a module has at most one.
    any_memory: Option<Memory>,
}

impl Nested {
    fn memory_bytes(&self) -> usize {
        self.any_memory.map_or(HIDDEN_MEMORY_BYTES, |memory| memory.data_size(&self.store))
    }
}

#[derive(Clone, Copy, Debug)]
struct CallResult {
    module: u16,
    /// `None` if the function returns nothing.
    pointer: Option<u32>,
}

impl Default for NestedModules {
    fn default() -> Self {
        Self::with_limits(NestedLimits::default())
    }
}

impl NestedModules {
    /// Without modules, with the limits that are given.
    pub fn with_limits(limits: NestedLimits) -> Self {
        Self {
            limits,
            engine: Engine::new(&config()),
            phase: Phase::Init,
            fuel: limits.fuel,
            module_bytes: 0,
            modules: BTreeMap::new(),
            results: BTreeMap::new(),
        }
    }

    /// A command buffer starts. That of `init` starts with fresh instances.
    pub fn begin(&mut self, phase: Phase) {
        if phase == Phase::Init {
            self.module_bytes = 0;
            self.modules.clear();
            self.results.clear();
        }
        self.phase = phase;
        self.fuel = self.limits.fuel;
    }

    /// Executes INIT_WASM_MODULE and CALL_WASM_FUNC; does nothing for any other command. `inputs` is the input block.
    ///
    /// # Errors
    /// E010.
    pub fn execute(&mut self, command: &CheckedCommand<'_>, inputs: &[u8]) -> Result<(), Finding> {
        let result = match command.op {
            // The operands that are ids have two bytes.
            Op::InitWasmModule => self.instantiate(command.operands[0] as u16, &command.bytes[0]),
            Op::CallWasmFunc => {
                let [call, module, ..] = command.operands;
                self.call(call as u16, module as u16, command.text(), &command.bytes[1], inputs)
            }
            _ => Ok(()),
        };
        result.map_err(|message| self.finding(command, message))
    }

    /// The bytes that WRITE_FROM_WASM writes: what the result of its call points to in the module's memory now.
    ///
    /// # Errors
    /// E010.
    pub fn bytes(&self, command: &CheckedCommand<'_>) -> Result<&[u8], Finding> {
        let [call, _, _, len, ..] = command.operands;
        self.result(call as u16, len).map_err(|message| self.finding(command, message))
    }

    #[cold]
    fn finding(&self, command: &CheckedCommand<'_>, message: String) -> Finding {
        Finding { code: ErrorCode::WasmFailed, phase: self.phase, index: command.index, op: Some(command.op), message }
    }

    /// Bytes of memory that are left for all modules but `except`.
    fn memory_left(&self, except: Option<u16>) -> usize {
        let others = self.modules.iter().filter(|(id, _)| Some(**id) != except);
        self.limits.memory_bytes.saturating_sub(others.map(|(_, nested)| nested.memory_bytes()).sum())
    }

    fn instantiate(&mut self, id: u16, wasm: &[u8]) -> Result<(), String> {
        self.module_bytes = self.module_bytes.saturating_add(wasm.len());
        if self.module_bytes > self.limits.module_bytes {
            return Err(format!("the modules have more than {} bytes together", self.limits.module_bytes));
        }
        if self.modules.len() >= MAX_MODULES {
            return Err(format!("there are more than {MAX_MODULES} modules"));
        }
        // The interpreter's crate can be built to read the text format too.
        if !wasm.starts_with(b"\0asm\x01\0\0\0") {
            return Err("the module does not start with the magic bytes and version 1".to_owned());
        }
        let module = Module::new(&self.engine, wasm).map_err(|error| format!("the module is not valid: {error}"))?;
        let has_memory = module.exports().any(|export| export.ty().memory().is_some())
            || module.imports().any(|import| import.ty().memory().is_some());
        let left = self.memory_left(None);
        let mut store = Store::new(&self.engine, room(if has_memory { left } else { left.min(HIDDEN_MEMORY_BYTES) }));
        store.limiter(|room| room);
        let mut linker = Linker::new(&self.engine);
        let mut imported = None;
        for import in module.imports() {
            let (from, name) = (import.module(), import.name());
            // What is imported twice is defined once: the second definition is refused, and the first serves both.
            let _ = match import.ty() {
                ExternType::Func(ty) if (from, name) == ("env", "abort") => {
                    linker.func_new(from, name, ty.clone(), |_, _, _| Err(Error::new("the module called `env.abort`")))
                }
                ExternType::Memory(wanted) if (from, name) == ("env", "memory") => {
                    // A module that wants a memory with a maximum gets one that cannot grow, as in browsers.
                    let ty = MemoryType::new(1, wanted.maximum().map(|_| 1));
                    let memory = Memory::new(&mut store, ty).map_err(|error| error.to_string())?;
                    let memory = *imported.get_or_insert(memory);
                    linker.define(from, name, memory)
                }
                _ => {
                    return Err(format!(
                        "the module imports `{from}.{name}`, but only `env.abort` and `env.memory` of one page are offered"
                    ));
                }
            };
        }
        set_fuel(&mut store, self.fuel);
        let instance = linker.instantiate_and_start(&mut store, &module);
        self.fuel = store.get_fuel().unwrap_or(0);
        let instance = instance.map_err(|error| match error.as_trap_code() {
            Some(_) => failure("the module's start function", &error),
            None => format!("the module cannot be instantiated: {error}"),
        })?;
        let memory = instance.get_memory(&store, "memory").or(imported);
        let any_memory = instance.exports(&store).find_map(|export| export.into_memory()).or(imported);
        self.modules.insert(id, Nested { store, instance, memory, any_memory });
        Ok(())
    }

    fn call(&mut self, call: u16, id: u16, name: &str, arguments: &[u8], inputs: &[u8]) -> Result<(), String> {
        let left = self.memory_left(Some(id));
        let Some(Nested { store, instance, any_memory, .. }) = self.modules.get_mut(&id) else {
            return Err(format!("there is no wasmModule {id}"));
        };
        let Some(func) = instance.get_func(&*store, name) else { return Err(format!("the module exports no function `{name}`")) };
        let arguments = args::read(arguments).ok_or("the arguments cannot be read")?;
        let values: Vec<Val> = arguments.into_iter().map(|arg| value(arg, inputs)).collect();
        check_signature(&func, store, name, &values)?;
        let mut results = vec![Val::I32(0); func.ty(&*store).results().len()];
        if any_memory.is_some() {
            *store.data_mut() = room(left);
        }
        self.fuel = self.fuel.saturating_sub(CALL_FUEL);
        set_fuel(store, self.fuel);
        let result = func.call(&mut *store, &values, &mut results);
        self.fuel = store.get_fuel().unwrap_or(0);
        result.map_err(|error| failure(&format!("`{name}`"), &error))?;
        // The bits: addresses from 2 GiB on are negative as signed numbers.
        let pointer = results.first().and_then(Val::i32).map(|pointer| pointer as u32);
        self.results.insert(call, CallResult { module: id, pointer });
        Ok(())
    }

    fn result(&self, call: u16, len: u32) -> Result<&[u8], String> {
        let Some(CallResult { module, pointer }) = self.results.get(&call) else {
            return Err(format!("the call {call} was not made yet"));
        };
        let Some(pointer) = pointer else { return Err(format!("the call {call} returned nothing")) };
        let nested = self.modules.get(module);
        let memory = nested.and_then(|nested| Some(nested.memory?.data(&nested.store)));
        let Some(memory) = memory else { return Err("the module exports no memory `memory`".to_owned()) };
        let start = *pointer as usize;
        start.checked_add(len as usize).and_then(|end| memory.get(start..end)).ok_or_else(|| {
            format!(
                "the call {call} returned {start}: {len} bytes from there lie outside the module's memory of {}",
                memory.len()
            )
        })
    }
}

fn set_fuel(store: &mut Store<StoreLimits>, fuel: u64) {
    // Fails only where the engine does not count fuel, and this one does.
    let _ = store.set_fuel(fuel);
}

/// Checks that a function takes these values and returns an offset or nothing.
fn check_signature(func: &Func, store: &Store<StoreLimits>, name: &str, values: &[Val]) -> Result<(), String> {
    let ty = func.ty(store);
    let given: Vec<ValType> = values.iter().map(Val::ty).collect();
    if ty.params() != given {
        return Err(format!("`{name}` takes ({}), but is given ({})", types(ty.params()), types(&given)));
    }
    match ty.results() {
        [] | [ValType::I32] => Ok(()),
        other => Err(format!("`{name}` returns ({}), neither one i32 nor nothing", types(other))),
    }
}

fn types(types: &[ValType]) -> String {
    types.iter().map(|ty| format!("{ty:?}").to_lowercase()).collect::<Vec<_>>().join(", ")
}

fn value(arg: Arg, inputs: &[u8]) -> Val {
    match arg {
        Arg::I32(n) => Val::I32(n),
        Arg::I64(n) => Val::I64(n),
        Arg::F32(x) => Val::F32(x.into()),
        Arg::F64(x) => Val::F64(x.into()),
        Arg::Input(ty, offset) => {
            // The checker has refused offsets outside the input block.
            let four = inputs.get(usize::from(offset)..).and_then(|rest| rest.first_chunk::<4>());
            let input = four.map_or(0.0, |four| f32::from_le_bytes(*four));
            match ty {
                // Casts to whole numbers round towards zero and saturate, as `format::args` says.
                NumberType::I32 => Val::I32(input as i32),
                NumberType::I64 => Val::I64(input as i64),
                NumberType::F32 => Val::F32(input.into()),
                NumberType::F64 => Val::F64(f64::from(input).into()),
            }
        }
    }
}

/// Why a call into a module failed.
#[cold]
fn failure(what: &str, error: &Error) -> String {
    match error.as_trap_code() {
        Some(TrapCode::OutOfFuel) => format!("{what} ran for too long"),
        Some(code) => format!("{what} trapped: {code}"),
        None => format!("{what} failed: {error}"),
    }
}

/// WebAssembly 2.0, and what else needs no more than one memory of 32-bit addresses. Vectors without the instructions whose results
/// depend on the machine.
fn config() -> Config {
    let mut config = Config::default();
    config
        .consume_fuel(true)
        .wasm_multi_memory(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .wasm_relaxed_simd(false)
        // To grow is to zero a page: more work than an instruction.
        .operator_cost(OperatorCost { memory_grow: u8::MAX, ..OperatorCost::default() })
        .ignore_custom_sections(true);
    config
}

/// Limits under which a module's memory may grow to `memory_bytes`.
fn room(memory_bytes: usize) -> StoreLimits {
    StoreLimitsBuilder::new()
        .memory_size(memory_bytes)
        .table_elements(MAX_TABLE_ELEMENTS)
        .instances(1)
        // The one that is imported counts twice while the module is instantiated.
        .memories(2)
        .tables(MAX_TABLES)
        .build()
}
