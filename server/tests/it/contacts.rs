//! Contacts: the actions that a user may do with the users on screen, and the changes of these actions. The watching user
//! and the cause of the change are on different nodes.

use std::collections::BTreeMap;

use causerie_client::{
    ErrorCode, Event, UserRef,
    wire::{Contact, Direction, DirectoryAction, RelationState, UserStatus, user_ref::By},
};
use futures::future::join;

use crate::{
    harness::within,
    scenarios::{
        Answered as _, Row, System, User,
        facts::{edge, group, member, relation as relation_row, setting, user},
        system::{everywhere, two_nodes},
        user::user_ref,
    },
};

/// A device that watches users, and the contacts that it shows, by external id.
struct Screen {
    user: User,
    shown: BTreeMap<String, Contact>,
}

impl Screen {
    /// Connects a user and watches these users.
    async fn of(system: &System<'_>, external_id: &str, watched: &[&str]) -> Self {
        let mut screen = Self { user: system.user(external_id).await, shown: BTreeMap::new() };
        screen.watch(watched).await;
        screen
    }

    /// Watches these users. They replace the users that the device watched before.
    async fn watch(&mut self, watched: &[&str]) {
        let users = watched.iter().map(|name| user_ref(name));
        let contacts = within("contacts", self.user.watch_contacts(users)).await.answer().expect("anyone may watch");
        let names: Vec<String> = contacts.iter().map(external_id_of).collect();
        assert_eq!(names, watched, "one contact for each user, in their order");
        // The answer is also published as an event, in order with the changes.
        let answer = |event| matches!(event, Event::Contacts(listed) if listed == contacts).then_some(());
        self.user.until("the answer", answer).await;
        self.shown = names.into_iter().zip(contacts).collect();
    }

    /// Waits until the contact of a user has the property that `accepts` tests, and returns the contact.
    async fn until_contact(&mut self, name: &str, what: &str, accepts: impl Fn(&Contact) -> bool) -> Contact {
        let Self { user, shown } = self;
        if accepts(&shown[name]) {
            return shown[name].clone();
        }
        let told = |event| {
            let Event::Contacts(contacts) = event else { return None };
            for contact in contacts {
                let replaced = shown.insert(external_id_of(&contact), contact.clone());
                assert!(replaced.as_ref().is_some_and(|before| *before != contact), "told without a change: {contact:?}");
            }
            accepts(&shown[name]).then(|| shown[name].clone())
        };
        user.until(&format!("{what} of {name}"), told).await
    }

    /// Waits for contacts that arrive again on a new connection, until the user may be written to.
    async fn until_may_start_again(&mut self, name: &str) {
        let told = |event| match event {
            Event::Contacts(contacts) => {
                let told =
                    contacts.iter().find(|contact| external_id_of(contact) == name).expect("the user is watched alone");
                can(told, DirectoryAction::Start).then_some(())
            }
            _ => None,
        };
        self.user.until("the contacts again", told).await;
    }

    async fn may_start(&mut self, name: &str, may: bool) -> Contact {
        self.until_contact(name, &format!("start {may}"), |contact| can(contact, DirectoryAction::Start) == may).await
    }
}

/// The external id by which the command named the user.
fn external_id_of(contact: &Contact) -> String {
    match contact.user_ref.as_ref().and_then(|user| user.by.clone()).expect("as asked") {
        By::ExternalId(name) | By::Id(name) => name,
    }
}

fn can(contact: &Contact, action: DirectoryAction) -> bool {
    contact.can().any(|can| can == action)
}

/// A contact without the reference of the command.
fn without_reference(contact: &Contact) -> Contact {
    Contact { user_ref: None, ..contact.clone() }
}

fn hidden() -> Contact {
    Contact { cannot_start: ErrorCode::NotFound.into(), ..Contact::default() }
}

const ASKED: Option<(RelationState, Direction)> = Some((RelationState::Pending, Direction::Incoming));
const ASKS: Option<(RelationState, Direction)> = Some((RelationState::Pending, Direction::Outgoing));
const FRIENDS: Option<(RelationState, Direction)> = Some((RelationState::Accepted, Direction::Mutual));

fn relation(contact: &Contact) -> Option<(RelationState, Direction)> {
    contact.relations.first().map(|relation| (relation.state(), relation.direction()))
}

fn doctors() -> Vec<Row> {
    ["ada", "bea", "cem"].into_iter().map(user).collect()
}

