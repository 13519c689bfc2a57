//! Frames and what queues do in them.

use super::*;

impl Emitter<'_> {
    pub(super) fn frames(&mut self) -> Vec<Vec<Item>> {
        let scene = self.scene;
        let mut frames: Vec<Vec<Item>> = Vec::new();
        for frame in &scene.frames {
            let mut items = Vec::new();
            for (position, &(step, _)) in frame.init.iter().enumerate() {
                // What is listed twice runs once all the same.
                if frame.init[..position].iter().any(|(earlier, _)| *earlier == step) {
                    continue;
                }
                let next = self.once.len() as u32;
                let slot = *self.once.entry(step).or_insert(next);
                let body = self.step(step);
                items.push(Item::Once(slot, body));
            }
            for &(step, _) in &frame.steps {
                items.extend(self.step(step).into_iter().map(Item::Command));
            }
            items.push(plain(Op::Submit, Vec::new(), None));
            items.push(plain(Op::End, Vec::new(), None));
            frames.push(items);
        }
        if frames.is_empty() {
            frames.push(vec![plain(Op::Submit, Vec::new(), None), plain(Op::End, Vec::new(), None)]);
        }
        frames
    }

    pub(super) fn step(&mut self, step: Step) -> Vec<Command> {
        let scene = self.scene;
        match step {
            Step::Render(id) => self.render_pass(&scene[id]),
            Step::Compute(id) => self.compute_pass(&scene[id]),
            Step::Init(id) => self.init_pass(id, &scene[id]),
            Step::Queue(id) => {
                let queue = &scene[id];
                queue.actions.iter().flat_map(|action| self.action(action)).collect()
            }
        }
    }

    /// A part of what is written.
    pub(super) fn source_bytes(&mut self, source: &Source, offset: u32, len: u32) -> Arg {
        let range = offset as usize..(offset + len) as usize;
        match source {
            Source::Input(index) => Arg::Input { offset: INPUTS[*index].offset + offset, len },
            Source::Data(data) => {
                let Content::Bytes(bytes) = &self.scene[*data].content else {
                    unreachable!("what a call gives is written by WRITE_FROM_WASM");
                };
                let bytes = if range == (0..bytes.len()) { bytes.clone() } else { Bytes::new(bytes[range].to_vec()) };
                Arg::Blob(self.blobs.add(BlobKind::Bytes, bytes))
            }
            Source::Floats(numbers) => {
                let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
                Arg::Blob(self.blobs.add(BlobKind::Bytes, bytes[range].to_vec()))
            }
            Source::Call(_) => unreachable!("what a call gives is written by WRITE_FROM_WASM"),
        }
    }

    pub(super) fn write_buffer(&mut self, write: &WriteBuffer) -> Vec<Command> {
        match &write.source {
            Source::Data(data) if self.scene[*data].is_called() => {
                return vec![self.write_from_wasm(self.ids.data_call(data.0), write)];
            }
            Source::Call(call) => return vec![self.declared_call(*call, write.span), self.write_from_wasm(call.0 as u32, write)],
            Source::Data(_) | Source::Input(_) | Source::Floats(_) => {}
        }
        let source = self.source_bytes(&write.source, write.source_offset, write.len);
        let pool = self.scene[write.buffer].pool;
        let picks = write.ping_pong.and_then(|offset| Pick::member(1, pool, offset)).into_iter().collect();
        let args = vec![Arg::Number(self.ids.buffers[write.buffer.0]), Arg::Number(write.offset), source];
        vec![Command { op: Op::WriteBuffer, args, picks, span: Some(write.span) }]
    }
}
