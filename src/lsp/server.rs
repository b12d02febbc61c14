//! The loop that takes messages in order.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use ls_types::notification::{self, Notification as _};
use ls_types::request::{self, Request as _};
use ls_types::{
    CodeAction, CodeActionParams, CodeLens, CodeLensParams, CompletionParams, ConfigurationItem, ConfigurationParams,
    DidChangeConfigurationParams, DidChangeNotebookDocumentParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesRegistrationOptions, DidCloseNotebookDocumentParams, DidCloseTextDocumentParams,
    DidOpenNotebookDocumentParams, DidOpenTextDocumentParams, DocumentDiagnosticParams, DocumentDiagnosticReport,
    DocumentDiagnosticReportResult, ExecuteCommandParams, FileSystemWatcher, FullDocumentDiagnosticReport, GlobPattern,
    HoverParams, InitializeParams, InitializeResult, InlayHintParams, MessageType, Position, PublishDiagnosticsParams,
    Registration, RegistrationParams, RelatedFullDocumentDiagnosticReport, SemanticTokensParams,
    SemanticTokensRangeParams, ServerInfo, ShowDocumentParams, ShowMessageParams, Uri,
};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response, ResponseError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::capabilities::{self, Client};
use super::documents::Documents;
use super::generated::{self, Wanted};
use super::snapshot::{Around, Snapshot};
use super::tasks::{Tasks, error};
use super::{Settings, Workspace, actions, completion, diagnostics, hints, hover, lens, tokens};

/// How long nothing must be typed before findings are made.
const PAUSE: Duration = Duration::from_millis(40);

/// The request by which a client asks for what becomes of a loop.
pub(super) const GENERATED: &str = "ferrokeet/generated";

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

struct Server {
    client: Client,
    workspace: Arc<dyn Workspace>,
    settings: Arc<Settings>,
    documents: Documents,
    tasks: Tasks,
    /// When to make findings for a document.
    due: HashMap<Uri, Instant>,
    send: super::tasks::Send,
    /// What was asked of the client, and what the answers are for.
    asked: HashMap<RequestId, Asked>,
    numbers: i32,
    /// Complaints about configurations that were made, the last ones.
    complaints: VecDeque<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
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