#[tokio::test]
async fn both_users_see_a_request_its_acceptance_and_its_end() {
    everywhere("medical", &doctors(), async |network| {
        let mut ada = Screen::of(network, "ada", &["cem", "bea"]).await;
        let mut cem = Screen::of(network, "cem", &["ada"]).await;
        let before = ada.may_start("cem", false).await;
        assert_eq!(
            (before.cannot_start(), before.may_request.as_slice()),
            (ErrorCode::NeedsFriend, &["friend".to_owned()][..])
        );
        assert_eq!(before.user.as_ref().map(|user| user.external_id.as_str()), Some("cem"));
        ada.user.relate("friend", user_ref("cem")).await.answer().expect("anyone may ask");
        let asks = ada.until_contact("cem", "a request", |contact| relation(contact) == ASKS).await;
        assert_eq!(asks.may_request, [""; 0], "it is requested");
        cem.until_contact("ada", "a request", |contact| relation(contact) == ASKED).await;
        cem.user.accept_relation("friend", user_ref("ada")).await.answer().expect("asked");
        for (screen, other) in [(&mut ada, "cem"), (&mut cem, "ada")] {
            let friend = screen.may_start(other, true).await;
            assert_eq!((relation(&friend), friend.cannot_start()), (FRIENDS, ErrorCode::Unspecified));
            assert!(can(&friend, DirectoryAction::Send));
        }
        cem.user.unrelate("friend", user_ref("ada")).await.answer().expect("either may end it");
        for (screen, other) in [(&mut ada, "cem"), (&mut cem, "ada")] {
            let after = screen.may_start(other, false).await;
            assert_eq!((relation(&after), after.cannot_start()), (None, ErrorCode::NeedsFriend));
            assert!(!can(&after, DirectoryAction::Send));
        }
        assert_eq!(ada.shown["bea"].relations, [], "no change of Bea was told");
    })
    .await;
}

#[tokio::test]
async fn a_started_conversation_appears_and_its_close_withdraws_sending() {
    let users: Vec<Row> = ["ann", "ben"].into_iter().map(user).collect();
    everywhere("community", &users, async |community| {
        let mut ann = Screen::of(community, "ann", &["ben"]).await;
        let ben = community.user("ben").await;
        assert_eq!(ann.may_start("ben", true).await.conversation_id, "");
        let here = ben.starts_with("ann").await.expect("anyone");
        ann.until_contact("ben", "the conversation", |contact| contact.conversation_id == here.to_string()).await;
        ben.close_conversation(here).await.answer().expect("a member may");
        ann.until_contact("ben", "the close", |contact| !can(contact, DirectoryAction::Send)).await;
        ann.user.reopen_conversation(here).await.answer().expect("a member may");
        ann.until_contact("ben", "the reopening", |contact| can(contact, DirectoryAction::Send)).await;
    })
    .await;
}

fn school() -> Vec<Row> {
    let mut rows = vec![group("6a", "class"), group("6b", "class")];
    rows.extend(["lea", "tom", "zoe"].map(user));
    rows.extend([member("lea", "learner", "6a"), member("tom", "learner", "6a"), member("zoe", "learner", "6b")]);
    rows
}

#[tokio::test]
async fn hidden_and_unknown_users_look_the_same() {
    everywhere("school", &school(), async |school| {
        let mut lea = Screen::of(school, "lea", &["zoe", "nobody", "tom"]).await;
        for name in ["zoe", "nobody"] {
            assert_eq!(without_reference(&lea.shown[name]), hidden(), "{name}");
        }
        // The ids of the server reveal no more than those of the product.
        let id = school.user("zoe").await.id().await;
        let ids = [UserRef::Id(id), UserRef::Id(causerie_client::UserId::new())];
        let contacts = lea.user.watch_contacts(ids).await.answer().expect("anyone may watch");
        assert_eq!(contacts.iter().map(without_reference).collect::<Vec<_>>(), [hidden(), hidden()]);
        // Zoe moves to the class, and a new user joins it.
        lea.watch(&["zoe", "new", "tom"]).await;
        school.import_all(&[member("zoe", "learner", "6a")]).await;
        assert_eq!(lea.may_start("zoe", true).await.user.map(|user| user.name), Some("zoe".to_owned()));
        school.import_all(&[user("new").with("name", "New Pupil"), member("new", "learner", "6a")]).await;
        assert_eq!(lea.may_start("new", true).await.user.map(|user| user.name), Some("New Pupil".to_owned()));
        school.import_all(&[member("zoe", "learner", "6a").removed()]).await;
        assert_eq!(without_reference(&lea.may_start("zoe", false).await), hidden(), "as before");
    })
    .await;
}

