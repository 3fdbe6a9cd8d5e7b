//! Doing a fault to the site, and undoing it.

use std::{
    io,
    time::{Duration, Instant},
};

use minsu_fakes::{Fault as ServiceFault, Faults};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{task::block_in_place, time::sleep};

use crate::{
    fault::{Fault, Link, Service, Target},
    plan::Planned,
    program::Program,
    proxy::LinkState,
    site::{Backend, Site},
    world::World,
};

/// How long a process may take to end after SIGTERM: the time that requests in flight have, and a busy machine.
const GRACE: Duration = Duration::from_secs(12);

/// When a fault was at work, in the microseconds of the history.
pub(crate) struct Lasted {
    /// When doing it began.
    pub(crate) asked: u64,
    /// When it was done.
    pub(crate) begun: u64,
    /// When undoing it began: from here on its effects end.
    pub(crate) ended: u64,
    /// When it was undone.
    pub(crate) undone: Instant,
}

impl Site {
    /// Does it, waits, undoes it.
    ///
    /// # Errors
    /// When the site cannot be treated so any more: something has ended that should run.
    pub(crate) async fn apply(&mut self, world: &World, planned: Planned) -> io::Result<Lasted> {
        let Planned { fault, duration, .. } = planned;
        let asked = world.history.now();
        self.begin(world, fault)?;
        let begun = world.history.now();
        sleep(duration.saturating_sub(Duration::from_micros(begun - asked))).await;
        let ended = world.history.now();
        self.end(world, fault)?;
        Ok(Lasted { asked, begun, ended, undone: Instant::now() })
    }

    fn begin(&mut self, world: &World, fault: Fault) -> io::Result<()> {
        match fault {
            Fault::Kill(Target::Database) => self.with_server(|server, _| server.kill()),
            Fault::Kill(Target::Redis) => self.with_server(|_, redis| redis.kill()),
            Fault::Kill(target) => self.program(target)?.kill(),
            Fault::Freeze(target) => {
                if let Target::Api(node) = target {
                    world.note_stop(node);
                }
                self.signal(target, Signal::STOP)?;
            }
            Fault::Restart => self.with_server(|server, _| server.stop()),
            Fault::Terminate(node) => {
                let program = self.program(Target::Api(node))?;
                program.signal(Signal::TERM)?;
                let ended = block_in_place(|| program.wait(GRACE));
                if !ended.is_some_and(|status| status.success()) {
                    let found = format!("process {node}: {ended:?}");
                    world.history.violated("SIGTERM ends a process well", found);
                }
            }
            Fault::Reset(link) => self.set(link, LinkState::Reset),
            Fault::Slow(link) => self.set(link, LinkState::Slow),
            Fault::HalfOpen(link) => self.set(link, LinkState::HalfOpen),
            Fault::Silent(service) => self.faults(service).fail(ServiceFault::Silence),
            Fault::NoDescriptors(node) => self.program(Target::Api(node))?.limit_descriptors(true)?,
            Fault::DiskFull => {
                if let Backend::File { disk: Some(disk) } = &self.backend {
                    disk.fill();
                } else {
                    world.history.remark("no right to mount a small disk: nothing happens");
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, world: &World, fault: Fault) -> io::Result<()> {
        match fault {
            Fault::Kill(Target::Database) | Fault::Restart => self.with_server(|server, _| server.start_again()),
            Fault::Kill(Target::Redis) => self.with_server(|_, redis| redis.restart()),
            Fault::Kill(target) => {
                let program = self.program(target)?;
                program.kill();
                program.start()?;
            }
            Fault::Terminate(node) => {
                let program = self.program(Target::Api(node))?;
                program.kill();
                program.start()?;
            }
            Fault::Freeze(target) => {
                self.signal(target, Signal::CONT)?;
                if let Target::Api(node) = target {
                    world.note_continue(node);
                }
            }
            Fault::Reset(link) | Fault::Slow(link) | Fault::HalfOpen(link) => self.set(link, LinkState::Normal),
            Fault::Silent(service) => self.faults(service).recover(),
            Fault::NoDescriptors(node) => self.program(Target::Api(node))?.limit_descriptors(false)?,
            Fault::DiskFull => {
                if let Backend::File { disk: Some(disk) } = &self.backend {
                    disk.make_room();
                }
            }
        }
        Ok(())
    }

    fn with_server(
        &mut self,
        work: impl FnOnce(&mut minsu_testservers::Server, &mut minsu_testservers::redis::RedisServer),
    ) {
        if let Backend::Server { server, redis, .. } = &mut self.backend {
            block_in_place(|| work(server, redis));
        }
    }

    fn program(&mut self, target: Target) -> io::Result<&mut Program> {
        let program = match target {
            Target::Api(node) => self.nodes.get_mut(node),
            Target::Worker => self.worker.as_mut(),
            Target::Redis | Target::Database => None,
        };
        program.ok_or_else(|| io::Error::other(format!("there is no {target:?}")))
    }

    fn signal(&mut self, target: Target, signal: Signal) -> io::Result<()> {
        let processes = match (&self.backend, target) {
            (Backend::Server { server, .. }, Target::Database) => server.processes(),
            (Backend::Server { redis, .. }, Target::Redis) => redis.process().into_iter().collect(),
            _ => return self.program(target)?.signal(signal),
        };
        for process in processes {
            let process = i32::try_from(process).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidData)?;
            // A process of a database server may have ended meanwhile: it had nothing more to do.
            let _ = kill_process(process, signal);
        }
        Ok(())
    }

    fn set(&self, link: Link, state: LinkState) {
        if let Some(proxy) = self.proxy(link) {
            proxy.set(state);
        }
    }

    fn faults(&self, service: Service) -> &Faults {
        match service {
            Service::Objects => self.objects.faults(),
            Service::Sms => self.sms.faults(),
        }
    }
}
