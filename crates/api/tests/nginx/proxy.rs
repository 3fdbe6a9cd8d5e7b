//! nginx with the file of `docs/operations/nginx`.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A running nginx; stopped with this.
pub struct Nginx {
    pub plain: u16,
    pub tls: u16,
    log: PathBuf,
    child: Child,
}

/// A file as it is shipped.
pub fn shipped(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations/nginx").join(file)
}

impl Nginx {
    /// Writes the folder `minsu/` for this machine beside a small `nginx.conf` that includes the
    /// shipped `minsu.conf`, and starts it.
    pub async fn start(data: &Path, backends: &[String], limits: &str) -> Self {
        let folder = data.join("nginx");
        let own = folder.join("minsu");
        fs::create_dir_all(&own).unwrap();
        for unchanged in ["server.conf", "proxy.conf"] {
            fs::copy(shipped("minsu").join(unchanged), own.join(unchanged)).unwrap();
        }
        let (plain, tls) = (free_port(), free_port());
        let servers: String = backends.iter().map(|it| format!("server {it} max_fails=0;\n")).collect();
        let key = make_certificate(&folder);
        for (file, text) in [
            ("limits.conf", limits.to_owned()),
            ("backends.conf", servers),
            ("listen-plain.conf", format!("listen 127.0.0.1:{plain} default_server;")),
            ("listen-tls.conf", format!("listen 127.0.0.1:{tls} ssl http2;\n{key}")),
            ("pictures.conf", format!("root {};", data.display())),
        ] {
            fs::write(own.join(file), text).unwrap();
        }
        for (file, host, says) in [("site-v1.conf", "www", "v1"), ("site-classic.conf", "classic", "classic")] {
            let root = folder.join(host);
            fs::create_dir_all(&root).unwrap();
            fs::write(root.join("index.html"), format!("the front end of {says}\n")).unwrap();
            let text = format!("server_name {host}.example.com;\nroot {};", root.display());
            fs::write(own.join(file), text).unwrap();
        }
        every_file_is_there(&own);
        fs::write(folder.join("nginx.conf"), main_file(&folder)).unwrap();
        let mut command = Command::new("/usr/sbin/nginx");
        command.arg("-p").arg(&folder).arg("-c").arg(folder.join("nginx.conf"));
        // A group of its own: the workers go with the master.
        let child = command.process_group(0).stdin(Stdio::null()).spawn().expect("nginx is installed");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", tls)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "nginx does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { plain, tls, log: folder.join("error.log"), child }
    }

    /// What it said about its backends.
    pub fn complaints(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap();
        log.lines().filter(|line| line.contains("upstream")).map(String::from).collect()
    }

    /// An address on one of its hosts.
    pub fn url(&self, host: &str, path: &str) -> String {
        format!("https://{host}.example.com:{}{path}", self.tls)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// The folder has the files that are shipped, no more and no fewer.
fn every_file_is_there(own: &Path) {
    let names = |folder: &Path| {
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(own), names(&shipped("minsu")));
}

/// What Debian's own `nginx.conf` sets for everybody, and folders that this user may write.
fn main_file(folder: &Path) -> String {
    let folder_text = folder.display();
    let temp = |name: &str| format!("{name}_temp_path {folder_text}/{name};\n");
    let temps: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(temp).concat();
    format!(
        "daemon off;\npid {folder_text}/nginx.pid;\nerror_log {folder_text}/error.log info;\nworker_processes 2;\n{user}\
         events {{ worker_connections 512; }}\n\
         http {{\naccess_log off;\n{temps}include /etc/nginx/mime.types;\ndefault_type application/octet-stream;\n\
         include {minsu};\n}}\n",
        // Workers of root's nginx become another user, who may not read this folder.
        user = if is_root() { "user root;\n" } else { "" },
        minsu = fs::canonicalize(shipped("minsu.conf")).unwrap().display(),
    )
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

fn make_certificate(folder: &Path) -> String {
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=example.com", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl is installed").success());
    format!("ssl_certificate {};\nssl_certificate_key {};\n", certificate.display(), key.display())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