    // Requests

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let client = self.client;
        match method.as_str() {
            request::HoverRequest::METHOD => self.answer(id, params, |snapshot, wanted: HoverParams| {
                let place = wanted.text_document_position_params;
                answered(hover::at(snapshot, &place.text_document.uri, place.position))
            }),
            request::Completion::METHOD => self.answer(id, params, move |snapshot, wanted: CompletionParams| {
                let place = wanted.text_document_position;
                let uri = &place.text_document.uri;
                answered(completion::at(snapshot, uri, place.position, client.snippets))
            }),
            request::CodeActionRequest::METHOD => self.answer(id, params, move |snapshot, wanted: CodeActionParams| {
                let (uri, only) = (&wanted.text_document.uri, wanted.context.only.as_deref());
                answered(actions::at(snapshot, uri, wanted.range, only, client.resolves_actions))
            }),
            request::CodeActionResolveRequest::METHOD => {
                self.answer(id, params, |snapshot, action: CodeAction| {
                    answered(actions::resolved(snapshot, action))
                });
            }
            request::CodeLensRequest::METHOD => self.answer(id, params, |snapshot, wanted: CodeLensParams| {
                answered(lens::all(snapshot, &wanted.text_document.uri))
            }),
            request::CodeLensResolve::METHOD => self.answer(id, params, resolve_lens),
            request::InlayHintRequest::METHOD => self.answer(id, params, |snapshot, wanted: InlayHintParams| {
                answered(hints::all(snapshot, &wanted.text_document.uri, wanted.range))
            }),
            request::SemanticTokensFullRequest::METHOD => {
                self.answer(id, params, |snapshot, wanted: SemanticTokensParams| {
                    answered(tokens::all(snapshot, &wanted.text_document.uri, None))
                });
            }
            request::SemanticTokensRangeRequest::METHOD => {
                self.answer(id, params, |snapshot, wanted: SemanticTokensRangeParams| {
                    let uri = &wanted.text_document.uri;
                    answered(tokens::all(snapshot, uri, snapshot.span(uri, wanted.range)))
                });
            }
            request::DocumentDiagnosticRequest::METHOD => self.answer(id, params, pulled),
            GENERATED => self.answer(id, params, |snapshot, wanted: Wanted| {
                let made = generated::at(snapshot, &wanted);
                answered(made.map_err(|why| error(ErrorCode::RequestFailed, why))?)
            }),
            request::ExecuteCommand::METHOD => self.execute(id, params),
            other => self.refuse(id, ErrorCode::MethodNotFound, format!("`{other}` is not offered")),
        }
    }

    /// Answers from the document that the parameters name; nothing, if it is not open.
    fn answer<P: DeserializeOwned + Send + 'static>(
        &self,
        id: RequestId,
        params: Value,
        work: impl FnOnce(&Snapshot, P) -> Result<Value, ResponseError> + Send + 'static,
    ) {
        let uri = address(&params);
        let params: P = match serde_json::from_value(params) {
            Ok(params) => params,
            Err(why) => return self.refuse(id, ErrorCode::InvalidParams, why.to_string()),
        };
        match uri.and_then(|uri| self.documents.snapshot(&uri)) {
            Some(snapshot) => self.tasks.answer(id, move || work(&snapshot, params)),
            None => _ = (self.send)(Message::Response(Response::new_ok(id, Value::Null))),
        }
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, message: String) {
        (self.send)(Message::Response(Response::new_err(id, code as i32, message)));
    }

    /// The command, for clients that have no view of their own: makes the document, and has it shown.
    fn execute(&mut self, id: RequestId, params: Value) {
        let wanted = serde_json::from_value::<ExecuteCommandParams>(params).ok();
        let wanted = wanted.filter(|wanted| wanted.command == capabilities::SHOW);
        let argument = wanted.and_then(|mut wanted| (!wanted.arguments.is_empty()).then(|| wanted.arguments.remove(0)));
        let Some(argument) = argument else {
            let message = format!("the command is `{}`, with one argument", capabilities::SHOW);
            return self.refuse(id, ErrorCode::InvalidParams, message);
        };
        let (shows, send) = (self.client.shows_documents, Arc::clone(&self.send));
        let number = self.number(Asked::Nothing);
        self.answer(id, argument, move |snapshot, wanted: Wanted| {
            let failed = |why: String| error(ErrorCode::RequestFailed, why);
            let made = generated::at(snapshot, &wanted).map_err(failed)?;
            let path = generated::write(&made).map_err(|why| failed(why.to_string()))?;
            let uri = Uri::from_file_path(&path).ok_or_else(|| failed("no such file".to_owned()))?;
            if shows {
                let params = ShowDocumentParams {
                    uri: uri.clone(),
                    external: Some(false),
                    take_focus: Some(true),
                    selection: None,
                };
                let method = request::ShowDocument::METHOD.to_owned();
                send(Message::Request(Request::new(number, method, params)));
            }
            answered(json!({"uri": uri, "name": made.name, "languageId": made.language_id, "text": made.text}))
        });
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

    fn number(&mut self, asked: Asked) -> RequestId {
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

/// The document that parameters are about: they name it, or what they resolve remembers it.
fn address(params: &Value) -> Option<Uri> {
    let uri = params
        .get("textDocument")
        .or_else(|| params.get("data"))
        .unwrap_or(params)
        .get("uri")?;
    serde_json::from_value(uri.clone()).ok()
}

fn read<P: DeserializeOwned>(params: Value) -> Option<P> {
    serde_json::from_value(params).ok()
}

fn answered(result: impl Serialize) -> Result<Value, ResponseError> {
    serde_json::to_value(result).map_err(|why| error(ErrorCode::InternalError, why.to_string()))
}

fn resolve_lens(snapshot: &Snapshot, lens: CodeLens) -> Result<Value, ResponseError> {
    let data = lens.data.clone().unwrap_or_default();
    let number = |name: &str| data[name].as_u64().unwrap_or_default() as u32;
    match address(&data) {
        Some(uri) => {
            let position = Position::new(number("line"), number("character"));
            answered(lens::resolved(snapshot, &uri, position, lens))
        }
        None => answered(lens),
    }
}

/// Findings, for a client that asks for them.
fn pulled(snapshot: &Snapshot, wanted: DocumentDiagnosticParams) -> Result<Value, ResponseError> {
    let Some(mut found) = diagnostics::all(snapshot) else {
        return Err(ResponseError {
            data: Some(json!({"retriggerRequest": true})),
            ..error(ErrorCode::ServerCancelled, "the document has changed")
        });
    };
    let report = RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport {
            result_id: None,
            items: found.remove(&wanted.text_document.uri).unwrap_or_default(),
        },
    };
    answered(DocumentDiagnosticReportResult::Report(DocumentDiagnosticReport::Full(
        report,
    )))
}

fn publish(send: &super::tasks::Send, uri: Uri, diagnostics: Vec<ls_types::Diagnostic>, version: Option<i32>) {
    let params = PublishDiagnosticsParams::new(uri, diagnostics, version);
    let method = notification::PublishDiagnostics::METHOD.to_owned();
    send(Message::Notification(Notification::new(method, params)));
}
