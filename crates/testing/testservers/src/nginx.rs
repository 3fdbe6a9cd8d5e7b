//! nginx as Debian sets it up, in another folder than `/etc/nginx`.

use std::{fs, path::Path, process::Command};

const STOCK: &str = "/etc/nginx";

/// Copies `/etc/nginx` into a folder as the package `nginx` leaves it: with Debian's own site and no other.
/// Where it would write (its pid, logs, bodies of requests) it writes below the folder.
///
/// # Panics
/// When nginx is not installed, or not from Debian's package.
pub fn stock_layout(folder: &Path) {
    let copied =
        Command::new("cp").args(["--recursive", "--dereference"]).arg(format!("{STOCK}/.")).arg(folder).status();
    assert!(copied.is_ok_and(|status| status.success()), "nginx is not installed: apt-get install nginx-light");
    for of_the_site in ["conf.d", "sites-enabled"] {
        fs::remove_dir_all(folder.join(of_the_site)).expect("Debian's nginx has this folder");
        fs::create_dir(folder.join(of_the_site)).expect("a folder");
    }
    fs::copy(folder.join("sites-available/default"), folder.join("sites-enabled/default")).expect("Debian's own site");
    fs::create_dir(folder.join("log")).expect("a folder");
    let here = folder.to_str().expect("a path in UTF-8");
    let bodies: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {here}/{name};\n"))
        .concat();
    let main = folder.join("nginx.conf");
    let text = fs::read_to_string(&main).expect("Debian's nginx.conf");
    let text = text
        .replace(&format!("{STOCK}/"), &format!("{here}/"))
        .replace("/var/log/nginx/", &format!("{here}/log/"))
        .replace("/run/nginx.pid", &format!("{here}/nginx.pid"))
        .replace("http {", &format!("http {{\n{bodies}"));
    assert!(text.contains(&format!("include {here}/sites-enabled/*;")), "this is not Debian's nginx.conf: {text}");
    fs::write(main, text).expect("nginx.conf");
}
