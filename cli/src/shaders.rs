//! The shaders of a payload, found in its bytecode.

use pngine_format::bytecode::{Bytecode, Instruction, Instructions};
use pngine_format::op::Op;
use pngine_format::payload::Payload;

/// One shader module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shader {
    /// Its id.
    pub id: u32,
    /// Its WGSL; what is not UTF-8 is replaced.
    pub text: String,
}

/// The shaders that `init` creates, in order. Empty where the bytecode cannot be read.
pub fn of(payload: &Payload<'_>) -> Vec<Shader> {
    let Ok(bytecode) = Bytecode::parse(payload.bytecode) else { return Vec::new() };
    let mut shaders = Vec::new();
    for (_, block) in bytecode.blocks() {
        for (_, instruction) in Instructions::new(block).flatten() {
            if let Instruction::Command(Op::CreateShader, [id, at, len, ..]) = instruction {
                let at = at as usize;
                let bytes = at.checked_add(len as usize).and_then(|end| payload.data.get(at..end)).unwrap_or_default();
                shaders.push(Shader { id, text: String::from_utf8_lossy(bytes).into_owned() });
            }
        }
    }
    shaders
}

/// All shaders as one text; with more than one, each under a comment with its id.
pub fn text(shaders: &[Shader]) -> String {
    let mut out = String::new();
    for shader in shaders {
        if shaders.len() > 1 {
            out.push_str(&format!("// shader {}\n", shader.id));
        }
        out.push_str(&shader.text);
        if !shader.text.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use pngine_format::bytecode::{Block, assemble};
    use pngine_format::payload::{Parts, write};
    use pngine_format::status::Plugins;

    #[test]
    fn shaders_are_found_and_broken_pointers_are_empty() {
        let mut init = Block::default();
        init.command(Op::CreateShader, &[0, 1, 3]);
        init.command(Op::CreateShader, &[7, u32::MAX, 9]);
        let bytecode = assemble(Plugins::CORE, 0, &[Block::default(), init]);
        let bytes = write(&Parts { plugins: 1, bytecode: &bytecode, data: b"_abc_", ..Parts::default() }).unwrap();
        let shaders = of(&Payload::parse(&bytes).unwrap());
        assert_eq!(text(&shaders), "// shader 0\nabc\n// shader 7\n\n");
        assert_eq!(text(&shaders[..1]), "abc\n");
    }
}
