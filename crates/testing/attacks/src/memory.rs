//! Memory: uploads that stop before their end, and readers that do not read.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::sleep,
};

use crate::{Bound, Effort, Report, Setup, Site, Visitor};

/// Memory that the process may have at any time, in MB.
const MOST: f64 = 150.0;

/// Memory that an attack may add to that at rest, in MB. A build without optimisation has more at rest than a release.
const MORE: f64 = 85.0;

/// The bound of the memory of a process that has so much at rest.
pub(crate) fn bound(setup: &Setup, at_rest: f64) -> Bound {
    Bound::AtMost(setup.effort.of(MOST.max(at_rest + MORE), MOST))
}

/// Sends most of many uploads and asks for a large picture many times without reading it; measures the memory of
/// the process, and whether an honest visitor is served meanwhile.
///
/// # Panics
/// When the site does not start.
pub async fn run(setup: &Setup) -> Report {
    let mut report = Report::of("Memory");
    let (uploads, readers) = match setup.effort {
        Effort::Short => (60, 150),
        Effort::Full => (200, 600),
    };
    let site = Site::start(setup, &[("MINSU_SERVER__WRITE_TIMEOUT_SECONDS", "5")]).await;
    let at_rest = site.memory() as f64 / 1e6;
    report.measured("memory at rest", at_rest, "MB", Bound::Free);
    let bound = bound(setup, at_rest);
    let stalled = stall(&site, uploads).await;
    report.measured("memory with stalled uploads", peak(&site, WATCHED).await / 1e6, "MB", bound);
    let honest = Visitor::from(&site, "198.51.100.7".parse().unwrap());
    report.holds("an honest visitor reads meanwhile", honest.get("/api/v1.0/areas").await.is_ok());
    drop(stalled);
    let picture = large_picture(&site).await;
    let waiting = leave_unread(&site, &picture, readers).await;
    report.measured("memory with idle readers", peak(&site, WATCHED).await / 1e6, "MB", bound);
    report.holds("an honest visitor reads meanwhile", honest.get(&picture).await.status == 200);
    // The kernel asks a closed window now and then, and gives up after the write timeout.
    sleep(Duration::from_secs(20)).await;
    report.share("connections of idle readers left", open(&site), readers, Bound::AtMost(10.0));
    drop(waiting);
    report
}

/// How long the memory is watched.
const WATCHED: Duration = Duration::from_secs(2);

/// The most memory of the process within a time, in bytes.
pub(crate) async fn peak(site: &Site, watched: Duration) -> f64 {
    let (mut most, begun) = (0, Instant::now());
    while begun.elapsed() < watched {
        most = most.max(site.memory());
        sleep(Duration::from_millis(50)).await;
    }
    most as f64
}

/// So many uploads of different people that stop short of their end.
async fn stall(site: &Site, uploads: usize) -> Vec<TcpStream> {
    let address = Arc::new(site.base.trim_start_matches("http://").to_owned());
    let mut sending = JoinSet::new();
    for number in 0..uploads {
        let visitor = Visitor::from(site, format!("203.0.113.{}", 1 + number % 250).parse().unwrap());
        let mobile = format!("137{number:08}");
        let address = Arc::clone(&address);
        sending.spawn(async move {
            visitor.register(&mobile).await;
            let cookie = visitor.cookie()?;
            let head = format!(
                "POST /api/v1.0/user/avatar HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\ncontent-length: 10000000\r\n\
                 content-type: multipart/form-data; boundary=b\r\n\r\n--b\r\ncontent-disposition: form-data; \
                 name=\"avatar\"; filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\n"
            );
            let mut stream = TcpStream::connect(&*address).await.ok()?;
            stream.write_all(head.as_bytes()).await.ok()?;
            let piece = vec![7; 64 << 10];
            for _ in 0..150 {
                // A refusal ends it.
                tokio::time::timeout(Duration::from_secs(5), stream.write_all(&piece)).await.ok()?.ok()?;
            }
            Some(stream)
        });
    }
    sending.join_all().await.into_iter().flatten().collect()
}

/// Puts a picture of 4 MB where the site keeps its pictures, and gives its path.
async fn large_picture(site: &Site) -> String {
    let folder = site.data().join("media/houses");
    tokio::fs::create_dir_all(&folder).await.unwrap();
    tokio::fs::write(folder.join("large.jpg"), vec![0xD8; 4_000_000]).await.unwrap();
    "/media/houses/large.jpg".to_owned()
}

/// So many connections that ask for the picture and read nothing.
async fn leave_unread(site: &Site, picture: &str, readers: usize) -> Vec<TcpStream> {
    let address = site.base.trim_start_matches("http://").parse().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..readers {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        stream.write_all(format!("GET {picture} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
        let mut first = [0; 1];
        let _ = stream.read(&mut first).await;
        waiting.push(stream);
    }
    waiting
}

/// Established connections of the process that have bytes to send.
fn open(site: &Site) -> usize {
    let port = site.base.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let local = format!(":{port:04X}");
    let rows = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.filter(|row| row[1].ends_with(&local) && row[3] == "01" && !row[4].starts_with("00000000")).count()
}
