//! Types: WGSL section 6, without the layouts.
//!
//! Types lie in one table, each once, and are compared by their numbers. Two structs are the same if they are the same declaration; two
//! arrays whose sizes are overrides if their sizes are the same override (section 6.2.9).

use std::collections::HashMap;

use crate::limits::MAX_TYPE_DEPTH;

/// A type: an index into [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(u32);

/// A struct: an index into [`Types::structs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StructId(pub u32);

macro_rules! words {
    ($(#[doc = $doc:literal])* $enum:ident: $( $name:ident = $text:literal, )*) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $enum { $( #[doc = concat!("`", $text, "`")] $name, )* }

        impl $enum {
            /// All of them.
            pub const ALL: &'static [$enum] = &[$( $enum::$name, )*];

            /// As it is written.
            pub const fn text(self) -> &'static str {
                match self { $( $enum::$name => $text, )* }
            }

            /// The one that is written so.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $( $text => Some($enum::$name), )* _ => None }
            }
        }
    };
}

words! {
    /// Scalars, section 6.2.1 to 6.2.5, in the order in which an abstract value prefers them ([`Types::rank`]).
    Scalar: AbstractInt = "abstract-int", I32 = "i32", U32 = "u32", AbstractFloat = "abstract-float", F32 = "f32", F16 = "f16", Bool = "bool",
}

words! {
    /// Address spaces, section 14.3. `handle` is never written.
    Space: Function = "function", Private = "private", Workgroup = "workgroup", Uniform = "uniform", Storage = "storage",
    Immediate = "immediate", Handle = "handle",
}

words! {
    /// Access modes, section 14.2.
    Access: Read = "read", Write = "write", ReadWrite = "read_write",
}

impl Access {
    /// Whether memory may be read.
    pub const fn reads(self) -> bool {
        !matches!(self, Access::Write)
    }

    /// Whether memory may be written.
    pub const fn writes(self) -> bool {
        !matches!(self, Access::Read)
    }
}

words! {
    /// What a texture has of directions, section 6.5.
    Dimension: D1 = "1d", D2 = "2d", D2Array = "2d_array", D3 = "3d", Cube = "cube", CubeArray = "cube_array",
}

macro_rules! formats {
    ($( $name:ident = $text:literal $channel:ident $tier:literal, )*) => {
        words! {
            /// Formats of storage textures, section 6.5.1.
            Format: $( $name = $text, )*
        }

        impl Format {
            /// What a channel is in a shader.
            pub const fn channel(self) -> Scalar {
                match self { $( Format::$name => Scalar::$channel, )* }
            }

            /// Whether it belongs to the language extension `texture_formats_tier1`.
            pub const fn is_tier1(self) -> bool {
                match self { $( Format::$name => $tier == 1, )* }
            }
        }
    };
}

formats! {
    Rgba8Unorm = "rgba8unorm" F32 0, Rgba8Snorm = "rgba8snorm" F32 0, Rgba8Uint = "rgba8uint" U32 0, Rgba8Sint = "rgba8sint" I32 0,
    Rgba16Unorm = "rgba16unorm" F32 1, Rgba16Snorm = "rgba16snorm" F32 1, Rgba16Uint = "rgba16uint" U32 0, Rgba16Sint = "rgba16sint" I32 0,
    Rgba16Float = "rgba16float" F32 0, Rg8Unorm = "rg8unorm" F32 1, Rg8Snorm = "rg8snorm" F32 1, Rg8Uint = "rg8uint" U32 1,
    Rg8Sint = "rg8sint" I32 1, Rg16Unorm = "rg16unorm" F32 1, Rg16Snorm = "rg16snorm" F32 1, Rg16Uint = "rg16uint" U32 1,
    Rg16Sint = "rg16sint" I32 1, Rg16Float = "rg16float" F32 1, R32Uint = "r32uint" U32 0, R32Sint = "r32sint" I32 0,
    R32Float = "r32float" F32 0, Rg32Uint = "rg32uint" U32 0, Rg32Sint = "rg32sint" I32 0, Rg32Float = "rg32float" F32 0,
    Rgba32Uint = "rgba32uint" U32 0, Rgba32Sint = "rgba32sint" I32 0, Rgba32Float = "rgba32float" F32 0, Bgra8Unorm = "bgra8unorm" F32 0,
    R8Unorm = "r8unorm" F32 1, R8Snorm = "r8snorm" F32 1, R8Uint = "r8uint" U32 1, R8Sint = "r8sint" I32 1, R16Unorm = "r16unorm" F32 1,
    R16Snorm = "r16snorm" F32 1, R16Uint = "r16uint" U32 1, R16Sint = "r16sint" I32 1, R16Float = "r16float" F32 1,
    Rgb10a2Unorm = "rgb10a2unorm" F32 1, Rgb10a2Uint = "rgb10a2uint" U32 1, Rg11b10Ufloat = "rg11b10ufloat" F32 1,
}

