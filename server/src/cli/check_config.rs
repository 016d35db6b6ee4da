//! `causerie check-config`: prints the settings in effect, with secrets hidden, and the source of each setting.

use super::{Outcome, Settings};
use crate::config::{Loaded, settings};

pub(super) fn run(cli_settings: &Settings) -> Outcome {
    print!("{}", describe(&cli_settings.load()?)?);
    Ok(())
}

fn describe(loaded: &Loaded) -> Result<String, serde_json::Error> {
    // A `Secret` serializes to a placeholder.
    let values = serde_json::to_value(&loaded.config)?;
    let lines: Vec<(String, &str)> = settings()
        .map(|setting| {
            let (section, name) = setting.key.split_once('.').unwrap_or((setting.key, ""));
            let value = match setting.key {
                "demo.enabled" => loaded.config.demo_enabled().to_string(),
                _ => values[section][name].to_string(),
            };
            let source = loaded.sources.get(setting.key).map_or("default", String::as_str);
            (format!("{} = {value}", setting.key), source)
        })
        .collect();
    let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or_default();
    Ok(lines.iter().map(|(line, source)| format!("{line:width$}  # {source}\n")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Sources};

    #[test]
    fn the_output_hides_secrets_and_names_sources() {
        let sources = Sources {
            environment: vec![("CAUSERIE_DATABASE__URL".to_owned(), "postgres://u:hunter2@h/d".to_owned())],
            ..Sources::default()
        };
        let text = describe(&Config::load(&sources).expect("valid")).expect("describes");
        assert!(!text.contains("hunter2"), "{text}");
        let line = |key: &str| text.lines().find(|line| line.starts_with(key)).expect("is listed").to_owned();
        assert!(line("database.url").ends_with("# environment variable CAUSERIE_DATABASE__URL"));
        assert!(line("redis.url = \"\"").ends_with("# default"));
        assert!(line("demo.enabled").contains("= false"), "what follows from the others is shown as it is in effect");
    }
}
