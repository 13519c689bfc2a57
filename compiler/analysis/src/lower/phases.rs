//! What the parts of lowering a `#pass` have in common.

use crate::resolve::Pass;
use pngine_scene::*;
use std::collections::BTreeMap;

/// Which member of a pass' own texture is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// That of this frame.
    Run,
    /// The one that this frame reads.
    Seed,
}

impl Phase {
    /// The member that is written, counted from the frame counter.
    pub(super) const fn written(self) -> u32 {
        match self {
            Self::Run => 0,
            Self::Seed => 1,
        }
    }
}

/// What all passes share, made when first asked for.
#[derive(Default)]
pub(super) struct Shared {
    /// The sampler `samp`.
    pub(super) sampler: Option<SamplerId>,
    /// The buffers of `#data`.
    pub(super) data: BTreeMap<usize, BufferId>,
    /// The buffers of `#uniforms`.
    pub(super) uniforms: BTreeMap<usize, BufferId>,
    /// The texture of an image, and what copies the image into it.
    pub(super) images: BTreeMap<usize, (TextureId, Step)>,
}

/// A thing of a pass, called like the pass with something behind it.
pub(super) fn named(pass: &Pass, suffix: &str) -> Named {
    Named { name: format!("{}{suffix}", pass.name), span: pass.name_span }
}