#[tokio::test]
async fn a_block_hides_the_blocking_user_and_tells_nothing_else() {
    everywhere("school", &school(), async |school| {
        let mut lea = Screen::of(school, "lea", &["tom"]).await;
        lea.may_start("tom", true).await;
        school.import_all(&[relation_row("tom", "block", "lea")]).await;
        assert_eq!(without_reference(&lea.may_start("tom", false).await), hidden());
    })
    .await;
    everywhere("community", &["ann", "ben", "cy"].map(user), async |community| {
        let mut ann = Screen::of(community, "ann", &["ben"]).await;
        let ben = community.user("ben").await;
        let here = ben.starts_with("ann").await.expect("anyone");
        ann.until_contact("ben", "the conversation", |contact| !contact.conversation_id.is_empty()).await;
        ben.relate("block", user_ref("ann")).await.answer().expect("anyone may block");
        let blocked = ann.may_start("ben", false).await;
        // Ann reads the conversation, so she knows Ben. The reason is that of a missing rule.
        assert_eq!(blocked.conversation_id, here.to_string());
        assert_eq!(
            (blocked.cannot_start(), blocked.can, blocked.relations),
            (ErrorCode::CannotStart, vec![DirectoryAction::Block.into()], vec![])
        );
        ben.unrelate("block", user_ref("ann")).await.answer().expect("his own");
        assert!(can(&ann.may_start("ben", true).await, DirectoryAction::Block));
        // A block by the watching user is a relation of theirs.
        ann.user.relate("block", user_ref("ben")).await.answer().expect("anyone may block");
        let own = ann.may_start("ben", false).await;
        assert_eq!(own.relations.iter().map(|relation| relation.relation.as_str()).collect::<Vec<_>>(), ["block"]);
        assert!(!can(&own, DirectoryAction::Block), "it is blocked");
    })
    .await;
}

#[tokio::test]
async fn blocking_is_offered_where_the_rules_allow_it_and_to_active_users_only() {
    let users = [user("owen").with("roles", vec!["owner"]), user("kim").with("roles", vec!["learner"])];
    everywhere("lms", &users, async |lms| {
        let owen = Screen::of(lms, "owen", &["kim"]).await;
        assert!(!can(&owen.shown["kim"], DirectoryAction::Block), "the rules let learners block learners only");
        assert!(owen.user.relate("block", user_ref("kim")).await.answer().is_err());
    })
    .await;
    everywhere("community", &["ann", "ben"].map(user), async |community| {
        let mut ann = Screen::of(community, "ann", &["ben", "ann"]).await;
        assert!(can(&ann.shown["ben"], DirectoryAction::Block));
        assert!(!can(&ann.shown["ann"], DirectoryAction::Block), "nobody blocks themselves");
        community.import_all(&[user("ben").with("status", "deactivated")]).await;
        ann.until_contact("ben", "not blocked", |contact| !can(contact, DirectoryAction::Block)).await;
        assert!(ann.user.relate("block", user_ref("ben")).await.answer().is_err());
    })
    .await;
}

#[tokio::test]
async fn settings_rules_names_and_statuses_change_contacts() {
    let staff = [user("owen").with("roles", vec!["owner"]), user("kim").with("roles", vec!["learner"])];
    everywhere("lms", &staff, async |lms| {
        let mut owen = Screen::of(lms, "owen", &["kim", "owen"]).await;
        owen.may_start("kim", true).await;
        lms.import_all(&[setting("messaging", "off")]).await;
        assert_eq!(owen.may_start("kim", false).await.cannot_start(), ErrorCode::MessagingOff);
        lms.import_all(&[setting("messaging", "on")]).await;
        owen.may_start("kim", true).await;
        lms.import_all(&[user("kim").with("name", "Kim Renamed")]).await;
        let name = |contact: &Contact| contact.user.as_ref().is_some_and(|user| user.name == "Kim Renamed");
        owen.until_contact("kim", "the new name", name).await;
        lms.import_all(&[user("kim").with("name", "Kim Renamed").with("about", "Algebra I")]).await;
        let about = |contact: &Contact| contact.user.as_ref().is_some_and(|user| user.about == "Algebra I");
        owen.until_contact("kim", "the new text", about).await;
        lms.import_all(&[user("kim").with("status", "deactivated")]).await;
        let away = owen.may_start("kim", false).await;
        assert_eq!(away.cannot_start(), ErrorCode::RecipientInactive);
        assert_eq!(away.user.map(|user| user.status()), Some(UserStatus::Deactivated));
    })
    .await;
}

