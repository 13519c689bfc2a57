//! Commands as text, for disassemblies of bytecode and of command buffers.

use crate::descriptor;
use crate::op::{CANVAS_TEXTURE, Command, MAX_OPERANDS, NONE, Op, Operand, buffer_usage, usage_from_byte};
use crate::status::{INPUTS, INPUTS_SIZE, inputs_offset};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

/// Prints the operands of one command, each with a blank in front, then what its pointers point to.
///
/// Pointers are offsets into `region`; the input block stands `inputs` bytes into it, rounded up to the region's alignment.
pub(crate) fn print_operands(row: &Command, operands: &[u32; MAX_OPERANDS], region: &[u8], inputs: u32) -> String {
    let mut out = String::new();
    let mut notes = String::new();
    let mut pointer = 0;
    for ((name, operand), &value) in row.operands.iter().zip(operands) {
        // Writing to a String cannot fail.
        let _ = match operand {
            Operand::Id(_) if value == u32::from(NONE) => write!(out, " {name}=none"),
            Operand::Id(_) if value == u32::from(CANVAS_TEXTURE) => write!(out, " {name}=canvas"),
            Operand::I32 => write!(out, " {name}={}", value as i32),
            Operand::F32 => write!(out, " {name}={}", f32::from_bits(value)),
            Operand::Ptr => {
                pointer = value;
                Ok(())
            }
            Operand::Len => {
                let label = name.trim_end_matches("len").trim_end_matches('_');
                let label = if label.is_empty() { "entries" } else { label };
                let is_descriptor = row.descriptor.is_some() && notes.is_empty();
                note(&mut notes, is_descriptor, label, (pointer, value), region, inputs);
                Ok(())
            }
            Operand::U8 if row.op == Op::CreateBuffer => write!(out, " {name}={}", usage_names(usage_from_byte(value as u8))),
            _ => write!(out, " {name}={value}"),
        };
    }
    out + &notes
}

fn usage_names(usage: u32) -> String {
    let names: Vec<_> = buffer_usage::FLAGS.iter().filter(|(_, bit)| usage & bit != 0).map(|(name, _)| *name).collect();
    if names.is_empty() { String::from("0") } else { names.join("|") }
}

/// What a pointer and its length are about.
fn note(out: &mut String, is_descriptor: bool, label: &str, (ptr, len): (u32, u32), region: &[u8], inputs: u32) {
    let inputs = inputs_offset(inputs).unwrap_or(u32::MAX);
    if let Some(at) = ptr.checked_sub(inputs)
        && at < INPUTS_SIZE
    {
        let source = INPUTS.iter().rfind(|source| source.offset <= at).unwrap_or(&INPUTS[0]);
        let _ = write!(out, " {label}={}+{} len={len}", source.name, at - source.offset);
        return;
    }
    let bytes = (ptr as usize).checked_add(len as usize).and_then(|end| region.get(ptr as usize..end));
    let _ = match bytes {
        None => write!(out, " {label}=outside({ptr}+{len})"),
        Some(bytes) if is_descriptor => match descriptor::decode(bytes) {
            Ok((ty, value)) => write!(out, " {} {}", ty.name(), value.text()),
            Err(error) => write!(out, " {label}=({error})"),
        },
        Some(bytes) => write!(out, " {label}={len} bytes #{:08x}", crate::png::crc32(&[bytes])),
    };
}