/// How many elements an array has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Size {
    /// So many.
    Fixed(u32),
    /// As an override says: a declaration's item.
    Override(u32),
    /// As an expression of overrides says, which is like no other: the expression.
    Expression(u32),
    /// As the buffer has.
    Runtime,
}

/// A texture, section 6.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Texture {
    /// `texture_2d<f32>`
    Sampled(Dimension, Scalar),
    /// `texture_multisampled_2d<f32>`
    Multisampled(Scalar),
    /// `texture_depth_2d`
    Depth(Dimension),
    /// `texture_depth_multisampled_2d`
    DepthMultisampled,
    /// `texture_storage_2d<rgba8unorm, write>`
    Storage(Dimension, Format, Access),
    /// `texture_external`
    External,
}

/// A type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// Of what is wrong and reported; it is everything that is wanted.
    Error,
    /// What a function returns that returns nothing.
    Nothing,
    /// A scalar.
    Scalar(Scalar),
    /// `vecN<T>`
    Vector(u8, Scalar),
    /// `matCxR<T>`: columns, rows.
    Matrix(u8, u8, Scalar),
    /// `atomic<T>`
    Atomic(Scalar),
    /// `array<T, N>`
    Array(TypeId, Size),
    /// A struct.
    Struct(StructId),
    /// `ptr<space, T, access>`
    Pointer(Space, TypeId, Access),
    /// What an expression for memory is: section 6.4.3.
    Reference(Space, TypeId, Access),
    /// A texture.
    Texture(Texture),
    /// `sampler`, or `sampler_comparison` if it compares.
    Sampler(bool),
}

/// A struct and its members.
#[derive(Clone, Debug)]
pub struct StructType {
    /// Its name. Results of built-in functions have names that nobody can write.
    pub name: String,
    /// Names and types of its members.
    pub members: Vec<(String, TypeId)>,
}

/// What is asked of a type again and again. It is put together of the parts' facts when a type is made: structs of structs of structs have
/// too many parts to be looked through.
#[derive(Clone, Copy, Debug)]
struct Facts {
    depth: u32,
    is_constructible: bool,
    is_host_shareable: bool,
    is_fixed: bool,
    is_creation_fixed: bool,
    has_atomic: bool,
    has_array: bool,
    has_override: bool,
    has_f16: bool,
    longest: u32,
    scalars: u64,
}

impl Facts {
    /// Of a type that has no parts.
    const PLAIN: Facts = Facts {
        depth: 0,
        is_constructible: true,
        is_host_shareable: true,
        is_fixed: true,
        is_creation_fixed: true,
        has_atomic: false,
        has_array: false,
        has_override: false,
        has_f16: false,
        longest: 0,
        scalars: 1,
    };

    /// Of a struct with one more member.
    fn with(self, member: Facts) -> Facts {
        Facts {
            depth: self.depth.max(member.depth + 1),
            is_constructible: self.is_constructible && member.is_constructible,
            is_host_shareable: self.is_host_shareable && member.is_host_shareable,
            is_fixed: self.is_fixed && member.is_fixed,
            is_creation_fixed: self.is_creation_fixed && member.is_creation_fixed,
            has_atomic: self.has_atomic || member.has_atomic,
            has_array: self.has_array || member.has_array,
            has_override: self.has_override || member.has_override,
            has_f16: self.has_f16 || member.has_f16,
            longest: self.longest.max(member.longest),
            scalars: self.scalars.saturating_add(member.scalars),
        }
    }
}

