use std::collections::{BTreeMap, BTreeSet};

use causerie_protocol::{
    GroupId, TenantId, UserId,
    facts::{Changes, Group, change::Fact},
};
use sea_orm::{ConnectionTrait as _, DbBackend};

use super::*;
use crate::{
    domain::{Delivers, EdgeEffect, GroupState, RelationState, UserStatus, WritableBy},
    store::{
        Store,
        queries::{tenants, users::Profile},
    },
    testing::{NOW_MS, on_each_database},
};

async fn tenant(store: &Store, slug: &str) -> TenantId {
    tenants::create(store, slug, slug, NOW_MS).await.expect("stores").id
}

async fn begin(store: &Store, tenant: TenantId) -> FactWrite {
    FactWrite::begin(store, tenant, NOW_MS).await.expect("begins")
}

fn profile(id: &str) -> Profile {
    Profile { external_id: id.to_owned(), name: Some(format!("User {id}")), ..Profile::default() }
}

fn group(id: &str, parent: Option<&str>) -> GroupFact {
    let (kind, parent) = (Some("class".to_owned()), parent.map(str::to_owned));
    GroupFact { external_id: id.to_owned(), kind, parent, ..GroupFact::default() }
}

fn membership(user: UserId, group: GroupId, role: &str) -> MembershipFact {
    MembershipFact { key: MembershipKey { user, group, role: role.to_owned() }, from_ms: None, until_ms: None }
}

fn relation(from: UserId, to: UserId, state: RelationState) -> RelationFact {
    RelationFact { key: RelationKey { from, relation: "friend".to_owned(), to }, state }
}

/// Facts as texts, by the user, group or pair that they describe, for comparison.
#[derive(Debug, Default, PartialEq, Eq)]
struct FactTexts(BTreeMap<String, String>);

impl FactTexts {
    fn apply(&mut self, changes: &Changes) {
        for fact in changes.changes.iter().filter_map(|change| change.fact.as_ref()) {
            let text = format!("{fact:?}");
            match fact {
                Fact::User(user) => self.set(format!("user {:?}", user.id), text),
                Fact::Group(group) => {
                    // Tables hold the current kind only, not the previous kind.
                    let current = Group { kind_before: None, ..group.clone() };
                    self.set(format!("group {:?}", group.id), format!("{current:?}"));
                }
                Fact::GroupRemoved(id) => {
                    self.0.remove(&format!("group {id:?}"));
                    let part_of_key = format!(" in {id:?}");
                    self.0.retain(|key, _| !key.contains(&part_of_key));
                }
                Fact::Membership(m) => self.set(format!("member {:?} in {:?} {}", m.user, m.group, m.role), text),
                Fact::MembershipRemoved(m) => {
                    self.0.remove(&format!("member {:?} in {:?} {}", m.user, m.group, m.role));
                }
                Fact::Relation(r) => self.set(format!("relation {:?} {:?} {}", r.from, r.to, r.relation), text),
                Fact::RelationRemoved(r) => {
                    self.0.remove(&format!("relation {:?} {:?} {}", r.from, r.to, r.relation));
                }
                Fact::Edge(e) => self.set(edge_key(e), text),
                Fact::EdgeRemoved(e) => {
                    self.0.remove(&edge_key(e));
                }
                Fact::Setting(s) if s.value.is_some() => self.set(format!("setting {}", s.name), text),
                Fact::Setting(s) => {
                    self.0.remove(&format!("setting {}", s.name));
                }
                Fact::PolicyChanged(_) => {}
            }
        }
    }

    fn set(&mut self, key: String, text: String) {
        self.0.insert(key, text);
    }
}

fn edge_key(e: &causerie_protocol::facts::Edge) -> String {
    format!("edge in {:?} {} in {:?} {}", e.from_group, e.from_role, e.to_group, e.to_role)
}

async fn load_facts(store: &Store, tenant: TenantId) -> (read::Version, FactTexts) {
    let load = Load::begin(store, tenant).await.expect("begins");
    let version = load.version();
    let mut facts = FactTexts::default();
    load.facts(|changes| facts.apply(&changes)).await.expect("loads");
    (version, facts)
}

async fn replay_log(store: &Store, tenant: TenantId) -> (u64, FactTexts) {
    let mut facts = FactTexts::default();
    let mut last = 0;
    loop {
        // A limit below the length of the log, so that several reads are needed.
        let log = read::log_since(store.reader(), tenant, last, 3).await.expect("reads");
        if log.is_empty() {
            return (last, facts);
        }
        for (version, changes) in log {
            assert_eq!(version, last + 1, "no version is missing");
            facts.apply(&changes);
            last = version;
        }
    }
}

