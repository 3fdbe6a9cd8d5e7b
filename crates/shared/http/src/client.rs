//! The client.

use std::time::Duration;

use reqwest::{Client, Proxy, RequestBuilder, redirect::Policy};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use crate::{Answer, CallError, HttpOptions, SetupError};

/// How long an idle connection is kept: shorter than the services do, so that a request is not
/// sent into one that they are closing.
const IDLE: Duration = Duration::from_secs(15);
/// How many idle connections are kept.
const IDLE_CONNECTIONS: usize = 8;

/// A pooled client whose calls end in time. Clones share the pool.
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: Client,
    deadline: Duration,
}

impl HttpClient {
    /// Makes a client. TLS is rustls with ring and the root certificates of the system.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: &HttpOptions) -> Result<Self, SetupError> {
        // The client uses the process-wide crypto provider, which is set once: one set earlier is kept.
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let mut builder = Client::builder()
            .user_agent(concat!("minsu/", env!("CARGO_PKG_VERSION")))
            .timeout(options.deadline)
            .connect_timeout(options.connect_deadline.min(options.deadline))
            .redirect(Policy::none())
            .referer(false)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .http1_only()
            .no_proxy();
        if let Some(proxy) = &options.proxy {
            builder = builder.proxy(Proxy::all(proxy.expose_secret()).map_err(|_| SetupError::Proxy)?);
        }
        let client = builder.build().map_err(SetupError::Client)?;
        Ok(Self { client, deadline: options.deadline })
    }

    /// The inner client, to build requests with or to pass to a library.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Sends a request and reads the answer, of at most so many bytes.
    ///
    /// # Errors
    /// [`CallError`]; a bad status is no error.
    pub async fn answer(&self, request: RequestBuilder, most: usize) -> Result<Answer, CallError> {
        Answer::read(request.send().await.map_err(CallError::of)?, most).await
    }

    /// Ends a use of the service at the deadline, however many calls it is made of.
    ///
    /// # Errors
    /// Those of the work, or [`CallError::Timeout`].
    pub async fn in_time<T, E: From<CallError>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        timeout(self.deadline, work).await.unwrap_or_else(|_| Err(CallError::Timeout.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::{net::SocketAddr, time::Instant};

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A server that reads a request and answers these bytes, then keeps the connection open without sending more.
    async fn server(answer: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let _ = socket.read(&mut [0; 4096]).await;
                    let _ = socket.write_all(answer).await;
                    tokio::time::sleep(Duration::from_secs(60)).await;
                });
            }
        });
        address
    }

    fn client(deadline: Duration) -> HttpClient {
        HttpClient::new(&HttpOptions { deadline, ..HttpOptions::default() }).unwrap()
    }

    async fn call(client: &HttpClient, address: SocketAddr, most: usize) -> Result<Answer, CallError> {
        client.answer(client.client().get(format!("http://{address}/?code=123456")), most).await
    }

    #[tokio::test]
    async fn reads_an_answer_with_its_media_type() {
        let address = server(b"HTTP/1.1 403 No\r\nContent-Type: Text/HTML; x=y\r\nContent-Length: 3\r\n\r\nabc").await;
        let answer = call(&client(Duration::from_secs(5)), address, 3).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (403, b"abc".as_slice()));
        assert_eq!(answer.media_type(), Some("Text/HTML"));
    }

    #[tokio::test]
    async fn does_not_read_more_than_its_reader_wants() {
        let address = server(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd").await;
        let error = call(&client(Duration::from_secs(5)), address, 3).await.unwrap_err();
        assert!(matches!(error, CallError::TooLong), "{error:?}");
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_like_any_other() {
        let address = server(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n").await;
        assert_eq!(call(&client(Duration::from_secs(5)), address, 3).await.unwrap().status.as_u16(), 302);
    }

    #[tokio::test]
    async fn silence_ends_at_the_deadline_in_the_head_and_in_the_body() {
        for answer in [b"".as_slice(), b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"] {
            let address = server(answer).await;
            let start = Instant::now();
            let error = call(&client(Duration::from_millis(200)), address, 9).await.unwrap_err();
            assert!(matches!(error, CallError::Timeout), "{error:?}");
            assert!(start.elapsed() < Duration::from_secs(3));
        }
    }

    #[tokio::test]
    async fn a_refused_connection_is_told_apart_and_tells_no_url() {
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let error = call(&client(Duration::from_secs(5)), address, 9).await.unwrap_err();
        assert!(matches!(error, CallError::Connect(_)), "{error:?}");
        let told = format!("{error:?} {error} {:?}", std::error::Error::source(&error));
        assert!(!told.contains("123456"), "{told}");
    }

    #[tokio::test]
    async fn a_use_of_many_calls_has_one_deadline() {
        let client = client(Duration::from_millis(100));
        let work = async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok::<_, CallError>(())
        };
        assert!(matches!(client.in_time(work).await, Err(CallError::Timeout)));
        assert!(client.in_time(async { Ok::<_, CallError>(()) }).await.is_ok());
    }

    #[tokio::test]
    async fn goes_through_the_proxy_of_the_settings() {
        let proxy = server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy").await;
        let options = HttpOptions { proxy: Some(format!("http://{proxy}").into()), ..HttpOptions::default() };
        let client = HttpClient::new(&options).unwrap();
        let request = client.client().get("http://nowhere.invalid/");
        assert_eq!(&client.answer(request, 9).await.unwrap().body[..], b"proxy");
    }

    #[test]
    fn a_bad_proxy_is_an_error_that_does_not_show_it() {
        let options = HttpOptions { proxy: Some("http://user:secret@[".into()), ..HttpOptions::default() };
        let error = HttpClient::new(&options).unwrap_err();
        assert!(!format!("{options:?} {error:?} {error}").contains("secret"));
    }
}
