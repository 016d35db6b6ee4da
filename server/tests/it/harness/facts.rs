//! Writes facts with the server's library. Tests of behaviour need the facts, not the import that usually brings them.

use std::collections::{BTreeMap, BTreeSet};

use causerie_server::{
    clock::{Clock as _, SystemClock},
    domain::{Delivers, EdgeEffect, UserStatus},
    store::{
        Store,
        queries::{
            facts::{EdgeFact, EdgeKey, FactWrite, GroupFact, MembershipFact, MembershipKey, SettingFact},
            tenants,
            users::Profile,
        },
    },
};

use super::Cluster;

/// Facts and rules to write for a cluster's tenant.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    policy: Option<(String, String)>,
    users: BTreeMap<String, (Vec<String>, Option<UserStatus>)>,
    groups: BTreeSet<(String, String)>,
    memberships: Vec<(String, String, String)>,
    edges: Vec<(String, String)>,
    settings: Vec<(String, String)>,
}

impl Facts {
    /// Facts that leave the tenant's rules as they are.
    pub fn new() -> Self {
        Self::default()
    }

    /// The rules of a preset, followed by more lines. Lines that declare relations are inserted behind the preset's
    /// declarations.
    pub fn of_preset(preset: &str, added_lines: &str) -> Self {
        let file = format!("{}/../policy/presets/{preset}.policy", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        // Declarations stand before the first rule. A blank line separates them from the rule.
        let (declarations, rules): (Vec<&str>, Vec<&str>) =
            added_lines.lines().partition(|line| line.starts_with("relations "));
        let text = text.replacen("\n\n", &format!("\n{}\n\n", declarations.join("\n")), 1);
        Self { policy: Some((preset.to_owned(), format!("{text}\n{}\n", rules.join("\n")))), ..Self::default() }
    }

    /// A user with these roles in the tenant, separated by spaces: `owner admin`.
    pub fn user(mut self, user: &str, roles: &str) -> Self {
        self.users.entry(user.to_owned()).or_default().0 = roles.split_whitespace().map(str::to_owned).collect();
        self
    }

    /// A user with a status other than active.
    pub fn inactive(mut self, user: &str, status: UserStatus) -> Self {
        self.users.entry(user.to_owned()).or_default().1 = Some(status);
        self
    }

    /// Users with a role in a group, and the group with its kind.
    pub fn members(mut self, users: &[&str], role: &str, group: &str, kind: &str) -> Self {
        self.groups.insert((group.to_owned(), kind.to_owned()));
        for user in users {
            self.users.entry((*user).to_owned()).or_default();
            self.memberships.push(((*user).to_owned(), role.to_owned(), group.to_owned()));
        }
        self
    }

    /// An edge from all members of one group to another group and to all its members.
    pub fn edge(mut self, from: &str, to: &str) -> Self {
        self.edges.push((from.to_owned(), to.to_owned()));
        self
    }

    /// A setting of the tenant.
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes these facts to the database. Existing facts stay.
    pub async fn write(self, cluster: &Cluster) {
        let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
        let tenant = tenants::find_by_slug(&store, &cluster.tenant.slug).await.expect("readable").expect("made before");
        let mut write = FactWrite::begin(&store, tenant.id, SystemClock.now_ms()).await.expect("a transaction");
        self.write_all(&mut write).await;
        write.commit().await.expect("it is stored");
        // Pools close in the background. The database can be dropped only after that.
        for pool in [store.writer(), store.reader()] {
            pool.close_by_ref().await.expect("the pool closes");
        }
    }

    async fn write_all(self, write: &mut FactWrite) {
        if let Some((name, text)) = &self.policy {
            write.policy(name, text, "a test").await.expect("it is stored");
        }
        let profile = |(user, (roles, status)): (String, (Vec<String>, Option<UserStatus>))| {
            let roles = (!roles.is_empty()).then_some(roles);
            Profile { external_id: user, roles, status, ..Profile::default() }
        };
        let profiles: Vec<Profile> = self.users.into_iter().map(profile).collect();
        write.users(&profiles).await.expect("stored");
        let groups = self.groups.into_iter().map(|(group, kind)| GroupFact {
            name: Some(group.clone()),
            external_id: group,
            kind: Some(kind),
            ..GroupFact::default()
        });
        write.groups(&groups.collect::<Vec<_>>()).await.expect("stored");

        let names: Vec<&str> = self.memberships.iter().map(|(user, ..)| user.as_str()).collect();
        let users = write.resolve_users(&names).await.expect("readable");
        let ends = self.edges.iter().flat_map(|(from, to)| [from.as_str(), to.as_str()]);
        let names: Vec<&str> = self.memberships.iter().map(|(_, _, group)| group.as_str()).chain(ends).collect();
        let groups = write.resolve_groups(&names).await.expect("readable");
        let memberships = self.memberships.iter().map(|(user, role, group)| MembershipFact {
            key: MembershipKey { user: users[user], group: groups[group], role: role.clone() },
            from_ms: None,
            until_ms: None,
        });
        write.memberships(&memberships.collect::<Vec<_>>()).await.expect("stored");
        let edges = self.edges.iter().map(|(from, to)| EdgeFact {
            key: EdgeKey {
                from_group: groups[from],
                from_role: String::new(),
                to_group: groups[to],
                to_role: String::new(),
            },
            effect: EdgeEffect::Allow,
            delivers: Delivers::Both,
        });
        write.edges(&edges.collect::<Vec<_>>()).await.expect("stored");
        let settings =
            self.settings.iter().map(|(name, value)| SettingFact { name: name.clone(), value: Some(value.clone()) });
        write.settings(&settings.collect::<Vec<_>>()).await.expect("stored");
    }
}

/// The texts of all messages in the database, oldest first.
pub async fn stored_texts(cluster: &Cluster) -> Vec<String> {
    use sea_orm::{ConnectionTrait as _, Statement};
    let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
    let sql = Statement::from_string(store.backend(), "SELECT text FROM messages ORDER BY sent_at, conversation_id, seq");
    let rows = store.reader().query_all_raw(sql).await.expect("readable");
    for pool in [store.writer(), store.reader()] {
        pool.close_by_ref().await.expect("the pool closes");
    }
    rows.iter().map(|row| row.try_get("", "text").expect("a text")).collect()
}
