//! Plugins, executor statuses, command-buffer error codes, the input block and limits.

/// A set of plugins, one bit each, as in byte 8 of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Plugins(pub u8);

impl Plugins {
    /// Resources, bind groups, writes and copies. Always there.
    pub const CORE: Self = Self(1);
    /// Render pipelines, render passes, bundles and draws.
    pub const RENDER: Self = Self(2);
    /// Compute pipelines, compute passes and dispatches.
    pub const COMPUTE: Self = Self(4);
    /// Nested WebAssembly modules and calls into them.
    pub const WASM: Self = Self(8);
    /// The timeline: scenes chosen by time.
    pub const ANIMATION: Self = Self(16);
    /// Encoded images and video.
    pub const TEXTURE: Self = Self(32);
    /// Every plugin of this version.
    pub const ALL: Self = Self(63);

    /// Names in bit order, as they occur in file names and on the command line.
    pub const NAMES: [&'static str; 6] = ["core", "render", "compute", "wasm", "animation", "texture"];

    /// Both sets together.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every plugin of `other` is in `self`.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names of the plugins in the set, in bit order; unknown bits are left out.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().enumerate().filter(move |(bit, _)| self.0 >> bit & 1 == 1).map(|(_, name)| *name)
    }

    /// The file name, without extension, of the prebuilt executor for exactly this set: `core-render-compute`.
    #[cfg(feature = "alloc")]
    pub fn file_stem(self) -> alloc::string::String {
        let mut stem = alloc::string::String::new();
        for name in self.names() {
            if !stem.is_empty() {
                stem.push('-');
            }
            stem.push_str(name);
        }
        stem
    }
}

/// Version of the executor's exports: what `getAbiVersion` returns.
pub const ABI_VERSION: u32 = 1;

macro_rules! statuses {
    ($( $(#[doc = $doc:literal])+ $value:literal $name:ident $text:literal; )*) => {
        /// What `init` and `frame` of an executor return. Append-only.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum Status { $( $(#[doc = $doc])+ $name = $value, )* }

        impl Status {
            /// All statuses, in numeric order.
            pub const ALL: &'static [Status] = &[$( Status::$name, )*];

            /// The status with this number; `None` for one of a later version, which hosts treat as an error.
            pub const fn from_code(code: u32) -> Option<Self> {
                match code { $( $value => Some(Status::$name), )* _ => None }
            }

            /// A short phrase for reports.
            pub const fn text(self) -> &'static str {
                match self { $( Status::$name => $text, )* }
            }
        }
    };
}

statuses! {
    /// Done; the command buffer is valid.
    0 Ok "ok";
    /// There is no bytecode, or it is too short to hold its header.
    1 NoBytecode "no bytecode or too short";
    /// The bytecode's version is not this executor's.
    2 BytecodeVersion "bytecode version not supported";
    /// The bytecode cannot be read.
    3 Malformed "malformed bytecode";
    /// An id, an offset, a length or a frame number lies outside its range.
    4 OutOfRange "id, offset or length out of range";
    /// The memory behind the data does not hold the commands.
    5 CommandsDoNotFit "command buffer does not fit";
    /// The bytecode needs a plugin that this executor was built without.
    6 PluginMissing "needs a plugin this executor lacks";
    /// `frame` before a successful `init`.
    7 NotInitialised "`frame` before a successful `init`";
}

macro_rules! error_codes {
    ($( $(#[doc = $doc:literal])+ $value:literal $name:ident $text:literal $action:ident; )*) => {
        /// What a host finds wrong with a command; the same on every host. Append-only.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum ErrorCode { $( $(#[doc = $doc])+ $name = $value, )* }

        impl ErrorCode {
            /// All codes, in numeric order.
            pub const ALL: &'static [ErrorCode] = &[$( ErrorCode::$name, )*];

            /// A short phrase for reports.
            pub const fn text(self) -> &'static str {
                match self { $( ErrorCode::$name => $text, )* }
            }

            /// What a host does about it.
            pub const fn action(self) -> Action {
                match self { $( ErrorCode::$name => Action::$action, )* }
            }
        }
    };
}

/// What a host does about an [`ErrorCode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Leaves the command out, reports, and goes on.
    Skip,
    /// Executes nothing more of this command buffer and reports.
    Stop,
    /// Reports and executes the command all the same.
    Warn,
}

error_codes! {
    /// An id that no command created, or created twice.
    1 InvalidReference "invalid resource reference" Skip;
    /// A write, copy or draw past the end of a buffer.
    2 BufferTooSmall "buffer too small" Skip;
    /// Something that must be set before this command is not: a draw without a pipeline.
    3 MissingResource "missing required resource" Stop;
    /// A pointer and length outside the executor's memory, or a descriptor that does not fit its length.
    4 OutOfBounds "memory access out of bounds" Stop;
    /// The resource lacks the usage that this command needs.
    5 InvalidUsage "invalid usage flags" Warn;
    /// A texture with a zero or excessive extent, an unknown format, or an impossible combination.
    6 InvalidTexture "invalid texture properties" Skip;
    /// A command where it is not allowed: a draw outside a pass, a pass that is never ended, a create command in a frame.
    7 InvalidSequence "invalid command sequence" Stop;
    /// An opcode that this version does not know.
    8 UnknownCommand "unknown command" Stop;
    /// A command of a plugin that the payload does not declare.
    9 PluginNotEnabled "plugin not enabled" Stop;
    /// A nested WebAssembly module that cannot be instantiated, or a call into it that trapped, ran too long, or gave a result outside
    /// of its memory.
    10 WasmFailed "nested module failed" Stop;
    /// An image or a video that cannot be decoded.
    11 ImageFailed "image cannot be decoded" Stop;
    /// More than one of the [`BUDGETS`](crate::limits::BUDGETS): values, bytes, pixels, names or GPU memory.
    12 BudgetExceeded "over the budget" Stop;
    /// The GPU has not finished its work within [`GPU_SECONDS`](crate::limits::GPU_SECONDS).
    13 GpuStalled "the GPU does not finish" Stop;
}

/// One source of the input block that a host fills before `frame`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputSource {
    /// The name in the language: `pngineInputs`.
    pub name: &'static str,
    /// Offset in the input block, in bytes.
    pub offset: u32,
    /// Size in bytes.
    pub size: u32,
    /// The fields in order, each `name:type` with the types `f32`, `u32` or `bits` (all that is left).
    pub fields: &'static [&'static str],
    /// Who fills it: the executor (from the arguments of `frame`) or the host.
    pub filled_by: &'static str,
}

