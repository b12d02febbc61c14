//! `ferrokeet server`: what editors are told; a thin reader of `translate`.
//!
//! The only room that knows JSON-RPC and the Language Server Protocol. One loop (`server`) takes messages in order: it edits
//! texts, starts tasks, and answers nothing itself that takes time. Tasks run on threads of their own (`tasks`) over a
//! snapshot, one version of one document that nobody changes: parsed at most once, each region
//! examined at most once, and a region that is the same as in the version before not at all. A request that was cancelled
//! is not begun; diagnostics of a version that was replaced are not finished; a task that panics is answered with an error.
//!
//! A snapshot is cut into sections (`layout`), each a function or the like with what it depends on, which are parsed, lowered and
//! examined on their own, by need, and at most once as long as their text stays the same: a change costs what the functions cost that it
//! touches, whatever moves below. A `view` is a section with places of its own; only what moves a whole file sees the whole file.
//!
//! One file a subject: `diagnostics`, `actions`, `hover`, `lens`, `completion`, `hints`, `tokens`, `generated`. Each is a function
//! of a snapshot and a place, and knows nothing of connections. Places are turned into lines and columns of the client's
//! choice by `places` alone; a notebook (`notebook`) is one document made of its cells.
//!
//! What lies around a document, such as its configuration and the modules that it imports, comes from a [`Workspace`], which
//! the command line provides. Away from pragmas the server is silent: it offers nothing and reports nothing there, but for
//! the action that writes a pragma on a loop. It never runs the user's Python and compiles nothing.
//!
//! May touch: translate, build, and everything they touch.

mod actions;
mod capabilities;
mod completion;
mod diagnostics;
mod documents;
mod generated;
mod hints;
mod hover;
mod layout;
mod lens;
mod loops;
mod notebook;
mod places;
mod requests;
mod server;
mod settings;
mod snapshot;
mod tasks;
#[cfg(test)]
mod tests;
mod tokens;
mod view;
mod words;
mod workspace;

pub use server::serve;
pub use settings::Settings;
pub use workspace::Workspace;
