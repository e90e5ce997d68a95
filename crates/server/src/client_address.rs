//! Where a request comes from.

use actix_web::HttpRequest;

/// The address of the client, without its port.
#[must_use]
pub fn client_address(request: &HttpRequest) -> Option<String> {
    request.peer_addr().map(|address| address.ip().to_string())
}