async fn assert_tables_equal_log(store: &Store, tenant: TenantId) -> FactTexts {
    let (version, tables) = load_facts(store, tenant).await;
    let (last, log) = replay_log(store, tenant).await;
    assert_eq!((version.facts, &tables), (last, &log));
    tables
}

#[tokio::test]
async fn the_log_and_the_tables_hold_the_same_facts() {
    on_each_database(|store| async move {
        let school = tenant(&store, "school").await;
        let mut write = begin(&store, school).await;
        let users = write.users(&[profile("lea"), profile("tom"), profile("eve")]).await.expect("writes");
        let [lea, tom, eve] = [0, 1, 2].map(|at: usize| users[at].1.id);
        let outcomes = write.groups(&[group("y1", None), group("6a", Some("y1")), group("6b", Some("?"))]).await;
        assert_eq!(outcomes.expect("writes"), [Outcome::Created, Outcome::Created, Outcome::Missing]);
        let groups = write.resolve_groups(&["y1", "6a", "6b"]).await.expect("asks");
        let (y1, class) = (groups["y1"], groups["6a"]);
        assert_eq!(groups.len(), 2);
        assert_eq!(write.commit().await.expect("commits"), Some(1));

        let timed = MembershipFact { from_ms: Some(0), until_ms: Some(NOW_MS), ..membership(eve, class, "teacher") };
        let rows = [membership(lea, class, "learner"), membership(tom, class, "learner"), timed];
        let edge = EdgeFact {
            key: EdgeKey { from_group: y1, from_role: String::new(), to_group: class, to_role: "learner".to_owned() },
            effect: EdgeEffect::Allow,
            delivers: Delivers::People,
        };
        let setting = |value: Option<&str>| SettingFact { name: "messaging".to_owned(), value: value.map(str::to_owned) };
        for (round, outcome) in [(2, Outcome::Created), (3, Outcome::Unchanged)] {
            let mut write = begin(&store, school).await;
            assert_eq!(write.memberships(&rows).await.expect("writes"), [outcome; 3]);
            assert_eq!(write.edges(std::slice::from_ref(&edge)).await.expect("writes"), [outcome]);
            assert_eq!(write.settings(&[setting(Some("off"))]).await.expect("writes"), [outcome]);
            let pending = [relation(lea, tom, RelationState::Pending)];
            assert_eq!(write.relations(&pending, |_| true).await.expect("writes"), [outcome]);
            assert_eq!(write.commit().await.expect("commits"), (outcome == Outcome::Created).then_some(round));
        }
        assert_tables_equal_log(&store, school).await;

        let mut write = begin(&store, school).await;
        let accepted = [relation(tom, lea, RelationState::Accepted)];
        assert_eq!(write.relations(&accepted, |_| true).await.expect("writes"), [Outcome::Updated], "the same, turned");
        let between = stored::relations_between(write.connection(), tom, lea).await.expect("asks");
        assert_eq!(between, [relation(lea, tom, RelationState::Accepted)], "who asked stays known");
        let with_avatar = Profile { avatar_url: Some("https://x.example/a".to_owned()), ..profile("lea") };
        assert_eq!(write.users(&[with_avatar]).await.expect("writes")[0].0, Outcome::Updated);
        write.commit().await.expect("commits");
        let log = read::log_since(store.reader(), school, 2, 9).await.expect("reads");
        assert_eq!(log[0].1.changes.len(), 1, "a portrait concerns no rule: {log:?}");

        let mut write = begin(&store, school).await;
        let changed = Profile {
            status: Some(UserStatus::Deactivated),
            roles: Some(vec!["owner".to_owned(), "admin".to_owned()]),
            writable_by: Some(WritableBy::Contacts),
            ..profile("tom")
        };
        let (outcome, user) = write.users(&[changed]).await.expect("writes").remove(0);
        assert_eq!((outcome, user.status), (Outcome::Updated, UserStatus::Deactivated));
        assert_eq!((user.roles, user.writable_by), (vec!["admin".to_owned(), "owner".to_owned()], WritableBy::Contacts));
        let removed = [relation(tom, lea, RelationState::Pending).key];
        assert_eq!(write.remove_relations(&removed, |_| true).await.expect("writes"), [Outcome::Removed]);
        let removed = [membership(lea, class, "learner").key, membership(lea, class, "nothing").key];
        assert_eq!(write.remove_memberships(&removed).await.expect("writes"), [Outcome::Removed, Outcome::Unchanged]);
        assert_eq!(write.remove_groups(&[y1, y1]).await.expect("writes"), [Outcome::Removed, Outcome::Unchanged]);
        assert_eq!(write.settings(&[setting(None)]).await.expect("writes"), [Outcome::Removed]);
        write.commit().await.expect("commits");
        let remaining = assert_tables_equal_log(&store, school).await;
        assert_eq!(remaining.0.len(), 6, "three users, a class, and its memberships: {remaining:#?}");
        assert!(stored::edges(store.reader(), school).await.expect("asks").is_empty());
        let groups = stored::groups(store.reader(), school, "", 9).await.expect("asks");
        assert_eq!((groups.len(), groups[0].parent, groups[0].state.value()), (1, None, GroupState::Active));
    })
    .await;
}

