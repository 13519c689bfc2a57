//! Uniforms that a host sets by name. Source: language.md, section 14.

use crate::external::half;
use pngine_host::{Scalar, Uniform, UniformBlock};
use std::collections::{BTreeMap, BTreeSet};

/// Most numbers of a uniform that are given where nobody has set them: no buffer that a shader reads as a uniform has more by default.
/// Source: WebGPU, maxUniformBufferBindingSize.
const MAX_ZEROS: usize = 1 << 15;

/// A uniform, for a host that lists them.
#[derive(Clone, Debug, PartialEq)]
pub struct UniformInfo {
    /// The name that is always its own: `module.var.field`.
    pub name: String,
    /// Its type as WGSL writes it: `vec3<f32>`.
    pub ty: String,
    /// How many numbers it takes.
    pub numbers: u32,
    /// Whether the host writes it before every frame by itself.
    pub is_input: bool,
    /// The numbers that it begins with, in the order in which they are set.
    pub default: Vec<f64>,
    /// The least that each of its numbers should be.
    pub min: Option<f64>,
    /// The most that each of them should be.
    pub max: Option<f64>,
    /// From one value to the next.
    pub step: Option<f64>,
    /// What the scene calls it.
    pub label: Option<String>,
    /// Whether its numbers are red, green, blue and alpha.
    pub is_color: bool,
}

/// Why a uniform cannot be set.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum UniformError {
    /// No uniform has this name.
    #[error("the scene has no {}", unknown(.name, .known))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// All long names.
        known: Vec<String>,
    },
    /// Several uniforms have this name.
    #[error("the uniform `{name}` may be {}", .names.join(" or "))]
    Ambiguous {
        /// The name that was asked for.
        name: String,
        /// The long name of each, in the order of the scene.
        names: Vec<String>,
    },
    /// The uniform has another number of numbers.
    #[error("the uniform `{name}` is {ty} and takes {wanted} numbers, not {given}")]
    Numbers {
        /// The name that was asked for.
        name: String,
        /// Its type.
        ty: String,
        /// How many it takes.
        wanted: u32,
        /// How many were given.
        given: usize,
    },
    /// A number is none that a uniform can have.
    #[error("the uniform `{name}` takes finite numbers, not {number}")]
    NotFinite {
        /// The name that was asked for.
        name: String,
        /// The number.
        number: f64,
    },
    /// The host writes it by itself.
    #[error("the player writes the uniform `{name}` itself, before every frame")]
    Input {
        /// The name that was asked for.
        name: String,
    },
}

fn unknown(name: &str, known: &[String]) -> String {
    match known {
        [] => format!("uniforms, and so no `{name}`"),
        known => format!("uniform `{name}`, only {}", known.join(", ")),
    }
}

/// The uniforms of a scene, and what is to be written before the next frame.
#[derive(Debug, Default)]
pub(crate) struct Uniforms {
    blocks: Vec<UniformBlock>,
    /// What is to be written, by buffer and byte.
    pending: BTreeMap<(u16, u32), Written>,
    /// Words of four bytes of which a part was written, or is there from the beginning: only whole words can be written to a buffer.
    words: BTreeMap<(u16, u32), [u8; 4]>,
    /// The numbers of what was set, and of what the host writes itself.
    values: BTreeMap<Place, Vec<f64>>,
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
        Scalar::Float16 => Written::Two(half(sticky(number)).to_le_bytes()),
    }
}

/// The number that a uniform has when this one is set.
fn converted(scalar: Scalar, number: f64) -> f64 {
    match scalar {
        Scalar::Float32 | Scalar::Float16 => number,
        Scalar::Sint32 => f64::from(number as i32),
        Scalar::Uint32 => f64::from(number as u32),
    }
}

/// Puts two bytes into the half of a word where byte `at` of the buffer lies.
fn put_half(word: &mut [u8; 4], at: u32, [low, high]: [u8; 2]) {
    let [a, b, c, d] = word;
    (*if at & 2 == 0 { a } else { c }, *if at & 2 == 0 { b } else { d }) = (low, high);
}

/// Numbers over others, where there are fewer of them.
fn over(mut numbers: Vec<f64>, below: &[f64]) -> Vec<f64> {
    numbers.extend(below.iter().skip(numbers.len()));
    numbers
}

/// All numbers of a uniform, where the first ones are known and the others are zeros.
fn padded(mut first: Vec<f64>, uniform: &Uniform) -> Vec<f64> {
    let all = (numbers(uniform) as usize).min(MAX_ZEROS);
    first.resize(all.max(first.len()), 0.0);
    first
}

