//! What the interpreter may touch: single bytes and words of memory.

/// Memory that starts at [`Memory::base`], where the host writes the bytecode. Addresses are those that a host sees.
///
/// No access is checked here: the interpreter compares addresses with [`Memory::end`] first, once for many accesses, because a
/// check at each would double its size. [`Slice`] panics where it forgot to, which is how tests find out.
pub trait Memory {
    /// The lowest address: what `getBytecodePtr` returns. A multiple of 16.
    fn base(&self) -> u32;

    /// One past the highest address. At least 48 bytes behind [`Memory::base`].
    fn end(&self) -> u32;

    /// The byte at `at`.
    fn get8(&self, at: u32) -> u32;

    /// The two bytes at `at`, little-endian, not aligned.
    fn get16(&self, at: u32) -> u32;

    /// The four bytes at `at`, little-endian, not aligned.
    fn get32(&self, at: u32) -> u32;

    /// Writes a byte.
    fn set8(&mut self, at: u32, value: u8);

    /// Writes four bytes, little-endian, not aligned.
    fn set32(&mut self, at: u32, value: u32);

    /// Writes an IEEE 754 single, little-endian, not aligned.
    fn set_f32(&mut self, at: u32, value: f32) {
        self.set32(at, value.to_bits());
    }

    /// Zeroes `len` bytes.
    fn zero(&mut self, at: u32, len: u32);
}

/// Memory in a byte slice: the native twin of WebAssembly's linear memory.
#[derive(Debug)]
pub struct Slice<'a> {
    base: u32,
    bytes: &'a mut [u8],
}

impl<'a> Slice<'a> {
    /// Memory whose first byte has the address `base`, a multiple of 16.
    ///
    /// # Panics
    /// If there are fewer than 48 bytes, or the end is beyond the address space.
    pub fn new(base: u32, bytes: &'a mut [u8]) -> Self {
        assert!(
            bytes.len() >= pngine_format::command::SCRATCH_SIZE as usize
                && u32::try_from(bytes.len()).is_ok_and(|len| base.checked_add(len).is_some())
        );
        Self { base, bytes }
    }

    fn at<const N: usize>(&mut self, at: u32) -> &mut [u8; N] {
        let offset = at.checked_sub(self.base).expect("the interpreter looks at addresses from the base on") as usize;
        self.bytes[offset..].first_chunk_mut().expect("the interpreter looks at addresses before the end")
    }

    fn read<const N: usize>(&self, at: u32) -> [u8; N] {
        let offset = at.checked_sub(self.base).expect("the interpreter looks at addresses from the base on") as usize;
        *self.bytes[offset..].first_chunk().expect("the interpreter looks at addresses before the end")
    }
}

impl Memory for Slice<'_> {
    fn base(&self) -> u32 {
        self.base
    }

    fn end(&self) -> u32 {
        // The constructor has checked that this fits.
        self.base + self.bytes.len() as u32
    }

    fn get8(&self, at: u32) -> u32 {
        u32::from(self.read::<1>(at)[0])
    }

    fn get16(&self, at: u32) -> u32 {
        u32::from(u16::from_le_bytes(self.read(at)))
    }

    fn get32(&self, at: u32) -> u32 {
        u32::from_le_bytes(self.read(at))
    }

    fn set8(&mut self, at: u32, value: u8) {
        *self.at(at) = [value];
    }

    fn set32(&mut self, at: u32, value: u32) {
        *self.at(at) = value.to_le_bytes();
    }

    fn zero(&mut self, at: u32, len: u32) {
        if len > 0 {
            self.at::<1>(at + len - 1);
            let offset = (at - self.base) as usize;
            self.bytes[offset..offset + len as usize].fill(0);
        }
    }
}
