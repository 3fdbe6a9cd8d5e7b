//! The names of the site's own cookies.

use minsu_web::state::State;

/// The name of a cookie, bound to this host where cookies travel over TLS only.
pub fn name(state: &State, name: &str) -> String {
    if state.http.secure_cookies { format!("__Host-{name}") } else { name.to_owned() }
}