/// All types of a module.
#[derive(Debug)]
pub struct Types {
    all: Vec<Type>,
    facts: Vec<Facts>,
    known: HashMap<Type, TypeId>,
    /// All structs.
    pub structs: Vec<StructType>,
}

impl Default for Types {
    fn default() -> Self {
        let mut types = Self { all: Vec::new(), facts: Vec::new(), known: HashMap::new(), structs: Vec::new() };
        types.add(Type::Error);
        types.add(Type::Nothing);
        for scalar in Scalar::ALL {
            types.add(Type::Scalar(*scalar));
        }
        types
    }
}

impl Types {
    /// [`Type::Error`].
    pub const ERROR: TypeId = TypeId(0);
    /// [`Type::Nothing`].
    pub const NOTHING: TypeId = TypeId(1);
    /// `bool`.
    pub const BOOL: TypeId = TypeId(2 + Scalar::Bool as u32);
    /// `i32`.
    pub const I32: TypeId = TypeId(2 + Scalar::I32 as u32);
    /// `u32`.
    pub const U32: TypeId = TypeId(2 + Scalar::U32 as u32);
    /// `f32`.
    pub const F32: TypeId = TypeId(2 + Scalar::F32 as u32);

    /// The number of a type.
    pub fn add(&mut self, ty: Type) -> TypeId {
        if let Some(id) = self.known.get(&ty) {
            return *id;
        }
        let facts = self.facts_of(ty);
        let id = TypeId(self.all.len() as u32);
        self.all.push(ty);
        self.facts.push(facts);
        self.known.insert(ty, id);
        id
    }

    fn facts(&self, id: TypeId) -> Facts {
        self.facts[id.0 as usize]
    }

    /// Sections 6.2.8 to 6.2.13 and 6.4.2.
    fn facts_of(&self, ty: Type) -> Facts {
        let of_scalar = |scalar: Scalar, depth: u32, scalars: u64| Facts {
            depth,
            is_host_shareable: scalar != Scalar::Bool,
            has_f16: scalar == Scalar::F16,
            scalars,
            ..Facts::PLAIN
        };
        match ty {
            Type::Error => Facts::PLAIN,
            Type::Scalar(scalar) => of_scalar(scalar, 0, 1),
            Type::Vector(width, scalar) => of_scalar(scalar, 1, u64::from(width)),
            Type::Matrix(columns, rows, scalar) => of_scalar(scalar, 2, u64::from(columns * rows)),
            Type::Atomic(_) => Facts { depth: 1, is_constructible: false, has_atomic: true, ..Facts::PLAIN },
            Type::Array(element, size) => {
                let element = self.facts(element);
                let (count, is_fixed, is_override) = match size {
                    Size::Fixed(count) => (count, true, false),
                    Size::Override(_) | Size::Expression(_) => (1, true, true),
                    Size::Runtime => (1, false, false),
                };
                let is_known = is_fixed && !is_override;
                Facts {
                    depth: element.depth + 1,
                    is_constructible: element.is_constructible && is_known,
                    is_host_shareable: element.is_host_shareable && !is_override,
                    is_fixed: element.is_fixed && is_fixed,
                    is_creation_fixed: element.is_creation_fixed && is_known,
                    has_array: true,
                    has_override: element.has_override || is_override,
                    longest: element.longest.max(count),
                    scalars: element.scalars.saturating_mul(u64::from(count)),
                    ..element
                }
            }
            Type::Struct(id) => {
                let members = self.structs[id.0 as usize].members.iter();
                members.fold(Facts { scalars: 0, ..Facts::PLAIN }, |facts, (_, ty)| facts.with(self.facts(*ty)))
            }
            Type::Nothing | Type::Pointer(..) | Type::Reference(..) | Type::Texture(_) | Type::Sampler(_) => {
                Facts { is_constructible: false, is_host_shareable: false, ..Facts::PLAIN }
            }
        }
    }

    /// A new struct.
    pub fn add_struct(&mut self, name: &str, members: Vec<(String, TypeId)>) -> TypeId {
        let id = StructId(self.structs.len() as u32);
        self.structs.push(StructType { name: name.to_string(), members });
        self.add(Type::Struct(id))
    }

