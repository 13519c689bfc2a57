//! Images and videos: what `init` loads.

use super::*;

impl Emitter<'_> {
    /// Loads what queue actions copy from and bind groups bind, each once. An image that only gives its size is not carried along.
    pub(super) fn load_media(&mut self, out: &mut Vec<Item>) {
        let scene = self.scene;
        for (&image, &id) in &self.ids.images.clone() {
            let image = scene.image(image).expect(HOLE);
            let bytes = scene.data[image.data.0].bytes.clone().expect(HOLE);
            let blob = Arg::Blob(self.blobs.add(BlobKind::Bytes, bytes));
            out.push(plain(Op::LoadImage, vec![Arg::Number(id), blob], Some(image.named.span)));
        }
        for (index, video) in scene.videos.iter().flatten().enumerate() {
            let mut fields = vec![(Field::Mime, Value::Str(video.file.container.mime().to_string()))];
            let flags = [(Field::Loop, video.is_looped), (Field::Autoplay, video.is_autoplayed), (Field::Muted, video.is_muted)];
            fields.extend(flags.map(|(field, flag)| (field, Value::Bool(flag))));
            fields.push((Field::PlaybackRate, Value::F32(video.playback_rate)));
            let desc = self.descriptor(Type::Video, &object(fields));
            let blob = Arg::Blob(self.blobs.add(BlobKind::Bytes, video.file.bytes.clone()));
            out.push(plain(Op::LoadVideo, vec![Arg::Number(index as u32), desc, blob], Some(video.named.span)));
        }
    }
}
