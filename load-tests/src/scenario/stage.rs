//! The context of a scenario: options, progress and the early end of the run.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    Outcome,
    cli::options::Common,
    crowd::{Crowd, UserSet},
    measure::clock,
    progress::Progress,
    report::{Machine, Report},
    stop::Stop,
    world::{Server, World},
};

/// The context of a run. Clones share their state.
#[derive(Clone)]
pub struct Stage {
    /// The options of the command line.
    pub common: Arc<Common>,
    /// The early end of the run.
    pub stop: Stop,
    /// Shows the progress.
    pub progress: Progress,
    machine: Arc<Mutex<Machine>>,
}

impl Stage {
    #[must_use]
    pub fn new(common: Common, stop: Stop) -> Self {
        let machine = Arc::new(Mutex::new(Machine::read_facts(&common.dir)));
        Self { common: Arc::new(common), stop, progress: Progress::new(), machine }
    }

    /// The same context with other options.
    #[must_use]
    pub fn with(&self, common: Common) -> Self {
        Self { common: Arc::new(common), ..self.clone() }
    }

    /// Starts the database and the bus, or examines the target. After that, [`World::serve`] starts a server.
    ///
    /// # Errors
    /// The errors of [`World::start`]; also if the run is stopped.
    pub async fn world(&self) -> Outcome<World> {
        self.progress.print(if self.common.target.is_some() { "looking at the target" } else { "starting the world" });
        let world = self.stop.guard(World::start(&self.common)).await?;
        let version = world.server_version().await?;
        let redis = match &world.redis {
            Some(redis) => Some(redis.version()?),
            None => None,
        };
        self.with_machine(|machine| {
            machine.server = machine.server.take().or(version);
            machine.postgres = machine.postgres.take().or(world.postgres.as_ref().map(|it| it.version().to_owned()));
            machine.redis = machine.redis.take().or(redis);
        });
        Ok(world)
    }

    /// Starts the processes for a number of users; see [`Crowd::spawn`].
    ///
    /// # Errors
    /// When a process can't be started.
    pub async fn crowd(&self, world: &World, users: usize, block: usize) -> Outcome<Crowd> {
        Crowd::spawn(self, world, users, block).await
    }

    /// Starts a server and this many users, who are all connected and members of one group.
    ///
    /// # Errors
    /// If a process can't be started, or the server refuses a user.
    pub async fn one_group(&self, members: usize, report: &mut Report) -> Outcome<(World, Server, Crowd)> {
        let world = self.world().await?;
        world.note_missing(report);
        let server = world.serve(&[]).await?;
        let crowd = self.crowd(&world, members, members).await?;
        crowd.connect_to(&[&server]).await?;
        crowd.introduce(UserSet::All).await?;
        crowd.groups(vec![(0..crowd.users()).collect()]).await?;
        crowd.connect(UserSet::All).await?;
        Ok((world, server, crowd))
    }

    /// Waits for this time, and shows `what` as progress.
    ///
    /// # Errors
    /// If the run is stopped.
    pub async fn wait(&self, what: &str, length: Duration) -> Outcome<()> {
        let _bar = self.progress.time(what, length);
        self.stop.sleep_until(clock::now_us() + clock::micros(length)).await
    }

    /// Runs `work`, and shows `what` as progress.
    ///
    /// # Errors
    /// The errors of `work`; also if the run is stopped.
    pub async fn doing<T>(&self, what: &str, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        self.progress.print(what);
        self.stop.guard(work).await
    }

    /// The machine that the run used, with its final state.
    #[must_use]
    pub fn machine(&self) -> Machine {
        self.with_machine(|machine| {
            machine.read_final_load();
            machine.clone()
        })
    }

    /// Whether the file system of `--dir` is in memory.
    #[must_use]
    pub fn writes_to_memory(&self) -> bool {
        let kind = self.with_machine(|machine| machine.disk.clone()).unwrap_or_default();
        self.common.target.is_none() && (kind.starts_with("tmpfs") || kind.starts_with("ramfs"))
    }

    fn with_machine<T>(&self, what: impl FnOnce(&mut Machine) -> T) -> T {
        what(&mut self.machine.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
