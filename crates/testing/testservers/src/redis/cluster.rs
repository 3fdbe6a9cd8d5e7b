//! A cluster of three masters.

use super::{PROGRAM, RedisServer, tls::Tls};
use crate::{
    Certificates,
    process::{free_port, wait_until},
};

/// The slots of each node, all 16,384 together.
const SLOTS: [[&str; 2]; 3] = [["0", "5460"], ["5461", "10922"], ["10923", "16383"]];

/// Three masters without replicas that share the slots.
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<RedisServer>,
}

impl RedisCluster {
    /// Starts the nodes, lets them meet and waits until each finds the cluster complete.
    ///
    /// # Panics
    /// When Redis is not installed or the cluster does not come up.
    pub fn start() -> Self {
        Self::start_on(|| None)
    }

    /// The same with nodes that speak TLS, among themselves too.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn start_with_tls(certificates: &Certificates) -> Self {
        Self::start_on(|| Some(Tls::new(certificates)))
    }

    fn start_on(tls: impl Fn() -> Option<Tls>) -> Self {
        let mut bus_ports = Vec::new();
        let mut nodes = Vec::new();
        for (epoch, [first, last]) in (1..).zip(SLOTS) {
            let bus_port = free_port().to_string();
            let settings = ["--cluster-enabled", "yes", "--cluster-port", &bus_port, "--cluster-node-timeout", "1000"];
            let node = RedisServer::start_on(&settings, tls());
            node.command(&["CLUSTER", "SET-CONFIG-EPOCH", &format!("{epoch}")]);
            node.command(&["CLUSTER", "ADDSLOTSRANGE", first, last]);
            bus_ports.push(bus_port);
            nodes.push(node);
        }
        if let [first, others @ ..] = nodes.as_slice() {
            for (other, bus_port) in others.iter().zip(&bus_ports[1..]) {
                first.command(&["CLUSTER", "MEET", "127.0.0.1", &other.public_port().to_string(), bus_port]);
            }
        }
        let cluster = Self { nodes };
        cluster.wait_until_complete();
        cluster
    }

    /// The URL of the adapter's settings: two of the nodes, the third is to be found.
    pub fn url(&self) -> String {
        format!("redis+cluster://127.0.0.1:{},127.0.0.1:{}", self.nodes[0].port(), self.nodes[1].port())
    }

    /// The same over TLS, for nodes that speak it.
    pub fn tls_url(&self) -> String {
        let [first, second, ..] = self.nodes.as_slice() else { unreachable!("there are three nodes") };
        format!("rediss+cluster://127.0.0.1:{},127.0.0.1:{}", first.public_port(), second.public_port())
    }

    /// The nodes.
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// Kills a node; its slots are not served.
    pub fn kill(&mut self, node: usize) {
        self.nodes[node].kill();
    }

    /// Starts a killed node again with the place it had, and waits until the cluster is complete.
    ///
    /// # Panics
    /// When it does not come back.
    pub fn restart(&mut self, node: usize) {
        self.nodes[node].restart();
        self.wait_until_complete();
    }

    fn wait_until_complete(&self) {
        let complete = wait_until(|| {
            self.nodes.iter().all(|node| {
                let info = node.command(&["CLUSTER", "INFO"]);
                info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3")
            })
        });
        assert!(complete, "the {PROGRAM} cluster is not complete");
    }
}
