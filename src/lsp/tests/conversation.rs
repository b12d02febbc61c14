//! Messages, as a client sends and gets them.

use std::sync::Arc;
use std::time::Duration;

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

use super::{Memory, SAXPY, SHIFT};
use crate::lsp::server::run;

/// A client of a server on another thread.
struct Client {
    connection: Connection,
    server: std::thread::JoinHandle<anyhow::Result<()>>,
    requests: i32,
    /// Messages that came while others were waited for.
    aside: Vec<Message>,
}

impl Client {
    fn start(capabilities: Value) -> Self {
        let (theirs, connection) = Connection::memory();
        let server = std::thread::spawn(move || run(theirs, Arc::new(Memory::default())));
        let mut client = Self {
            connection,
            server,
            requests: 0,
            aside: Vec::new(),
        };
        client.ask("initialize", json!({"capabilities": capabilities})).unwrap();
        client.tell("initialized", json!({}));
        client
    }

    fn tell(&self, method: &str, params: Value) {
        let message = Notification::new(method.to_owned(), params);
        self.connection.sender.send(Message::Notification(message)).unwrap();
    }

    fn begin(&mut self, method: &str, params: Value) -> RequestId {
        self.requests += 1;
        let id = RequestId::from(self.requests);
        let message = Request::new(id.clone(), method.to_owned(), params);
        self.connection.sender.send(Message::Request(message)).unwrap();
        id
    }

    fn ask(&mut self, method: &str, params: Value) -> Result<Value, i32> {
        let id = self.begin(method, params);
        self.answer(&id)
    }

    fn answer(&mut self, id: &RequestId) -> Result<Value, i32> {
        let message = self.wait(|message| matches!(message, Message::Response(response) if response.id == *id));
        match message {
            Message::Response(response) => response.response_result.map_err(|error| error.code),
            other => panic!("{other:?}"),
        }
    }

    fn findings(&mut self, version: i64) -> Value {
        let wanted = |message: &Message| match message {
            Message::Notification(one) => {
                one.method == "textDocument/publishDiagnostics" && one.params["version"] == version
            }
            _ => false,
        };
        match self.wait(wanted) {
            Message::Notification(one) => one.params["diagnostics"].clone(),
            other => panic!("{other:?}"),
        }
    }

    fn wait(&mut self, wanted: impl Fn(&Message) -> bool) -> Message {
        if let Some(at) = self.aside.iter().position(&wanted) {
            return self.aside.remove(at);
        }
        loop {
            let message = self
                .connection
                .receiver
                .recv_timeout(Duration::from_secs(60))
                .expect("an answer");
            if wanted(&message) {
                return message;
            }
            self.aside.push(message);
        }
    }

