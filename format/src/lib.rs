//! The numbers that cross a boundary, each in one table row: opcodes, operands, descriptor fields, words, plugin bits, statuses,
//! error codes and limits; and the code that reads and writes them.
//!
//! In go typed rows, out come bytes, and the other way round. Nothing here knows a render pass, a GPU or a file system. The crate
//! has no dependencies and needs no `std`; with the feature `alloc` it can also write and print what it can read.
//!
//! `docs/format.md` and the constants of the JavaScript player are generated from these tables.

#![no_std]
#![deny(missing_docs)]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod status;

pub mod limits;

pub mod varint;

pub mod kind;

pub mod op;

pub mod word;

pub mod webgpu;

pub mod texel;

pub mod vertex;

pub mod descriptor;

pub mod dictionary;

#[cfg(feature = "alloc")]
mod print;

pub mod bytecode;

#[cfg(feature = "alloc")]
pub mod args;

pub mod command;

pub mod payload;

pub mod png;

pub mod media;

#[cfg(feature = "alloc")]
pub mod strings;

/// A cursor over bytes that never reads past their end.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Offset of the next byte.
    pub const fn position(&self) -> usize {
        self.at
    }

    /// Bytes that are left.
    pub const fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Whether everything is read.
    pub const fn is_empty(&self) -> bool {
        self.remaining() == 0
    }

    /// The next `len` bytes; `None`, and no step forward, where fewer are left.
    pub fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(len)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// The next byte.
    pub fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|b| b[0])
    }

    /// The next two bytes, little-endian.
    pub fn u16(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().map(|b| u16::from_le_bytes(*b))
    }

    /// The next four bytes, little-endian.
    pub fn u32(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk().map(|b| u32::from_le_bytes(*b))
    }

    /// The next eight bytes as a little-endian IEEE 754 double.
    pub fn f64(&mut self) -> Option<f64> {
        self.take(8)?.first_chunk().map(|b| f64::from_le_bytes(*b))
    }

    /// The next four bytes as a little-endian IEEE 754 single.
    pub fn f32(&mut self) -> Option<f32> {
        self.take(4)?.first_chunk().map(|b| f32::from_le_bytes(*b))
    }

    /// The next varint (see [`varint`]).
    pub fn varint(&mut self) -> Option<u32> {
        let (value, len) = varint::read(&self.bytes[self.at..])?;
        self.at += len;
        Some(value)
    }
}
