//! The newsroom's values and rules: no SQL, no HTTP, no clock, no environment.