/// A single that rounds to the same half as `x`: cut off, with its last bit set where something was cut. Rounded to a single first,
/// some numbers would become a tie.
fn sticky(x: f64) -> f32 {
    let single = x as f32;
    if f64::from(single) == x || x.is_nan() {
        return single;
    }
    let cut = single.to_bits() - u32::from(f64::from(single).abs() > x.abs());
    f32::from_bits(cut | 1)
}

/// `module.var.field`
fn long_name(block: &UniformBlock, uniform: &Uniform) -> String {
    format!("{}.{}", block.module, middle_name(block, uniform))
}

/// `var.field`
fn middle_name(block: &UniformBlock, uniform: &Uniform) -> String {
    if uniform.path.is_empty() { block.name.clone() } else { format!("{}.{}", block.name, uniform.path) }
}

/// Where a uniform lies, and as what: buffer, offset, type and distance of elements.
type Place = (u16, u32, String, u32);

/// The uniforms of one name by where they lie.
type Places<'a> = BTreeMap<Place, (&'a UniformBlock, &'a Uniform)>;

fn place(block: &UniformBlock, uniform: &Uniform) -> Place {
    (block.buffer, uniform.offset, uniform.wgsl(), uniform.stride)
}

fn numbers(uniform: &Uniform) -> u32 {
    uniform.numbers().saturating_mul(uniform.count.unwrap_or(1))
}