#[tokio::test]
async fn a_group_can_not_contain_itself_or_be_nested_too_deeply() {
    use Outcome::{Circular, Created, Unchanged, Updated};
    on_each_database(|store| async move {
        let school = tenant(&store, "school").await;
        let steps: [(&[GroupFact], &[Outcome]); 3] = [
            (
                &[group("a", None), group("b", Some("a")), group("c", Some("b")), group("a", Some("c"))],
                &[Created, Created, Created, Circular],
            ),
            // The group `b`, which neither fact names, lies between the two groups.
            (&[group("a", Some("c")), group("c", Some("b"))], &[Circular, Unchanged]),
            (
                &[group("c", Some("")), group("a", Some("c")), group("c", Some("b")), group("c", None)],
                &[Updated, Updated, Circular, Unchanged],
            ),
        ];
        for (rows, outcomes) in steps {
            let mut write = begin(&store, school).await;
            assert_eq!(write.groups(rows).await.expect("writes"), outcomes);
            write.commit().await.expect("commits");
        }
        assert_tables_equal_log(&store, school).await;
        let stored = stored::groups(store.reader(), school, "", 9).await.expect("asks");
        let find_group = |name: &str| stored.iter().find(|group| group.external_id == name).expect("is there");
        assert_eq!((find_group("a").parent, find_group("c").parent), (Some(find_group("c").id), None));

        // The depth of nested groups is limited, in one transaction and over several.
        let name = |depth: usize| format!("d{depth}");
        let nested_group = |depth: usize| group(&name(depth), depth.checked_sub(1).map(name).as_deref());
        let chain: Vec<GroupFact> = (0..=ABOVE_MAX + 1).map(nested_group).collect();
        for rows in [&chain[..3], &chain[3..]] {
            let mut write = begin(&store, school).await;
            let outcomes = write.groups(rows).await.expect("writes");
            write.commit().await.expect("commits");
            let refused = outcomes.iter().filter(|outcome| **outcome == Circular).count();
            assert_eq!(refused, usize::from(rows.len() > 3), "{outcomes:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn relations_of_the_same_time_are_read_in_pages() {
    on_each_database(|store| async move {
        let school = tenant(&store, "school").await;
        let mut write = begin(&store, school).await;
        let users = write.users(&[profile("lea"), profile("tom"), profile("eve")]).await.expect("writes");
        let [lea, tom, eve] = [0, 1, 2].map(|at: usize| users[at].1.id);
        let accepted = |from, name: &str, to| RelationFact {
            key: RelationKey { from, relation: name.to_owned(), to },
            state: RelationState::Accepted,
        };
        let all = [
            accepted(lea, "follow", tom),
            accepted(tom, "follow", lea),
            accepted(lea, "friend", tom),
            accepted(eve, "follow", lea),
        ];
        write.relations(&all, |name| name == "friend").await.expect("writes");
        write.commit().await.expect("commits");

        let kinds = ["follow", "friend"].map(|name| relations::ListedKind { relation: name.to_owned(), incoming: true });
        let read = async |after: Option<&relations::Position>, limit| {
            relations::of_user(store.reader(), lea, &kinds, after, limit).await.expect("reads")
        };
        let whole = read(None, 9).await;
        assert_eq!(whole.len(), all.len());
        let mut paged: Vec<relations::RelationOfUser> = Vec::new();
        while paged.len() <= all.len() {
            let after = paged.last().map(relations::RelationOfUser::position);
            let page = read(after.as_ref(), 1).await;
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, whole);
    })
    .await;
}

#[tokio::test]
async fn a_rolled_back_change_of_facts_leaves_no_facts() {
    on_each_database(|store| async move {
        let school = tenant(&store, "school").await;
        let mut write = begin(&store, school).await;
        write.users(&[profile("lea")]).await.expect("writes");
        write.rollback().await.expect("undoes");
        assert_eq!(load_facts(&store, school).await, (read::Version::default(), FactTexts::default()));
    })
    .await;
}

#[tokio::test]
async fn earlier_policies_are_kept_with_their_versions() {
    on_each_database(|store| async move {
        let school = tenant(&store, "school").await;
        assert_eq!(read::policy(store.reader(), school).await.expect("asks"), None);
        for (name, text, outcome) in
            [("a", "1", Outcome::Created), ("a", "1", Outcome::Unchanged), ("b", "2", Outcome::Updated)]
        {
            let mut write = begin(&store, school).await;
            assert_eq!(write.policy(name, text, "operator").await.expect("writes"), outcome);
            write.commit().await.expect("commits");
        }
        let current = read::policy(store.reader(), school).await.expect("asks").expect("is there");
        assert_eq!((current.version, current.text.as_str()), (2, "2"));
        assert_eq!(read::policies(store.reader(), school).await.expect("asks").len(), 2);
        let versions = read::versions(store.reader(), &[school]).await.expect("asks");
        assert_eq!(versions[&school], read::Version { facts: 2, policy: 2 });
        assert_eq!(read::prune_log(&store, 1).await.expect("prunes"), 1);
        let log = read::log_since(store.reader(), school, 0, 9).await.expect("reads");
        assert_eq!(log.iter().map(|(version, _)| *version).collect::<Vec<_>>(), [2]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_have_no_holes_with_concurrent_writers() {
    on_each_database(|store| async move {
        let school = tenant(&store, "school").await;
        let writers = (0..8).map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut versions = Vec::new();
                for round in 0..5 {
                    let mut write = begin(&store, school).await;
                    let users: Vec<_> = (0..20).map(|n| profile(&format!("{writer}-{round}-{n}"))).collect();
                    write.users(&users).await.expect("writes");
                    versions.extend(write.commit().await.expect("commits"));
                }
                versions
            })
        });
        let mut versions = BTreeSet::new();
        for written in futures::future::join_all(writers).await {
            versions.extend(written.expect("runs"));
        }
        assert_eq!(versions, (1..=40).collect());
        assert_eq!(assert_tables_equal_log(&store, school).await.0.len(), 800);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_and_exclusive_holders_of_the_lock_wait_for_each_other() {
    on_each_database(|store| async move {
        if store.backend() != DbBackend::Postgres {
            return;
        }
        let (school, clinic) = (tenant(&store, "school").await, tenant(&store, "clinic").await);
        let wait = std::time::Duration::from_millis(200);
        let sharing = store.begin().await.expect("begins");
        lock::shared(&sharing, [clinic, school, school]).await.expect("locks");
        let other = store.begin().await.expect("begins");
        lock::shared(&other, [school]).await.expect("is shared");
        other.commit().await.expect("ends");
        let mut waiting = tokio::spawn({
            let store = store.clone();
            async move { begin(&store, school).await }
        });
        assert!(tokio::time::timeout(wait, &mut waiting).await.is_err(), "the lock is shared");
        sharing.commit().await.expect("ends");
        let write = waiting.await.expect("goes on");

        let sharing = store.begin().await.expect("begins");
        lock::shared(&sharing, [clinic]).await.expect("another tenant's is free");
        let locked = tokio::time::timeout(wait, lock::shared(&sharing, [school])).await;
        assert!(locked.is_err(), "the lock is held");
        write.rollback().await.expect("ends");
        drop(sharing);
        let sharing = store.begin().await.expect("begins");
        lock::shared(&sharing, [school]).await.expect("is free again");
        sharing.execute_unprepared("SELECT 1").await.expect("is sound");
    })
    .await;
}

/// A newer server may know states that this program does not know.
#[tokio::test]
async fn unknown_numbers_of_a_group_are_kept_when_the_group_changes() {
    on_each_database(|store| async move {
        let tenant = tenant(&store, "school").await;
        let mut write = begin(&store, tenant).await;
        write.groups(&[group("6a", None)]).await.expect("writes");
        write.commit().await.expect("commits");
        let (state, delivers) = (9, 8);
        let unknown = format!("UPDATE groups SET state = {state}, delivers = {delivers}");
        store.writer().execute_unprepared(&unknown).await.expect("writes");

        let mut write = begin(&store, tenant).await;
        let renamed = GroupFact { name: Some("Class 6A".to_owned()), ..group("6a", None) };
        write.groups(&[renamed]).await.expect("writes");
        write.commit().await.expect("commits");

        let stored = stored::groups(store.reader(), tenant, "", 10).await.expect("reads");
        assert_eq!((stored[0].name.as_str(), stored[0].state.number(), stored[0].delivers.number()), ("Class 6A", 9, 8));
        assert_eq!((stored[0].state.value(), stored[0].delivers.value()), (GroupState::Archived, Delivers::None));
        // The log of facts contains the numbers too, for nodes that know them.
        let Fact::Group(logged) = stored::group_fact(&stored[0]) else { panic!("a group") };
        assert_eq!((logged.state, logged.delivers), (9, 8));
    })
    .await;
}
