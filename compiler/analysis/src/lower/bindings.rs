//! Bind groups and their layouts.

use super::{Lowerer, conflict, named};
use crate::device::Limit;
use crate::diag::{Code, Diagnostic};
use crate::language::Ns;
use crate::resolve::{Node, Obj, Object, Val};
use crate::scene::*;
use crate::source::Span;
use pngine_format::word::Word;
use std::collections::{BTreeMap, BTreeSet};

/// The pipeline of a `layout={ pipeline=… }`.
fn pipeline_of(auto: &Obj) -> Option<PipelineId> {
    let render = auto.decl("pipeline", Ns::RenderPipeline).map(|id| PipelineId::Render(RenderPipelineId(id)));
    render.or(auto.decl("pipeline", Ns::ComputePipeline).map(|id| PipelineId::Compute(ComputePipelineId(id))))
}

impl Lowerer<'_> {
    pub(super) fn layout(&mut self, o: &Object) -> Option<Layout> {
        let mut entries = Vec::new();
        for node in o.obj.list("entries") {
            let Val::Obj(entry) = &node.val else { return None };
            entries.push(self.layout_entry(entry)?);
        }
        self.unique(entries.iter().map(|entry: &LayoutEntry| (entry.binding, entry.span)));
        o.obj.get("entries")?;
        Some(Layout { named: named(o), entries })
    }

    fn layout_entry(&mut self, obj: &Obj) -> Option<LayoutEntry> {
        let kinds = obj.written(&["buffer", "sampler", "texture", "storageTexture", "externalTexture"]);
        let kind = match kinds.as_slice() {
            [kind] => *kind,
            [] => {
                if !obj.incomplete {
                    self.report(
                        Diagnostic::new(Code::MissingProperty, obj.span, "this layout entry does not say what it is for").help(
                            "add `buffer={}`, `sampler={}`, `texture={}`, `storageTexture={ format=… }` or `externalTexture={}`",
                        ),
                    );
                }
                return None;
            }
            [first, second, ..] => {
                let message = format!("this layout entry is both `{first}` and `{second}`");
                self.report(conflict(obj, (first, second), message));
                return None;
            }
        };
        let inner = obj.obj(kind)?;
        if inner.props.iter().any(|(.., node)| matches!(node.val, Val::Bad)) {
            return None;
        }
        let word = |name: &str, default: &str| inner.word(name).or(Word::find(default));
        let kind = match kind {
            "buffer" => LayoutKind::Buffer {
                ty: word("type", "uniform")?,
                dynamic: inner.bool("hasDynamicOffset").unwrap_or(false),
                min_size: inner.uint_or("minBindingSize", 0),
            },
            "sampler" => LayoutKind::Sampler { ty: word("type", "filtering")? },
            "texture" => LayoutKind::Texture {
                sample: word("sampleType", "float")?,
                dimension: word("viewDimension", "2d")?,
                multisampled: inner.bool("multisampled").unwrap_or(false),
            },
            "storageTexture" => LayoutKind::StorageTexture {
                format: inner.word("format")?,
                access: word("access", "write-only")?,
                dimension: word("viewDimension", "2d")?,
            },
            _ => LayoutKind::ExternalTexture,
        };
        Some(LayoutEntry { span: obj.span, binding: obj.uint("binding")?, visibility: obj.flags("visibility")?, kind })
    }

    /// Reports bindings with the same number.
    fn unique(&mut self, bindings: impl Iterator<Item = (u32, Span)>) {
        let mut seen: BTreeMap<u32, Span> = BTreeMap::new();
        for (binding, span) in bindings {
            if let Some(old) = seen.insert(binding, span) {
                let message = format!("binding {binding} is given twice");
                self.report(Diagnostic::new(Code::DuplicateBinding, span, message).also(old, "the first one"));
            }
        }
    }

    pub(super) fn pipeline_layout(&mut self, o: &Object) -> Option<PipelineLayout> {
        let nodes = o.obj.list("bindGroupLayouts");
        o.obj.get("bindGroupLayouts")?;
        let most = self.scene.device.limit32(Limit::MaxBindGroups) as usize;
        if nodes.len() > most {
            let message = format!("a pipeline has at most {most} bind groups, and {} are listed", nodes.len());
            let diagnostic = Diagnostic::new(Code::BadLength, o.obj.span_of("bindGroupLayouts"), message);
            self.report(self.scene.device.raise(diagnostic, Limit::MaxBindGroups, nodes.len() as u64));
            return None;
        }
        let groups: Option<Vec<LayoutId>> = nodes
            .iter()
            .map(|node| match node.val {
                Val::Decl(Ns::BindGroupLayout, index) => Some(LayoutId(index)),
                _ => None,
            })
            .collect();
        Some(PipelineLayout { named: named(o), groups: groups? })
    }

    /// Notes which pipelines every bind group is set for, by the properties of passes and bundles and by their commands.
    pub(super) fn find_group_users(&mut self, objects: [&[Object]; 3]) {
        let pipeline_of = |node: &Node| match node.val {
            Val::Decl(Ns::RenderPipeline, id) => Some(PipelineId::Render(RenderPipelineId(id))),
            Val::Decl(Ns::ComputePipeline, id) => Some(PipelineId::Compute(ComputePipelineId(id))),
            _ => None,
        };
        for object in objects.into_iter().flatten() {
            let obj = &object.obj;
            self.lost_users |= !obj.is_whole();
            // One that is not known is reported, and its groups cannot be known either.
            let mut pipeline = obj.get("pipeline").map(pipeline_of);
            let mut slots: BTreeMap<u32, usize> = BTreeMap::new();
            for (position, node) in (0..).zip(obj.list("bindGroups")) {
                let (group, index) = match &node.val {
                    Val::Decl(Ns::BindGroup, group) => (Some(*group), position),
                    Val::Obj(slot) => (slot.decl("bindGroup", Ns::BindGroup), slot.uint_or("index", position)),
                    _ => (None, 0),
                };
                if let Some(group) = group {
                    slots.insert(index, group);
                }
            }
            let mut users = Vec::new();
            users.extend(slots.iter().filter_map(|(index, group)| Some((*group, (pipeline?, *index)))));
            for command in
                obj.list("commands").iter().filter_map(|node| if let Val::Obj(obj) = &node.val { Some(obj) } else { None })
            {
                if let Some(set) = command.obj("setBindGroup")
                    && let (Some(group), Some(index)) = (set.decl("bindGroup", Ns::BindGroup), set.uint("index"))
                {
                    slots.insert(index, group);
                    users.extend(pipeline.map(|pipeline| (group, (pipeline, index))));
                } else if let Some(node) = command.get("setPipeline") {
                    // What was set before stays set.
                    let set = pipeline_of(node);
                    pipeline = Some(set);
                    users.extend(slots.iter().map(|(index, group)| (*group, (set, *index))));
                }
            }
            for (group, user) in users {
                let known = self.group_users.entry(group).or_default();
                if !known.contains(&user) {
                    known.push(user);
                }
            }
        }
    }

    /// A pipeline that does not say where its layout comes from takes the layouts of the bind groups that its passes set, if these
    /// name `#bindGroupLayout`s for every group that its shaders use. Otherwise its layout is automatic.
    pub(super) fn layouts_from_groups(&mut self, groups: &[Object], render: &[Object], compute: &[Object]) {
        let mut named: BTreeMap<PipelineId, BTreeMap<u32, Option<LayoutId>>> = BTreeMap::new();
        // Pipelines that some bind group takes its layout from.
        let mut taken: BTreeSet<PipelineId> = BTreeSet::new();
        for (index, group) in groups.iter().enumerate() {
            let users = self.group_users.get(&index).into_iter().flatten();
            let layout = match group.obj.get("layout").map(|node| &node.val) {
                Some(Val::Decl(Ns::BindGroupLayout, layout)) => layout,
                Some(Val::Obj(auto)) => {
                    taken.extend(pipeline_of(auto));
                    continue;
                }
                _ => {
                    taken.extend(users.filter_map(|(pipeline, _)| *pipeline));
                    continue;
                }
            };
            for (pipeline, slot) in users {
                let Some(pipeline) = pipeline else { continue };
                let known = named.entry(*pipeline).or_default().entry(*slot).or_insert(Some(LayoutId(*layout)));
                // Two that differ leave it open which is meant.
                *known = known.filter(|known| *known == LayoutId(*layout));
            }
        }
        for (pipeline, slots) in named.into_iter().filter(|(pipeline, _)| !taken.contains(pipeline)) {
            let object = match pipeline {
                PipelineId::Render(id) => render.get(id.0),
                PipelineId::Compute(id) => compute.get(id.0),
            };
            let is_open = object.is_some_and(|object| object.obj.get("layout").is_none());
            let slots: Option<BTreeMap<u32, LayoutId>> = slots.into_iter().map(|(slot, layout)| Some((slot, layout?))).collect();
            let (true, Some(slots), Some(None)) = (is_open, slots, self.scene.pipeline_layout(pipeline)) else { continue };
            let Some(used) = crate::scene::uses::used_groups(&self.scene, pipeline) else { continue };
            if used.iter().any(|group| !slots.contains_key(group)) {
                continue;
            }
            let Some(last) = used.last() else { continue };
            let layouts = (0..=*last).map(|slot| slots.get(&slot).copied().unwrap_or_else(|| self.empty_layout())).collect();
            let layout = self.made_layout(object, layouts);
            match pipeline {
                PipelineId::Render(id) => {
                    self.scene.render_pipelines[id.0].iter_mut().for_each(|pipeline| pipeline.layout = Some(layout));
                }
                PipelineId::Compute(id) => {
                    self.scene.compute_pipelines[id.0].iter_mut().for_each(|pipeline| pipeline.layout = Some(layout));
                }
            }
        }
    }

    /// A pipeline layout that nobody declared, under the name of the pipeline that it is made for. Pipelines with the same groups
    /// share one.
    fn made_layout(&mut self, pipeline: Option<&Object>, groups: Vec<LayoutId>) -> PipelineLayoutId {
        let is_same = |layout: &Option<PipelineLayout>| layout.as_ref().is_some_and(|layout| layout.groups == groups);
        if let Some(known) = self.scene.pipeline_layouts.iter().position(is_same) {
            return PipelineLayoutId(known);
        }
        let named = pipeline.map_or_else(|| Named { name: String::new(), span: Span::default() }, named);
        self.scene.pipeline_layouts.push(Some(PipelineLayout { named, groups }));
        PipelineLayoutId(self.scene.pipeline_layouts.len() - 1)
    }

    /// The layout of a group that has nothing in it.
    fn empty_layout(&mut self) -> LayoutId {
        let is_empty = |layout: &Option<Layout>| layout.as_ref().is_some_and(|layout| layout.entries.is_empty());
        let known = self.scene.layouts.iter().position(is_empty);
        LayoutId(known.unwrap_or_else(|| {
            let named = Named { name: "(empty)".to_string(), span: Span::default() };
            self.scene.layouts.push(Some(Layout { named, entries: Vec::new() }));
            self.scene.layouts.len() - 1
        }))
    }

    pub(super) fn group(&mut self, index: usize, o: &Object) -> Option<Group> {
        let obj = &o.obj;
        let users = self.group_users.get(&index).cloned().unwrap_or_default();
        let layout_span = obj.get("layout").map_or(o.name_span, |node| node.span);
        // One that stays set while pipelines change is for the first pipeline that uses it.
        let inferred = |wanted: Option<u32>| {
            let known = users.iter().filter_map(|(pipeline, index)| Some(((*pipeline)?, *index)));
            let mut fitting = known.filter(|(_, index)| wanted.is_none_or(|wanted| wanted == *index));
            let first = fitting.clone().next();
            fitting.find(|(pipeline, index)| self.has_group(*pipeline, *index)).or(first)
        };
        let layout = match obj.get("layout").map(|node| &node.val) {
            None | Some(Val::Auto) => inferred(None),
            Some(Val::Num(number)) => {
                let group = *number as u32;
                inferred(Some(group)).or_else(|| inferred(None).map(|(pipeline, _)| (pipeline, group)))
            }
            Some(Val::Decl(Ns::BindGroupLayout, layout)) => {
                let layout = GroupLayout::Explicit(LayoutId(*layout));
                return self.group_with(o, layout, layout_span);
            }
            Some(Val::Obj(auto)) => {
                let group = if auto.bad("index") { return None } else { auto.uint_or("index", 0) };
                Some((pipeline_of(auto)?, group))
            }
            Some(_) => return None,
        };
        let Some((pipeline, group)) = layout else {
            if !users.is_empty() || self.lost_users {
                return None;
            }
            let message = format!("the layout of `#bindGroup {}` cannot be told: no pass uses it", o.name);
            self.report(
                Diagnostic::new(Code::UnknownLayout, layout_span, message)
                    .help("write `layout={ pipeline=… index=0 }`, or list it in a pass"),
            );
            return None;
        };
        // The layout of a group in a pipeline with an explicit layout is that explicit one.
        let layout = match self.scene.pipeline_layout(pipeline)? {
            Some(layout) => {
                let layouts = self.scene.pipeline_layouts.get(layout.0)?.as_ref()?;
                match layouts.groups.get(group as usize) {
                    Some(layout) => GroupLayout::Explicit(*layout),
                    None => {
                        let message = format!("`#pipelineLayout {}` has no group {group}", layouts.named.name);
                        let declared = layouts.named.span;
                        self.report(Diagnostic::new(Code::UnknownLayout, layout_span, message).also(declared, "declared here"));
                        return None;
                    }
                }
            }
            None => GroupLayout::Auto(pipeline, group),
        };
        self.group_with(o, layout, layout_span)
    }

    /// Whether the layout of a pipeline has this group, and something in it.
    fn has_group(&self, pipeline: PipelineId, group: u32) -> bool {
        match self.scene.pipeline_layout(pipeline) {
            None => false,
            Some(Some(layout)) => {
                let layout = self.scene.pipeline_layouts.get(layout.0).and_then(Option::as_ref);
                layout.is_some_and(|layout| layout.groups.len() > group as usize)
            }
            Some(None) => self.scene.stages(pipeline).into_iter().any(|stage| {
                let module = self.scene.shaders[stage.shader.0].module.as_ref();
                module.is_some_and(|module| {
                    let entry = module.entry_point(&stage.entry);
                    entry.is_some_and(|entry| entry.bindings.iter().any(|&index| module.bindings[index].group == group))
                })
            }),
        }
    }

    fn group_with(&mut self, o: &Object, layout: GroupLayout, layout_span: Span) -> Option<Group> {
        let mut entries = Vec::new();
        let mut complete = o.obj.get("entries").is_some();
        for node in o.obj.list("entries") {
            let entry = match &node.val {
                Val::Obj(entry) => self.entry(entry),
                _ => None,
            };
            match entry {
                Some(entry) => entries.push(entry),
                None => complete = false,
            }
        }
        self.unique(entries.iter().map(|entry| (entry.binding, entry.span)));
        complete.then(|| Group { named: named(o), layout, layout_span, entries, pool: o.obj.uint_or("pool", 1) })
    }

    fn entry(&mut self, obj: &Obj) -> Option<Entry> {
        if obj.incomplete || obj.bad("binding") {
            return None;
        }
        let kinds = obj.written(&["resource", "buffer", "texture", "textureView", "sampler"]);
        let inner = match kinds.as_slice() {
            [] => {
                self.report(
                    Diagnostic::new(Code::MissingProperty, obj.span, "this entry binds nothing")
                        .help("write `resource=` and what is bound"),
                );
                return None;
            }
            ["resource"] => match &obj.get("resource")?.val {
                Val::Obj(resource) => resource,
                Val::Decl(ns, index) => {
                    let resource = match ns {
                        Ns::Buffer => self.buffer_resource(obj, *index)?,
                        _ => self.plain_resource(obj, *ns, *index)?,
                    };
                    return Some(Entry { span: obj.span, binding: obj.uint_or("binding", 0), resource });
                }
                _ => return None,
            },
            [_] => obj,
            [first, second, ..] => {
                let message = format!("this entry has both `{first}` and `{second}`");
                self.report(conflict(obj, (first, second), message));
                return None;
            }
        };
        let resource = match inner.written(&["buffer", "texture", "textureView", "sampler"]).as_slice() {
            [kind] => match inner.get(kind)?.val {
                Val::Decl(Ns::Buffer, index) => self.buffer_resource(inner, index)?,
                Val::Decl(ns, index) => self.plain_resource(inner, ns, index)?,
                _ => return None,
            },
            [] => {
                if !inner.incomplete {
                    self.report(
                        Diagnostic::new(Code::MissingProperty, inner.span, "this resource names nothing")
                            .help("write `buffer=`, `texture=`, `textureView=` or `sampler=`"),
                    );
                }
                return None;
            }
            [first, second, ..] => {
                let message = format!("this resource has both `{first}` and `{second}`");
                self.report(conflict(inner, (first, second), message));
                return None;
            }
        };
        Some(Entry { span: obj.span, binding: obj.uint_or("binding", 0), resource })
    }

    fn buffer_resource(&mut self, obj: &Obj, buffer: usize) -> Option<Resource> {
        if ["offset", "size", "pingPong"].iter().any(|name| obj.bad(name)) {
            return None;
        }
        let (offset, size) = (obj.uint_or("offset", 0), obj.uint("size").filter(|size| *size != 0));
        if !offset.is_multiple_of(256) {
            let message = format!("offset {offset} is not a multiple of 256");
            self.report(Diagnostic::new(Code::Unaligned, obj.span_of("offset"), message));
            return None;
        }
        if let Some(pool) = self.scene.buffer(BufferId(buffer)).map(|buffer| buffer.pool) {
            self.pool_offset(obj, pool);
        }
        Some(Resource::Buffer { buffer: BufferId(buffer), offset, size, ping_pong: obj.uint_or("pingPong", 0) })
    }

    fn plain_resource(&mut self, obj: &Obj, ns: Ns, index: usize) -> Option<Resource> {
        let pool = match ns {
            Ns::Texture => self.scene.texture(TextureId(index)).map(|texture| texture.pool),
            Ns::TextureView => Some(self.scene.view_pool(ViewId(index))),
            _ => None,
        };
        if let Some(pool) = pool {
            self.pool_offset(obj, pool);
        }
        let pooled = matches!(ns, Ns::Texture | Ns::TextureView);
        for name in ["offset", "size", "pingPong"] {
            if let Some(span) = obj.prop_span(name).filter(|_| !(pooled && name == "pingPong")) {
                let message = match name {
                    "pingPong" => "`pingPong` picks a member of a pool, and this has none".to_string(),
                    _ => format!("`{name}` goes with buffers only"),
                };
                self.report(Diagnostic::new(Code::Conflict, span, message).help("leave it out"));
            }
        }
        if obj.bad("pingPong") {
            return None;
        }
        let ping_pong = obj.uint_or("pingPong", 0);
        match ns {
            Ns::Texture => Some(Resource::Texture { texture: TextureId(index), ping_pong }),
            Ns::TextureView => Some(Resource::View { view: ViewId(index), ping_pong }),
            Ns::Sampler => Some(Resource::Sampler(SamplerId(index))),
            Ns::Video => Some(Resource::Video(VideoId(index))),
            _ => None,
        }
    }
}
