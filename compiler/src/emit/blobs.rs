//! The data section.

use crate::data::Bytes;
use std::collections::BTreeMap;

/// What a blob is. Like bytes lie together, because DEFLATE looks back only so far.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BlobKind {
    Descriptor,
    Text,
    Bytes,
}

/// Offset and length of a blob in the data section, in bytes.
pub(super) type Place = (u32, u32);

/// The data section under construction. Equal blobs are stored once.
#[derive(Default)]
pub(super) struct Blobs {
    blobs: Vec<(BlobKind, Bytes)>,
    index: BTreeMap<Bytes, usize>,
}

impl Blobs {
    pub(super) fn add(&mut self, kind: BlobKind, bytes: impl Into<Bytes>) -> usize {
        let bytes = bytes.into();
        if let Some(&known) = self.index.get(&bytes) {
            return known;
        }
        self.index.insert(bytes.clone(), self.blobs.len());
        self.blobs.push((kind, bytes));
        self.blobs.len() - 1
    }

    /// The section, and where every blob lies in it. `None` if it has 4 GiB or more.
    pub(super) fn layout(&self) -> Option<(Vec<u8>, Vec<Place>)> {
        let mut order: Vec<usize> = (0..self.blobs.len()).collect();
        order.sort_by_key(|&blob| (self.blobs[blob].0, blob));
        let mut data = Vec::with_capacity(self.blobs.iter().map(|(_, bytes)| bytes.len()).sum());
        let mut offsets = vec![(0, 0); self.blobs.len()];
        for blob in order {
            let bytes = &self.blobs[blob].1;
            offsets[blob] = (u32::try_from(data.len()).ok()?, u32::try_from(bytes.len()).ok()?);
            data.extend_from_slice(bytes);
        }
        u32::try_from(data.len()).ok()?;
        Some((data, offsets))
    }
}
