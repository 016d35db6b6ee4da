//! Policies that come with the server, as files one can read and copy.

use crate::policy::Policy;

/// Name and text of each.
pub const PRESETS: [(&str, &str); 6] = [
    ("open", include_str!("../presets/open.policy")),
    ("school", include_str!("../presets/school.policy")),
    ("ent", include_str!("../presets/ent.policy")),
    ("community", include_str!("../presets/community.policy")),
    ("medical", include_str!("../presets/medical.policy")),
    ("lms", include_str!("../presets/lms.policy")),
];

/// Name and table of cases of each, in the same order.
pub const PRESET_CASES: [(&str, &str); 6] = [
    ("open", include_str!("../presets/open.cases")),
    ("school", include_str!("../presets/school.cases")),
    ("ent", include_str!("../presets/ent.cases")),
    ("community", include_str!("../presets/community.cases")),
    ("medical", include_str!("../presets/medical.cases")),
    ("lms", include_str!("../presets/lms.cases")),
];

impl Policy {
    /// A preset by its name.
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
    fn every_preset_is_read_and_called_what_its_file_is() {
        for (name, text) in PRESETS {
            let policy = Policy::parse(text).unwrap_or_else(|problems| panic!("{name}: {}", problems[0]));
            assert_eq!(policy.name(), name);
        }
    }
}
