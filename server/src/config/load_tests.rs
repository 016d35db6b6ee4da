use std::collections::BTreeSet;

use super::*;
use crate::config::Secret;

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn load(file: Option<&str>, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Loaded, Problems> {
    let directory = TempFile::new(file.unwrap_or_default());
    Config::load(&Sources { file: file.map(|_| directory.0.clone()), environment: pairs(environment), flags: pairs(flags) })
}

/// A file that is removed when dropped.
struct TempFile(PathBuf);

impl TempFile {
    fn new(text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("causerie-config-{}.toml", uuid::Uuid::now_v7()));
        std::fs::write(&path, text).expect("writes");
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn every_setting_has_a_default() {
    let loaded = load(None, &[], &[]).expect("defaults are valid");
    assert_eq!(loaded.config, Config::default());
    assert!(loaded.sources.is_empty());
    assert!(loaded.config.demo_enabled());
}

#[test]
fn settings_and_structs_have_the_same_keys() {
    let listed: BTreeSet<String> = settings().map(|setting| setting.key.to_owned()).collect();
    let mut fields = BTreeSet::new();
    for (section, values) in serde_json::to_value(Config::default()).expect("serializes").as_object().expect("a struct") {
        for name in values.as_object().expect("a section").keys() {
            fields.insert(format!("{section}.{name}"));
        }
    }
    assert_eq!(listed, fields);
}

#[test]
fn defaults_are_allowed_values() {
    let config = serde_json::to_value(Config::default()).expect("serializes");
    for setting in settings() {
        let (section, name) = setting.key.split_once('.').expect("a section");
        let value = &config[section][name];
        assert!(value.is_null() || setting.kind.check(value.clone()).is_ok(), "{} = {value}", setting.key);
    }
}

#[test]
fn the_greatest_allowed_number_fits_its_field() {
    for setting in settings() {
        if let Kind::Whole(min, max) = setting.kind {
            for number in [min, max] {
                load(None, &[], &[(setting.key, &number.to_string())]).unwrap_or_else(|problems| panic!("{problems}"));
            }
        }
    }
}

#[test]
fn later_sources_override_earlier_sources() {
    let file = "[limits]\nframes_burst = 1\nsends_burst = 1\nin_flight_max = 1\n";
    let environment =
        [("CAUSERIE_LIMITS__SENDS_BURST", "2"), ("CAUSERIE_LIMITS__IN_FLIGHT_MAX", "2"), ("CAUSERIE_TEST_POSTGRES", "x")];
    let loaded = load(Some(file), &environment, &[("limits.in_flight_max", "3")]).expect("valid");
    let limits = &loaded.config.limits;
    assert_eq!((limits.frames_burst, limits.sends_burst, limits.in_flight_max), (1, 2, 3));
    assert_eq!(limits.frames_per_second, 50, "what nobody set keeps its default");
    assert_eq!(loaded.sources["limits.sends_burst"], "environment variable CAUSERIE_LIMITS__SENDS_BURST");
    assert_eq!(loaded.sources["limits.in_flight_max"], "flag --set limits.in_flight_max");
}

#[test]
fn the_environment_can_set_the_path_of_the_file() {
    let file = TempFile::new("[demo]\nenabled = false\n");
    let environment = vec![(FILE_VARIABLE.to_owned(), file.0.display().to_string())];
    let loaded = Config::load(&Sources { environment, ..Sources::default() }).expect("valid");
    assert!(!loaded.config.demo_enabled());
}

#[test]
fn a_secret_can_come_from_a_file() {
    let file = TempFile::new("postgres://causerie:hunter2@db/causerie\n");
    let path = file.0.display().to_string();
    let loaded = load(None, &[("CAUSERIE_DATABASE__URL_FILE", &path)], &[]).expect("valid");
    assert_eq!(loaded.config.database.url, Secret::new("postgres://causerie:hunter2@db/causerie"));
    let both = [("CAUSERIE_DATABASE__URL_FILE", path.as_str()), ("CAUSERIE_DATABASE__URL", "postgres://other")];
    assert!(load(None, &both, &[]).expect_err("ambiguous").to_string().contains("not both"));
}

#[test]
fn an_error_contains_the_key_the_source_and_the_expected_values() {
    type Case<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)], &'a [&'a str]);
    let table: &[Case<'_>] = &[
        (
            Some("[heartbeat]\ninterval_ms = \"5\"\n"),
            &[],
            &[],
            &["`heartbeat.interval_ms`", ".toml", "a whole number from 50"],
        ),
        (
            Some("[heartbeat]\ninterval = 5\n"),
            &[],
            &[],
            &["`heartbeat.interval`", ".toml", "no such setting; did you mean `heartbeat.interval_ms`?"],
        ),
        (
            Some("[hartbeat]\ninterval_ms = 5000\n"),
            &[],
            &[],
            &["`hartbeat`", ".toml", "no such setting; did you mean `heartbeat`?"],
        ),
        (Some("heartbeat = 5\n"), &[], &[], &["`heartbeat`", ".toml"]),
        (Some("[listen]\norigins = \"https://a.example\"\n"), &[], &[], &["`listen.origins`", "a list of texts"]),
        (Some("[listen\n"), &[], &[], &["`--config`", ".toml", "TOML"]),
        (
            None,
            &[("CAUSERIE_LIMITS__FRAMES_BURST", "many")],
            &[],
            &["`limits.frames_burst`", "CAUSERIE_LIMITS__FRAMES_BURST", "whole number"],
        ),
        (
            None,
            &[("CAUSERIE_LIMITS__FRAME_BURST", "1")],
            &[],
            &["`limits.frame_burst`", "CAUSERIE_LIMITS__FRAME_BURST", "did you mean `limits.frames_burst`?"],
        ),
        (None, &[("CAUSERIE_LIMITS_FRAMES_BURST", "1")], &[], &["two underscores", "`CAUSERIE_LIMITS__FRAMES_BURST`"]),
        (None, &[("CAUSERIE_DEMO__ENABLED", "yes")], &[], &["`demo.enabled`", "true or false, not `yes`"]),
        (None, &[("CAUSERIE_LISTEN__PUBLIC", "8080")], &[], &["`listen.public`", "127.0.0.1:8080, not `8080`"]),
        (
            None,
            &[("CAUSERIE_DATABASE__URL_FILE", "/nowhere/at/all")],
            &[],
            &["`database.url`", "CAUSERIE_DATABASE__URL_FILE"],
        ),
        (
            None,
            &[("CAUSERIE_DATABASE__URL", "mysql://u:hunter2@h/d")],
            &[],
            &["`database.url`", "CAUSERIE_DATABASE__URL", "postgres://"],
        ),
        (None, &[("CAUSERIE_REDIS__URL", "redis://h")], &[], &["`redis.url`", "database.url"]),
        (None, &[("CAUSERIE_REDIS__URL", "redis://h,http://hunter2")], &[], &["`redis.url`", "commas"]),
        (None, &[("CAUSERIE_REDIS__SENTINELS", "redis://h")], &[], &["`redis.url`", "redis.sentinels", "mymaster"]),
        (None, &[("CAUSERIE_REDIS__SENTINELS", "h:26379")], &[], &["`redis.sentinels`", "redis://host:26379"]),
        (
            None,
            &[],
            &[("listen.public", "0.0.0.0:8080"), ("demo.enabled", "true")],
            &["`demo.enabled`", "--set demo.enabled", "127.0.0.1"],
        ),
        (None, &[], &[("listen.internal", "127.0.0.1:8080")], &["`listen.internal`", "same"]),
        (None, &[], &[("log.level", "info,=")], &["`log.level`", "--set log.level"]),
        (None, &[], &[("log.level", "warning")], &["`log.level`", "no level `warning`; did you mean `warn`?"]),
        (
            None,
            &[],
            &[("log.level", "verbose")],
            &["`log.level`", "no level `verbose`", "error, warn, info, debug, trace, off"],
        ),
        (None, &[], &[("log.level", "info,causerie_server=inof")], &["no level `inof`; did you mean `info`?"]),
        (None, &[], &[("log.level", "info,causerie_server::fanout")], &["no level `causerie_server::fanout`"]),
        (None, &[], &[("log.level", "")], &["`log.level`", "no level ``"]),
        (None, &[], &[("nothing", "x")], &["`nothing`", "--set nothing"]),
        (None, &[], &[("listen.origins", "https://a.example/path")], &["`listen.origins`", "scheme://host"]),
        (None, &[], &[("redis.prefix", "a b")], &["`redis.prefix`"]),
    ];
    for (file, environment, flags, parts) in table {
        let text = load(*file, environment, flags).expect_err("is wrong").to_string();
        for part in *parts {
            assert!(text.contains(part), "expected {part:?} in: {text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let problems =
        load(Some("[limits]\nframes_burst = 0\n"), &[("CAUSERIE_DEMO__ENABLED", "1")], &[("x", "y")]).expect_err("wrong");
    assert_eq!(problems.0.len(), 3, "{problems}");
}

#[test]
fn the_demo_needs_a_loopback_address() {
    let table: &[(&[(&str, &str)], bool)] = &[
        (&[], true),
        (&[("listen.public", "[::1]:0")], true),
        (&[("listen.public", "0.0.0.0:8080")], false),
        (&[("database.url", "postgres://h/d")], false),
        (&[("database.url", "postgres://h/d"), ("demo.enabled", "true")], true),
        (&[("demo.enabled", "false")], false),
    ];
    for (flags, enabled) in table {
        assert_eq!(load(None, &[], flags).expect("valid").config.demo_enabled(), *enabled, "{flags:?}");
    }
}
