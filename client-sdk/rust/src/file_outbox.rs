//! An outbox store in a file. The file is a journal: each line is a JSON object that stores or removes a message.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use causerie_protocol::ClientId;
use serde::{Deserialize, Serialize};

use crate::outbox::{OutboxStore, StoredMessage};

/// An outbox store that keeps messages in one file, for one client at a time. Two programs must not use the same file.
///
/// A message is on disk (`fdatasync`) before it is sent. A line that a crash left incomplete belongs to a message that was
/// not sent, so the line is dropped. The file holds messages in clear text. It is created readable only by its owner (on
/// Unix).
#[derive(Debug)]
pub struct FileOutbox {
    path: PathBuf,
    journal: Mutex<Journal>,
}

#[derive(Debug)]
struct Journal {
    file: File,
    /// The number of complete lines in the file.
    lines: usize,
    /// The last line was not written completely, so the next line must begin with a line end.
    is_incomplete: bool,
    /// The messages in the store, oldest first.
    waiting: Vec<StoredMessage>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Put(StoredMessage),
    Answered(ClientId),
}

/// A journal that has at most this number of lines is not rewritten.
const LINES_MIN: usize = 256;

impl FileOutbox {
    /// Opens the file, or creates it.
    ///
    /// # Errors
    /// An [`io::Error`] that names the file, if the file can't be read, or can't be rewritten without its obsolete lines.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let file_error = |action: &str, error: io::Error| {
            let text = format!("the outbox file `{}` can't be {action}: {error}", path.display());
            io::Error::new(error.kind(), text)
        };
        let waiting = match File::open(&path) {
            Ok(file) => read(BufReader::new(file)).map_err(|error| file_error("read", error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(file_error("read", error)),
        };
        let journal = rewrite(&path, waiting).map_err(|error| file_error("written", error))?;
        Ok(Self { path, journal: Mutex::new(journal) })
    }

    /// The journal changes only after its line is written, so a poisoned lock is safe to use.
    fn lock(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OutboxStore for FileOutbox {
    fn load(&self) -> io::Result<Vec<StoredMessage>> {
        Ok(self.lock().waiting.clone())
    }

    fn put(&self, message: &StoredMessage) -> io::Result<()> {
        let mut journal = self.lock();
        let stored = journal.append(&Line::Put(message.clone())).and_then(|()| journal.file.sync_data());
        if let Err(error) = stored {
            // The client does not send a message that was not stored, so the next run must not send it either. The part of
            // the line that was written is therefore revoked. If this line can't be written either, nothing more can be
            // done. A message that was stored before stays as it was.
            if !journal.waiting.iter().any(|known| known.client_id == message.client_id) {
                let _ = journal.append(&Line::Answered(message.client_id));
            }
            return Err(error);
        }
        put_in_list(&mut journal.waiting, message.clone());
        // The message is durable even if the file can't be shortened.
        if let Err(error) = journal.compact(&self.path) {
            tracing::warn!(%error, "the outbox file could not be made shorter");
        }
        Ok(())
    }

    fn remove(&self, client_id: ClientId) -> io::Result<()> {
        let mut journal = self.lock();
        journal.append(&Line::Answered(client_id))?;
        journal.waiting.retain(|message| message.client_id != client_id);
        journal.compact(&self.path)
    }
}

impl Journal {
    /// Rewrites the journal if it is long and most of its lines are obsolete.
    fn compact(&mut self, path: &Path) -> io::Result<()> {
        if self.lines > LINES_MIN && self.lines > 4 * self.waiting.len() {
            *self = rewrite(path, self.waiting.clone())?;
        }
        Ok(())
    }

    fn append(&mut self, line: &Line) -> io::Result<()> {
        let mut text = if self.is_incomplete { vec![b'\n'] } else { Vec::new() };
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
        self.is_incomplete = true;
        self.file.write_all(&text)?;
        self.is_incomplete = false;
        self.lines += 1;
        Ok(())
    }
}

/// Replaces the message with the same client id, or appends the message.
fn put_in_list(waiting: &mut Vec<StoredMessage>, message: StoredMessage) {
    match waiting.iter_mut().find(|stored| stored.client_id == message.client_id) {
        Some(stored) => *stored = message,
        None => waiting.push(message),
    }
}

/// Reads a journal from its beginning. Returns the messages in the store, oldest first.
fn read(lines: impl BufRead) -> io::Result<Vec<StoredMessage>> {
    let mut waiting: Vec<StoredMessage> = Vec::new();
    for line in lines.split(b'\n') {
        match serde_json::from_slice(&line?) {
            Ok(Line::Put(message)) => put_in_list(&mut waiting, message),
            Ok(Line::Answered(client_id)) => waiting.retain(|message| message.client_id != client_id),
            Err(error) => tracing::warn!(%error, "a torn line in the outbox is dropped"),
        }
    }
    Ok(waiting)
}

/// Replaces the journal by a journal that has only these messages. A crash leaves the old file or the new file.
fn rewrite(path: &Path, waiting: Vec<StoredMessage>) -> io::Result<Journal> {
    let mut new_path = path.as_os_str().to_owned();
    new_path.push(".new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut journal = Journal { file: options.open(&new_path)?, lines: 0, is_incomplete: false, waiting };
    for message in journal.waiting.clone() {
        journal.append(&Line::Put(message))?;
    }
    journal.file.sync_all()?;
    fs::rename(&new_path, path)?;
    Ok(journal)
}

#[cfg(test)]
mod tests {
    use causerie_protocol::{ConversationId, wire};

    use super::*;

    struct TempFile(PathBuf);

    impl TempFile {
        fn new() -> Self {
            Self(std::env::temp_dir().join(format!("causerie-outbox-{}", ClientId::new())))
        }
    }

    impl Drop for TempFile {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.0);
        }
    }

    fn message(text: &str) -> StoredMessage {
        StoredMessage::new(ConversationId::new(), ClientId::new(), text)
    }

    #[test]
    fn unanswered_messages_are_loaded_in_order_after_a_restart() {
        let temp_file = TempFile::new();
        let messages = ["one\nline", "two", "three"].map(message);
        let outbox = FileOutbox::open(&temp_file.0).expect("opened");
        for message in &messages {
            outbox.put(message).expect("put");
        }
        outbox.remove(messages[1].client_id).expect("removed");
        drop(outbox);
        let reopened = FileOutbox::open(&temp_file.0).expect("opened again").load().expect("loaded");
        assert_eq!(reopened, [messages[0].clone(), messages[2].clone()]);
    }

    #[test]
    fn an_error_names_the_file() {
        let temp_file = TempFile::new();
        let error = FileOutbox::open(temp_file.0.join("nowhere")).expect_err("the folder does not exist");
        assert!(error.to_string().contains(&format!("{}/nowhere` can't be written: ", temp_file.0.display())), "{error}");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn an_incomplete_line_is_dropped_and_the_others_are_kept() {
        let temp_file = TempFile::new();
        let kept = message("kept");
        FileOutbox::open(&temp_file.0).expect("opened").put(&kept).expect("put");
        let mut file = OpenOptions::new().append(true).open(&temp_file.0).expect("opened");
        file.write_all(br#"{"put":{"conversation":"#).expect("written");
        let outbox = FileOutbox::open(&temp_file.0).expect("opened again");
        assert_eq!(outbox.load().expect("loaded"), std::slice::from_ref(&kept));
        // The next line must not be appended to the incomplete one.
        let later = message("later");
        outbox.put(&later).expect("put");
        assert_eq!(FileOutbox::open(&temp_file.0).expect("opened").load().expect("loaded"), [kept, later]);
    }

    #[test]
    fn a_message_that_is_stored_again_keeps_its_place_and_gets_its_reason() {
        let temp_file = TempFile::new();
        let outbox = FileOutbox::open(&temp_file.0).expect("opened");
        let mut messages = ["one", "two"].map(message);
        for message in &messages {
            outbox.put(message).expect("put");
        }
        messages[0].failed = Some(wire::Error { code: 254, name: "closed".into(), ..Default::default() });
        outbox.put(&messages[0]).expect("put");
        drop(outbox);
        assert_eq!(FileOutbox::open(&temp_file.0).expect("opened").load().expect("loaded"), messages);
    }

    #[test]
    fn a_journal_of_an_earlier_version_can_be_read() {
        let temp_file = TempFile::new();
        let kept = message("kept");
        let (conversation, client_id) = (kept.conversation, kept.client_id);
        let line = format!(r#"{{"put":{{"conversation":"{conversation}","client_id":"{client_id}","text":"kept"}}}}"#);
        fs::write(&temp_file.0, line + "\n").expect("written");
        assert_eq!(FileOutbox::open(&temp_file.0).expect("opened").load().expect("loaded"), [kept]);
    }

    #[test]
    fn the_journal_does_not_grow_without_limit() {
        let temp_file = TempFile::new();
        let outbox = FileOutbox::open(&temp_file.0).expect("opened");
        let stays = message("stays");
        outbox.put(&stays).expect("put");
        for _ in 0..LINES_MIN {
            let passing = message("passing");
            outbox.put(&passing).expect("put");
            outbox.remove(passing.client_id).expect("removed");
        }
        let lines = fs::read_to_string(&temp_file.0).expect("read").lines().count();
        assert!(lines <= LINES_MIN + 1, "{lines} lines");
        drop(outbox);
        assert_eq!(FileOutbox::open(&temp_file.0).expect("opened").load().expect("loaded"), [stays]);
    }
}
