//! The macro that declares the settings of one section: name, type, default, allowed values and meaning of each setting.

/// Declares a struct with one field for each setting, its `Default`, and its table `SETTINGS`.
/// [`Config::load`](super::Config::load) reads and checks values by this table, and `page.rs` prints docs/settings.md from
/// it. The doc comment of a field is the text about the setting on that page, in Markdown; several lines are joined.
macro_rules! section {
    (
        $(#[$attribute:meta])*
        $name:ident in $section:literal {
            $( $(#[doc = $about:literal])+ $field:ident: $type:ty = $default:expr, $kind:expr; )+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $( $(#[doc = $about])+ pub $field: $type, )+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )+ }
            }
        }

        impl $name {
            pub(super) const SETTINGS: &[$crate::config::Setting] = &[ $(
                $crate::config::Setting {
                    key: concat!($section, ".", stringify!($field)),
                    kind: $kind,
                    about: concat!($($about),+),
                },
            )+ ];
        }
    };
}
