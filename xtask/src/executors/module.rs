//! Rewriting of modules before and after the optimizer.

use std::collections::BTreeMap;
use wasm_encoder::{ExportKind, ExportSection, Module, RawSection};
use wasmparser::{BinaryReaderError, ExternalKind, Operator, Parser, Payload};

/// The linked module without custom sections and without the exports that the linker adds for debuggers; and with the inner
/// function exported in the place of one that only calls it. The optimizer then removes what is no longer used.
///
/// # Errors
/// Bytes that are no module.
pub fn strip(module: &[u8]) -> Result<Vec<u8>, String> {
    forwarders(module).and_then(|forwarders| rewrite(module, &forwarders)).map_err(|error| error.to_string())
}

/// The optimized module without custom sections and the number of its data segments, which only instructions that executors do
/// not use need (`memory.init`, `data.drop`).
///
/// # Errors
/// Bytes that are no module.
pub fn tighten(module: &[u8]) -> Result<Vec<u8>, String> {
    rewrite(module, &BTreeMap::new()).map_err(|error| error.to_string())
}

/// Functions without parameters that only call another of the same type, and the other. There are no imported functions.
fn forwarders(module: &[u8]) -> Result<BTreeMap<u32, u32>, BinaryReaderError> {
    let mut types = Vec::new();
    let mut functions = Vec::new();
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::TypeSection(reader) => {
                for ty in reader.into_iter_err_on_gc_types() {
                    types.push(ty?);
                }
            }
            Payload::FunctionSection(reader) => functions = reader.into_iter().collect::<Result<Vec<_>, _>>()?,
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    let mut forwarders = BTreeMap::new();
    for (index, body) in (0..).zip(&bodies) {
        let operators = body.get_operators_reader()?.into_iter().take(3).collect::<Result<Vec<_>, _>>()?;
        let [Operator::Call { function_index: inner }, Operator::End] = operators[..] else { continue };
        let [ty, inner_ty] = [index, inner].map(|index: u32| functions.get(index as usize));
        let without_parameters = ty.and_then(|&ty| types.get(ty as usize)).is_some_and(|ty| ty.params().is_empty());
        if ty == inner_ty && without_parameters {
            forwarders.insert(index, inner);
        }
    }
    Ok(forwarders)
}

/// Copies the sections that executors need, and exports `functions` by other numbers.
fn rewrite(module: &[u8], functions: &BTreeMap<u32, u32>) -> Result<Vec<u8>, BinaryReaderError> {
    let mut out = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::CustomSection(_) | Payload::DataCountSection { .. } => {}
            Payload::ExportSection(reader) => {
                let mut exports = ExportSection::new();
                for export in reader {
                    let export = export?;
                    if export.name.starts_with("__") {
                        continue;
                    }
                    match export.kind {
                        ExternalKind::Func => {
                            let index = functions.get(&export.index).unwrap_or(&export.index);
                            exports.export(export.name, ExportKind::Func, *index);
                        }
                        ExternalKind::Memory => {
                            exports.export(export.name, ExportKind::Memory, export.index);
                        }
                        // The rules refuse a module that lacks an export, and no export of the ABI is of another kind.
                        _ => {}
                    }
                }
                out.section(&exports);
            }
            payload => {
                let section = payload.as_section();
                let data = section.as_ref().and_then(|(_, range)| module.get(range.start as usize..range.end as usize));
                if let (Some((id, _)), Some(data)) = (section, data) {
                    out.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(out.finish())
}
