//! Images and videos: what `init` loads.

use super::*;

impl Emitter<'_> {
    /// Loads what queue actions copy from and bind groups bind, each once. An image that only gives its size is not carried along.
    pub(super) fn load_media(&mut self, out: &mut Vec<Item>) {
        let scene = self.scene;
        for (&image, &id) in &self.ids.images.clone() {
            let image = &scene[image];
            let Content::Bytes(bytes) = &scene[image.data].content else {
                unreachable!("an image is known when the scene is compiled");
            };
            let blob = Arg::Blob(self.blobs.add(BlobKind::Bytes, bytes.clone()));
            out.push(plain(Op::LoadImage, vec![Arg::Number(id), blob], Some(image.named.span)));
        }
        for (index, video) in scene.videos.iter().enumerate() {
            let mut fields = vec![(Field::Mime, Value::Str(video.file.container.mime().to_string()))];
            let flags = [(Field::Loop, video.is_looped), (Field::Autoplay, video.is_autoplayed), (Field::Muted, video.is_muted)];
            fields.extend(flags.map(|(field, flag)| (field, Value::Bool(flag))));
            fields.push((Field::PlaybackRate, Value::F32(video.playback_rate)));
            let desc = self.descriptor(Type::Video, &object(fields));
            let blob = Arg::Blob(self.blobs.add(BlobKind::Bytes, video.file.bytes.clone()));
            out.push(plain(Op::LoadVideo, vec![Arg::Number(index as u32), desc, blob], Some(video.named.span)));
        }
    }

    /// Copies an image, or a part of a video's current frame.
    pub(super) fn copy_image(&mut self, copy: &TexelCopy<ImageSide, TextureSide>, is_premultiplied: bool) -> Command {
        let pools = [1, self.texture_pool(&copy.destination)];
        let destination = |this: &Self, side: &TextureSide, frame| {
            let mut value = this.texture_side(side, frame);
            if let Value::Object(fields) = &mut value {
                dictionary::TEXTURE_SIDE.put(fields, Field::PremultipliedAlpha, Value::Bool(is_premultiplied));
            }
            value
        };
        self.texel_copy(Op::CopyExternalImage, copy, pools, Self::image_side, destination)
    }

    fn image_side(&self, side: &ImageSide, _frame: u32) -> Value {
        let source = match side.source {
            ImageSource::Image(id) => reference(Kind::Image, self.ids.images[&id]),
            ImageSource::Video(id) => reference(Kind::Video, id.0 as u32),
        };
        let mut fields = vec![(Field::Source, source)];
        let [x, y] = side.origin.value;
        if [x, y] != [0, 0] {
            fields.push((Field::Origin, Value::Array(vec![Value::Uint(x), Value::Uint(y)])));
        }
        dictionary::IMAGE_SIDE.put(&mut fields, Field::FlipY, Value::Bool(side.is_flipped));
        object(fields)
    }

    /// Copies a video's current frame into the whole of a texture.
    pub(super) fn copy_video(&mut self, video: VideoId, side: &TextureSide, span: Span) -> Command {
        let texture = side.texture.map_or(u32::from(CANVAS_TEXTURE), |id| self.ids.textures[id.0]);
        let mut command = bare(Op::BindVideoFrame, &[video.0 as u32, texture], Some(span));
        command.picks.extend(Pick::member(3, self.texture_pool(side), side.ping_pong.unwrap_or(0)));
        command
    }
}
