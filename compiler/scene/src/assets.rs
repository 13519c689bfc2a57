//! What a scene is made of beside objects: bytes, shaders, videos, modules.

use pngine_format::args::Arg;
use pngine_format::media::Container;
use pngine_source::source::Span;
use pngine_wgsl::reflect::Module;

/// Bytes that several owners share: files can be large, and nothing copies them.
pub type Bytes = std::rc::Rc<Vec<u8>>;

/// Width and height in pixels, as an image is shown.
pub type Size = (u32, u32);

/// A `#data` that has been resolved, or the index list of one, which is called `name.indices`.
#[derive(Clone, Debug)]
pub struct Data {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Its bytes.
    pub content: Content,
    /// Bytes of one element, for index formats: 1, 2, 4, or 0 if unknown.
    pub element_size: u32,
    /// The attributes of a shape's vertices, one behind the other: names and bytes. Empty for what is not a shape.
    pub attributes: Vec<(&'static str, u32)>,
}

/// Where the bytes of a [`Data`] come from.
#[derive(Clone, Debug)]
pub enum Content {
    /// They are here.
    Bytes(Bytes),
    /// A call makes them when the scene is loaded.
    Call {
        /// What is called.
        function: WasmFunction,
        /// How many bytes it gives.
        len: u32,
    },
}

impl Data {
    /// How many bytes it has.
    pub fn len(&self) -> usize {
        match &self.content {
            Content::Bytes(bytes) => bytes.len(),
            Content::Call { len, .. } => *len as usize,
        }
    }

    /// Whether it has no bytes: never, because empty data is reported.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether its bytes are made when the scene is loaded.
    pub const fn is_called(&self) -> bool {
        matches!(self.content, Content::Call { .. })
    }
}

/// A module that pipelines can name.
#[derive(Clone, Debug)]
pub struct Shader {
    /// The name of its `#shaderModule` or `#wgsl`.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// The text that the GPU gets.
    pub text: String,
    /// What is in it; `None` if it could not be checked or is wrong, which is reported.
    pub module: Option<Module>,
}

/// The file of a `#video`.
#[derive(Clone, Debug)]
pub struct VideoFile {
    /// Its bytes.
    pub bytes: Bytes,
    /// What they are.
    pub container: Container,
}

/// A module that calls share: the same file is the same instance.
#[derive(Clone, Debug)]
pub struct WasmModule {
    /// The file's path, from the entry file's directory.
    pub path: String,
    /// Where it is first named.
    pub span: Span,
    /// The module.
    pub bytes: Bytes,
}

/// A call into a module.
#[derive(Clone, Debug)]
pub struct WasmFunction {
    /// The module: its position among the modules.
    pub module: usize,
    /// The export.
    pub func: String,
    /// What it is called with; the types are those of its parameters.
    pub args: Vec<Arg>,
    /// How many bytes its result points to; `None` if it has none.
    pub len: Option<u32>,
}
