//! The prebuilt executors, and what embedding one needs: a memory that is large enough from the start.
//!
//! The modules come from `cargo xtask executors`. Nothing here runs one.

use pngine_format::bytecode;
use pngine_format::command::SCRATCH_SIZE;
use pngine_format::status::{INPUTS_SIZE, Plugins};
use wasm_encoder::{MemorySection, MemoryType, Module, RawSection};
use wasmparser::{ExternalKind, Operator, Parser, Payload};

/// Bytes of a page of WebAssembly memory.
pub const PAGE_SIZE: u32 = 64 << 10;

/// Most pages of WebAssembly memory.
pub const MAX_PAGES: u32 = 1 << 16;

macro_rules! executors {
    ($($stem:literal)*) => {
        [$( (concat!($stem, ".wasm"), include_bytes!(concat!("../../executors/", $stem, ".wasm"))) ),*]
    };
}

/// File name and bytes of every executor, by the bits of its plugin set behind the core's.
static EXECUTORS: [(&str, &[u8]); 32] = executors! {
    "core"
    "core-render"
    "core-compute"
    "core-render-compute"
    "core-wasm"
    "core-render-wasm"
    "core-compute-wasm"
    "core-render-compute-wasm"
    "core-animation"
    "core-render-animation"
    "core-compute-animation"
    "core-render-compute-animation"
    "core-wasm-animation"
    "core-render-wasm-animation"
    "core-compute-wasm-animation"
    "core-render-compute-wasm-animation"
    "core-texture"
    "core-render-texture"
    "core-compute-texture"
    "core-render-compute-texture"
    "core-wasm-texture"
    "core-render-wasm-texture"
    "core-compute-wasm-texture"
    "core-render-compute-wasm-texture"
    "core-animation-texture"
    "core-render-animation-texture"
    "core-compute-animation-texture"
    "core-render-compute-animation-texture"
    "core-wasm-animation-texture"
    "core-render-wasm-animation-texture"
    "core-compute-wasm-animation-texture"
    "core-render-compute-wasm-animation-texture"
};

/// The executor for exactly this plugin set. Every set has the core; bits that no plugin of this version has are left out.
pub fn prebuilt(plugins: Plugins) -> &'static [u8] {
    let index = usize::from((plugins.0 & Plugins::ALL.0) >> 1);
    EXECUTORS[index].1
}

/// Why a module's memory could not be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExecutorError {
    /// The bytes are not a WebAssembly module. The text says what is wrong.
    NotAModule(String),
    /// The module does not define exactly one memory of 32-bit addresses.
    Memory,
    /// More pages than a memory can have, or than the module allows.
    TooManyPages(u32),
}

impl std::fmt::Display for ExecutorError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ExecutorError::NotAModule(reason) => write!(f, "the executor is not a WebAssembly module: {reason}"),
            ExecutorError::Memory => write!(f, "the executor does not define exactly one 32-bit memory"),
            ExecutorError::TooManyPages(pages) => write!(f, "the executor's memory cannot have {pages} pages"),
        }
    }
}

impl std::error::Error for ExecutorError {}

impl From<wasmparser::BinaryReaderError> for ExecutorError {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        ExecutorError::NotAModule(error.to_string())
    }
}

/// The module with a memory of at least `pages` pages from the start. Every other section stays as it is, byte for byte; a memory
/// that is already as large makes the result equal.
///
/// # Errors
/// See [`ExecutorError`].
pub fn with_memory_minimum(wasm: &[u8], pages: u32) -> Result<Vec<u8>, ExecutorError> {
    let mut out = Module::new();
    let mut found = false;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if let Payload::MemorySection(reader) = payload {
            let memories = reader.into_iter().collect::<Result<Vec<_>, _>>()?;
            let [memory] = memories[..] else { return Err(ExecutorError::Memory) };
            if memory.memory64 || memory.shared || memory.page_size_log2.is_some() {
                return Err(ExecutorError::Memory);
            }
            let minimum = memory.initial.max(u64::from(pages));
            if minimum > memory.maximum.unwrap_or(u64::from(MAX_PAGES)) {
                return Err(ExecutorError::TooManyPages(pages));
            }
            let mut section = MemorySection::new();
            section.memory(MemoryType { minimum, maximum: memory.maximum, memory64: false, shared: false, page_size_log2: None });
            out.section(&section);
            found = true;
            continue;
        }
        let section = payload.as_section();
        let data = section.as_ref().and_then(|(_, range)| wasm.get(range.start as usize..range.end as usize));
        if let (Some((id, _)), Some(data)) = (section, data) {
            out.section(&RawSection { id, data });
        }
    }
    if found { Ok(out.finish()) } else { Err(ExecutorError::Memory) }
}

