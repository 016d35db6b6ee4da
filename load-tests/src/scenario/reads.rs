//! When the last member of a conversation read each message of a load, from the files that the processes of the
//! crowd wrote.

use std::{fs, path::Path};

use uuid::Uuid;

use crate::Outcome;

/// A message that all members have read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The conversation.
    pub conversation: Uuid,
    /// The position in the conversation.
    pub seq: i64,
    /// When the message was due, in microseconds of the run's clock.
    pub due_us: u64,
    /// When the last member read it, in microseconds of the run's clock.
    pub read_us: u64,
}

/// Reads the messages of a load whose [`reads_in`](crate::crowd::Load::reads_in) was this folder.
///
/// # Errors
/// When a file can't be read or has another format.
pub fn of(folder: &Path) -> Outcome<Vec<Read>> {
    let mut reads = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("reads-") {
            for line in fs::read_to_string(entry.path())?.lines() {
                reads.push(parse(line).ok_or_else(|| format!("`{line}` is no read message"))?);
            }
        }
    }
    Ok(reads)
}

fn parse(line: &str) -> Option<Read> {
    let mut words = line.split(' ');
    let conversation = words.next()?.parse().ok()?;
    let seq = words.next()?.parse().ok()?;
    let (due_us, read_us) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(Read { conversation, seq, due_us, read_us })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood_or_refused() {
        let read = parse("00000000-0000-0000-0000-000000000000 7 1000 1500");
        assert_eq!(read, Some(Read { conversation: Uuid::nil(), seq: 7, due_us: 1_000, read_us: 1_500 }));
        assert_eq!(parse("00000000-0000-0000-0000-000000000000 7 1000"), None);
    }
}
