//! TLS towards providers. Certificates are always verified.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The configurations that were used, one per file of extra certificates. Made at the first use, so
/// that a gateway without such providers does not hold the certificates in memory.
#[derive(Default)]
pub(crate) struct Tls {
    configs: papaya::HashMap<Option<String>, Arc<ClientConfig>>,
}

impl Tls {
    /// Speaks TLS on a connection to `host`. The error is for the operator.
    pub(crate) async fn connect(
        &self,
        stream: TcpStream,
        host: &str,
        ca_file: Option<&String>,
    ) -> Result<TlsStream<TcpStream>, String> {
        let key = ca_file.cloned();
        let known = self.configs.pin().get(&key).map(Arc::clone);
        let config = match known {
            Some(config) => config,
            None => {
                let made = Arc::new(config(ca_file)?);
                self.configs.pin().insert(key, Arc::clone(&made));
                made
            }
        };
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("\"{host}\" is not a host name that a certificate can name"))?;
        TlsConnector::from(config)
            .connect(name, stream)
            .await
            .map_err(|error| format!("no TLS connection with {host}: {error}"))
    }
}

fn config(ca_file: Option<&String>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let unreadable = |error| format!("ca_file {path} cannot be read: {error}");
        for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
            let certificate = certificate.map_err(unreadable)?;
            roots
                .add(certificate)
                .map_err(|error| format!("ca_file {path}: {error}"))?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