/// The input block: all sources one after another, little-endian, tightly packed. Its size is [`INPUTS_SIZE`].
pub const INPUTS: &[InputSource] = &[
    InputSource {
        name: "pngineInputs",
        offset: 0,
        size: 16,
        fields: &["time:f32", "width:f32", "height:f32", "aspect:f32"],
        filled_by: "executor",
    },
    InputSource {
        name: "sceneTimeInputs",
        offset: 16,
        size: 12,
        fields: &["sceneTime:f32", "sceneDuration:f32", "normalizedTime:f32"],
        filled_by: "executor",
    },
    InputSource {
        name: "pointerInputs",
        offset: 28,
        size: 48,
        fields: &[
            "x:f32",
            "y:f32",
            "clickX:f32",
            "clickY:f32",
            "dx:f32",
            "dy:f32",
            "buttons:f32",
            "pressure:f32",
            "modifiers:f32",
            "scrollX:f32",
            "scrollY:f32",
            "pad:f32",
        ],
        filled_by: "host",
    },
    InputSource {
        name: "frameInputs",
        offset: 76,
        size: 16,
        fields: &["delta:f32", "frame:u32", "seed:u32", "devicePixelRatio:f32"],
        filled_by: "host",
    },
    InputSource { name: "keyboardInputs", offset: 92, size: 32, fields: &["keys:array<u32, 8>"], filled_by: "host" },
    InputSource { name: "audioInputs", offset: 124, size: 1024, fields: &["magnitudes:array<f32, 256>"], filled_by: "host" },
];

/// Size of the input block in bytes.
pub const INPUTS_SIZE: u32 = 1148;

/// Bytes of command buffer that a host makes room for behind the data section, unless the payload asks for more.
pub const COMMAND_CAPACITY: u32 = 64 << 10;

/// Largest payload a reader inflates, in bytes, unless its caller says otherwise.
pub const MAX_PAYLOAD_BYTES: usize = 64 << 20;

/// Alignment, in bytes, of the data section and of the input block behind it.
pub const REGION_ALIGN: u32 = 16;

/// The region of a data section of `data_len` bytes: where the input block starts in it. `None` on overflow.
pub const fn inputs_offset(data_len: u32) -> Option<u32> {
    match data_len.checked_add(REGION_ALIGN - 1) {
        Some(end) => Some(end / REGION_ALIGN * REGION_ALIGN),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_sources_lie_one_after_another() {
        let mut at = 0;
        for source in INPUTS {
            assert_eq!(source.offset, at, "{}", source.name);
            at += source.size;
        }
        assert_eq!(at, INPUTS_SIZE);
    }

    #[test]
    fn statuses_and_error_codes_are_dense() {
        for (i, status) in Status::ALL.iter().enumerate() {
            assert_eq!(*status as usize, i);
            assert_eq!(Status::from_code(i as u32), Some(*status));
        }
        assert_eq!(Status::from_code(Status::ALL.len() as u32), None);
        for (i, code) in ErrorCode::ALL.iter().enumerate() {
            assert_eq!(*code as usize, i + 1);
        }
    }
}