    fn open(&self, text: &str) {
        let document = json!({"uri": "file:///project/a.py", "languageId": "python", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    fn change(&self, version: i64, changes: &Value) {
        let document = json!({"uri": "file:///project/a.py", "version": version});
        self.tell(
            "textDocument/didChange",
            json!({"textDocument": document, "contentChanges": changes}),
        );
    }

    fn end(mut self) {
        self.ask("shutdown", Value::Null).unwrap();
        self.tell("exit", Value::Null);
        self.server.join().unwrap().unwrap();
    }
}

fn hover(line: u32) -> Value {
    json!({"textDocument": {"uri": "file:///project/a.py"}, "position": {"line": line, "character": 8}})
}

#[test]
fn findings_follow_every_change() {
    let mut client = Client::start(json!({}));
    client.open(SHIFT);
    assert_eq!(client.findings(1)[0]["code"], "FK201");
    // `a[i - 1]` becomes `a[i]`, in two changes of which the second starts from the first.
    let at =
        |start: u32, end: u32| json!({"start": {"line": 3, "character": start}, "end": {"line": 3, "character": end}});
    client.change(
        2,
        &json!([{"range": at(18, 20), "text": ""}, {"range": at(18, 20), "text": ""}]),
    );
    assert_eq!(client.findings(2), json!([]));
    client.change(3, &json!([{"text": SAXPY}]));
    assert_eq!(client.findings(3), json!([]));
    let shown = client.ask("textDocument/hover", hover(3)).unwrap();
    assert!(
        shown["contents"]["value"].as_str().unwrap().contains("**proven**"),
        "{shown}"
    );
    client.tell(
        "textDocument/didClose",
        json!({"textDocument": {"uri": "file:///project/a.py"}}),
    );
    assert_eq!(client.ask("textDocument/hover", hover(3)).unwrap(), Value::Null);
    client.end();
}

#[test]
fn findings_are_sent_or_asked_for() {
    let mut client = Client::start(json!({"textDocument": {"diagnostic": {}}}));
    client.open(SHIFT);
    let wanted = json!({"textDocument": {"uri": "file:///project/a.py"}});
    let report = client.ask("textDocument/diagnostic", wanted).unwrap();
    assert_eq!(report["kind"], "full");
    assert_eq!(report["items"][0]["code"], "FK201");
    let sent = client
        .aside
        .iter()
        .filter(|one| matches!(one, Message::Notification(_)));
    assert_eq!(sent.count(), 0);
    client.end();
}

#[test]
fn cancelled_requests_and_nonsense_are_answered() {
    let mut client = Client::start(json!({}));
    client.open(&SAXPY.repeat(40));
    let ids: Vec<RequestId> = (0..8)
        .map(|line| client.begin("textDocument/hover", hover(3 + 6 * line)))
        .collect();
    let last = ids.last().unwrap().clone();
    client.tell("$/cancelRequest", json!({"id": 1 + ids.len()}));
    let cancelled = client.answer(&last);
    assert!(cancelled == Err(-32800) || cancelled.is_ok(), "{cancelled:?}");
    assert!(client.answer(&ids[0]).unwrap()["contents"].is_object());
    assert_eq!(client.ask("textDocument/nonsense", json!({})), Err(-32601));
    assert_eq!(client.ask("textDocument/hover", json!({"position": 3})), Err(-32602));
    assert_eq!(
        client.ask("workspace/executeCommand", json!({"command": "rm"})),
        Err(-32602)
    );
    client.tell("textDocument/didChange", json!({"nonsense": []}));
    client.tell(
        "textDocument/didChange",
        json!({"textDocument": {"uri": "file:///gone", "version": 2}, "contentChanges": []}),
    );
    assert!(client.ask("textDocument/hover", hover(3)).is_ok());
    client.end();
}

#[test]
fn cells_come_go_and_move() {
    let mut client = Client::start(json!({}));
    let cell = |name: &str, kind: u32| json!({"kind": kind, "document": format!("cell:/n#{name}")});
    let text = |name: &str, language: &str, text: &str| json!({"uri": format!("cell:/n#{name}"), "languageId": language, "version": 1, "text": text});
    client.tell(
        "notebookDocument/didOpen",
        json!({
            "notebookDocument": {"uri": "file:///n.ipynb", "notebookType": "jupyter-notebook", "version": 1,
                "cells": [cell("a", 2), cell("m", 1), cell("b", 2)]},
            "cellTextDocuments": [text("a", "python", "%time\nn = 3"), text("m", "markdown", "# pragma simd"),
                text("b", "python", "# pragma paralel for\nfor i in range(n):\n    pass")],
        }),
    );
    let count = |client: &mut Client, version: i64, name: &str| {
        let uri = format!("cell:/n#{name}");
        let wanted = |message: &Message| match message {
            Message::Notification(one) => one.params["uri"] == uri.as_str() && one.params["version"] == version,
            _ => false,
        };
        match client.wait(wanted) {
            Message::Notification(one) => one.params["diagnostics"].as_array().unwrap().len(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((count(&mut client, 1, "m"), count(&mut client, 1, "b")), (0, 1));
    let range = json!({"start": {"line": 0, "character": 14}, "end": {"line": 0, "character": 14}});
    client.tell(
        "notebookDocument/didChange",
        json!({"notebookDocument": {"uri": "file:///n.ipynb", "version": 2}, "change": {"cells": {
            "structure": {"array": {"start": 1, "deleteCount": 1}, "didClose": [{"uri": "cell:/n#m"}]},
            "textContent": [{"document": {"uri": "cell:/n#b", "version": 2}, "changes": [{"range": range, "text": "l"}]}],
        }}}),
    );
    assert_eq!(count(&mut client, 2, "b"), 0);
    // Without the first cell, nothing binds `n`.
    client.tell(
        "notebookDocument/didChange",
        json!({"notebookDocument": {"uri": "file:///n.ipynb", "version": 3}, "change": {"cells": {
            "structure": {"array": {"start": 0, "deleteCount": 1}, "didClose": [{"uri": "cell:/n#a"}]},
            "textContent": [{"document": {"uri": "cell:/n#b", "version": 3}, "changes": []}],
        }}}),
    );
    assert_eq!(count(&mut client, 3, "b"), 1);
    client.end();
}
