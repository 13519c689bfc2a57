//! What a scene asks of the device: `#device`. Source: language reference, section 18.1; WebGPU, section 3.6 "Optional capabilities".

use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use std::collections::BTreeMap;

pub use pngine_format::webgpu::{Better, Feature, Limit};

/// How a scene can count on a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Hosts without it refuse the scene.
    Required,
    /// Hosts ask for it where there is one.
    Optional,
    /// The scene does not ask for it.
    Absent,
}

/// What a scene asks of the device. The default asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// Where the `#device` stands.
    pub span: Option<Span>,
    /// Features, whether each is required, and where it is asked for.
    pub features: BTreeMap<Feature, (bool, Span)>,
    /// Limits that must be reached, and where each is asked for.
    pub limits: BTreeMap<Limit, (u64, Span)>,
    /// Whether some feature that it asks for is not known, which is reported: it may be any of them.
    pub is_lost: bool,
    /// Whether some limit that it asks for is not known, which is reported: it may be any of them.
    pub has_lost_limits: bool,
}

impl Device {
    /// What is asked, wherever it stands: the same words for devices that ask for the same.
    pub fn asked(&self) -> String {
        let features: Vec<(&Feature, bool)> = self.features.iter().map(|(feature, (required, _))| (feature, *required)).collect();
        let limits: Vec<(&Limit, u64)> = self.limits.iter().map(|(limit, (number, _))| (limit, *number)).collect();
        format!("{features:?} {limits:?} {} {} {}", self.span.is_some(), self.is_lost, self.has_lost_limits)
    }

    /// Whether the scene may use a feature.
    pub fn availability(&self, feature: Feature) -> Availability {
        if self.is_lost {
            return Availability::Required;
        }
        let asked = std::iter::once(&feature).chain(feature.implied_by()).filter_map(|one| self.features.get(one));
        asked.fold(Availability::Absent, |best, (required, _)| match (best, required) {
            (Availability::Required, _) | (_, true) => Availability::Required,
            (Availability::Optional | Availability::Absent, false) => Availability::Optional,
        })
    }

    /// Whether the scene asks for a feature, required or optional.
    pub fn has(&self, feature: Feature) -> bool {
        self.availability(feature) != Availability::Absent
    }

    /// What the scene may use up: the limit it asks for, or WebGPU's default where that is better. More
    /// than commands can carry counts as what they can: that no device has it is reported anyway.
    pub fn limit(&self, limit: Limit) -> u64 {
        match (self.limits.get(&limit), limit.better()) {
            (None, Better::Higher) if self.has_lost_limits => limit.ceiling().min(limit.carried()),
            (None, _) => limit.default(),
            (Some((asked, _)), Better::Higher) => limit.default().max(*asked).min(limit.carried()),
            (Some((asked, _)), Better::Lower) => limit.default().min(*asked),
        }
    }

    /// [`Device::limit`] for numbers of 32 bits; a larger limit binds none of them.
    pub fn limit32(&self, limit: Limit) -> u32 {
        u32::try_from(self.limit(limit)).unwrap_or(u32::MAX)
    }

    /// Adds to a finding about something that needs a limit of `needed` where the scene has less how to ask for that much, after the
    /// help that it has, and where the scene asks for the limit. It says nothing of how to get what no device has.
    pub fn raise(&self, mut diagnostic: Diagnostic, limit: Limit, needed: u64) -> Diagnostic {
        if let Some((_, asked)) = self.limits.get(&limit) {
            diagnostic = diagnostic.also(*asked, "asked for here");
        }
        if needed > limit.ceiling() {
            return diagnostic;
        }
        let ask = match self.span {
            Some(_) => format!("`requiredLimits={{ {}={needed} }}` in `#device`", limit.name()),
            None => format!("`#device {{ requiredLimits={{ {}={needed} }} }}`", limit.name()),
        };
        let help = match diagnostic.help.take() {
            Some(help) => format!("{help}, or ask for more: {ask}"),
            None => format!("ask for more: {ask}; not every device has more than {}", limit.default()),
        };
        diagnostic.help(help)
    }

    /// What to say about something at `span` that needs a feature: `what` is the subject of the sentence, such as "`unclippedDepth`".
    /// `None` where the scene requires the feature.
    pub fn need(&self, feature: Feature, span: Span, what: &str) -> Option<Diagnostic> {
        let name = feature.name();
        match self.availability(feature) {
            Availability::Required => None,
            Availability::Optional => Some(
                Diagnostic::new(Code::OptionalFeature, span, format!("{what} needs the feature {name}, which is optional here"))
                    .help(format!("where a device lacks it, this fails; `requiredFeatures=[{name}]` lets the host say so")),
            ),
            Availability::Absent => {
                let diagnostic = Diagnostic::new(Code::FeatureMissing, span, format!("{what} needs the feature {name}"));
                Some(match self.span {
                    Some(device) => diagnostic
                        .also(device, "does not ask for it")
                        .help(format!("add it to the `requiredFeatures` of `#device`: `requiredFeatures=[{name}]`")),
                    None => {
                        let text = format!("#device {{ requiredFeatures=[{name}] }}\n");
                        let start = Span::new(span.file, 0, 0);
                        diagnostic.help(format!("ask for it: `#device {{ requiredFeatures=[{name}] }}`")).fix(
                            format!("require {name}"),
                            false,
                            start,
                            text,
                        )
                    }
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pngine_source::source::FileId;

    #[test]
    fn a_feature_may_come_with_another() {
        let span = Span::new(FileId(0), 0, 0);
        let mut device = Device::default();
        assert_eq!(device.availability(Feature::TextureFormatsTier1), Availability::Absent);
        device.features.insert(Feature::TextureFormatsTier2, (false, span));
        assert_eq!(device.availability(Feature::Rg11B10UfloatRenderable), Availability::Optional);
        device.features.insert(Feature::TextureFormatsTier1, (true, span));
        assert_eq!(device.availability(Feature::Rg11B10UfloatRenderable), Availability::Required);
    }

    #[test]
    fn limits_only_get_better() {
        let span = Span::new(FileId(0), 0, 0);
        let mut device = Device::default();
        device.limits.insert(Limit::MaxBindGroups, (2, span));
        device.limits.insert(Limit::MaxBufferSize, (1 << 33, span));
        device.limits.insert(Limit::MinUniformBufferOffsetAlignment, (64, span));
        assert_eq!(device.limit(Limit::MaxBindGroups), 4);
        assert_eq!(device.limit(Limit::MaxBufferSize), 1 << 33);
        assert_eq!(device.limit32(Limit::MaxBufferSize), u32::MAX);
        assert_eq!(device.limit(Limit::MinUniformBufferOffsetAlignment), 64);
    }
}
