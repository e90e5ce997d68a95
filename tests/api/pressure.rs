//! More than can be done at once, clients that are slow or go away, and the end of the process.

mod overload;
mod shutdown;
mod slow_clients;
