//! Uniforms that a host sets by name. Source: language.md, section 14.

use crate::external::half;
use pngine_host::{Scalar, Uniform, UniformBlock};
use std::collections::{BTreeMap, BTreeSet};

/// A uniform, for a host that lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniformInfo {
    /// The name that is always its own: `module.var.field`.
    pub name: String,
    /// Its type as WGSL writes it: `vec3<f32>`.
    pub ty: String,
    /// How many numbers it takes.
    pub numbers: u32,
    /// Whether the host writes it before every frame by itself.
    pub is_input: bool,
}

/// Why a uniform cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UniformError {
    /// No uniform has this name.
    #[error("there is no uniform `{name}`{}", list(.known))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// All long names.
        known: Vec<String>,
    },
    /// Several uniforms have this name.
    #[error("several uniforms are called `{name}`: {}", .names.join(", "))]
    Ambiguous {
        /// The name that was asked for.
        name: String,
        /// Their long names.
        names: Vec<String>,
    },
    /// The uniform has another number of numbers.
    #[error("`{name}` is a {ty}: it takes {wanted} numbers, not {given}")]
    Numbers {
        /// Its long name.
        name: String,
        /// Its type.
        ty: String,
        /// How many it takes.
        wanted: u32,
        /// How many were given.
        given: usize,
    },
    /// The host writes it by itself.
    #[error("`{name}` follows an input: the player writes it before every frame")]
    Input {
        /// Its long name.
        name: String,
    },
}

fn list(names: &[String]) -> String {
    match names {
        [] => ": the scene has none that can be set".to_owned(),
        names => format!(": there are {}", names.join(", ")),
    }
}

/// The uniforms of a scene, and what is to be written before the next frame.
#[derive(Debug, Default)]
pub(crate) struct Uniforms {
    blocks: Vec<UniformBlock>,
    /// What is to be written, by buffer and byte.
    pending: BTreeMap<(u16, u32), Written>,
    /// Words of four bytes of which a part was written: only whole words can be written to a buffer.
    words: BTreeMap<(u16, u32), [u8; 4]>,
}

/// A number in a buffer: its bytes, of which two or four count.
#[derive(Clone, Copy, Debug)]
enum Written {
    Four([u8; 4]),
    Two([u8; 2]),
}

fn written(scalar: Scalar, number: f64) -> Written {
    // Casts to whole numbers round towards zero and saturate.
    match scalar {
        Scalar::Float32 => Written::Four((number as f32).to_le_bytes()),
        Scalar::Sint32 => Written::Four((number as i32).to_le_bytes()),
        Scalar::Uint32 => Written::Four((number as u32).to_le_bytes()),
        Scalar::Float16 => Written::Two(half(number as f32).to_le_bytes()),
    }
}

/// `module.var.field`
fn long_name(block: &UniformBlock, uniform: &Uniform) -> String {
    format!("{}.{}", block.module, middle_name(block, uniform))
}

/// `var.field`
fn middle_name(block: &UniformBlock, uniform: &Uniform) -> String {
    if uniform.path.is_empty() { block.name.clone() } else { format!("{}.{}", block.name, uniform.path) }
}

fn numbers(uniform: &Uniform) -> u32 {
    uniform.numbers().saturating_mul(uniform.count.unwrap_or(1))
}

impl Uniforms {
    pub(crate) fn new(blocks: Vec<UniformBlock>) -> Self {
        Self { blocks, ..Self::default() }
    }

    fn all(&self) -> impl Iterator<Item = (&UniformBlock, &Uniform)> {
        self.blocks.iter().flat_map(|block| block.uniforms.iter().map(move |uniform| (block, uniform)))
    }

    pub(crate) fn list(&self) -> Vec<UniformInfo> {
        let info = |(block, uniform): (&UniformBlock, &Uniform)| UniformInfo {
            name: long_name(block, uniform),
            ty: uniform.wgsl(),
            numbers: numbers(uniform),
            is_input: uniform.input.is_some(),
        };
        let mut list: Vec<UniformInfo> = Vec::new();
        for info in self.all().map(info) {
            if !list.iter().any(|known| known.name == info.name) {
                list.push(info);
            }
        }
        list
    }

