//! Requests to the server: commands, scripts, pipelines.

use deadpool_redis::redis::{
    Cmd, ErrorKind, FromRedisValue, Pipeline, RedisResult, Script, ServerErrorKind, Value, aio::ConnectionLike, cmd,
    from_redis_value,
};

use super::link::Link;

/// A script that runs on one key, atomically.
pub(super) struct LuaScript {
    code: &'static str,
    digest: String,
}

impl LuaScript {
    pub(super) fn new(code: &'static str) -> Self {
        Self { code, digest: Script::new(code).get_hash().to_owned() }
    }
}

/// A request; all but [`Self::Reads`] are on one key.
pub(super) enum Request {
    Command(Cmd),
    /// Commands that change nothing; the reply has a value for each, or the error of that one.
    Reads(Pipeline),
    Script {
        script: &'static LuaScript,
        key: String,
        arguments: Vec<Vec<u8>>,
    },
}

impl Request {
    /// Sends it and waits for the reply.
    pub(super) async fn send<T: FromRedisValue>(&self, link: &mut Link) -> RedisResult<T> {
        match self {
            Self::Command(command) => command.query_async(link).await,
            Self::Reads(commands) => {
                let values = link.req_packed_commands(commands, 0, commands.len()).await?;
                Ok(from_redis_value(Value::Array(values))?)
            }
            Self::Script { script, key, arguments } => {
                let call = |name, text: &str| cmd(name).arg(text).arg(1).arg(key).arg(arguments).take();
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
