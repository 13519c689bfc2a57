//! The regions of `docs/inputs.md`: a struct in WGSL for each input.

use super::regions::Regions;
use pngine_format::status::{INPUTS, InputSource};

/// All regions of the page.
pub fn regions() -> Regions {
    INPUTS.iter().map(|input| (input.name, format!("```wgsl\n{}```\n", wgsl(input)))).collect()
}

/// The struct that a shader declares to read an input, and a variable. Uniform buffers have no arrays of single numbers, so
/// inputs with an array are read from storage.
fn wgsl(input: &InputSource) -> String {
    let fields: Vec<String> = input.fields.iter().map(|field| field.replace(':', ": ")).collect();
    let is_array = input.fields.iter().any(|field| field.contains("array<"));
    let name = input.name.strip_suffix("Inputs").unwrap_or(input.name);
    let variable = if is_array { "var<storage>" } else { "var<uniform>" };
    let ty = super::language::capitalized(input.name);
    let one_line = format!("struct {ty} {{ {} }}\n", fields.join(", "));
    let declared = if one_line.len() <= super::COLUMNS {
        one_line
    } else {
        format!("struct {ty} {{\n{}}}\n", fields.iter().map(|field| format!("  {field},\n")).collect::<String>())
    };
    format!("{declared}@group(0) @binding(0) {variable} {name}: {ty};\n")
}