#[tokio::test]
async fn rules_put_in_force_change_contacts() {
    const CLOSED: &str = "policy own\nallow find,see_profile seen when everyone\n";
    const OPEN: &str = "policy own\nallow find,see_profile,start seen when everyone\nallow read,send holder when holder\n";
    let cluster = two_nodes().await;
    let own = System::with_rules(&cluster, OPEN, &["ann", "ben"].map(user)).await;
    let mut ann = Screen::of(&own, "ann", &["ben"]).await;
    let mut ben = Screen::of(&own, "ben", &["ann", "ben"]).await;
    for rules in [CLOSED, OPEN, CLOSED] {
        own.set_rules(rules).await;
        ann.may_start("ben", rules == OPEN).await;
        ben.may_start("ann", rules == OPEN).await;
        // The contact of the watching user is a note to self.
        ben.may_start("ben", rules == OPEN).await;
    }
}

#[tokio::test]
async fn more_contacts_than_are_evaluated_together_change_on_every_screen() {
    /// 21 devices that watch 100 users each. The server evaluates at most 2,000 contacts at a time.
    const DEVICES: usize = 21;
    let mut rows = vec![user("owen").with("roles", vec!["owner"])];
    let names: Vec<String> = (0..100).map(|number| format!("kim{number}")).collect();
    rows.extend(names.iter().map(|name| user(name).with("roles", vec!["learner"])));
    let cluster = two_nodes().await;
    let lms = System::with_preset(&cluster, "lms", &rows).await;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut screens = Vec::new();
    for _ in 0..DEVICES {
        screens.push(Screen::of(&lms, "owen", &names).await);
    }
    for (messaging, may) in [("off", false), ("on", true)] {
        lms.import_all(&[setting("messaging", messaging)]).await;
        for screen in &mut screens {
            for name in &names {
                screen.may_start(name, may).await;
            }
        }
    }
}

#[tokio::test]
async fn a_revocation_while_the_watch_begins_leaves_no_permission_on_screen() {
    everywhere("community", &["ann", "ben", "cy"].map(user), async |community| {
        let mut ann = Screen::of(community, "ann", &["cy"]).await;
        let ben = community.user("ben").await;
        for round in 0..20 {
            let blocks = async {
                match round % 2 {
                    0 => ben.relate("block", user_ref("ann")).await.answer().expect("anyone may block"),
                    _ => ben.unrelate("block", user_ref("ann")).await.answer().expect("his own"),
                }
            };
            let watched = if round % 4 < 2 { ["ben", "cy"] } else { ["cy", "ben"] };
            join(ann.watch(&watched), blocks).await;
            ann.may_start("ben", round % 2 == 1).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_watch_replaces_the_earlier_one_and_survives_a_lost_connection() {
    everywhere("community", &["ann", "ben", "cy"].map(user), async |community| {
        let mut ann = Screen::of(community, "ann", &["ben"]).await;
        ann.watch(&["cy"]).await;
        let [ben, cy] = community.users(["ben", "cy"]).await;
        ben.relate("block", user_ref("ann")).await.answer().expect("anyone may block");
        cy.relate("block", user_ref("ann")).await.answer().expect("anyone may block");
        // `until_contact` fails if the event has a contact that is not watched.
        ann.may_start("cy", false).await;
        ann.user.link.cut();
        cy.unrelate("block", user_ref("ann")).await.answer().expect("hers");
        ann.until_may_start_again("cy").await;
    })
    .await;
}

#[tokio::test]
async fn a_user_reached_by_mail_alone_has_start_and_not_send() {
    let rows = [
        group("parents", "parents"),
        group("staff", "staff"),
        user("pia"),
        user("sam"),
        member("pia", "parent", "parents"),
        member("sam", "staff", "staff"),
        edge("parents", "staff"),
    ];
    everywhere("ent", &rows, async |ent| {
        let mut pia = Screen::of(ent, "pia", &["sam"]).await;
        let sam = pia.may_start("sam", true).await;
        assert!(!can(&sam, DirectoryAction::Send), "{sam:?}");
    })
    .await;
}
