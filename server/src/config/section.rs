//! The macro that declares the settings of one section: name, type, default, allowed values and meaning, each stated once.

/// Declares a struct with one field for each setting, its `Default`, and its `SETTINGS`, the table by which
/// [`Config::load`](super::Config::load) reads and checks values and from which docs/settings.md is printed. The doc comment of a
/// field is the text of that page: one line of Markdown or several, which are joined.
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
