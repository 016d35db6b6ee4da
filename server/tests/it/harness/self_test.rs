//! Tests of the harness itself: a faulty link or Redis would hide bugs of the server.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::{Proxy, RedisServer, within};

/// A server that sends each byte back.
async fn echo() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("it listens");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut reader, mut writer) = stream.split();
                let _ = tokio::io::copy(&mut reader, &mut writer).await;
            });
        }
    });
    address
}

async fn echo_of(stream: &mut TcpStream, byte: u8) -> std::io::Result<u8> {
    stream.write_all(&[byte]).await?;
    within("an echo or an end", stream.read_u8()).await
}

#[tokio::test]
async fn a_link_can_be_frozen_cut_and_refused() {
    let link = Proxy::to(echo().await).await;
    let connect = || async { TcpStream::connect(link.address()).await.expect("the link listens") };
    let mut stream = connect().await;
    assert_eq!(echo_of(&mut stream, 1).await.expect("it passes"), 1);

    link.freeze();
    stream.write_all(&[2]).await.expect("a frozen link takes bytes");
    // No byte must arrive. A short wait is the only way to see that.
    let early = tokio::time::timeout(std::time::Duration::from_millis(100), stream.read_u8()).await;
    assert!(early.is_err(), "a frozen link passes nothing");
    link.resume();
    assert_eq!(within("what was held back", stream.read_u8()).await.expect("it passes again"), 2);

    link.cut();
    assert!(echo_of(&mut stream, 3).await.is_err(), "cut");
    assert_eq!(echo_of(&mut connect().await, 4).await.expect("others may come"), 4);

    link.refuse();
    assert!(echo_of(&mut connect().await, 5).await.is_err(), "refused");
    link.resume();
    assert_eq!(echo_of(&mut connect().await, 6).await.expect("and again not"), 6);
}

#[tokio::test]
async fn a_link_can_be_stranded_muted_and_delayed() {
    let link = Proxy::to(echo().await).await;
    let connect = || async { TcpStream::connect(link.address()).await.expect("the link listens") };
    let mut old = connect().await;
    assert_eq!(echo_of(&mut old, 1).await.expect("it passes"), 1);
    link.strand();
    old.write_all(&[2]).await.expect("a stranded connection takes bytes");
    assert_eq!(echo_of(&mut connect().await, 3).await.expect("new ones pass"), 3);
    link.resume();
    assert_eq!(within("what was held back", old.read_u8()).await.expect("it passes again"), 2);

    link.mute();
    old.write_all(&[4]).await.expect("a mute connection takes bytes");
    // No byte must arrive. A short wait is the only way to see that.
    let early = tokio::time::timeout(std::time::Duration::from_millis(100), old.read_u8()).await;
    assert!(early.is_err(), "a mute link answers nothing");
    link.resume();
    old.write_all(&[5]).await.expect("it takes bytes");
    assert_eq!(echo_of(&mut connect().await, 6).await.expect("new ones are not mute"), 6);
    let late = tokio::time::timeout(std::time::Duration::from_millis(100), old.read_u8()).await;
    assert!(late.is_err(), "what lost an answer stays mute");

    link.delay(std::time::Duration::from_millis(50));
    let start = std::time::Instant::now();
    assert_eq!(echo_of(&mut connect().await, 7).await.expect("it passes late"), 7);
    assert!(start.elapsed() >= std::time::Duration::from_millis(100), "late both ways");
}

#[test]
fn a_redis_can_be_emptied_cut_and_restarted_at_its_address() {
    let mut redis = RedisServer::start();
    let other = RedisServer::start();
    redis.run::<()>(&["SET", "key", "value"]);
    assert_eq!(other.run::<Option<String>>(&["GET", "key"]), None, "each test has its own");
    redis.flush();
    assert_eq!(redis.run::<Option<String>>(&["GET", "key"]), None);

    let url = redis.url();
    let mut connection = redis::Client::open(url.clone()).expect("a URL").get_connection().expect("Redis accepts");
    redis.kill_connections();
    assert!(redis::cmd("PING").query::<String>(&mut connection).is_err(), "cut");

    redis.stop();
    assert!(redis::Client::open(url.clone()).expect("a URL").get_connection().is_err(), "stopped");
    redis.start_again();
    assert_eq!(redis.url(), url);
    assert_eq!(redis.run::<String>(&["PING"]), "PONG");
}
