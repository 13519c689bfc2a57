//! The parts that know what is declared, and the questions of values that they answer together.
//!
//! What is declared may need values to be known, and values may need what is declared: the size of an image may stand in the formula of the
//! next one's data. So each is made when it is first asked for, and who makes it is given what is known of numbers so far.

use super::data::{Blobs, Made};
use super::eval::{Declared, Evaluator, Numbers};
use super::files::Files;
use super::media::{self, Images, Videos};
use super::names::Names;
use super::notes::Notes;
use super::shaders::Shaders;
use super::values::Reader;
use super::wasm::{WasmModules, Written};
use crate::language::{self, Argument, Chosen, Elem, Generator, Ns, Rows, Slot};
use crate::memo::Memo;
use pngine_scene::{Content, Size, WasmFunction};
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::{Sources, Span};
use pngine_wgsl::device::Device;
use pngine_wgsl::reflect::Module;

/// What knows what is declared.
pub(super) struct Parts<'a> {
    names: &'a Names<'a>,
    pub files: Files<'a>,
    memo: &'a Memo,
    pub blobs: Blobs<'a>,
    images: Images,
    pub videos: Videos,
    pub wasm: WasmModules,
    pub shaders: Shaders<'a>,
}

impl<'a> Parts<'a> {
    /// Nothing is looked at yet.
    pub fn new(world: &'a dyn Sources, memo: &'a Memo, names: &'a Names<'a>) -> Self {
        let files = Files { world, sources: &names.loaded.sources };
        Self {
            names,
            files,
            memo,
            blobs: Blobs::new(files, memo, names.count(Ns::Data)),
            images: Images::default(),
            videos: Videos::default(),
            wasm: WasmModules::default(),
            shaders: Shaders::new(world, memo, names),
        }
    }

    /// What reads values.
    pub fn reader<'e>(&'e mut self, numbers: &'e mut Numbers, notes: &'e mut Notes<'a>) -> Reader<'e, 'a> {
        Reader { names: self.names, numbers, declared: self, notes }
    }

    /// Makes the bytes of a `#data`, if they are not there yet: another one may have asked for the size of an image in it.
    /// `false` if they are being made right now, or too many that need each other are.
    pub fn make_data(&mut self, index: usize, numbers: &mut Numbers, notes: &mut Notes<'a>) -> bool {
        if self.blobs.is_made(index) {
            return true;
        }
        if !self.blobs.open(index) {
            return false;
        }
        let declaration = self.names.declaration(Ns::Data, index);
        let obj = self.reader(numbers, notes).object(language::Data::SHAPE, declaration.body, declaration.span, false);
        let data = language::Data::slots(&obj);
        let made = match Blobs::generator(&data, &declaration, notes) {
            Some(Chosen { value: Generator::Wasm(call), .. }) => {
                call.as_ref().and_then(|call| self.called(call, declaration.name, numbers, notes))
            }
            Some(generator) => self.blobs.bytes(generator, &data.ty, (index, &declaration), notes),
            None => None,
        };
        self.blobs.close(index, &declaration, made.filter(|_| obj.is_whole()));
        true
    }

    /// What a `#data` is that a module makes.
    fn called(&mut self, call: &language::WasmData, name: &str, numbers: &mut Numbers, notes: &mut Notes<'a>) -> Option<Made> {
        let function = self.wasm_function((&call.module, &call.func, &call.returns), None, numbers, notes)?;
        let Some(len) = function.len else {
            let message = format!("the function that makes `#data {name}` returns nothing");
            let diagnostic = Diagnostic::new(Code::EmptyData, call.returns.span, message);
            notes.report(diagnostic.help("write what its result points to, such as `returns=\"array<f32, 16>\"`"));
            return None;
        };
        Some((Content::Call { function, len }, 0, Vec::new()))
    }

    /// What an object with `module`, `func`, `returns` and perhaps `args` calls. `None` for a mistake, which is reported.
    pub fn wasm_function(
        &mut self,
        (module, func, returns): (&Written<language::Url>, &Written<String>, &Written<String>),
        args: Option<&Slot<Vec<Elem<Argument>>>>,
        numbers: &mut Numbers,
        notes: &mut Notes<'a>,
    ) -> Option<WasmFunction> {
        let module = self.wasm.module(module, self.files, notes);
        let mut eval = Evaluator { names: self.names, numbers, declared: self, notes };
        let size = returns.found().and_then(|text| eval.result_size(&text.value, text.span));
        let (module, size, func) = (module?, size?, func.found()?);
        self.wasm.function(module, func, (size, returns.span), args, notes)
    }
}

impl<'a> Declared<'a> for Parts<'a> {
    fn device(&self) -> &Device {
        &self.shaders.device
    }

    fn data_size(&self, data: usize) -> Option<u32> {
        self.blobs.size(data)
    }

    fn index_list(&self, data: &str, span: Span, notes: &mut Notes<'a>) -> Option<usize> {
        self.blobs.index_list(data, span, notes)
    }

    fn image_size(&mut self, image: usize, numbers: &mut Numbers, notes: &mut Notes<'a>) -> Option<Size> {
        if let Some(known) = self.images.of_bitmaps.get(&image) {
            return *known;
        }
        let (data, span) = media::image_data(self.names, image)?;
        let size = match self.images.of_data.get(&data).copied() {
            Some(known) => known,
            None if self.make_data(data, numbers, notes) => self.images.of((data, self.blobs.data(data)), span, self.memo, notes),
            None => {
                let declared = self.names.declaration(Ns::Data, data);
                let message = format!("the image in `#data {}` needs its own size", declared.name);
                let diagnostic = Diagnostic::new(Code::DefineCycle, span, message).also(declared.name_span, "declared here");
                notes.report(diagnostic.help("write the number that it stands for"));
                None
            }
        };
        self.images.of_bitmaps.insert(image, size);
        size
    }

    fn shader(&mut self, text: (Ns, usize), notes: &mut Notes<'a>) -> (usize, Option<&Module>) {
        let shader = self.shaders.shader(text, notes);
        (shader, self.shaders.list[shader].module.as_ref())
    }
}
