//! Bytes that are not valid WebSocket frames: the connection ends, and no task of the server fails.

use causerie_client::Encoding;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::harness::{Cluster, within};

/// Upgrades a connection without the WebSocket library; the test writes the frames.
async fn upgraded(cluster: &Cluster) -> TcpStream {
    let to = cluster.nodes[0].public();
    let mut stream = TcpStream::connect(to).await.expect("the server accepts");
    let request = format!(
        "GET /v1/ws HTTP/1.1\r\nHost: {to}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: {}\r\n\r\n",
        Encoding::Proto.subprotocol()
    );
    stream.write_all(request.as_bytes()).await.expect("it is open");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within("an answer to the upgrade", stream.read_u8()).await.expect("an answer"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    stream
}

#[tokio::test]
async fn an_invalid_frame_ends_its_connection_and_no_task() {
    let mut cluster = Cluster::embedded().await;
    // Final, binary, masked, with a length in the following 8 bytes; with a reserved bit; unmasked; with an invalid opcode.
    let heads: [&[u8]; 5] = [
        &[0x82, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 2, 3, 4],
        &[0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4],
        &[0xC2, 0xFE, 0x40, 0, 1, 2, 3, 4],
        &[0x82, 0x7E, 0x40, 0],
        &[0x87, 0xFE, 0x40, 0, 1, 2, 3, 4],
    ];
    for head in heads {
        for more in [0, 384, 5_000, 200_000] {
            let mut stream = upgraded(&cluster).await;
            // The server may close the connection before it has read all bytes.
            let _ = stream.write_all(&[head, &vec![0x82; more]].concat()).await;
            let _ = stream.shutdown().await;
            let mut rest = Vec::new();
            let _ = within("the end of the connection", stream.read_to_end(&mut rest)).await;
        }
    }
    cluster.nodes[0].terminate();
    assert!(cluster.nodes[0].wait().await.success(), "no task died");
}