    /// The uniform with this name: long names come first, then those with a variable, then bare ones. One variable may be bound to
    /// several buffers, and then has several places.
    fn find(&self, name: &str) -> Result<Vec<(&UniformBlock, &Uniform)>, UniformError> {
        let bare = |block: &UniformBlock, uniform: &Uniform| {
            if uniform.path.is_empty() { block.name == name } else { uniform.path == name }
        };
        let tiers: [Vec<_>; 3] = [
            self.all().filter(|(block, uniform)| long_name(block, uniform) == name).collect(),
            self.all().filter(|(block, uniform)| middle_name(block, uniform) == name).collect(),
            self.all().filter(|(block, uniform)| bare(block, uniform)).collect(),
        ];
        let Some(found) = tiers.into_iter().find(|found| !found.is_empty()) else {
            let known: BTreeSet<_> = self.all().map(|(block, uniform)| long_name(block, uniform)).collect();
            return Err(UniformError::Unknown { name: name.to_owned(), known: known.into_iter().collect() });
        };
        let names: BTreeSet<_> = found.iter().map(|(block, uniform)| long_name(block, uniform)).collect();
        if names.len() > 1 {
            return Err(UniformError::Ambiguous { name: name.to_owned(), names: names.into_iter().collect() });
        }
        Ok(found)
    }

    pub(crate) fn set(&mut self, name: &str, given: &[f64]) -> Result<(), UniformError> {
        let mut places = Vec::new();
        for (block, uniform) in self.find(name)? {
            if uniform.input.is_some() {
                return Err(UniformError::Input { name: long_name(block, uniform) });
            }
            let wanted = numbers(uniform);
            if given.len() != wanted as usize {
                let (name, ty) = (long_name(block, uniform), uniform.wgsl());
                return Err(UniformError::Numbers { name, ty, wanted, given: given.len() });
            }
            let numbers = uniform.places().zip(given);
            places.extend(numbers.map(|(at, number)| ((block.buffer, at), written(uniform.scalar, *number))));
        }
        self.pending.extend(places);
        Ok(())
    }

