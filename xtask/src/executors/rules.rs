//! What every executor must keep, read from its bytes: the ABI's exports, and no instruction that could trap or grow memory.
//!
//! Two kinds of traps cannot be ruled out by looking at an instruction: loads and stores, which the interpreter's window checks, and
//! `i32.rem_u`, whose divisor it has compared with 0. Random bytecode in every executor (`runtime-wasm/tests`) covers both.

use pngine_format::status::Plugins;
use wasmparser::{ExternalKind, FuncType, Operator, Parser, Payload, ValType, Validator, WasmFeatures};

use ValType::{F32, I32};

/// The exported functions: name, parameters, results.
const FUNCTIONS: &[(&str, &[ValType], &[ValType])] = &[
    ("getBytecodePtr", &[], &[I32]),
    ("setBytecodeLen", &[I32], &[]),
    ("getDataPtr", &[], &[I32]),
    ("setDataLen", &[I32], &[]),
    ("init", &[], &[I32]),
    ("frame", &[F32, I32, I32], &[I32]),
    ("getCommandPtr", &[], &[I32]),
    ("getCommandLen", &[], &[I32]),
    ("getInputsPtr", &[], &[I32]),
    ("setFrame", &[I32], &[]),
    ("getFrameCounter", &[], &[I32]),
    ("setFrameCounter", &[I32], &[]),
    ("getAbiVersion", &[], &[I32]),
];

/// The most `i32.rem_u` in an executor: one picks the member of a pool; with a timeline another repeats it.
const MAX_REMAINDERS: [usize; 2] = [1, 2];

/// The most bytes of the executor for a plugin set.
///
/// Nearly all of a small executor is the interpreter, which every set needs; a plugin adds a few bytes of table, and animation the
/// search in the timeline.
fn budget(set: Plugins) -> usize {
    let has = |plugins: Plugins| set.0 & plugins.0 != 0;
    let passes = if has(Plugins::RENDER.union(Plugins::COMPUTE)) { 1460 } else { 1250 };
    let timeline = if has(Plugins::ANIMATION) { 580 } else { 0 };
    passes + timeline
}

/// Checks a module for a plugin set.
///
/// # Errors
/// The first rule that it breaks, as a phrase.
pub fn check(module: &[u8], set: Plugins) -> Result<(), String> {
    if module.len() > budget(set) {
        return Err(format!("{} bytes, but the budget is {}", module.len(), budget(set)));
    }
    // Core 1.0 and bulk memory, and nothing newer.
    Validator::new_with_features(WasmFeatures::WASM1 | WasmFeatures::BULK_MEMORY)
        .validate_all(module)
        .map_err(|error| error.to_string())?;

    let mut types: Vec<FuncType> = Vec::new();
    let mut functions: Vec<u32> = Vec::new();
    let mut exported = 0;
    let mut memory_exported = false;
    let mut remainders = 0;
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(|error| error.to_string())? {
            Payload::TypeSection(reader) => {
                for ty in reader.into_iter_err_on_gc_types() {
                    types.push(ty.map_err(|error| error.to_string())?);
                }
            }
            Payload::FunctionSection(reader) => {
                for ty in reader {
                    functions.push(ty.map_err(|error| error.to_string())?);
                }
            }
            Payload::MemorySection(reader) => {
                let memories: Vec<_> = reader.into_iter().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
                if memories.len() != 1 || memories[0].initial != 1 || memories[0].maximum.is_some() {
                    return Err("the memory is not one page that may grow without limit".to_owned());
                }
            }
            Payload::ExportSection(reader) => {
                for export in reader {
                    let export = export.map_err(|error| error.to_string())?;
                    if export.name == "memory" && export.kind == ExternalKind::Memory {
                        memory_exported = true;
                        continue;
                    }
                    let row = FUNCTIONS.iter().find(|(name, ..)| *name == export.name);
                    let (_, parameters, results) =
                        row.ok_or_else(|| format!("exports {}, which is not in the ABI", export.name))?;
                    let ty = functions.get(export.index as usize).and_then(|&ty| types.get(ty as usize));
                    if export.kind != ExternalKind::Func
                        || !ty.is_some_and(|ty| ty.params() == *parameters && ty.results() == *results)
                    {
                        return Err(format!("{} has another type than in the ABI", export.name));
                    }
                    exported += 1;
                }
            }
            Payload::CodeSectionEntry(body) => {
                let operators = body.get_operators_reader().map_err(|error| error.to_string())?;
                let operators: Vec<_> = operators.into_iter().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
                remainders += check_body(&operators)?;
            }
            Payload::Version { .. } | Payload::CodeSectionStart { .. } | Payload::DataSection(_) | Payload::End(_) => {}
            // Imports, tables, elements, globals, a start function, custom sections, and whatever else there may be.
            other => return Err(format!("has a section that executors do not need: {other:?}")),
        }
    }
    // Names are unique in a valid module, so the right number of known names is all of them.
    if exported != FUNCTIONS.len() || !memory_exported {
        return Err("lacks an export of the ABI".to_owned());
    }
    if remainders > MAX_REMAINDERS[usize::from(set.contains(Plugins::ANIMATION))] {
        return Err(format!("has {remainders} instructions i32.rem_u, more than are known to be guarded"));
    }
    Ok(())
}

