//! A real nginx in front of several nodes.

use crate::harness::client::{Anonymous, Client};
use crate::harness::scratch;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A running nginx; it ends when dropped.
pub struct Nginx {
    process: Child,
    url: String,
}

impl Nginx {
    /// Balances between nodes, each given by its URL, and tries no second one where one fails.
    pub fn start(nodes: &[&str]) -> Self {
        let folder = scratch::new_folder("nginx");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        let servers: String = nodes.iter().map(|url| format!("server {};", url.trim_start_matches("http://"))).collect();
        let user = if scratch::is_root() { "user root;" } else { "" };
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| format!("{name}_temp_path {name};\n")).concat();
        let settings = format!(
            "{user} daemon off; worker_processes 1; pid nginx.pid; error_log error.log warn;
             events {{ worker_connections 256; }}
             http {{
                 access_log off;
                 {temporary}
                 upstream nodes {{ {servers} keepalive 16; }}
                 server {{
                     listen 127.0.0.1:{port};
                     location / {{
                         proxy_pass http://nodes;
                         proxy_http_version 1.1;
                         proxy_set_header Connection '';
                         proxy_next_upstream off;
                     }}
                 }}
             }}"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, settings).expect("the settings");
        let mut process = Command::new(program())
            .arg("-p")
            .arg(&folder)
            .arg("-c")
            .arg(&file)
            .arg("-e")
            .arg("error.log")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("nginx runs (Debian and Ubuntu: apt-get install nginx-light)");
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = process.try_wait().expect("the state of nginx");
            assert!(ended.is_none(), "nginx: {}", std::fs::read_to_string(folder.join("error.log")).unwrap_or_default());
            std::thread::yield_now();
        }
        Self { process, url: format!("http://127.0.0.1:{port}") }
    }

    /// A reader who asks nginx.
    pub fn reader(&self) -> Anonymous {
        Anonymous { client: Client::new(&self.url) }
    }
}

/// Debian keeps it where only root looks.
fn program() -> PathBuf {
    let known = PathBuf::from("/usr/sbin/nginx");
    if known.is_file() { known } else { PathBuf::from("nginx") }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master ends its workers itself, if it is asked rather than killed.
        let asked = Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            self.process.kill().unwrap_or_default();
        }
        self.process.wait().map(|_| ()).unwrap_or_default();
    }
}