    /// Everything that is to be written before a frame whose input block is `inputs`: buffer, offset and whole words.
    pub(crate) fn take(&mut self, inputs: &[u8]) -> Vec<(u16, u32, Vec<u8>)> {
        let mut pending = std::mem::take(&mut self.pending);
        for (block, uniform) in self.all() {
            let Some(input) = uniform.input else { continue };
            let four = inputs.get(input as usize..).and_then(|rest| rest.first_chunk::<4>());
            let number = four.map_or(0.0, |four| f64::from(f32::from_le_bytes(*four)));
            pending.extend(uniform.places().take(1).map(|at| ((block.buffer, at), written(uniform.scalar, number))));
        }
        let mut words: BTreeMap<(u16, u32), [u8; 4]> = BTreeMap::new();
        for ((buffer, at), written) in pending {
            match written {
                Written::Four(bytes) => {
                    words.insert((buffer, at), bytes);
                }
                Written::Two([low, high]) => {
                    let key = (buffer, at & !3);
                    let word = self.words.entry(key).or_default();
                    let [a, b, c, d] = word;
                    (*if at & 2 == 0 { a } else { c }, *if at & 2 == 0 { b } else { d }) = (low, high);
                    words.insert(key, *word);
                }
            }
        }
        let mut out: Vec<(u16, u32, Vec<u8>)> = Vec::new();
        for ((buffer, at), word) in words {
            match out.last_mut() {
                Some((last, start, bytes)) if *last == buffer && *start as usize + bytes.len() == at as usize => {
                    bytes.extend(word)
                }
                _ => out.push((buffer, at, word.to_vec())),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uniform(path: &str, offset: u32, scalar: Scalar, columns: u32, rows: u32) -> Uniform {
        Uniform { path: path.to_owned(), offset, scalar, columns, rows, count: None, stride: 16, input: None }
    }

    fn sample() -> Uniforms {
        let block = |module: &str, name: &str, buffer, uniforms| UniformBlock {
            module: module.to_owned(),
            name: name.to_owned(),
            buffer,
            uniforms,
        };
        Uniforms::new(vec![
            block(
                "code",
                "u",
                0,
                vec![
                    uniform("speed", 0, Scalar::Float32, 1, 1),
                    uniform("light.color", 16, Scalar::Float32, 1, 3),
                    Uniform { input: Some(4), ..uniform("width", 28, Scalar::Uint32, 1, 1) },
                    Uniform { count: Some(2), ..uniform("list", 32, Scalar::Sint32, 1, 2) },
                    uniform("a", 64, Scalar::Float16, 1, 1),
                    uniform("b", 66, Scalar::Float16, 1, 1),
                ],
            ),
            block("other", "v", 1, vec![uniform("speed", 4, Scalar::Float32, 1, 1)]),
            block("other", "tint", 2, vec![uniform("", 0, Scalar::Float32, 1, 4)]),
            // The same variable, bound to another buffer.
            block("other", "tint", 3, vec![uniform("", 0, Scalar::Float32, 1, 4)]),
        ])
    }

    #[test]
    fn names_may_be_short_where_they_are_their_own() {
        let mut uniforms = sample();
        for name in ["code.u.speed", "u.speed", "other.v.speed", "light.color", "u.light.color", "tint", "other.tint", "list"] {
            let numbers = uniforms.list().iter().find(|info| info.name.ends_with(name.trim_start_matches("u."))).unwrap().numbers;
            assert_eq!(uniforms.set(name, &vec![1.0; numbers as usize]), Ok(()), "{name}");
        }
        let error = |uniforms: &mut Uniforms, name: &str, given: &[f64]| uniforms.set(name, given).unwrap_err().to_string();
        assert_eq!(error(&mut uniforms, "speed", &[1.0]), "several uniforms are called `speed`: code.u.speed, other.v.speed");
        assert!(
            error(&mut uniforms, "sped", &[1.0])
                .starts_with("there is no uniform `sped`: there are code.u.a, code.u.b, code.u.light")
        );
        assert_eq!(error(&mut uniforms, "tint", &[1.0]), "`other.tint` is a vec4<f32>: it takes 4 numbers, not 1");
        assert_eq!(error(&mut uniforms, "list", &[1.0; 3]), "`code.u.list` is a array<vec2<i32>, 2>: it takes 4 numbers, not 3");
        assert_eq!(
            error(&mut uniforms, "width", &[1.0]),
            "`code.u.width` follows an input: the player writes it before every frame"
        );
        assert_eq!(error(&mut Uniforms::default(), "x", &[]), "there is no uniform `x`: the scene has none that can be set");
    }

    #[test]
    fn what_was_set_is_written_once_and_inputs_before_every_frame() {
        let mut uniforms = sample();
        uniforms.set("light.color", &[0.5, 1.0, 2.0]).unwrap();
        uniforms.set("list", &[-1.9, 7.0, 0.0, 9.0]).unwrap();
        uniforms.set("b", &[1.0]).unwrap();
        let mut inputs = [0; 8];
        inputs[4..].copy_from_slice(&300.7f32.to_le_bytes());
        let first = uniforms.take(&inputs);
        // The colour, the width behind it and the first element of the list lie one behind the other.
        let words = [0.5f32.to_bits(), 1.0f32.to_bits(), 2.0f32.to_bits(), 300, -1i32 as u32, 7];
        let bytes = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        assert_eq!(first, [(0, 16, bytes(&words)), (0, 48, bytes(&[0, 9])), (0, 64, vec![0, 0, 0x00, 0x3C])]);
        uniforms.set("tint", &[1.0, 2.0, 3.0, 4.0]).unwrap();
        let both = uniforms.take(&inputs);
        let places: Vec<_> = both[1..].iter().map(|(buffer, at, bytes)| (*buffer, *at, bytes.len())).collect();
        assert_eq!(places, [(2, 0, 16), (3, 0, 16)]);
        assert_eq!(uniforms.take(&inputs), [(0, 28, 300u32.to_le_bytes().to_vec())]);
        uniforms.set("a", &[-2.0]).unwrap();
        assert_eq!(uniforms.take(&inputs)[1], (0, 64, vec![0x00, 0xC0, 0x00, 0x3C]));
    }
}
