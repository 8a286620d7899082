//! A collector of traces: takes what programs export over OTLP/HTTP.

use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::Data;
use poem::{EndpointExt, Route, Server, handler, post};
use prost::Message;
use tokio_util::task::AbortOnDropHandle;

type Spans = Arc<Mutex<Vec<Span>>>;

/// A collector that listens until it is dropped.
pub struct Collector {
    /// Its address, as `OTEL_EXPORTER_OTLP_ENDPOINT` wants it.
    pub url: String,
    spans: Spans,
    _listening: AbortOnDropHandle<()>,
}

impl Collector {
    /// Starts one.
    pub async fn start() -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.expect("a port");
        let address = acceptor.local_addr().remove(0).to_string();
        let url = address.replace("socket://", "http://");
        let spans = Spans::default();
        let routes = Route::new().at("/v1/traces", post(take)).data(spans.clone());
        let listening = tokio::spawn(async move {
            let ended = Server::new_with_acceptor(acceptor).run(routes).await;
            ended.expect("a collector that listens");
        });
        Self { url, spans, _listening: AbortOnDropHandle::new(listening) }
    }

    /// What came so far.
    pub fn spans(&self) -> Vec<Span> {
        self.spans.lock().expect("no panic").clone()
    }
}

#[handler]
fn take(Data(spans): Data<&Spans>, body: Vec<u8>) {
    let sent = ExportTraceServiceRequest::decode(body.as_slice()).expect("spans as OTLP");
    let scopes = sent.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    spans.lock().expect("no panic").extend(scopes.flat_map(|scope| scope.spans));
}
