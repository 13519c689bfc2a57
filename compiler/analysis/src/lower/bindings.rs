//! Bind groups and their layouts.

use super::{Lowerer, conflict, named};
use crate::language::{self, Auto, Bindable, Bound, BoundPart, Chosen, Command, Either, GroupSlot, Listed, Slot, all};
use crate::resolve::Object;
use pngine_scene::*;
use pngine_source::diag::{Clue, Code, Diagnostic};
use pngine_source::source::Span;
use std::collections::{BTreeMap, BTreeSet};

impl Lowerer<'_> {
    pub(super) fn layout(&mut self, o: &Object) -> Option<Layout> {
        let layout: language::BindGroupLayout = o.read();
        let mut entries = Vec::new();
        for entry in layout.entries.value.as_ref()? {
            entries.push(self.layout_entry(entry.value.as_ref()?)?);
        }
        Some(Layout { named: named(o), entries })
    }

    fn layout_entry(&mut self, entry: &language::LayoutEntry) -> Option<LayoutEntry> {
        let chosen = match entry.kind.as_slice() {
            [chosen] => chosen,
            [] => {
                if !entry.at.is_incomplete {
                    self.report(
                        Diagnostic::new(Code::MissingProperty, entry.at.span, "this layout entry does not say what it is for")
                            .help(
                                "add `buffer={}`, `sampler={}`, `texture={}`, `storageTexture={ format=… }` or `externalTexture={}`",
                            ),
                    );
                }
                return None;
            }
            [first, second, ..] => {
                let message = format!("this layout entry is both `{}` and `{}`", first.row.name, second.row.name);
                self.report(conflict(first.prop_span(), second.prop_span(), message));
                return None;
            }
        };
        let at = match &chosen.value {
            language::LayoutKind::Buffer(layout) => layout.as_ref()?.at,
            language::LayoutKind::Sampler(layout) => layout.as_ref()?.at,
            language::LayoutKind::Texture(layout) => layout.as_ref()?.at,
            language::LayoutKind::StorageTexture(layout) => layout.as_ref()?.at,
            language::LayoutKind::ExternalTexture(layout) => layout.as_ref()?.at,
        };
        if !at.is_sound {
            return None;
        }
        let kind = match &chosen.value {
            language::LayoutKind::Buffer(layout) => {
                let language::BufferLayout { ty, has_dynamic_offset, min_binding_size, .. } = layout.as_ref()?;
                LayoutKind::Buffer { ty: ty.value, dynamic: has_dynamic_offset.value, min_size: min_binding_size.value }
            }
            language::LayoutKind::Sampler(layout) => LayoutKind::Sampler { ty: layout.as_ref()?.ty.value },
            language::LayoutKind::Texture(layout) => {
                let language::TextureLayout { sample_type, view_dimension, multisampled, .. } = layout.as_ref()?;
                let (sample, dimension) = (sample_type.value, view_dimension.value);
                LayoutKind::Texture { sample, dimension, multisampled: multisampled.value }
            }
            language::LayoutKind::StorageTexture(layout) => {
                let language::StorageLayout { format, access, view_dimension, .. } = layout.as_ref()?;
                let (access, dimension) = (access.value, view_dimension.value);
                LayoutKind::StorageTexture { format: format.value?, access, dimension }
            }
            language::LayoutKind::ExternalTexture(_) => LayoutKind::ExternalTexture,
        };
        Some(LayoutEntry { span: entry.at.span, binding: entry.binding.value?, visibility: entry.visibility.value?, kind })
    }

    pub(super) fn pipeline_layout(&mut self, o: &Object) -> Option<PipelineLayout> {
        let layout: language::PipelineLayout = o.read();
        let listed = layout.bind_group_layouts.found()?;
        Some(PipelineLayout { named: named(o), groups: Spanned::new(all(&listed)?, listed.span) })
    }

    /// Notes which pipelines every bind group is set for, by the properties of passes and bundles and by their commands.
    pub(super) fn find_group_users(&mut self, [passes, bundles, compute]: [&[Object]; 3]) {
        // A pipeline that is not known is reported, and its groups cannot be known either.
        let of = |slot: &Slot<Option<RenderPipelineId>>| slot.is_written().then_some(slot.value.map(PipelineId::Render));
        for object in [passes, bundles, compute].into_iter().flatten() {
            self.lost_users |= !object.obj.is_whole();
        }
        for object in passes {
            let pass: language::RenderPass = object.read();
            self.group_users_of(of(&pass.geometry.pipeline), &pass.geometry.bind_groups, &pass.commands);
        }
        for object in bundles {
            let bundle: language::RenderBundle = object.read();
            self.group_users_of(of(&bundle.geometry.pipeline), &bundle.geometry.bind_groups, &bundle.commands);
        }
        for object in compute {
            let pass: language::ComputePass = object.read();
            let pipeline = pass.pipeline.is_written().then_some(pass.pipeline.value.map(PipelineId::Compute));
            self.group_users_of(pipeline, &pass.bind_groups, &pass.commands);
        }
    }

    fn group_users_of(
        &mut self,
        mut pipeline: Option<Option<PipelineId>>,
        groups: &Listed<Either<GroupSlot, GroupId>>,
        commands: &Listed<Chosen<Command>>,
    ) {
        let mut slots: BTreeMap<u32, GroupId> = BTreeMap::new();
        for (position, group) in (0..).zip(groups.elements()) {
            match &group.value {
                Some(Either::A(slot)) => {
                    let index = slot.index.value.unwrap_or(position);
                    slots.extend(slot.bind_group.value.map(|group| (index, group)));
                }
                Some(Either::B(group)) => _ = slots.insert(position, *group),
                None => {}
            }
        }
        let mut users = Vec::new();
        users.extend(slots.iter().filter_map(|(index, group)| Some((*group, (pipeline?, *index)))));
        for command in commands.elements().iter().filter_map(|command| command.value.as_ref()) {
            match &command.value {
                Command::SetBindGroup(Some(set)) => {
                    if let (Some(group), Some(index)) = (set.bind_group.value, set.index.value) {
                        slots.insert(index, group);
                        users.extend(pipeline.map(|pipeline| (group, (pipeline, index))));
                    }
                }
                Command::SetPipeline(set) => {
                    // What was set before stays set.
                    pipeline = Some(*set);
                    users.extend(slots.iter().map(|(index, group)| (*group, (*set, *index))));
                }
                _ => {}
            }
        }
        for (group, user) in users {
            let known = self.group_users.entry(group).or_default();
            if !known.contains(&user) {
                known.push(user);
            }
        }
    }

    /// A pipeline that does not say where its layout comes from takes the layouts of the bind groups that its passes set, if these
    /// name `#bindGroupLayout`s for every group that its shaders use. Otherwise its layout is automatic.
    pub(super) fn layouts_from_groups(&mut self, groups: &[Object]) {
        let mut named: BTreeMap<PipelineId, BTreeMap<u32, Option<LayoutId>>> = BTreeMap::new();
        // Pipelines that some bind group takes its layout from.
        let mut taken: BTreeSet<PipelineId> = BTreeSet::new();
        for (index, group) in groups.iter().enumerate() {
            let users = self.group_users.get(&GroupId(index)).into_iter().flatten();
            let group: language::BindGroup = group.read();
            let layout = match group.layout.value {
                Either::B(Auto::Is(Either::B(layout))) => layout,
                Either::A(auto) => {
                    taken.extend(auto.pipeline.value);
                    continue;
                }
                Either::B(_) => {
                    taken.extend(users.filter_map(|(pipeline, _)| *pipeline));
                    continue;
                }
            };
            for (pipeline, slot) in users {
                let Some(pipeline) = pipeline else { continue };
                let known = named.entry(*pipeline).or_default().entry(*slot).or_insert(Some(layout));
                // Two that differ leave it open which is meant.
                *known = known.filter(|known| *known == layout);
            }
        }
        for (pipeline, slots) in named.into_iter().filter(|(pipeline, _)| !taken.contains(pipeline)) {
            let slots: Option<BTreeMap<u32, LayoutId>> = slots.into_iter().map(|(slot, layout)| Some((slot, layout?))).collect();
            let is_open = self.open_layouts.contains(&pipeline);
            let (true, Some(slots), Some(None)) = (is_open, slots, self.scene.pipeline_layout(pipeline)) else { continue };
            let Some(used) = pngine_scene::uses::used_groups(&self.scene, pipeline) else { continue };
            if used.iter().any(|group| !slots.contains_key(group)) {
                continue;
            }
            let Some(last) = used.last() else { continue };
            let layouts = (0..=*last).map(|slot| slots.get(&slot).copied().unwrap_or_else(|| self.empty_layout())).collect();
            let layout = self.made_layout(pipeline, layouts);
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
    fn made_layout(&mut self, pipeline: PipelineId, groups: Vec<LayoutId>) -> PipelineLayoutId {
        let is_same = |layout: &Option<PipelineLayout>| layout.as_ref().is_some_and(|layout| *layout.groups == groups);
        if let Some(known) = self.scene.pipeline_layouts.iter().position(is_same) {
            return PipelineLayoutId(known);
        }
        let unnamed = || Named { name: String::new(), span: Span::default() };
        let named = self.scene.pipeline_name(pipeline).cloned().unwrap_or_else(unnamed);
        let groups = Spanned::new(groups, named.span);
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
        let declared: language::BindGroup = o.read();
        let users = self.group_users.get(&GroupId(index)).cloned().unwrap_or_default();
        let layout_span = declared.layout.span_or(o.name_span);
        // One that stays set while pipelines change is for the first pipeline that uses it.
        let inferred = |wanted: Option<u32>| {
            let known = users.iter().filter_map(|(pipeline, index)| Some(((*pipeline)?, *index)));
            let mut fitting = known.filter(|(_, index)| wanted.is_none_or(|wanted| wanted == *index));
            let first = fitting.clone().next();
            fitting.find(|(pipeline, index)| self.has_group(*pipeline, *index)).or(first)
        };
        if declared.layout.is_bad() {
            return None;
        }
        let layout = match &declared.layout.value {
            Either::B(Auto::Auto) => inferred(None),
            Either::B(Auto::Is(Either::A(group))) => {
                inferred(Some(*group)).or_else(|| inferred(None).map(|(pipeline, _)| (pipeline, *group)))
            }
            Either::B(Auto::Is(Either::B(layout))) => {
                return self.group_with(o, &declared, Spanned::new(GroupLayout::Explicit(*layout), layout_span));
            }
            Either::A(auto) if auto.index.is_bad() => return None,
            Either::A(auto) => Some((auto.pipeline.value?, auto.index.value)),
        };
        let Some((pipeline, group)) = layout else {
            if !users.is_empty() || self.lost_users {
                return None;
            }
            let message = format!("the layout of `#bindGroup {}` cannot be inferred: no pass uses it", o.name);
            self.report(
                Diagnostic::new(Code::UnknownLayout, layout_span, message)
                    .clue(Clue::LacksUser)
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
        self.group_with(o, &declared, Spanned::new(layout, layout_span))
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

    fn group_with(&mut self, o: &Object, declared: &language::BindGroup, layout: Spanned<GroupLayout>) -> Option<Group> {
        let lowered: Vec<Option<Entry>> =
            declared.entries.elements().iter().map(|entry| self.entry(entry.value.as_ref()?)).collect();
        let entries: Option<Vec<Entry>> = lowered.into_iter().collect();
        let entries = entries.filter(|_| declared.entries.is_written())?;
        Some(Group { named: named(o), layout, entries, pool: declared.pool.value })
    }

    fn entry(&mut self, entry: &language::Entry) -> Option<Entry> {
        let language::Entry { at, binding, resource, short, part } = entry;
        if at.is_incomplete || binding.is_bad() {
            return None;
        }
        let mut kinds: Vec<(&str, Span)> = short.iter().map(|chosen| (chosen.row.name, chosen.prop_span())).collect();
        kinds.extend(resource.prop_span().map(|span| (resource.row.name, span)));
        kinds.sort_by_key(|(_, span)| span.start);
        match kinds.as_slice() {
            [_] => {}
            [] => {
                self.report(
                    Diagnostic::new(Code::MissingProperty, at.span, "this entry binds nothing")
                        .help("write `resource=` and what is bound"),
                );
                return None;
            }
            [(first, first_span), (second, second_span), ..] => {
                let message = format!("this entry has both `{first}` and `{second}`");
                self.report(conflict(*first_span, *second_span, message));
                return None;
            }
        }
        let (at, bound, part) = match &resource.value {
            Some(Either::A(inner)) => (&inner.at, &inner.bound, &inner.part),
            Some(Either::B(bound)) => {
                let resource = self.resource(*bound, part)?;
                return Some(Entry { span: at.span, binding: binding.value, resource });
            }
            None => (at, short, part),
        };
        let bound = match bound.as_slice() {
            [bound] => match bound.value {
                Bound::Buffer(id) => Bindable::Buffer(id?),
                Bound::Texture(id) => Bindable::Texture(id?),
                Bound::TextureView(id) => Bindable::View(id?),
                Bound::Sampler(id) => Bindable::Sampler(id?),
            },
            [] => {
                if !at.is_incomplete && !resource.is_bad() {
                    self.report(
                        Diagnostic::new(Code::MissingProperty, at.span, "this resource names nothing")
                            .help("write `buffer=`, `texture=`, `textureView=` or `sampler=`"),
                    );
                }
                return None;
            }
            [first, second, ..] => {
                let message = format!("this resource has both `{}` and `{}`", first.row.name, second.row.name);
                self.report(conflict(first.prop_span(), second.prop_span(), message));
                return None;
            }
        };
        let resource = self.resource(bound, part)?;
        Some(Entry { span: entry.at.span, binding: binding.value, resource })
    }

    fn resource(&mut self, bound: Bindable, part: &BoundPart) -> Option<Resource> {
        let BoundPart { offset, size, ping_pong, .. } = part;
        let buffer = match bound {
            Bindable::Buffer(buffer) => buffer,
            Bindable::Texture(texture) => {
                self.part_of_others(part, self.scene.texture(texture).map(|texture| texture.pool), true)?;
                return Some(Resource::Texture { texture, ping_pong: ping_pong.value });
            }
            Bindable::View(view) => {
                self.part_of_others(part, Some(self.scene.view_pool(view)), true)?;
                return Some(Resource::View { view, ping_pong: ping_pong.value });
            }
            Bindable::Sampler(sampler) => {
                self.part_of_others(part, None, false)?;
                return Some(Resource::Sampler(sampler));
            }
            Bindable::Video(video) => {
                self.part_of_others(part, None, false)?;
                return Some(Resource::Video(video));
            }
        };
        if offset.is_bad() || size.is_bad() || ping_pong.is_bad() {
            return None;
        }
        if let Some(pool) = self.scene.buffer(buffer).map(|buffer| buffer.pool) {
            self.pool_offset(ping_pong.spanned(), pool);
        }
        let size = Some(size.value).filter(|size| *size != 0);
        Some(Resource::Buffer { buffer, offset: offset.spanned(), size, ping_pong: ping_pong.value })
    }

    /// Reports what goes with buffers only, and with what has a pool. `None` where the member of the pool is wrong.
    fn part_of_others(&mut self, part: &BoundPart, pool: Option<u32>, is_pooled: bool) -> Option<()> {
        if let Some(pool) = pool {
            self.pool_offset(part.ping_pong.spanned(), pool);
        }
        for slot in [&part.offset, &part.size] {
            if let Some(span) = slot.prop_span() {
                let message = format!("`{}` goes with buffers only", slot.row.name);
                self.report(Diagnostic::new(Code::Conflict, span, message).help("leave it out"));
            }
        }
        if let Some(span) = part.ping_pong.prop_span().filter(|_| !is_pooled) {
            let message = "`pingPong` picks a member of a pool, and this has none";
            self.report(Diagnostic::new(Code::Conflict, span, message).help("leave it out"));
        }
        (!part.ping_pong.is_bad()).then_some(())
    }
}
