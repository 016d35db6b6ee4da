//! The policies that come with the server (`policy/presets/`).

use crate::policy::Policy;

/// Name and text of each preset.
pub const PRESETS: [(&str, &str); 6] = [
    ("open", include_str!("../presets/open.policy")),
    ("school", include_str!("../presets/school.policy")),
    ("ent", include_str!("../presets/ent.policy")),
    ("community", include_str!("../presets/community.policy")),
    ("medical", include_str!("../presets/medical.policy")),
    ("lms", include_str!("../presets/lms.policy")),
];

/// Name and table of cases of each preset, in the order of [`PRESETS`].
pub const PRESET_CASES: [(&str, &str); 6] = [
    ("open", include_str!("../presets/open.cases")),
    ("school", include_str!("../presets/school.cases")),
    ("ent", include_str!("../presets/ent.cases")),
    ("community", include_str!("../presets/community.cases")),
    ("medical", include_str!("../presets/medical.cases")),
    ("lms", include_str!("../presets/lms.cases")),
];

impl Policy {
    /// The preset with this name; `None` if there is none.
    #[must_use]
    pub fn preset(name: &str) -> Option<Self> {
        let (_, text) = PRESETS.iter().find(|(known, _)| *known == name)?;
        Self::parse(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_parses_and_has_the_name_of_its_file() {
        for (name, text) in PRESETS {
            let policy = Policy::parse(text).unwrap_or_else(|problems| panic!("{name}: {}", problems[0]));
            assert_eq!(policy.name(), name);
        }
    }
}