    /// The struct that a built-in function returns; the same for the same name.
    pub fn builtin_struct(&mut self, name: &str, members: &[(&str, TypeId)]) -> TypeId {
        if let Some(index) = self.structs.iter().position(|known| known.name == name && name.starts_with("__")) {
            return self.add(Type::Struct(StructId(index as u32)));
        }
        self.add_struct(name, members.iter().map(|(name, ty)| ((*name).to_string(), *ty)).collect())
    }

    /// Whether a type is composed deeper than is allowed.
    pub fn is_too_deep(&self, id: TypeId) -> bool {
        self.facts(id).depth > MAX_TYPE_DEPTH
    }

    /// What a type is.
    pub fn get(&self, id: TypeId) -> Type {
        self.all[id.0 as usize]
    }

    /// The type of a scalar.
    pub fn scalar(&self, scalar: Scalar) -> TypeId {
        TypeId(2 + scalar as u32)
    }

    /// `vecN<T>`, or `T` for one component.
    pub fn vector(&mut self, width: u8, scalar: Scalar) -> TypeId {
        if width == 1 { self.scalar(scalar) } else { self.add(Type::Vector(width, scalar)) }
    }

    /// The members of a struct.
    pub fn members(&self, id: StructId) -> &[(String, TypeId)] {
        &self.structs[id.0 as usize].members
    }

    /// The value that is read where memory stands: the load rule.
    pub fn loaded(&self, id: TypeId) -> TypeId {
        match self.get(id) {
            Type::Reference(_, store, _) => store,
            _ => id,
        }
    }

    /// The scalar and the width of a scalar or vector.
    pub fn vector_of(&self, id: TypeId) -> Option<(u8, Scalar)> {
        match self.get(id) {
            Type::Scalar(scalar) => Some((1, scalar)),
            Type::Vector(width, scalar) => Some((width, scalar)),
            _ => None,
        }
    }

    /// The scalar that a value is made of, at the bottom of all arrays.
    pub fn scalar_of(&self, id: TypeId) -> Option<Scalar> {
        match self.get(id) {
            Type::Scalar(scalar) | Type::Vector(_, scalar) | Type::Matrix(_, _, scalar) => Some(scalar),
            Type::Array(element, _) => self.scalar_of(element),
            Type::Struct(id) => {
                // The results of `frexp` and `modf`.
                let structure = &self.structs[id.0 as usize];
                let first = structure.members.first().filter(|_| structure.name.starts_with("__"))?;
                self.scalar_of(first.1)
            }
            _ => None,
        }
    }

    /// Whether it holds an abstract number.
    pub fn is_abstract(&self, id: TypeId) -> bool {
        matches!(self.scalar_of(id), Some(Scalar::AbstractInt | Scalar::AbstractFloat))
    }

    /// Whether values of it can be made, section 6.2.12.
    pub fn is_constructible(&self, id: TypeId) -> bool {
        self.facts(id).is_constructible
    }

    /// Whether it is data: a number, or made of such. A size may be unknown.
    pub fn is_plain(&self, id: TypeId) -> bool {
        matches!(
            self.get(id),
            Type::Error
                | Type::Scalar(_)
                | Type::Vector(..)
                | Type::Matrix(..)
                | Type::Atomic(_)
                | Type::Array(..)
                | Type::Struct(_)
        )
    }

    /// Whether a variable may hold it, section 6.4.1.
    pub fn is_storable(&self, id: TypeId) -> bool {
        self.is_plain(id) || matches!(self.get(id), Type::Texture(_) | Type::Sampler(_))
    }

    /// Whether buffers may hold it, section 6.4.2.
    pub fn is_host_shareable(&self, id: TypeId) -> bool {
        self.facts(id).is_host_shareable
    }

    /// Whether its size is known when a pipeline is made, section 6.2.13.
    pub fn is_fixed(&self, id: TypeId) -> bool {
        self.facts(id).is_fixed
    }

    /// Whether its size is known when the module is made.
    pub fn is_creation_fixed(&self, id: TypeId) -> bool {
        self.facts(id).is_creation_fixed
    }