/// Checks the instructions of a function: the number of `i32.rem_u`.
fn check_body(operators: &[Operator<'_>]) -> Result<usize, String> {
    let mut remainders = 0;
    // Whether each open construct is a loop.
    let mut open = vec![false];
    // Whether the construct that was closed last is a loop that is only left by a branch to a construct around it.
    let mut never_falls_through = false;
    for (i, operator) in operators.iter().enumerate() {
        match operator {
            Operator::Loop { .. } => open.push(true),
            Operator::Block { .. } | Operator::If { .. } => open.push(false),
            Operator::End => {
                // A branch to a loop goes to its start, so its end is reached from the instruction before it or not at all.
                let left_before = matches!(
                    operators.get(i.wrapping_sub(1)),
                    Some(Operator::Br { .. } | Operator::BrTable { .. } | Operator::Return | Operator::Unreachable)
                );
                never_falls_through = open.pop() == Some(true) && left_before;
                continue;
            }
            // Where control cannot come, the instruction only gives the code behind it a type.
            Operator::Unreachable if never_falls_through => {}
            Operator::Unreachable => return Err("has an `unreachable` that control may reach".to_owned()),
            Operator::I32RemU => remainders += 1,
            Operator::CallIndirect { .. }
            | Operator::MemoryGrow { .. }
            | Operator::I32DivS
            | Operator::I32DivU
            | Operator::I32RemS
            | Operator::I64DivS
            | Operator::I64DivU
            | Operator::I64RemS
            | Operator::I64RemU
            | Operator::I32TruncF32S
            | Operator::I32TruncF32U
            | Operator::I32TruncF64S
            | Operator::I32TruncF64U
            | Operator::I64TruncF32S
            | Operator::I64TruncF32U
            | Operator::I64TruncF64S
            | Operator::I64TruncF64U => return Err(format!("has the instruction {operator:?}")),
            _ => {}
        }
        never_falls_through = false;
    }
    Ok(remainders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unreachable_behind_an_endless_loop_is_accepted() {
        let ty = wasmparser::BlockType::Empty;
        let endless = [
            Operator::Loop { blockty: ty },
            Operator::Br { relative_depth: 0 },
            Operator::End,
            Operator::Unreachable,
            Operator::End,
        ];
        assert_eq!(check_body(&endless), Ok(0));
        let block = [
            Operator::Block { blockty: ty },
            Operator::Br { relative_depth: 0 },
            Operator::End,
            Operator::Unreachable,
            Operator::End,
        ];
        assert!(check_body(&block).is_err());
        let ended = [Operator::Loop { blockty: ty }, Operator::Nop, Operator::End, Operator::Unreachable, Operator::End];
        assert!(check_body(&ended).is_err());
    }

    #[test]
    fn what_is_no_executor_is_refused() {
        assert!(check(b"", Plugins::CORE).is_err());
        assert!(check(b"\0asm\x01\0\0\0", Plugins::CORE).unwrap_err().contains("lacks an export"));
    }
}
