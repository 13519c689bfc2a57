//! What emission gives: a program, ready to be packed, and where each of its commands comes from.

use pngine_format::status::Plugins;
use pngine_source::source::Span;

/// A compiled scene: the sections of a payload, and what tools want to know about them.
#[derive(Clone, Debug)]
pub struct Program {
    /// The plugins it needs.
    pub plugins: Plugins,
    /// The bytecode section.
    pub bytecode: Vec<u8>,
    /// The string table.
    pub strings: Vec<u8>,
    /// The data section.
    pub data: Vec<u8>,
    /// Extensions: tag and bytes.
    pub extensions: Vec<(u8, Vec<u8>)>,
    /// How many once slots the bytecode has.
    pub once: u32,
    /// Bytes of command buffer that `init` and every frame need at most, with the header and what an executor needs behind the last
    /// command.
    pub command_capacity: u32,
    /// Where each command comes from.
    pub origins: Origins,
    /// Names of the frames in order.
    pub frames: Vec<String>,
}

/// Where the commands of a program come from.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// The commands of `init` in order.
    pub init: Vec<Option<Span>>,
    /// The commands of each frame in order.
    pub frames: Vec<Vec<FrameOrigin>>,
}

/// Where a command of a frame comes from.
#[derive(Clone, Copy, Debug)]
pub struct FrameOrigin {
    /// The declaration or property that caused it; `None` for the compiler's own (SUBMIT, END).
    pub span: Option<Span>,
    /// The once slot it stands in, if any: it is there only the first time.
    pub once: Option<u32>,
}

impl Origins {
    /// Where command `index` of `init` comes from.
    pub fn of_init(&self, index: u32) -> Option<Span> {
        self.init.get(index as usize).copied().flatten()
    }

    /// Where command `index` of a run of frame `frame` comes from; `seen` are the once slots that earlier runs have reached.
    pub fn of_frame(&self, frame: u32, index: u32, seen: &std::collections::BTreeSet<u32>) -> Option<Span> {
        let commands = self.frames.get(frame as usize)?;
        commands.iter().filter(|origin| origin.once.is_none_or(|slot| !seen.contains(&slot))).nth(index as usize)?.span
    }
}
