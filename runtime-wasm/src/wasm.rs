//! The exports, and the only `unsafe` of this crate: the view of linear memory.
#![expect(unsafe_code, reason = "linear memory and the exported names")]

use crate::State;
use core::arch::wasm32::memory_size;
use core::ptr::addr_of_mut;

unsafe extern "C" {
    static mut __heap_base: u8;
}

static mut STATE: State = State::new();

fn state() -> &'static mut State {
    // SAFETY: single thread
    unsafe { &mut *addr_of_mut!(STATE) }
}

#[inline(always)]
fn base() -> u32 {
    addr_of_mut!(__heap_base) as u32
}

#[inline(always)]
fn memory() -> &'static mut [u8] {
    // SAFETY: max memory
    unsafe { core::slice::from_raw_parts_mut(addr_of_mut!(__heap_base), (memory_size(0) << 16) - base() as usize) }
}

#[unsafe(no_mangle)]
extern "C" fn getBytecodePtr() -> u32 {
    base()
}
#[unsafe(no_mangle)]
extern "C" fn setBytecodeLen(len: u32) {
    state().set_bytecode_len(memory(), base(), len);
}
#[unsafe(no_mangle)]
extern "C" fn getDataPtr() -> u32 {
    base().wrapping_add(state().data())
}
#[unsafe(no_mangle)]
extern "C" fn setDataLen(len: u32) {
    state().set_data_len(memory(), base(), len);
}
#[unsafe(no_mangle)]
extern "C" fn init() -> u32 {
    state().init(memory(), base())
}
#[unsafe(no_mangle)]
extern "C" fn frame(time: f32, width: u32, height: u32) -> u32 {
    state().frame(memory(), base(), time, width, height)
}
#[unsafe(no_mangle)]
extern "C" fn getCommandPtr() -> u32 {
    base().wrapping_add(state().commands())
}
#[unsafe(no_mangle)]
extern "C" fn getCommandLen() -> u32 {
    state().command_len()
}
#[unsafe(no_mangle)]
extern "C" fn getInputsPtr() -> u32 {
    base().wrapping_add(state().inputs())
}
#[unsafe(no_mangle)]
extern "C" fn setFrame(frame: u32) {
    state().set_frame(frame);
}
#[unsafe(no_mangle)]
extern "C" fn getFrameCounter() -> u32 {
    state().counter()
}
#[unsafe(no_mangle)]
extern "C" fn setFrameCounter(counter: u32) {
    state().set_counter(counter);
}
#[unsafe(no_mangle)]
extern "C" fn getAbiVersion() -> u32 {
    pngine_format::status::ABI_VERSION
}
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
