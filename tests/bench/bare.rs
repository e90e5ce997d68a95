//! What masthead is compared with: a handler that answers everything with the same bytes and headers, a process of its
//! own with the same version and settings of actix-web; and nginx with the same bytes in a file.

use crate::options;
use crate::process::{Process, exists, free_port, wait_for};
use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

pub const WORKERS: usize = 2;

/// The argument that makes the benchmark's own program a bare handler.
pub const ARGUMENT: &str = "bare-handler";

/// What is answered.
pub struct Sample {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A server that answers everything with one sample.
pub struct Fixed {
    pub url: String,
    pub process: Process,
}

impl Fixed {
    /// The bare handler.
    pub fn bare(sample: &Sample) -> Self {
        let folder = options::folder();
        let (body, head, port) = (folder.join("bare.body"), folder.join("bare.json"), free_port());
        std::fs::write(&body, &sample.body).expect("the sample can be written");
        let head_text = json!({"status": sample.status, "headers": sample.headers, "port": port}).to_string();
        std::fs::write(&head, head_text).expect("the sample can be written");
        let program = std::env::current_exe().expect("the benchmark knows its own program");
        let path = |path: &Path| path.to_str().expect("a path in UTF-8").to_owned();
        let process = Process::start(&program, &[ARGUMENT, &path(&head), &path(&body)], &[], &folder.join("bare.log"));
        Self::ready(process, port, &folder.join("bare.log"))
    }

    /// nginx with the body in a file, where it is installed.
    pub fn nginx(sample: &Sample) -> Option<Self> {
        let program = ["/usr/sbin/nginx", "nginx"].into_iter().find(|program| exists(program))?;
        let folder = options::folder().join("nginx");
        std::fs::create_dir_all(folder.join("www")).ok()?;
        std::fs::write(folder.join("www/sample.json"), &sample.body).ok()?;
        let port = free_port();
        let log = folder.join("error.log");
        let settings = format!(
            "worker_processes {WORKERS};\ndaemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nuser root;\nevents {{ worker_connections 1024; }}\n\
             http {{ access_log off; sendfile on; keepalive_requests 1000000; default_type application/json; client_body_temp_path {folder}/t1; \
             proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;\n\
             server {{ listen 127.0.0.1:{port} backlog=1024; root {folder}/www; location / {{ try_files /sample.json =404; }} }} }}\n",
            folder = folder.display()
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, settings).ok()?;
        let process = Process::start(Path::new(program), &["-c", file.to_str()?], &[], &folder.join("nginx.log"));
        Some(Self::ready(process, port, &log))
    }

    fn ready(process: Process, port: u16, log: &Path) -> Self {
        wait_for(&format!("a server to compare with, see {}", log.display()), Duration::from_secs(10), || {
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Self { url: format!("http://127.0.0.1:{port}"), process }
    }
}

/// Serves a sample until killed.
pub fn serve(head: &str, body: &str) {
    let head: Value = serde_json::from_slice(&std::fs::read(head).expect("the sample")).expect("JSON");
    let body = web::Bytes::from(std::fs::read(body).expect("the sample"));
    let status = u16::try_from(head["status"].as_u64().expect("a status")).expect("a status");
    let headers: Vec<(String, String)> = serde_json::from_value(head["headers"].clone()).expect("headers");
    let port = u16::try_from(head["port"].as_u64().expect("a port")).expect("a port");
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(move || {
            let (headers, body) = (headers.clone(), body.clone());
            App::new().default_service(web::to(move || {
                let mut response = HttpResponse::build(actix_web::http::StatusCode::from_u16(status).expect("a status"));
                for (name, value) in headers.iter().filter(|(name, _)| !matches!(name.as_str(), "date" | "content-length")) {
                    response.append_header((name.as_str(), value.as_str()));
                }
                let response = if body.is_empty() { response.finish() } else { response.body(body.clone()) };
                async move { response }
            }))
        })
        .workers(WORKERS)
        .keep_alive(Duration::from_secs(75))
        .bind(("127.0.0.1", port))
        .expect("the port is free")
        .run()
        .await
        .expect("it serves");
    });
}
