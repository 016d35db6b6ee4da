//! Mails to users and groups are sent once, even if the command is repeated.

use causerie_client::{Client, ClientId, ConversationId, GroupRef, MailDraft, MessageId, UserId, UserRef, wire};
use wire::{recipient::By, reply::Result as Answer, request::Command};

use crate::peer::{Peer, conversation, within_timeout};

#[tokio::test]
async fn a_mail_is_repeated_with_the_same_client_id() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let (noa, parent, client_id) = (UserId::new(), MessageId::new(), ClientId::new());
    let mail = MailDraft {
        to: vec![UserRef::Id(noa).into(), GroupRef::ExternalId("6a".into()).into()],
        copy: vec![UserRef::ExternalId("sam".into()).into()],
        text: "hello".into(),
        in_reply_to: Some(parent),
        ..Default::default()
    };
    let sending = tokio::spawn({
        let client = client.clone();
        async move { client.send_mail(mail, client_id).await }
    });
    let (mut link, _) = peer.welcome().await;
    let (_, first) = link.request().await;
    let to = |by| wire::Recipient { by: Some(by) };
    let expected = wire::StartConversation {
        kind: wire::ConversationKind::Mail.into(),
        with: vec![to(By::Id(noa.to_string())), to(By::GroupExternalId("6a".into()))],
        copy: vec![to(By::ExternalId("sam".into()))],
        subject: String::new(),
        client_id: client_id.to_string(),
        first_message: Some(wire::Draft { client_id: client_id.to_string(), text: "hello".into() }),
        in_reply_to: parent.to_string(),
    };
    assert_eq!(first, Command::StartConversation(expected));
    drop(link);
    let (mut link, _) = peer.welcome().await;
    let (id, again) = link.request().await;
    assert_eq!(again, first);
    let sent = Some(conversation(ConversationId::new(), 1, 1));
    let started = wire::ConversationStarted { conversation: sent, created: true, reached: 3, ..Default::default() };
    link.reply(id, Answer::ConversationStarted(started)).await;
    assert_eq!(within_timeout("the answer", sending).await.expect("ran").expect("sent").reached, 3);
}