    /// Whether it is an atomic, or holds one.
    pub fn has_atomic(&self, id: TypeId) -> bool {
        self.facts(id).has_atomic
    }

    /// Whether it is an array, or holds one.
    pub fn has_array(&self, id: TypeId) -> bool {
        self.facts(id).has_array
    }

    /// Whether it holds an array whose size an override decides, or is one.
    pub fn has_override(&self, id: TypeId) -> bool {
        self.facts(id).has_override
    }

    /// Whether it is made of `f16` somewhere.
    pub fn has_f16(&self, id: TypeId) -> bool {
        self.facts(id).has_f16
    }

    /// Elements of the longest array in it.
    pub fn longest(&self, id: TypeId) -> u32 {
        self.facts(id).longest
    }

    /// How many scalars a value of it is made of; as many as a `u64` holds if there are more.
    pub fn scalars(&self, id: TypeId) -> u64 {
        self.facts(id).scalars
    }

    /// ConversionRank of scalars, section 6.1.2; `None` where it is infinite.
    pub const fn scalar_rank(from: Scalar, to: Scalar) -> Option<u32> {
        use Scalar::*;
        Some(match (from, to) {
            (AbstractFloat, F32) => 1,
            (AbstractFloat, F16) => 2,
            (AbstractInt, I32) => 3,
            (AbstractInt, U32) => 4,
            (AbstractInt, AbstractFloat) => 5,
            (AbstractInt, F32) => 6,
            (AbstractInt, F16) => 7,
            _ if from as u32 == to as u32 => 0,
            _ => return None,
        })
    }

    /// ConversionRank, section 6.1.2, behind the load rule.
    pub fn rank(&self, from: TypeId, to: TypeId) -> Option<u32> {
        let (mut from, mut to) = (from, to);
        loop {
            if from == to || from == Self::ERROR || to == Self::ERROR {
                return Some(0);
            }
            return match (self.get(from), self.get(to)) {
                (Type::Scalar(from), Type::Scalar(to)) => Self::scalar_rank(from, to),
                (Type::Vector(n, from), Type::Vector(m, to)) if n == m => Self::scalar_rank(from, to),
                (Type::Matrix(c, r, from), Type::Matrix(d, s, to)) if (c, r) == (d, s) => Self::scalar_rank(from, to),
                (Type::Array(one, n), Type::Array(other, m)) if n == m => {
                    (from, to) = (one, other);
                    continue;
                }
                (Type::Struct(one), Type::Struct(other)) => {
                    // `__frexp_result_vec2_abstract` to `__frexp_result_vec2_f32`, and so on.
                    let (one, other) = (&self.structs[one.0 as usize], &self.structs[other.0 as usize]);
                    let family = one.name.strip_suffix("_abstract").filter(|_| one.name.starts_with("__"))?;
                    match other.name.strip_prefix(family)? {
                        "_f32" => Some(1),
                        "_f16" => Some(2),
                        _ => None,
                    }
                }
                _ => None,
            };
        }
    }

    /// The same type with another scalar at its bottom.
    pub fn with_scalar(&mut self, id: TypeId, scalar: Scalar) -> TypeId {
        match self.get(id) {
            Type::Scalar(_) => self.scalar(scalar),
            Type::Vector(width, _) => self.add(Type::Vector(width, scalar)),
            Type::Matrix(columns, rows, _) => self.add(Type::Matrix(columns, rows, scalar)),
            Type::Array(element, size) => {
                let element = self.with_scalar(element, scalar);
                self.add(Type::Array(element, size))
            }
            Type::Struct(of) => {
                let structure = self.structs[of.0 as usize].clone();
                let Some(family) = structure.name.strip_suffix("_abstract") else { return id };
                let name = format!("{family}_{}", scalar.text());
                let members: Vec<(String, TypeId)> = structure
                    .members
                    .iter()
                    .map(|(name, ty)| {
                        let wanted = match self.scalar_of(*ty) {
                            Some(Scalar::AbstractInt) => Scalar::I32,
                            _ => scalar,
                        };
                        (name.clone(), self.with_scalar(*ty, wanted))
                    })
                    .collect();
                let members: Vec<(&str, TypeId)> = members.iter().map(|(name, ty)| (name.as_str(), *ty)).collect();
                self.builtin_struct(&name, &members)
            }
            _ => id,
        }
    }

