//! The data section.

use super::Command;
use pngine_format::command;
use pngine_format::command::HEADER_SIZE;
use pngine_format::descriptor::{Field, Type, Value, object};
use pngine_scene::Bytes;
use std::collections::BTreeMap;

/// What a blob is. Like bytes lie together, because DEFLATE looks back only so far.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BlobKind {
    Descriptor,
    Text,
    Bytes,
    /// Last, because bundles point to what lies before them.
    Bundle,
}

/// A bundle whose commands still have to learn where things lie.
struct Bundle {
    fields: Vec<(Field, Value)>,
    commands: Vec<Command>,
}

impl Bundle {
    fn descriptor(&self, offsets: &[Place]) -> Vec<u8> {
        // Bundles cannot point to the input block.
        let operands: Vec<_> = self.commands.iter().map(|command| (command.op, command.operands(offsets, 0))).collect();
        let buffer = command::encode(operands.iter().map(|(op, operands)| (*op, operands.as_slice())));
        let commands = (Field::Commands, Value::Bytes(buffer[HEADER_SIZE..].to_vec()));
        object(self.fields.iter().cloned().chain([commands])).to_descriptor(Type::RenderBundle)
    }
}

/// Offset and length of a blob in the data section, in bytes.
pub(super) type Place = (u32, u32);

/// The data section under construction. Equal blobs are stored once.
#[derive(Default)]
pub(super) struct Blobs {
    blobs: Vec<(BlobKind, Bytes)>,
    index: BTreeMap<Bytes, usize>,
    /// By their blob.
    bundles: BTreeMap<usize, Bundle>,
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

    /// A bundle's descriptor with these fields and commands.
    pub(super) fn add_bundle(&mut self, fields: Vec<(Field, Value)>, commands: Vec<Command>) -> usize {
        let blob = self.blobs.len();
        self.blobs.push((BlobKind::Bundle, Vec::new().into()));
        self.bundles.insert(blob, Bundle { fields, commands });
        blob
    }

    /// The commands of the bundle that a blob describes; none for any other blob.
    pub(super) fn bundle_commands(&self, blob: usize) -> &[Command] {
        self.bundles.get(&blob).map_or(&[], |bundle| &bundle.commands)
    }

    /// The section, and where every blob lies in it. `None` if it has 4 GiB or more.
    pub(super) fn layout(&self) -> Option<(Vec<u8>, Vec<Place>)> {
        let mut order: Vec<usize> = (0..self.blobs.len()).collect();
        order.sort_by_key(|&blob| (self.blobs[blob].0, blob));
        let mut data = Vec::with_capacity(self.blobs.iter().map(|(_, bytes)| bytes.len()).sum());
        let mut offsets = vec![(0, 0); self.blobs.len()];
        for blob in order {
            let bundle = self.bundles.get(&blob).map(|bundle| bundle.descriptor(&offsets));
            let bytes = bundle.as_ref().unwrap_or(&self.blobs[blob].1);
            offsets[blob] = (u32::try_from(data.len()).ok()?, u32::try_from(bytes.len()).ok()?);
            data.extend_from_slice(bytes);
        }
        u32::try_from(data.len()).ok()?;
        Some((data, offsets))
    }
}
