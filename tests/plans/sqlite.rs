//! What SQLite makes of a statement: its plan, and the work that it really is.

use crate::statement::{Bind, Statement};
use libsqlite3_sys as ffi;
use std::ffi::{CStr, CString};
use std::ptr;

/// A connection of our own: Diesel's does not tell how much work a statement was.
pub struct Database {
    handle: *mut ffi::sqlite3,
}

/// What a statement costs.
#[derive(Debug)]
pub struct Cost {
    /// Instructions of SQLite's virtual machine: the same on every machine, and at least one for each row looked at.
    pub steps: i64,
    pub rows: usize,
    /// The lines of the plan.
    pub plan: Vec<String>,
}

struct Prepared {
    handle: *mut ffi::sqlite3_stmt,
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // SAFETY: the handle came from sqlite3_prepare_v2 and is used no more.
        unsafe { ffi::sqlite3_finalize(self.handle) };
    }
}

impl Database {
    pub fn open(path: &str) -> Self {
        let path = CString::new(path).expect("a path without NUL");
        let mut handle = ptr::null_mut();
        // SAFETY: both pointers are valid for the call.
        let code = unsafe { ffi::sqlite3_open_v2(path.as_ptr(), &raw mut handle, ffi::SQLITE_OPEN_READONLY, ptr::null()) };
        assert_eq!(code, ffi::SQLITE_OK, "{path:?} cannot be opened");
        Self { handle }
    }

    fn prepare(&self, sql: &str, binds: &[Bind]) -> Prepared {
        let text = CString::new(sql).expect("SQL without NUL");
        let mut handle = ptr::null_mut();
        // SAFETY: the connection is open, the text ends with NUL, and the handle is written to.
        let code = unsafe { ffi::sqlite3_prepare_v2(self.handle, text.as_ptr(), -1, &raw mut handle, ptr::null_mut()) };
        assert_eq!(code, ffi::SQLITE_OK, "not understood: {sql}");
        let prepared = Prepared { handle };
        for (index, bind) in (1..).zip(binds) {
            // SAFETY: the statement is prepared, and SQLite copies the text before the call returns.
            let code = unsafe {
                match bind {
                    Bind::Null => ffi::sqlite3_bind_null(handle, index),
                    Bind::Integer(number) => ffi::sqlite3_bind_int64(handle, index, *number),
                    Bind::Text(text) => {
                        let length = i32::try_from(text.len()).expect("a short text");
                        ffi::sqlite3_bind_text(handle, index, text.as_ptr().cast(), length, ffi::SQLITE_TRANSIENT())
                    }
                    Bind::List(_) => panic!("SQLite has no lists: {sql}"),
                }
            };
            assert_eq!(code, ffi::SQLITE_OK, "value {index} cannot be bound: {sql}");
        }
        prepared
    }

    pub fn cost(&self, statement: &Statement) -> Cost {
        let explained = self.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql), &statement.binds);
        let mut plan = Vec::new();
        // SAFETY: the statement stays prepared; a column's text is copied before the next step.
        unsafe {
            while ffi::sqlite3_step(explained.handle) == ffi::SQLITE_ROW {
                plan.push(CStr::from_ptr(ffi::sqlite3_column_text(explained.handle, 3).cast()).to_string_lossy().into_owned());
            }
        }
        let prepared = self.prepare(&statement.sql, &statement.binds);
        let mut rows = 0;
        // SAFETY: the statement stays prepared until it is dropped.
        let steps = unsafe {
            let mut code = ffi::sqlite3_step(prepared.handle);
            while code == ffi::SQLITE_ROW {
                rows += 1;
                code = ffi::sqlite3_step(prepared.handle);
            }
            assert_eq!(code, ffi::SQLITE_DONE, "failed: {}", statement.sql);
            ffi::sqlite3_stmt_status(prepared.handle, ffi::SQLITE_STMTSTATUS_VM_STEP, 0)
        };
        Cost { steps: i64::from(steps), rows, plan }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: opened by us, and all its statements have been finalized.
        unsafe { ffi::sqlite3_close(self.handle) };
    }
}