    /// Its concretization, section 6.1.2: itself if it is concrete.
    pub fn concrete(&mut self, id: TypeId) -> TypeId {
        match self.scalar_of(id) {
            Some(Scalar::AbstractInt) => self.with_scalar(id, Scalar::I32),
            Some(Scalar::AbstractFloat) => self.with_scalar(id, Scalar::F32),
            _ => id,
        }
    }

    /// As messages show it.
    pub fn show(&self, id: TypeId) -> String {
        match self.get(id) {
            Type::Error => "?".to_string(),
            Type::Nothing => "nothing".to_string(),
            Type::Scalar(scalar) => scalar.text().to_string(),
            Type::Vector(width, scalar) => format!("vec{width}<{}>", scalar.text()),
            Type::Matrix(columns, rows, scalar) => format!("mat{columns}x{rows}<{}>", scalar.text()),
            Type::Atomic(scalar) => format!("atomic<{}>", scalar.text()),
            Type::Array(element, size) => match size {
                Size::Fixed(count) => format!("array<{}, {count}>", self.show(element)),
                Size::Override(_) | Size::Expression(_) => format!("array<{}, …>", self.show(element)),
                Size::Runtime => format!("array<{}>", self.show(element)),
            },
            Type::Struct(id) => self.structs[id.0 as usize].name.clone(),
            Type::Pointer(space, store, access) => format!("ptr<{}, {}, {}>", space.text(), self.show(store), access.text()),
            Type::Reference(_, store, _) => self.show(store),
            Type::Texture(texture) => match texture {
                Texture::Sampled(dimension, scalar) => format!("texture_{}<{}>", dimension.text(), scalar.text()),
                Texture::Multisampled(scalar) => format!("texture_multisampled_2d<{}>", scalar.text()),
                Texture::Depth(dimension) => format!("texture_depth_{}", dimension.text()),
                Texture::DepthMultisampled => "texture_depth_multisampled_2d".to_string(),
                Texture::Storage(dimension, format, access) => {
                    format!("texture_storage_{}<{}, {}>", dimension.text(), format.text(), access.text())
                }
                Texture::External => "texture_external".to_string(),
            },
            Type::Sampler(compares) => if compares { "sampler_comparison" } else { "sampler" }.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_have_fixed_numbers() {
        let types = Types::default();
        assert_eq!(types.get(Types::BOOL), Type::Scalar(Scalar::Bool));
        assert_eq!(types.get(Types::U32), Type::Scalar(Scalar::U32));
        assert_eq!(types.scalar(Scalar::F32), Types::F32);
    }

    /// The table of section 6.1.2.
    #[test]
    fn abstract_numbers_convert_and_nothing_else_does() {
        let finite: Vec<String> = Scalar::ALL
            .iter()
            .flat_map(|from| Scalar::ALL.iter().map(move |to| (from, to)))
            .filter(|(from, to)| from != to)
            .filter_map(|(from, to)| Some(format!("{}>{} {}", from.text(), to.text(), Types::scalar_rank(*from, *to)?)))
            .collect();
        assert_eq!(
            finite,
            [
                "abstract-int>i32 3",
                "abstract-int>u32 4",
                "abstract-int>abstract-float 5",
                "abstract-int>f32 6",
                "abstract-int>f16 7",
                "abstract-float>f32 1",
                "abstract-float>f16 2"
            ]
        );
    }

    #[test]
    fn composites_convert_as_their_scalars_do() {
        let mut types = Types::default();
        let vector = types.vector(3, Scalar::AbstractInt);
        let array = types.add(Type::Array(vector, Size::Fixed(2)));
        let floats = types.with_scalar(array, Scalar::F32);
        assert_eq!(types.show(floats), "array<vec3<f32>, 2>");
        assert_eq!(types.rank(array, floats), Some(6));
        assert_eq!(types.rank(floats, array), None);
        let concrete = types.concrete(array);
        assert_eq!(types.show(concrete), "array<vec3<i32>, 2>");
    }
}