/// Pages of memory with which a host need not grow it: for sections of these sizes, so many once slots, and a command buffer of
/// `command_capacity` bytes, header included.
///
/// `None` if `executor` does not say where its bytecode starts, or if so much does not fit in 32-bit memory.
pub fn pages_needed(executor: &[u8], bytecode_len: u32, data_len: u32, once: u32, command_capacity: u32) -> Option<u32> {
    // The memory map of an executor; its bytecode starts at a multiple of 16.
    let data = bytecode_ptr(executor)?.checked_add(bytecode_len)?.checked_next_multiple_of(bytecode::REGION_ALIGN)?;
    let inputs = data.checked_add(bytecode::inputs_offset(data_len)?)?;
    let commands = inputs.checked_add(INPUTS_SIZE)?.checked_add(once)?;
    let end = commands.checked_add(command_capacity)?.checked_add(SCRATCH_SIZE)?;
    Some(end.div_ceil(PAGE_SIZE))
}

/// What `getBytecodePtr` of a prebuilt executor returns: the constant that is its whole body.
fn bytecode_ptr(executor: &[u8]) -> Option<u32> {
    let mut exported = None;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(executor) {
        match payload.ok()? {
            // Then the index is not that of a body.
            Payload::ImportSection(_) => return None,
            Payload::ExportSection(reader) => {
                for export in reader {
                    let export = export.ok()?;
                    if export.name == "getBytecodePtr" && export.kind == ExternalKind::Func {
                        exported = Some(export.index);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    let body = bodies.get(exported? as usize)?;
    let operators = body.get_operators_reader().ok()?.into_iter().take(3).collect::<Result<Vec<_>, _>>().ok()?;
    match operators[..] {
        [Operator::I32Const { value }, Operator::End] => u32::try_from(value).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory_of(wasm: &[u8]) -> u64 {
        let memory = Parser::new(0).parse_all(wasm).find_map(|payload| match payload.unwrap() {
            Payload::MemorySection(reader) => reader.into_iter().next(),
            _ => None,
        });
        memory.unwrap().unwrap().initial
    }

    #[test]
    fn every_plugin_set_has_the_executor_of_its_name() {
        for bits in (0..=Plugins::ALL.0).filter(|bits| bits & 1 == 1) {
            let set = Plugins(bits);
            assert_eq!(EXECUTORS[usize::from(bits >> 1)].0, set.file_stem() + ".wasm");
            assert_eq!(prebuilt(set), EXECUTORS[usize::from(bits >> 1)].1);
            assert!(bytecode_ptr(prebuilt(set)).is_some_and(|ptr| ptr % bytecode::REGION_ALIGN == 0), "{}", set.file_stem());
        }
        assert_eq!(prebuilt(Plugins(0)), prebuilt(Plugins::CORE));
        assert_eq!(prebuilt(Plugins(0xC2)), prebuilt(Plugins::RENDER.union(Plugins::CORE)));
    }

    #[test]
    fn only_the_memory_section_changes() {
        let executor = prebuilt(Plugins::ALL);
        assert_eq!(with_memory_minimum(executor, 0).unwrap(), executor);
        assert_eq!(with_memory_minimum(executor, 1).unwrap(), executor);
        let larger = with_memory_minimum(executor, 3).unwrap();
        assert_eq!(memory_of(&larger), 3);
        assert_eq!(with_memory_minimum(&larger, 1).unwrap(), larger, "a memory never shrinks");
        let difference: Vec<_> = larger.iter().zip(executor).filter(|(a, b)| a != b).collect();
        assert_eq!((larger.len(), difference), (executor.len(), vec![(&3, &1)]));
    }

    #[test]
    fn what_is_no_executor_is_refused() {
        assert_eq!(with_memory_minimum(b"\0asm\x01\0\0\0", 1), Err(ExecutorError::Memory));
        assert!(matches!(with_memory_minimum(b"PNGB", 1), Err(ExecutorError::NotAModule(_))));
        assert!(matches!(with_memory_minimum(b"", 1), Err(ExecutorError::NotAModule(_))));
        assert_eq!(with_memory_minimum(prebuilt(Plugins::CORE), 65_537), Err(ExecutorError::TooManyPages(65_537)));
        assert!(with_memory_minimum(prebuilt(Plugins::CORE), 65_536).is_ok());
        assert_eq!(pages_needed(b"", 0, 0, 0, 0), None);
    }

    #[test]
    fn pages_follow_the_memory_map() {
        let executor = prebuilt(Plugins::CORE);
        let base = bytecode_ptr(executor).unwrap();
        assert_eq!(pages_needed(executor, 3, 0, 0, 8), Some(1));
        // 16 bytes of bytecode, 32 of data, the input block, 5 marks.
        let fixed = base + 16 + 32 + 1148 + 5 + SCRATCH_SIZE;
        assert_eq!(pages_needed(executor, 10, 20, 5, PAGE_SIZE - fixed), Some(1));
        assert_eq!(pages_needed(executor, 10, 20, 5, PAGE_SIZE - fixed + 1), Some(2));
        for lengths in [[u32::MAX, 0, 0, 0], [0, u32::MAX, 0, 0], [0, 0, u32::MAX, 0], [0, 0, 0, u32::MAX]] {
            let [bytecode, data, once, commands] = lengths;
            assert_eq!(pages_needed(executor, bytecode, data, once, commands), None);
        }
    }
}
