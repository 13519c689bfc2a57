//! Frames and what queues do in them.

use super::*;

impl Emitter<'_> {
    /// The commands of every frame.
    ///
    /// # Errors
    /// [`EmitError::NoSuchBytes`].
    pub(super) fn frames(&mut self) -> Result<Vec<Vec<Item>>, EmitError> {
        let scene = self.scene;
        let mut frames: Vec<Vec<Item>> = Vec::new();
        for frame in &scene.frames {
            let mut items = Vec::new();
            for (position, &Spanned { value: step, .. }) in frame.init.iter().enumerate() {
                // What is listed twice runs once all the same.
                if frame.init[..position].iter().any(|earlier| **earlier == step) {
                    continue;
                }
                let next = self.once.len() as u32;
                let slot = *self.once.entry(step).or_insert(next);
                let body = self.step(step)?;
                items.push(Item::Once(slot, body));
            }
            for &Spanned { value: step, .. } in &frame.steps {
                items.extend(self.step(step)?.into_iter().map(Item::Command));
            }
            items.push(plain(Op::Submit, Vec::new(), None));
            items.push(plain(Op::End, Vec::new(), None));
            frames.push(items);
        }
        if frames.is_empty() {
            frames.push(vec![plain(Op::Submit, Vec::new(), None), plain(Op::End, Vec::new(), None)]);
        }
        Ok(frames)
    }

    fn step(&mut self, step: Step) -> Result<Vec<Command>, EmitError> {
        let scene = self.scene;
        Ok(match step {
            Step::Render(id) => self.render_pass(&scene[id]),
            Step::Compute(id) => self.compute_pass(&scene[id]),
            Step::Init(id) => self.init_pass(id, &scene[id]),
            Step::Queue(id) => {
                let mut commands = Vec::new();
                for action in &scene[id].actions {
                    commands.extend(self.action(action)?);
                }
                commands
            }
        })
    }

    /// A part of what is written at `span`: the bytes of a source from `start` to `end`, exclusive.
    pub(super) fn source_bytes(&mut self, source: &Source, start: u32, end: u32, span: Span) -> Result<Arg, EmitError> {
        let missing = EmitError::NoSuchBytes { span };
        let range = start as usize..end as usize;
        let bytes = match source {
            Source::Input(index) => {
                let input = INPUTS[*index];
                let len = end.checked_sub(start).filter(|_| end <= input.size).ok_or(missing)?;
                return Ok(Arg::Input { offset: input.offset + start, len });
            }
            Source::Data(data) => match &self.scene[*data].content {
                Content::Bytes(bytes) if range == (0..bytes.len()) => bytes.clone(),
                Content::Bytes(bytes) => Bytes::new(bytes.get(range).ok_or(missing)?.to_vec()),
                // What a call gives is known when the scene runs.
                Content::Call { .. } => return Err(missing),
            },
            Source::Floats(numbers) => {
                let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
                Bytes::new(bytes.get(range).ok_or(missing)?.to_vec())
            }
            Source::Call(_) => return Err(missing),
        };
        Ok(Arg::Blob(self.blobs.add(BlobKind::Bytes, bytes)))
    }

    pub(super) fn write_buffer(&mut self, write: &WriteBuffer) -> Result<Vec<Command>, EmitError> {
        match &write.source.value {
            Source::Data(data) if self.scene[*data].is_called() => {
                return Ok(vec![self.write_from_wasm(self.ids.data_call(data.0), write)]);
            }
            Source::Call(call) => {
                return Ok(vec![self.declared_call(*call, write.span), self.write_from_wasm(call.0 as u32, write)]);
            }
            Source::Data(_) | Source::Input(_) | Source::Floats(_) => {}
        }
        let end = write.source_offset.saturating_add(write.len);
        let source = self.source_bytes(&write.source, write.source_offset.value, end, write.span)?;
        let pool = self.scene[write.buffer].pool;
        let picks = write.ping_pong.and_then(|offset| Pick::member(1, pool, offset)).into_iter().collect();
        let args = vec![Arg::Number(self.ids.buffers[write.buffer.0]), Arg::Number(write.offset.value), source];
        Ok(vec![Command { op: Op::WriteBuffer, args, picks, span: Some(write.span) }])
    }
}
