//! The loop that takes messages in order.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use ls_types::notification::{self, Notification as _};
use ls_types::request::{self, Request as _};
use ls_types::{
    ConfigurationItem, ConfigurationParams, DidChangeConfigurationParams, DidChangeNotebookDocumentParams,
    DidChangeTextDocumentParams, DidChangeWatchedFilesRegistrationOptions, DidCloseNotebookDocumentParams,
    DidCloseTextDocumentParams, DidOpenNotebookDocumentParams, DidOpenTextDocumentParams, FileSystemWatcher,
    GlobPattern, InitializeParams, InitializeResult, MessageType, PublishDiagnosticsParams, Registration,
    RegistrationParams, ServerInfo, ShowMessageParams, Uri,
};
use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::capabilities::{self, Client};
use super::documents::Documents;
use super::snapshot::{Around, Snapshot};
use super::tasks::Tasks;
use super::{Settings, Workspace, diagnostics};

/// How long nothing must be typed before findings are made.
const PAUSE: Duration = Duration::from_millis(40);

/// Serves one client on standard input and output until it says `exit`.
///
/// # Errors
/// The client went away or broke the protocol.
pub fn serve(workspace: Arc<dyn Workspace>) -> anyhow::Result<()> {
    let (connection, threads) = Connection::stdio();
    run(connection, workspace)?;
    threads.join().context("the connection to the editor")
}

