//! What is sent to the server.

use deadpool_redis::redis::{Cmd, ErrorKind, FromRedisValue, Pipeline, RedisResult, Script, ServerErrorKind, cmd};

use super::link::Link;

/// Whether a request may be sent again when nobody knows if it was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Twice is the same as once.
    Harmless,
    /// Twice is another answer.
    Never,
}

/// A script that runs on one key with one argument, atomically.
pub(super) struct LuaScript {
    code: &'static str,
    digest: String,
}

impl LuaScript {
    pub(super) fn new(code: &'static str) -> Self {
        Self { code, digest: Script::new(code).get_hash().to_owned() }
    }
}

/// A request on one key.
pub(super) struct Request {
    body: Body,
    pub(super) repeat: Repeat,
}

enum Body {
    Command(Cmd),
    Transaction(Pipeline),
    Script { script: &'static LuaScript, key: String, argument: Vec<u8> },
}

impl Request {
    pub(super) fn command(command: Cmd, repeat: Repeat) -> Self {
        Self { body: Body::Command(command), repeat }
    }

    pub(super) fn transaction(transaction: Pipeline, repeat: Repeat) -> Self {
        Self { body: Body::Transaction(transaction), repeat }
    }

    pub(super) fn script(script: &'static LuaScript, key: String, argument: Vec<u8>, repeat: Repeat) -> Self {
        Self { body: Body::Script { script, key, argument }, repeat }
    }

    /// Sends it and waits for the reply.
    pub(super) async fn send<T: FromRedisValue>(&self, link: &mut Link) -> RedisResult<T> {
        match &self.body {
            Body::Command(command) => command.query_async(link).await,
            Body::Transaction(transaction) => transaction.query_async(link).await,
            Body::Script { script, key, argument } => {
                let call = |name, text: &str| cmd(name).arg(text).arg(1).arg(key).arg(argument).take();
                match call("EVALSHA", &script.digest).query_async(link).await {
                    // A server that was restarted has forgotten it; sent whole, it is learnt again.
                    Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                        call("EVAL", script.code).query_async(link).await
                    }
                    reply => reply,
                }
            }
        }
    }
}
