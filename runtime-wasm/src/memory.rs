//! What the interpreter may touch: windows of a fixed size.

/// Bytes of a [`Window`]. The longest access is to the first sources of the input block, 28 bytes.
pub const WINDOW_SIZE: usize = 32;

/// Some bytes of memory. One size for all accesses means one bounds check in the whole executor.
pub type Window = [u8; WINDOW_SIZE];

/// Memory that starts at [`Memory::base`], where the host writes the bytecode. Addresses are those that a host sees.
pub trait Memory {
    /// The lowest address: what `getBytecodePtr` returns. A multiple of 16.
    fn base(&self) -> u32;

    /// Whether the window at `address` lies in the memory.
    fn holds(&self, address: u32) -> bool;

    /// The bytes from `address` on. Where the memory does not hold them, bytes that mean nothing stand in: the interpreter asks
    /// once whether all its accesses were good, not at each.
    fn window(&mut self, address: u32) -> &mut Window;
}

/// Memory in a byte slice: the native twin of WebAssembly's linear memory.
#[derive(Debug)]
pub struct Slice<'a> {
    base: u32,
    bytes: &'a mut [u8],
    spare: Window,
}

impl<'a> Slice<'a> {
    /// Memory whose first byte has the address `base`, a multiple of 16.
    pub fn new(base: u32, bytes: &'a mut [u8]) -> Self {
        Self { base, bytes, spare: [0; WINDOW_SIZE] }
    }
}

impl Memory for Slice<'_> {
    fn base(&self) -> u32 {
        self.base
    }

    fn holds(&self, address: u32) -> bool {
        let at = address.wrapping_sub(self.base) as usize;
        self.bytes.get(at..).is_some_and(|bytes| bytes.len() >= WINDOW_SIZE)
    }

    fn window(&mut self, address: u32) -> &mut Window {
        let at = address.wrapping_sub(self.base) as usize;
        self.bytes.get_mut(at..).and_then(|bytes| bytes.first_chunk_mut()).unwrap_or(&mut self.spare)
    }
}