/// Serves one client over a connection.
pub(super) fn run(connection: Connection, workspace: Arc<dyn Workspace>) -> anyhow::Result<()> {
    let (id, params) = connection.initialize_start().context("no editor has begun to speak")?;
    let params: InitializeParams = serde_json::from_value(params).context("`initialize` is not understood")?;
    let client = Client::new(&params);
    let result = InitializeResult {
        capabilities: capabilities::offered(&client),
        server_info: Some(ServerInfo {
            name: "ferrokeet".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        offset_encoding: None,
    };
    connection.initialize_finish(id, serde_json::to_value(result)?)?;
    let mut server = Server::new(&connection, client, workspace)?;
    let options = params.initialization_options.unwrap_or_default();
    server.configure(options.get("settings").unwrap_or(&Value::Null));
    server.register();
    let done = server.listen(&connection);
    server.tasks.stop();
    done
}

/// One client and what it has open.
pub(super) struct Server {
    pub(super) client: Client,
    workspace: Arc<dyn Workspace>,
    settings: Arc<Settings>,
    pub(super) documents: Documents,
    pub(super) tasks: Tasks,
    /// When to make findings for a document.
    due: HashMap<Uri, Instant>,
    pub(super) send: super::tasks::Send,
    /// What was asked of the client, and what the answers are for.
    asked: HashMap<RequestId, Asked>,
    numbers: i32,
    /// Complaints about configurations that were made, the last ones.
    complaints: VecDeque<String>,
}

/// What an answer of the client is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Settings,
    Nothing,
}

impl Server {
    fn new(connection: &Connection, client: Client, workspace: Arc<dyn Workspace>) -> anyhow::Result<Self> {
        let sender = connection.sender.clone();
        let send: super::tasks::Send = Arc::new(move |message| sender.send(message).is_ok());
        Ok(Self {
            client,
            workspace,
            settings: Arc::new(Settings::default()),
            documents: Documents::default(),
            tasks: Tasks::start(Arc::clone(&send)).context("no threads")?,
            due: HashMap::new(),
            send,
            asked: HashMap::new(),
            numbers: 0,
            complaints: VecDeque::new(),
        })
    }

    fn listen(&mut self, connection: &Connection) -> anyhow::Result<()> {
        loop {
            let message = match self.due.values().min() {
                None => connection.receiver.recv().ok(),
                Some(due) => match connection.receiver.recv_deadline(*due) {
                    Ok(message) => Some(message),
                    Err(error) if error.is_timeout() => {
                        self.report_due();
                        continue;
                    }
                    Err(_) => None,
                },
            };
            match message {
                None => return Ok(()),
                Some(Message::Request(request)) => {
                    if connection.handle_shutdown(&request)? {
                        return Ok(());
                    }
                    self.request(request);
                }
                Some(Message::Notification(notification)) if notification.method == notification::Exit::METHOD => {
                    return Ok(());
                }
                Some(Message::Notification(notification)) => self.notification(notification),
                Some(Message::Response(response)) => self.response(response),
            }
        }
    }

    fn around(&self) -> Around {
        Around {
            columns: self.client.columns,
            settings: Arc::clone(&self.settings),
            workspace: Arc::clone(&self.workspace),
            open: Arc::new(self.documents.texts()),
        }
    }

    // Notifications

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            notification::DidOpenTextDocument::METHOD => {
                let Some(opened) = read::<DidOpenTextDocumentParams>(params) else {
                    return;
                };
                let uri = opened.text_document.uri.clone();
                self.documents.open(opened.text_document, self.around());
                self.due.insert(uri, Instant::now());
            }
            notification::DidChangeTextDocument::METHOD => {
                let Some(changed) = read::<DidChangeTextDocumentParams>(params) else {
                    return;
                };
                let (uri, version) = (changed.text_document.uri, changed.text_document.version);
                let around = self.around();
                _ = self.documents.change(&uri, version, changed.content_changes, around);
                self.report_later(&uri);
            }
            notification::DidCloseTextDocument::METHOD => {
                let Some(closed) = read::<DidCloseTextDocumentParams>(params) else {
                    return;
                };
                self.close(&closed.text_document.uri);
            }
            notification::DidOpenNotebookDocument::METHOD => {
                let Some(opened) = read::<DidOpenNotebookDocumentParams>(params) else {
                    return;
                };
                let uri = opened.notebook_document.uri.clone();
                self.documents.open_notebook(opened, self.around());
                self.due.insert(uri, Instant::now());
            }
            notification::DidChangeNotebookDocument::METHOD => {
                let Some(changed) = read::<DidChangeNotebookDocumentParams>(params) else {
                    return;
                };
                let uri = changed.notebook_document.uri.clone();
                let around = self.around();
                _ = self.documents.change_notebook(changed, around);
                self.report_later(&uri);
            }
            notification::DidCloseNotebookDocument::METHOD => {
                let Some(closed) = read::<DidCloseNotebookDocumentParams>(params) else {
                    return;
                };
                self.close(&closed.notebook_document.uri);
            }
            notification::DidChangeConfiguration::METHOD => match self.client.asks_settings {
                true => self.ask_settings(),
                false => {
                    let Some(changed) = read::<DidChangeConfigurationParams>(params) else {
                        return;
                    };
                    self.configure(&changed.settings);
                }
            },
            // A module that others import, or a configuration, may be another one now.
            notification::DidSaveTextDocument::METHOD
            | notification::DidChangeWatchedFiles::METHOD
            | notification::DidChangeWorkspaceFolders::METHOD => self.renew(),
            notification::Cancel::METHOD => {
                let id = params.get("id").cloned().and_then(|id| serde_json::from_value(id).ok());
                id.iter().for_each(|id: &RequestId| self.tasks.cancel(id));
            }
            _ => {}
        }
    }

    fn close(&mut self, uri: &Uri) {
        self.due.remove(uri);
        for part in self.documents.close(uri) {
            if !self.client.pulls {
                publish(&self.send, part, Vec::new(), None);
            }
        }
    }

    /// Looks at everything anew.
    fn renew(&mut self) {
        self.workspace.forget();
        let around = self.around();
        self.documents.renew(&around);
        let now = Instant::now();
        self.due.extend(self.documents.uris().into_iter().map(|uri| (uri, now)));
        let refreshes = self.client.refreshes;
        let wanted = [
            (
                refreshes.diagnostics && self.client.pulls,
                request::WorkspaceDiagnosticRefresh::METHOD,
            ),
            (refreshes.lenses, request::CodeLensRefresh::METHOD),
            (refreshes.hints, request::InlayHintRefreshRequest::METHOD),
        ];
        for (_, method) in wanted.into_iter().filter(|(wanted, _)| *wanted) {
            self.ask(method, Value::Null, Asked::Nothing);
        }
    }

    // Findings

    fn report_later(&mut self, uri: &Uri) {
        if let Some(uri) = self.documents.document_of(uri) {
            self.due.insert(uri, Instant::now() + PAUSE);
        }
    }

    /// Makes findings for the documents whose time has come.
    fn report_due(&mut self) {
        let now = Instant::now();
        let due: Vec<Uri> = self
            .due
            .iter()
            .filter(|(_, due)| **due <= now)
            .map(|(uri, _)| uri.clone())
            .collect();
        for uri in due {
            self.due.remove(&uri);
            let Some(snapshot) = self.documents.snapshot(&uri) else {
                continue;
            };
            self.complain(&snapshot);
            let (send, pulls) = (Arc::clone(&self.send), self.client.pulls);
            // Where the client asks for findings, they are ready when it does.
            self.tasks.report(move || {
                let Some(found) = diagnostics::all(&snapshot) else {
                    return;
                };
                for (uri, version) in snapshot.uris().filter(|_| !pulls && !snapshot.is_superseded()) {
                    let told = found.get(uri).cloned().unwrap_or_default();
                    publish(&send, uri.clone(), told, Some(version));
                }
            });
        }
    }

    /// Says what is wrong with the configuration of a document, once.
    fn complain(&mut self, snapshot: &Snapshot) {
        let read = self
            .workspace
            .configure(&snapshot.path, &self.settings, &mut Vec::new());
        if let Err(message) = read
            && !self.complaints.contains(&message)
        {
            self.complaints.push_back(message.clone());
            self.complaints.truncate(20);
            self.show(MessageType::ERROR, message);
        }
    }

    fn show(&self, typ: MessageType, message: String) {
        let method = notification::ShowMessage::METHOD.to_owned();
        let params = ShowMessageParams { typ, message };
        (self.send)(Message::Notification(Notification::new(method, params)));
    }

    // The client's settings and files

    fn configure(&mut self, value: &Value) {
        match Settings::read(value) {
            Ok(settings) if settings == *self.settings => {}
            Ok(settings) => {
                self.settings = Arc::new(settings);
                self.complaints.clear();
                self.renew();
            }
            Err(why) => self.show(MessageType::ERROR, why),
        }
    }

    fn register(&mut self) {
        if self.client.asks_settings {
            self.ask_settings();
        }
        if self.client.watches_files {
            let watched = [
                "**/*.py",
                "**/pyproject.toml",
                "**/ferrokeet.toml",
                "**/ferrokeet-signatures.json",
            ];
            let watchers = watched.map(|pattern| FileSystemWatcher {
                glob_pattern: GlobPattern::String(pattern.to_owned()),
                kind: None,
            });
            let options = DidChangeWatchedFilesRegistrationOptions {
                watchers: watchers.to_vec(),
            };
            let registration = Registration {
                id: "files".to_owned(),
                method: notification::DidChangeWatchedFiles::METHOD.to_owned(),
                register_options: serde_json::to_value(options).ok(),
            };
            let params = RegistrationParams {
                registrations: vec![registration],
            };
            self.ask(request::RegisterCapability::METHOD, params, Asked::Nothing);
        }
    }

    fn ask_settings(&mut self) {
        let item = ConfigurationItem {
            scope_uri: None,
            section: Some("ferrokeet".to_owned()),
        };
        let params = ConfigurationParams { items: vec![item] };
        self.ask(request::WorkspaceConfiguration::METHOD, params, Asked::Settings);
    }

    fn ask(&mut self, method: &str, params: impl Serialize, asked: Asked) {
        let id = self.number(asked);
        (self.send)(Message::Request(Request::new(id, method.to_owned(), params)));
    }

    pub(super) fn number(&mut self, asked: Asked) -> RequestId {
        self.numbers += 1;
        let id = RequestId::from(self.numbers);
        self.asked.insert(id.clone(), asked);
        id
    }

    fn response(&mut self, response: Response) {
        let asked = self.asked.remove(&response.id);
        if let (Some(Asked::Settings), Ok(answer)) = (asked, response.response_result) {
            self.configure(answer.get(0).unwrap_or(&Value::Null));
        }
    }
}

fn read<P: DeserializeOwned>(params: Value) -> Option<P> {
    serde_json::from_value(params).ok()
}

fn publish(send: &super::tasks::Send, uri: Uri, diagnostics: Vec<ls_types::Diagnostic>, version: Option<i32>) {
    let params = PublishDiagnosticsParams::new(uri, diagnostics, version);
    let method = notification::PublishDiagnostics::METHOD.to_owned();
    send(Message::Notification(Notification::new(method, params)));
}
