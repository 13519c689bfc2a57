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

/// How many names the kind has that has the most, of all kinds that a byte can say. Ends where the table is damaged.
pub fn most_names(table: &[u8]) -> u32 {
    let mut counts = [0u32; 256];
    let mut reader = Reader::new(table);
    let mut entry = || {
        let kind = reader.u8()?;
        reader.varint()?;
        let len = reader.varint()?;
        reader.take(len as usize)?;
        Some(kind)
    };
    while let Some(kind) = entry() {
        // At most one for every three bytes of a table that a u32 measures.
        counts[usize::from(kind)] += 1;
    }
    counts.into_iter().max().unwrap_or(0)
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
        assert_eq!((most_names(&table), most_names(&[])), (2, 0));
        (0..300).for_each(|_| table.extend([9, 0, 1, b'x']));
        assert_eq!(most_names(&table), 300);
        table.truncate(table.len() - 300 * 4);
        for cut in 0..table.len() {
            assert!(names(&table[..cut], NameKind::Frame).count() < 2);
        }
    }
}
