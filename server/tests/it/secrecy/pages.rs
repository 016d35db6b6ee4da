//! Pages of lists in which the user may not read many entries, and the cursors between them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use causerie_client::{
    ClientId, ErrorCode,
    wire::{self, reply::Result as Reply, request::Command},
};
use causerie_server::store::Store;
use sea_orm::{ConnectionTrait as _, DbBackend};

use super::{CLUB, club_of, under};
use crate::{
    harness::within,
    scenarios::{
        Answered as _, User,
        facts::{Row, edge, group, member, user},
        user::{id, user_recipient},
    },
};

async fn ask(user: &User, command: Command) -> Result<Reply, Option<ErrorCode>> {
    within("an answer", user.request(command)).await.map_err(|error| error.code())
}

async fn list(user: &User, cursor: &str, limit: u32) -> wire::ConversationPage {
    let list = wire::ListConversations { cursor: cursor.to_owned(), limit };
    match ask(user, Command::ListConversations(list)).await {
        Ok(Reply::ConversationPage(page)) => page,
        other => panic!("no page: {other:?}"),
    }
}

#[tokio::test]
async fn a_list_with_many_unreadable_conversations_has_short_pages() {
    under(CLUB, &["a", "b"].map(user), async |system| {
        let [mut a, mut b] = system.users(["a", "b"]).await;
        let here = club_of(&mut a, &mut b).await;
        let store = Store::connect(&system.database().to_connect()).await.expect("the database opens");
        let new_id = if store.backend() == DbBackend::Postgres { "gen_random_uuid()" } else { "randomblob(16)" };
        let copies = format!(
            "INSERT INTO conversations (id, tenant_id, kind, state, subject, start_key, last_seq, version, uncounted_seq, \
             member_count, active_at, created_by, created_at) SELECT {new_id}, tenant_id, kind, 2, subject, \
             'copy:' || CAST(n AS TEXT), last_seq, version, uncounted_seq, member_count, active_at + n, created_by, created_at \
             FROM conversations, (WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1500) \
             SELECT n FROM s) numbers WHERE kind = 3"
        );
        let seats = "INSERT INTO members (conversation_id, user_id, role, read_seq, marked_unread, first_seq, inbox_version, \
                     joined_at) SELECT c.id, m.user_id, m.role, m.read_seq, m.marked_unread, m.first_seq, m.inbox_version, \
                     m.joined_at FROM conversations c, members m WHERE c.start_key LIKE 'copy:%'";
        for statement in [copies.as_str(), seats] {
            store.writer().execute_unprepared(statement).await.expect("it is written");
        }
        store.close().await;

        let (mut page, mut pages) = (list(&b, "", 0).await, 1);
        assert_eq!((page.conversations.len(), page.next_cursor.is_empty()), (0, false), "so far and no further");
        while !page.next_cursor.is_empty() {
            page = list(&b, &page.next_cursor, 0).await;
            pages += 1;
        }
        assert_eq!(page.conversations.iter().map(id).collect::<Vec<_>>(), [here], "the last of {pages} pages");
        assert!((2..=4).contains(&pages), "{pages}");
        let owned = list(&a, "", 0).await;
        assert_eq!((owned.conversations.len(), owned.next_cursor.is_empty()), (50, false), "the owner reads them all");
    })
    .await;
}

/// The preset `ent` with secret members.
fn secret_members() -> String {
    let ent = include_str!("../../../../policy/presets/ent.policy");
    format!("{ent}\nallow send holds when holder\n").replace("\nsecret_directory\n", "\nsecret_directory\nsecret_members\n")
}

/// Whether a cursor contains an id in any readable form.
fn names(cursor: &str, id: &str) -> bool {
    let bytes: Vec<u8> = uuid::Uuid::parse_str(id).expect("an id").as_bytes().to_vec();
    let decoded = URL_SAFE_NO_PAD.decode(cursor).unwrap_or_default();
    cursor.contains(id) || decoded.windows(bytes.len()).any(|window| window == bytes)
}

#[tokio::test]
async fn a_cursor_reveals_no_id_and_works_only_for_its_user() {
    let pupils = ["ann", "ben", "cem", "dia"];
    let mut facts: Vec<Row> = vec![group("teachers", "teachers"), group("pupils", "pupils")];
    facts.extend(["tea"].into_iter().chain(pupils).map(user));
    facts.push(member("tea", "teacher", "teachers"));
    facts.extend(pupils.map(|pupil| member(pupil, "pupil", "pupils")));
    facts.extend([edge("teachers", "pupils"), edge("pupils", "teachers")]);
    under(&secret_members(), &facts, async |system| {
        let [tea, mut ann, ben] = system.users(["tea", "ann", "ben"]).await;
        let all = pupils.map(user_recipient);
        let started = tea.start_group(all, "all", ClientId::new()).await.answer().expect("she writes to each");
        let here = id(&started.conversation.expect("told"));
        ann.sees_joined(here).await;
        let ids: Vec<String> = {
            let members = tea.members(here, "").await.answer().expect("readable").members;
            members.into_iter().filter_map(|member| Some(member.user?.id)).collect()
        };
        assert_eq!(ids.len(), 5);
        let members = |cursor: &str, limit| {
            Command::ListMembers(wire::ListMembers { conversation_id: here.to_string(), cursor: cursor.to_owned(), limit })
        };
        let (mut cursor, mut seen, mut cursors) = (String::new(), Vec::new(), Vec::new());
        loop {
            let Ok(Reply::MemberPage(page)) = ask(&ann, members(&cursor, 1)).await else { panic!("a page") };
            seen.extend(page.members.into_iter().filter_map(|member| Some(member.user?.external_id)));
            cursor = page.next_cursor;
            if cursor.is_empty() {
                break;
            }
            assert!(!ids.iter().any(|id| names(&cursor, id)), "{cursor} names a member");
            cursors.push(cursor.clone());
        }
        seen.sort_unstable();
        assert_eq!(seen, ["ann", "tea"]);
        let given = cursors.first().expect("there was more than a page").clone();
        let mut changed = given.clone();
        let last = if changed.pop() == Some('A') { 'B' } else { 'A' };
        changed.push(last);
        let refused = |command: Command| async { ask(&ann, command).await.map(drop) };
        for forged in [changed.as_str(), "17.00000000-0000-0000-0000-000000000000", "x", &"A".repeat(5_000)] {
            assert_eq!(refused(members(forged, 1)).await, Err(Some(ErrorCode::Invalid)), "{forged}");
        }
        // The cursor is used by another user, for another list, and for another kind of list.
        assert_eq!(ask(&ben, members(&given, 1)).await.map(drop), Err(Some(ErrorCode::Invalid)));
        let conversations = Command::ListConversations(wire::ListConversations { cursor: given.clone(), limit: 1 });
        assert_eq!(refused(conversations).await, Err(Some(ErrorCode::Invalid)));
        let relations = Command::ListRelations(wire::ListRelations { cursor: given.clone(), ..Default::default() });
        assert_eq!(refused(relations).await, Err(Some(ErrorCode::Invalid)));
        let search = Command::SearchDirectory(wire::SearchDirectory { cursor: given, ..Default::default() });
        assert_eq!(refused(search).await, Err(Some(ErrorCode::Invalid)));
    })
    .await;
}
