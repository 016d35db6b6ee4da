//! What the tool is not: somebody who asks, waits for the answer, and only then asks again. While the server stands still one
//! request waits, where an open loop has many that are due.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Between an answer and the next request.
const PAUSE: Duration = Duration::from_millis(1);

/// Asks over one connection until told to end; answers how long each answer took, shortest first.
pub fn ask(server: SocketAddr, token: &str, is_over: &AtomicBool) -> Vec<Duration> {
    let mut stream = TcpStream::connect(server).expect("connects");
    stream.set_nodelay(true).expect("it is TCP");
    let request = format!("GET /v1/me HTTP/1.1\r\nhost: {server}\r\nauthorization: Bearer {token}\r\n\r\n");
    let (mut buffer, mut took) = (vec![0; 16 * 1024], Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        let began = Instant::now();
        stream.write_all(request.as_bytes()).expect("is sent");
        // An answer of a few hundred bytes comes in one piece.
        let read = stream.read(&mut buffer).expect("is answered");
        took.push(began.elapsed());
        let answer = String::from_utf8_lossy(&buffer[..read]);
        // Its pace is limited like anyone's; a refusal is an answer.
        assert!(answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.1 429"), "{answer}");
        thread::sleep(PAUSE);
    }
    took.sort_unstable();
    took
}

/// A quantile of what was sorted.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // thousands
pub fn quantile(took: &[Duration], quantile: f64) -> Duration {
    took[((took.len() - 1) as f64 * quantile) as usize]
}
