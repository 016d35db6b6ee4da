//! Finds the nearest setting or word for a mistyped key or word.

use super::settings;

/// The sentence about an unknown key. It suggests the nearest setting or section. If none is near, it lists the settings of
/// the section or, for an unknown section, all sections.
pub(super) fn unknown(key: &str) -> String {
    let sections = settings().filter_map(|setting| setting.key.split_once('.')).map(|(section, _)| section);
    let names: Vec<&str> =
        if key.contains('.') { settings().map(|setting| setting.key).collect() } else { sections.collect() };
    let suggested = suggestion(key, &names);
    if !suggested.is_empty() {
        return format!("there is no such setting{suggested}");
    }
    let section = key.split_once('.').map_or(key, |(section, _)| section);
    let section_keys: Vec<&str> = settings()
        .map(|setting| setting.key)
        .filter(|key| key.split_once('.').is_some_and(|(name, _)| name == section))
        .collect();
    if !section_keys.is_empty() {
        return format!("there is no such setting; of `{section}` there are {}", section_keys.join(", "));
    }
    let mut sections: Vec<&str> =
        settings().filter_map(|setting| setting.key.split_once('.')).map(|(name, _)| name).collect();
    sections.dedup();
    format!("there is no such setting; the sections are {}", sections.join(", "))
}

/// The text `; did you mean …?` with the nearest of the words; empty if no word is near.
pub(crate) fn suggestion(written: &str, words: &[&str]) -> String {
    let nearest =
        words.iter().map(|word| (strsim::damerau_levenshtein(written, word), *word)).min_by_key(|(edits, _)| *edits);
    match nearest {
        // If more than a third of the letters differ, it is another word and not a typing mistake.
        Some((edits, word)) if edits <= 1 + written.chars().count() / 3 => format!("; did you mean `{word}`?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_setting_or_section_is_suggested() {
        for (key, part) in
            [("listen.certificate", "of `listen` there are listen.public, "), ("smtp.password", "the sections are listen, ")]
        {
            assert!(unknown(key).contains(part), "{}", unknown(key));
        }
        let table = [
            ("limits.frame_burst", "; did you mean `limits.frames_burst`?"),
            ("hartbeat.interval_ms", "; did you mean `heartbeat.interval_ms`?"),
            ("hartbeat", "; did you mean `heartbeat`?"),
            ("databse.url", "; did you mean `database.url`?"),
        ];
        for (key, suggested) in table {
            assert_eq!(unknown(key), format!("there is no such setting{suggested}"));
        }
    }
}
