//! The string table: names that a host or a tool shows. Entries `[kind: u8][id: varint][length: varint][UTF-8]` to the end.

use crate::{Reader, varint};
use alloc::vec::Vec;

/// What a name belongs to: the first byte of an entry. Others are skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum NameKind {
    /// A frame: the id is its index.
    Frame = 0,
    /// A scene of the timeline: the id is its index.
    Scene = 1,
}

/// Appends an entry.
pub fn push(out: &mut Vec<u8>, kind: NameKind, id: u32, name: &str) {
    out.push(kind as u8);
    varint::write(out, id);
    varint::write(out, name.len() as u32);
    out.extend_from_slice(name.as_bytes());
}

/// The names of one kind with their ids, in order; ends where the table is damaged.
pub fn names(table: &[u8], kind: NameKind) -> impl Iterator<Item = (u32, &str)> {
    let mut reader = Reader::new(table);
    core::iter::from_fn(move || {
        loop {
            let found = reader.u8()?;
            let id = reader.varint()?;
            let len = reader.varint()?;
            let name = core::str::from_utf8(reader.take(len as usize)?).ok()?;
            if found == kind as u8 {
                return Some((id, name));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_kind() {
        let mut table = Vec::new();
        push(&mut table, NameKind::Frame, 0, "main");
        push(&mut table, NameKind::Scene, 0, "intro");
        push(&mut table, NameKind::Frame, 1, "naïve");
        assert_eq!(names(&table, NameKind::Frame).collect::<Vec<_>>(), [(0, "main"), (1, "naïve")]);
        for cut in 0..table.len() {
            assert!(names(&table[..cut], NameKind::Frame).count() < 2);
        }
    }
}
