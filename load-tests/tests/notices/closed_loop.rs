//! A closed-loop client, for comparison with the tool: it sends a request, waits for the answer, and only then
//! sends the next request. While the server stands still, only one of its requests waits; in an open loop many requests
//! are due.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// The pause between an answer and the next request.
const PAUSE: Duration = Duration::from_millis(1);

/// Sends requests over one connection until `is_over`. Returns the duration of each, in ascending order.
pub fn ask(server: SocketAddr, token: &str, is_over: &AtomicBool) -> Vec<Duration> {
    let mut stream = TcpStream::connect(server).expect("connects");
    stream.set_nodelay(true).expect("it is TCP");
    let request = format!("GET /v1/me HTTP/1.1\r\nhost: {server}\r\nauthorization: Bearer {token}\r\n\r\n");
    let (mut buffer, mut took) = (vec![0; 16 * 1024], Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        let began = Instant::now();
        stream.write_all(request.as_bytes()).expect("is sent");
        // An answer of a few hundred bytes arrives in one read.
        let read = stream.read(&mut buffer).expect("is answered");
        took.push(began.elapsed());
        let answer = String::from_utf8_lossy(&buffer[..read]);
        // The rate of requests is limited; a refusal also counts as an answer.
        assert!(answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.1 429"), "{answer}");
        thread::sleep(PAUSE);
    }
    took.sort_unstable();
    took
}

/// A quantile of sorted durations.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // thousands
pub fn quantile(took: &[Duration], quantile: f64) -> Duration {
    took[((took.len() - 1) as f64 * quantile) as usize]
}
