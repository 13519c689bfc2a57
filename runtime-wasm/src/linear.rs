//! Linear memory and the exports of the WebAssembly module: the only `unsafe` of this crate.
#![expect(unsafe_code, reason = "linear memory has no owner that Rust knows, and exported names must not be mangled")]

use crate::executor::Executor;
use crate::memory::Memory;
use core::arch::wasm32::memory_size;
use pngine_format::status::ABI_VERSION;

unsafe extern "C" {
    /// The linker's name for the first byte behind the statics, 16-byte aligned. Only its address means something.
    static __heap_base: u8;
}

/// Shift from pages of linear memory to bytes.
const PAGE_BITS: u32 = 16;

/// Linear memory behind the statics. There is no allocator, no stack in memory and no other code that knows these bytes.
struct Linear;

// Each method touches the bytes at its address and no others. The interpreter has compared the address with `base` and `end`
// before; its native twin, the same code over a slice, would panic if it had not, and WebAssembly itself would trap.
impl Memory for Linear {
    #[inline(always)]
    fn base(&self) -> u32 {
        &raw const __heap_base as u32
    }

    #[inline(always)]
    fn end(&self) -> u32 {
        // A memory of 65,536 pages, the most there can be, ends at 2^32, which is 0 here: so that one counts as too small.
        (memory_size::<0>() as u32) << PAGE_BITS
    }

    #[inline(always)]
    fn get8(&self, at: u32) -> u32 {
        // SAFETY: base <= at < end, see above. Behind the base are no statics and no Rust object; any bytes are valid.
        u32::from(unsafe { *(at as *const u8) })
    }

    #[inline(always)]
    fn get16(&self, at: u32) -> u32 {
        // SAFETY: as for `get8`, for two bytes.
        u32::from(unsafe { (at as *const u16).read_unaligned() })
    }

    #[inline(always)]
    fn get32(&self, at: u32) -> u32 {
        // SAFETY: as for `get8`, for four bytes.
        unsafe { (at as *const u32).read_unaligned() }
    }

    #[inline(always)]
    fn set8(&mut self, at: u32, value: u8) {
        // SAFETY: as for `get8`; `Linear` is made for one call of an export and borrowed mutably, so nothing else refers to it.
        unsafe { *(at as *mut u8) = value }
    }

    #[inline(always)]
    fn set32(&mut self, at: u32, value: u32) {
        // SAFETY: as for `set8`, for four bytes.
        unsafe { (at as *mut u32).write_unaligned(value) }
    }

    #[inline(always)]
    fn set_f32(&mut self, at: u32, value: f32) {
        // SAFETY: as for `set8`, for four bytes.
        unsafe { (at as *mut f32).write_unaligned(value) }
    }

    #[inline(always)]
    fn zero(&mut self, at: u32, len: u32) {
        // SAFETY: as for `set8`, for `len` bytes.
        unsafe { (at as *mut u8).write_bytes(0, len as usize) }
    }
}

static mut EXECUTOR: Executor = Executor::new();

/// The executor, for the duration of one export.
#[inline(always)]
fn executor() -> &'static mut Executor {
    // SAFETY: every export takes it once and no export calls another. The module has no threads and imports nothing, so nothing
    // can enter it again while an export runs.
    unsafe { &mut *&raw mut EXECUTOR }
}

/// Where the host writes the bytecode section.
#[unsafe(export_name = "getBytecodePtr")]
extern "C" fn get_bytecode_ptr() -> u32 {
    Linear.base()
}

/// Called after the bytecode is written.
#[unsafe(export_name = "setBytecodeLen")]
extern "C" fn set_bytecode_len(len: u32) {
    executor().set_bytecode_len(&Linear, len);
}

/// Where the host writes the data section.
#[unsafe(export_name = "getDataPtr")]
extern "C" fn get_data_ptr() -> u32 {
    executor().data_ptr()
}

/// Called after the data is written.
#[unsafe(export_name = "setDataLen")]
extern "C" fn set_data_len(len: u32) {
    executor().set_data_len(len);
}

/// Writes the commands that create the resources.
#[unsafe(export_name = "init")]
extern "C" fn init() -> u32 {
    executor().init(&mut Linear)
}

/// Writes the commands of one frame.
#[unsafe(export_name = "frame")]
extern "C" fn frame(time: f32, width: u32, height: u32) -> u32 {
    executor().frame(&mut Linear, time, width, height)
}

/// Where the command buffer is.
#[unsafe(export_name = "getCommandPtr")]
extern "C" fn get_command_ptr() -> u32 {
    executor().command_ptr(&Linear)
}

/// How long the command buffer is.
#[unsafe(export_name = "getCommandLen")]
extern "C" fn get_command_len() -> u32 {
    executor().command_len()
}

/// Where the input block is.
#[unsafe(export_name = "getInputsPtr")]
extern "C" fn get_inputs_ptr() -> u32 {
    executor().inputs_ptr()
}

/// Chooses a frame.
#[unsafe(export_name = "setFrame")]
extern "C" fn set_frame(frame: u32) {
    executor().set_frame(frame);
}

/// How many frames there were.
#[unsafe(export_name = "getFrameCounter")]
extern "C" fn get_frame_counter() -> u32 {
    executor().frame_counter()
}

/// Changes how many frames there were.
#[unsafe(export_name = "setFrameCounter")]
extern "C" fn set_frame_counter(counter: u32) {
    executor().set_frame_counter(counter);
}

/// The version of these exports.
#[unsafe(export_name = "getAbiVersion")]
extern "C" fn get_abi_version() -> u32 {
    ABI_VERSION
}

/// Never runs: the interpreter has no way to panic, and the structural test finds no `unreachable` in the executors.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