impl Uniforms {
    pub(crate) fn new(blocks: Vec<UniformBlock>) -> Self {
        let mut words: BTreeMap<(u16, u32), [u8; 4]> = BTreeMap::new();
        for block in &blocks {
            for uniform in &block.uniforms {
                for (at, number) in uniform.places().zip(&uniform.control.value) {
                    if let Written::Two(half) = written(uniform.scalar, *number) {
                        put_half(words.entry((block.buffer, at & !3)).or_default(), at, half);
                    }
                }
            }
        }
        Self { blocks, words, ..Self::default() }
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
            default: padded(uniform.control.value.clone(), uniform),
            min: uniform.control.min,
            max: uniform.control.max,
            step: uniform.control.step,
            label: uniform.control.label.clone(),
            is_color: uniform.control.is_color,
        };
        let mut known = BTreeSet::new();
        self.all().map(info).filter(|info| known.insert(info.name.clone())).collect()
    }

    /// The uniform with this name: long names come first, then those with a variable, then bare ones. One variable may be bound to
    /// several buffers, and then has several places; several modules may declare the same places, and then are one.
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
        // The places of each long name, in the order of the scene.
        let mut meanings: Vec<(String, Places<'_>)> = Vec::new();
        let mut order = BTreeMap::new();
        for (block, uniform) in found {
            let long = long_name(block, uniform);
            let at = *order.entry(long.clone()).or_insert_with(|| {
                meanings.push((long, BTreeMap::new()));
                meanings.len() - 1
            });
            if let Some((_, places)) = meanings.get_mut(at) {
                places.insert(place(block, uniform), (block, uniform));
            }
        }
        let mut different = BTreeSet::new();
        meanings.retain(|(_, places)| different.insert(places.keys().cloned().collect::<Vec<_>>()));
        if meanings.len() > 1 {
            let names = meanings.into_iter().map(|(long, _)| long).collect();
            return Err(UniformError::Ambiguous { name: name.to_owned(), names });
        }
        Ok(meanings.into_iter().flat_map(|(_, places)| places.into_values()).collect())
    }

    /// The numbers that a uniform has: those that were set, or else those that it begins with.
    pub(crate) fn get(&self, name: &str) -> Result<Vec<f64>, UniformError> {
        let found = self.find(name)?;
        let Some((block, uniform)) = found.first() else { return Ok(Vec::new()) };
        let set = self.values.get(&place(block, uniform)).cloned().unwrap_or_default();
        Ok(padded(over(set, &uniform.control.value), uniform))
    }

    pub(crate) fn set(&mut self, name: &str, given: &[f64]) -> Result<(), UniformError> {
        if let Some(number) = given.iter().find(|number| !number.is_finite()) {
            // That there is no such uniform comes first.
            self.find(name)?;
            return Err(UniformError::NotFinite { name: name.to_owned(), number: *number });
        }
        let mut places = Vec::new();
        let mut values = Vec::new();
        for (block, uniform) in self.find(name)? {
            if uniform.input.is_some() {
                return Err(UniformError::Input { name: name.to_owned() });
            }
            let wanted = numbers(uniform);
            if !uniform.takes(given.len()) {
                return Err(UniformError::Numbers { name: name.to_owned(), ty: uniform.wgsl(), wanted, given: given.len() });
            }
            let numbers = uniform.places().zip(given);
            places.extend(numbers.map(|(at, number)| ((block.buffer, at), written(uniform.scalar, *number))));
            let key = place(block, uniform);
            let now = given.iter().map(|number| converted(uniform.scalar, *number)).collect();
            let before = self.values.get(&key).map_or(&[][..], Vec::as_slice);
            values.push((key, over(now, before)));
        }
        self.pending.extend(places);
        self.values.extend(values);
        Ok(())
    }

    /// Everything that is to be written before a frame whose input block is `inputs`: buffer, offset and whole words.
    pub(crate) fn take(&mut self, inputs: &[u8]) -> Vec<(u16, u32, Vec<u8>)> {
        let mut pending = std::mem::take(&mut self.pending);
        for (block, uniform) in self.blocks.iter().flat_map(|block| block.uniforms.iter().map(move |uniform| (block, uniform))) {
            let Some(input) = uniform.input else { continue };
            let four = inputs.get(input as usize..).and_then(|rest| rest.first_chunk::<4>());
            let number = four.map_or(0.0, |four| f64::from(f32::from_le_bytes(*four)));
            pending.extend(uniform.places().take(1).map(|at| ((block.buffer, at), written(uniform.scalar, number))));
            self.values.insert(place(block, uniform), vec![converted(uniform.scalar, number)]);
        }
        let mut words: BTreeMap<(u16, u32), [u8; 4]> = BTreeMap::new();
        for ((buffer, at), written) in pending {
            match written {
                Written::Four(bytes) => {
                    words.insert((buffer, at), bytes);
                }
                Written::Two(half) => {
                    let key = (buffer, at & !3);
                    let word = self.words.entry(key).or_default();
                    put_half(word, at, half);
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
    use pngine_host::Control;

    fn uniform(path: &str, offset: u32, scalar: Scalar, columns: u32, rows: u32) -> Uniform {
        Uniform {
            path: path.to_owned(),
            offset,
            scalar,
            columns,
            rows,
            count: None,
            stride: 16,
            input: None,
            control: Control::default(),
        }
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
        assert_eq!(error(&mut uniforms, "speed", &[1.0]), "the uniform `speed` may be code.u.speed or other.v.speed");
        assert!(
            error(&mut uniforms, "sped", &[1.0])
                .starts_with("the scene has no uniform `sped`, only code.u.a, code.u.b, code.u.light")
        );
        assert_eq!(error(&mut uniforms, "tint", &[1.0]), "the uniform `tint` is vec4<f32> and takes 4 numbers, not 1");
        for given in [&[][..], &[1.0], &[1.0; 3], &[1.0; 5]] {
            let text = format!("the uniform `list` is array<vec2<i32>, 2> and takes 4 numbers, not {}", given.len());
            assert_eq!(error(&mut uniforms, "list", given), text);
        }
        assert_eq!(error(&mut uniforms, "width", &[1.0]), "the player writes the uniform `width` itself, before every frame");
        assert_eq!(error(&mut Uniforms::default(), "x", &[]), "the scene has no uniforms, and so no `x`");
    }

    #[test]
    fn modules_that_declare_the_same_places_are_one() {
        let block = |module: &str, name: &str, buffer, path: &str, scalar| UniformBlock {
            module: module.to_owned(),
            name: name.to_owned(),
            buffer,
            uniforms: vec![uniform(path, 8, scalar, 1, 1)],
        };
        let float = Scalar::Float32;
        let mut uniforms = Uniforms::new(vec![
            block("a", "u", 0, "x", float),
            block("b", "params", 0, "x", float),
            // One of two is bound to one buffer more; one reads the same bytes as another type.
            block("a", "v", 0, "y", float),
            block("b", "v", 1, "y", float),
            block("b", "v", 0, "y", float),
            block("a", "u", 0, "z", float),
            block("b", "u", 0, "z", Scalar::Uint32),
        ]);
        uniforms.set("x", &[1.0]).unwrap();
        assert_eq!(uniforms.take(&[]), [(0, 8, 1f32.to_le_bytes().to_vec())]);
        let error = |uniforms: &mut Uniforms, name: &str| uniforms.set(name, &[1.0]).unwrap_err().to_string();
        assert_eq!(error(&mut uniforms, "v.y"), "the uniform `v.y` may be a.v.y or b.v.y");
        assert_eq!(error(&mut uniforms, "z"), "the uniform `z` may be a.u.z or b.u.z");
        uniforms.set("b.v.y", &[2.0]).unwrap();
        assert_eq!(uniforms.take(&[]).len(), 2);
    }

    #[test]
    fn halves_are_rounded_once() {
        let tie = 1.0 + 2f64.powi(-11);
        for (x, bits) in [
            (tie, 0x3C00),
            (tie + 2f64.powi(-40), 0x3C01),
            (tie - 2f64.powi(-40), 0x3C00),
            (-tie - 2f64.powi(-40), 0xBC01),
            (65520.0 - 1e-6, 0x7BFF),
            (65520.0, 0x7C00),
            (1e300, 0x7C00),
            (-1e-300, 0x8000),
            (2f64.powi(-25) + 2f64.powi(-60), 1),
            (f64::NAN, 0x7E00),
        ] {
            assert!(matches!(written(Scalar::Float16, x), Written::Two(found) if u16::from_le_bytes(found) == bits), "{x}");
        }
    }

    #[test]
    fn uniforms_are_what_was_set_or_what_the_scene_begins_with() {
        let control =
            Control { value: vec![0.5, 0.25, 1.0], min: Some(0.0), label: Some("Tint".to_owned()), ..Control::default() };
        let half = |path: &str, offset, value| {
            let control = Control { value: vec![value], ..Control::default() };
            Uniform { control, ..uniform(path, offset, Scalar::Float16, 1, 1) }
        };
        let list = Uniform { count: Some(2), ..uniform("list", 32, Scalar::Sint32, 1, 2) };
        let mut uniforms = Uniforms::new(vec![UniformBlock {
            module: "m".to_owned(),
            name: "u".to_owned(),
            buffer: 0,
            uniforms: vec![
                Uniform { control: control.clone(), ..uniform("tint", 0, Scalar::Float32, 1, 3) },
                list,
                half("a", 48, 1.0),
                half("b", 50, 2.0),
                Uniform { input: Some(0), ..uniform("width", 60, Scalar::Uint32, 1, 1) },
            ],
        }]);
        let info = uniforms.list().remove(0);
        assert_eq!((info.default, info.min, info.max, info.label), (control.value, Some(0.0), None, Some("Tint".to_owned())));
        assert_eq!(uniforms.get("tint"), Ok(vec![0.5, 0.25, 1.0]));
        assert_eq!(uniforms.get("u.list"), Ok(vec![0.0; 4]));
        uniforms.set("tint", &[1.0, 2.0, 3.0]).unwrap();
        uniforms.set("list", &[-1.9, 1e12, 3.0, 4.0]).unwrap();
        uniforms.set("list", &[5.0, 6.5]).unwrap();
        assert_eq!(uniforms.get("m.u.tint"), Ok(vec![1.0, 2.0, 3.0]));
        assert_eq!(uniforms.get("list"), Ok(vec![5.0, 6.0, 3.0, 4.0]));
        assert!(matches!(uniforms.get("nothing"), Err(UniformError::Unknown { .. })));
        for number in [f64::NAN, f64::INFINITY] {
            let error = uniforms.set("tint", &[1.0, number, 3.0]).unwrap_err().to_string();
            assert_eq!(error, format!("the uniform `tint` takes finite numbers, not {number}"));
        }
        assert_eq!(uniforms.get("tint"), Ok(vec![1.0, 2.0, 3.0]));
        // The half beside one that is set is what the scene begins with.
        uniforms.take(&300f32.to_le_bytes());
        assert_eq!(uniforms.get("width"), Ok(vec![300.0]));
        uniforms.set("b", &[1.5]).unwrap();
        assert_eq!(uniforms.take(&[])[0], (0, 48, vec![0x00, 0x3C, 0x00, 0x3E]));
    }

    #[test]
    fn an_array_without_end_takes_no_memory() {
        let endless = Uniform { count: Some(u32::MAX / 16), ..uniform("x", 0, Scalar::Float32, 1, 4) };
        let mut uniforms = Uniforms::new(vec![UniformBlock {
            module: "m".to_owned(),
            name: "u".to_owned(),
            buffer: 0,
            uniforms: vec![endless],
        }]);
        assert_eq!(uniforms.get("x").unwrap().len(), MAX_ZEROS);
        uniforms.set("x", &[1.0; 8]).unwrap();
        assert_eq!(uniforms.get("x").unwrap()[7..9], [1.0, 0.0]);
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
        // The first element of the array alone.
        uniforms.set("list", &[5.0, 6.0]).unwrap();
        assert_eq!(uniforms.take(&inputs)[0], (0, 28, bytes(&[300, 5, 6])));
    }
}
