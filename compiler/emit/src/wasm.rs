//! Calls into nested modules.

use super::*;
use pngine_format::args;

impl Emitter<'_> {
    /// Instantiates the modules, and makes the calls that fill buffers when the scene is loaded. What a call gives is written at once,
    /// because the next one may use the same memory again.
    pub(super) fn wasm_data(&mut self, out: &mut Vec<Item>) {
        let scene = self.scene;
        for (id, module) in scene.wasm_modules.iter().enumerate() {
            let blob = Arg::Blob(self.blobs.add(BlobKind::Bytes, module.bytes.clone()));
            out.push(plain(Op::InitWasmModule, vec![Arg::Number(id as u32), blob], Some(module.span)));
        }
        for (index, data) in scene.data.iter().enumerate() {
            let Content::Call { function, len } = &data.content else { continue };
            let id = self.ids.data_call(index);
            out.push(Item::Command(self.call_wasm(id, function, data.span)));
            for (buffer_index, buffer) in scene.buffers.iter().enumerate() {
                let Some(Spanned { span, .. }) = buffer.initial.filter(|initial| initial.0 == index) else { continue };
                for member in 0..buffer.pool {
                    let buffer = self.ids.buffers[buffer_index] + member;
                    out.push(Item::Command(bare(Op::WriteFromWasm, &[id, buffer, 0, *len], Some(span))));
                }
            }
        }
    }

    /// Makes the call of a `#wasmCall`.
    pub(super) fn declared_call(&mut self, id: WasmCallId, span: Span) -> Command {
        let call = &self.scene[id];
        self.call_wasm(id.0 as u32, &call.function, span)
    }

    /// Writes what a call gave.
    pub(super) fn write_from_wasm(&self, call: u32, write: &WriteBuffer) -> Command {
        let pool = self.scene[write.buffer].pool;
        let picks = write.ping_pong.and_then(|offset| Pick::member(3, pool, offset)).into_iter().collect();
        let operands = [call, self.ids.buffers[write.buffer.0], write.offset.value, write.len];
        Command { picks, ..bare(Op::WriteFromWasm, &operands, Some(write.span)) }
    }

    /// Makes a call, whose result is kept under `id`.
    pub(super) fn call_wasm(&mut self, id: u32, function: &WasmFunction, span: Span) -> Command {
        let mut arguments = Vec::new();
        function.args.iter().for_each(|arg| args::push(&mut arguments, *arg));
        let name = Arg::Blob(self.blobs.add(BlobKind::Text, function.func.clone().into_bytes()));
        let arguments = Arg::Blob(self.blobs.add(BlobKind::Descriptor, arguments));
        let args = vec![Arg::Number(id), Arg::Number(function.module as u32), name, arguments];
        Command { op: Op::CallWasmFunc, args, picks: Vec::new(), span: Some(span) }
    }
}
