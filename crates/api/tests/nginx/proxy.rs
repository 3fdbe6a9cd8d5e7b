//! nginx as Debian sets it up, with the files of `docs/operations/nginx`, put there as the how-to says.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A running nginx; stopped with this.
pub struct Nginx {
    pub plain: u16,
    pub tls: u16,
    folder: PathBuf,
    child: Child,
}

/// A file as it is shipped.
pub fn shipped(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations/nginx").join(file)
}

impl Nginx {
    /// Writes the folder `minsu/` for this machine into Debian's layout, beside the shipped `minsu.conf`, and
    /// starts it. Its workers are Debian's user, where this is root: [`site_folder`] lets them in.
    pub async fn start(data: &Path, backends: &[String], limits: &str) -> Self {
        Self::start_with(data, backends, limits, &[]).await
    }

    /// The same with other script policies than the shipped ones: of a host, the line of `site-*.conf`.
    pub async fn start_with(data: &Path, backends: &[String], limits: &str, policies: &[(&str, &str)]) -> Self {
        let folder = data.join("nginx");
        let own = folder.join("minsu");
        fs::create_dir_all(&own).unwrap();
        minsu_testservers::nginx::stock_layout(&folder);
        // As the how-to has it.
        fs::remove_file(folder.join("sites-enabled/default")).unwrap();
        fs::copy(shipped("minsu.conf"), folder.join("conf.d/minsu.conf")).unwrap();
        for unchanged in ["server.conf", "proxy.conf", "refusals.conf"] {
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
            ("log.conf", format!("access_log {}/log/access.log minsu;", folder.display())),
        ] {
            fs::write(own.join(file), text).unwrap();
        }
        for (file, host, says) in [("site-v1.conf", "www", "v1"), ("site-classic.conf", "classic", "classic")] {
            let root = folder.join(host);
            fs::create_dir_all(&root).unwrap();
            fs::write(root.join("index.html"), format!("the front end of {says}\n")).unwrap();
            let shipped = fs::read_to_string(shipped("minsu").join(file)).unwrap();
            let policy = shipped.lines().find(|line| line.starts_with("set $minsu_page_policy ")).unwrap();
            let policy = policies.iter().find(|it| it.0 == host).map_or(policy, |it| it.1);
            let text = format!("server_name {host}.example.com;\nroot {};\n{policy}\n", root.display());
            fs::write(own.join(file), text).unwrap();
        }
        every_file_is_there(&own);
        let mut command = Command::new("/usr/sbin/nginx");
        command.args(["-g", "daemon off;", "-c"]).arg(folder.join("nginx.conf"));
        // A group of its own: the workers go with the master.
        let child = command.process_group(0).stdin(Stdio::null()).spawn().expect("nginx is installed");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", tls)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "nginx does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { plain, tls, folder, child }
    }

    /// The lines of its error log about its backends.
    pub fn complaints(&self) -> Vec<String> {
        self.log("error.log").lines().filter(|line| line.contains("upstream")).map(String::from).collect()
    }

    /// One of its logs.
    pub fn log(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join("log").join(name)).unwrap()
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

/// Makes the folder of a site as the package makes it (`docs/operations/debian/minsu.tmpfiles`): nginx's user
/// passes through, and reads what is in `media`.
pub fn site_folder(folder: &Path) {
    let media = folder.join("media");
    fs::create_dir(&media).unwrap();
    let said = fs::read_to_string(shipped("../debian/minsu.tmpfiles")).unwrap();
    for (place, path) in [("/var/lib/minsu ", folder), ("/var/lib/minsu/media ", &media)] {
        let line = said.lines().find(|line| line.starts_with(&format!("d {place}"))).unwrap();
        let [_, _, mode, user, group] = line.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert_eq!(user, "minsu");
        if is_root() && group != "minsu" {
            chown(path, None, Some(group_id(group))).unwrap();
        }
        fs::set_permissions(path, fs::Permissions::from_mode(u32::from_str_radix(mode, 8).unwrap())).unwrap();
    }
}

fn group_id(name: &str) -> u32 {
    let groups = fs::read_to_string("/etc/group").unwrap();
    let line = groups.lines().find_map(|line| line.strip_prefix(&format!("{name}:"))).unwrap();
    line.split(':').nth(1).unwrap().parse().unwrap()
}

pub fn is_root() -> bool {
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
