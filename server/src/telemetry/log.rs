//! Sets up the log: one line per event, on standard error, as text or JSON.
//!
//! A line reads well alone and carries ids as fields with stable names (`connection_id`, `user_id`, `conversation_id`,
//! `tenant_id`). Message text, tokens and secrets are never logged. What came from outside may hold terminal escapes;
//! tracing-subscriber escapes control characters in text (since 0.3.20, RUSTSEC-2025-0055) as JSON does by itself, and a
//! test holds it to that.

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::config::{Log, LogFormat};

/// Starts the process's log. Only the program calls this, once; a library or test that logs needs nothing.
///
/// # Errors
/// When a log was set up already, or the level can't be parsed (which validated settings rule out).
pub fn init(settings: &Log) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    tracing::subscriber::set_global_default(subscriber(settings, std::io::stderr)?)?;
    Ok(())
}

type Subscriber = Box<dyn tracing::Subscriber + Send + Sync>;

fn subscriber<W>(settings: &Log, writer: W) -> Result<Subscriber, tracing_subscriber::filter::ParseError>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&settings.level)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    Ok(match settings.format {
        LogFormat::Text => {
            use std::io::IsTerminal as _;
            Box::new(lines.with_ansi(std::io::stderr().is_terminal()).finish())
        }
        LogFormat::Json => Box::new(lines.json().flatten_event(true).finish()),
    })
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Captured(Arc<Mutex<Vec<u8>>>);

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no panic holds it").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, log: impl FnOnce()) -> String {
        let captured = Captured::default();
        let writer = captured.clone();
        let settings = Log { format, level: "info".to_owned() };
        let subscriber = subscriber(&settings, move || writer.clone()).expect("`info` is a level");
        tracing::subscriber::with_default(subscriber, log);
        String::from_utf8(captured.0.lock().expect("no panic holds it").clone()).expect("UTF-8")
    }

    #[test]
    fn control_characters_from_outside_do_not_reach_the_terminal() {
        let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m";
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = logged(format, || {
                tracing::info!(client = hostile, "connected");
                tracing::info!(client = %hostile, "connected as {hostile}");
                tracing::info!(client = ?hostile, "connected");
            });
            assert!(text.contains("connected"), "{text:?}");
            assert!(!text.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{format:?}: {text:?}");
        }
    }

    #[test]
    fn a_json_line_has_its_fields_at_the_top() {
        let text = logged(LogFormat::Json, || tracing::info!(connection_id = "c1", "connected"));
        let line: serde_json::Value = serde_json::from_str(&text).expect("one object");
        assert_eq!(line["connection_id"], "c1");
        assert_eq!(line["message"], "connected");
    }

    #[test]
    fn levels_below_are_left_out() {
        let text = logged(LogFormat::Text, || tracing::debug!("quiet"));
        assert_eq!(text, "");
    }
}
