//! Compiling providers: address, platform, credentials, prices.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::access::{Access, AwsKeys, Secrets, TokenSource};
use super::endpoint::Endpoint;
use super::plan::{CredentialPlan, ProviderPlan, SANDBOX};
use super::platform::Platform;
use crate::catalogue::{Catalogue, ProviderFacts};
use crate::price::{Price, Rates};
use crate::resource::{Kind, Resource, RuleRef};
use crate::resources::{
    AccessSpec, AzureSurface, CredentialSpec, FileService, PlatformSpec, PriceSpec, ProviderSpec,
    Timeouts, Unpriced,
};
use crate::task::{Tasks, usual_tasks};
use crate::{Dialect, ServiceTier};

/// What is wrong with a spec: where, and a sentence.
type Fault = (&'static str, String);

/// The plan of a provider. Fails where the spec leaves out what the catalogue does not know.
pub(super) fn plan(
    resource: &Resource,
    spec: &ProviderSpec,
    catalogue: &dyn Catalogue,
    secrets: &dyn Secrets,
) -> Result<ProviderPlan, Fault> {
    let facts = facts(resource, spec, catalogue)?;
    let dialect = spec.dialect.or(facts.map(|facts| facts.dialect));
    let unknown = "name the dialect: the catalogue does not know this provider";
    let dialect = dialect.ok_or(("spec.dialect", unknown.to_owned()))?;
    let cloud = spec.platform.as_ref();
    let cloud = cloud.or_else(|| facts?.platform.as_ref());
    let endpoint = address(spec, facts, cloud).ok_or_else(|| nowhere(facts))?;
    let region = region(spec, &endpoint);
    let signs = |credential: &CredentialSpec| matches!(credential.access, AccessSpec::Aws(_));
    if region.is_none() && spec.credentials.iter().any(signs) {
        let message = "name the region: requests are signed for it";
        return Err(("spec.region", message.to_owned()));
    }
    let Pool {
        usable,
        missing,
        project,
    } = credentials(&spec.credentials, cloud, secrets);
    let disabled = spec.credentials.iter().filter(|one| one.disabled);
    let platform = platform(cloud, project);
    // What is listed holds for the dialect that is listed, and for addresses that are the dialect's.
    let known = facts.filter(|facts| facts.dialect == dialect && platform == Platform::Plain);
    let known = known.map_or(&[][..], |facts| &facts.also);
    let also = spec.also.as_deref().unwrap_or(known);
    let auth = spec.auth.as_ref().or_else(|| facts?.auth.as_ref());
    let known = facts.map(|facts| facts.quirks);
    Ok(ProviderPlan {
        name: resource.name.shared(),
        catalog: facts.map(|facts| facts.id.as_str().into()),
        dialect,
        also: also.to_vec(),
        endpoint,
        platform,
        query: query(spec, cloud),
        auth: auth.cloned(),
        region,
        own_names: facts.is_some_and(|facts| facts.own_names),
        keyless: spec.credentials.is_empty(),
        credentials: usable,
        disabled: disabled.map(|one| one.name.shared()).collect(),
        probe_every: spec.probe.map(|probe| probe.every_s),
        missing,
        headers: spec.headers.clone().into_iter().collect(),
        timeouts: spec.timeouts,
        quirks: spec.quirks.or(known).unwrap_or_default(),
        tasks: tasks(spec, facts, dialect),
        realtime: realtime(spec, facts, dialect),
        files: files(spec, facts, dialect),
        rule: resource.rule(),
        prices: prices(&source(resource), &spec.prices),
        tier_prices: tier_prices(resource, spec),
        unpriced: spec.unpriced,
    })
}

/// What the catalogue knows of a provider, by the name that its spec gives, its own, or that of its
/// platform. Fails where the spec names one that the catalogue does not know.
fn facts<'a>(
    resource: &Resource,
    spec: &ProviderSpec,
    catalogue: &'a dyn Catalogue,
) -> Result<Option<&'a ProviderFacts>, Fault> {
    if let Some(id) = &spec.catalog {
        let message = format!("the catalogue has no provider \"{id}\"");
        let found = catalogue.provider(id);
        return found.map(Some).ok_or(("spec.catalog", message));
    }
    let own = catalogue.provider(resource.name.as_str());
    let platform = spec.platform.as_ref();
    Ok(own.or_else(|| catalogue.provider(platform?.catalog())))
}

/// The tasks of a provider: what its spec says, else what the catalogue knows of it, else what is usual
/// in its dialect.
fn tasks(spec: &ProviderSpec, facts: Option<&ProviderFacts>, dialect: Dialect) -> Tasks {
    let known = facts.filter(|facts| facts.dialect == dialect);
    let known = known.map(|facts| facts.tasks.clone());
    let told = spec.tasks.clone().or(known);
    told.unwrap_or_else(|| usual_tasks(dialect))
}

/// Whether a provider holds realtime sessions: what its spec says, else what the catalogue knows of it,
/// else whether it speaks a dialect of OpenAI's, whose followers may.
fn realtime(spec: &ProviderSpec, facts: Option<&ProviderFacts>, dialect: Dialect) -> bool {
    let known = facts.filter(|facts| facts.dialect == dialect);
    let usual = matches!(dialect, Dialect::OpenaiChat | Dialect::OpenaiResponses);
    let told = spec.realtime.or(known.map(|facts| facts.realtime));
    told.unwrap_or(usual)
}

/// What of files and batches a provider has: what its spec says, else what the catalogue knows of it.
fn files(spec: &ProviderSpec, facts: Option<&ProviderFacts>, dialect: Dialect) -> FileService {
    let known = facts.filter(|facts| facts.dialect == dialect);
    let told = spec.files.or(known.map(|facts| facts.files));
    told.unwrap_or_default()
}

fn credentials(
    specs: &[CredentialSpec],
    cloud: Option<&PlatformSpec>,
    secrets: &dyn Secrets,
) -> Pool {
    let vertex = match cloud {
        Some(PlatformSpec::Vertex(vertex)) => Some(vertex),
        Some(PlatformSpec::Azure(_)) | None => None,
    };
    let mut pool = Pool {
        project: vertex.and_then(|vertex| vertex.project.clone()),
        ..Pool::default()
    };
    for spec in specs.iter().filter(|spec| !spec.disabled) {
        let opened = access(&spec.access, cloud, secrets).and_then(|(access, project)| {
            pool.project = pool.project.take().or(project);
            match vertex.is_some() && pool.project.is_none() {
                false => Ok(access),
                true => Err("it names no project; set platform.vertex.project".to_owned()),
            }
        });
        match opened {
            Ok(access) => pool.usable.push(CredentialPlan {
                name: spec.name.shared(),
                access,
                weight: spec.weight,
                limits: spec.limits,
            }),
            Err(why) => pool
                .missing
                .push(format!("credential {}: {why}", spec.name)),
        }
    }
    pool
}

/// Opens what a credential is, and tells the project that it names. The error is a sentence for the
/// operator.
fn access(
    spec: &AccessSpec,
    cloud: Option<&PlatformSpec>,
    secrets: &dyn Secrets,
) -> Result<(Access, Option<String>), String> {
    let token = |source| Access::Token(Arc::new(source));
    Ok(match spec {
        AccessSpec::Key(secret) => (Access::Key(secrets.open(secret)?), None),
        AccessSpec::ServiceAccount(secret) => {
            let json = secrets.open(secret)?;
            let (source, project) = TokenSource::of_google_file(json.reveal())?;
            (token(source), project)
        }
        AccessSpec::Entra(entra) => {
            let secret = secrets.open(&entra.client_secret)?;
            let source = TokenSource::of_entra(entra, secret);
            (
                token(source.ok_or("its authority is not an address")?),
                None,
            )
        }
        AccessSpec::Metadata(spec) => {
            let source = match cloud {
                Some(PlatformSpec::Vertex(_)) => TokenSource::of_google_machine(spec),
                Some(PlatformSpec::Azure(_)) => TokenSource::of_azure_machine(spec),
                None => return Err("metadata is for the platforms vertex and azure".to_owned()),
            };
            (token(source.ok_or("its base_url is not an address")?), None)
        }
        AccessSpec::Aws(pair) => {
            let session_token = pair.session_token.as_ref();
            let keys = AwsKeys {
                access_key_id: secrets.open(&pair.access_key_id)?,
                secret_access_key: secrets.open(&pair.secret_access_key)?,
                session_token: session_token.map(|token| secrets.open(token)).transpose()?,
            };
            (Access::Aws(keys), None)
        }
    })
}

/// The credentials of a provider that could be opened, why others could not, and the project on whose
/// account calls go, where one is named.
#[derive(Default)]
struct Pool {
    usable: Vec<CredentialPlan>,
    missing: Vec<String>,
    project: Option<String>,
}

/// Where a provider is reached.
fn address(
    spec: &ProviderSpec,
    facts: Option<&ProviderFacts>,
    cloud: Option<&PlatformSpec>,
) -> Option<Endpoint> {
    let ca_file = spec.ca_file.as_deref();
    let listed = || {
        let facts = facts?;
        let regional = facts.regional_url.as_ref().zip(spec.region.as_deref());
        let regional = regional.map(|(url, region)| url.replace("{region}", region));
        regional.or_else(|| facts.base_url.clone())
    };
    match (&spec.base_url, cloud) {
        (Some(url), Some(PlatformSpec::Azure(azure))) => {
            Endpoint::of(&azure_url(url, azure.surface), ca_file)
        }
        (Some(url), _) => Endpoint::of(url, ca_file),
        (None, _) if facts.is_some_and(|facts| facts.id == SANDBOX) => Some(Endpoint::Sandbox),
        (None, Some(PlatformSpec::Vertex(vertex))) => Endpoint::of(&vertex.base_url(), ca_file),
        (None, _) => Endpoint::of(&listed()?, ca_file),
    }
}

/// What is missing where no address is known.
fn nowhere(facts: Option<&ProviderFacts>) -> Fault {
    let (place, message) = match facts.and_then(|facts| facts.regional_url.as_ref()) {
        Some(_) => ("spec.region", "name the region: the address depends on it"),
        None => (
            "spec.base_url",
            "give the address: the catalogue has none for this provider",
        ),
    };
    (place, message.to_owned())
}

/// The region of a provider: as its spec says, or as a host of AWS has it.
fn region(spec: &ProviderSpec, endpoint: &Endpoint) -> Option<Arc<str>> {
    if let Some(region) = spec.region.as_deref() {
        return Some(region.into());
    }
    let Endpoint::Http { host, .. } = endpoint else {
        return None;
    };
    let place = [".vpce.amazonaws.com", ".amazonaws.com", ".amazonaws.com.cn"]
        .iter()
        .find_map(|end| host.strip_suffix(end))?;
    let (_, region) = place.rsplit_once('.')?;
    Some(region.into())
}

/// The address of a surface of Azure OpenAI, whether the resource's endpoint was given or more of it.
fn azure_url(url: &str, surface: AzureSurface) -> String {
    let bare = url.strip_suffix("/v1").unwrap_or(url);
    let bare = bare.strip_suffix("/openai").unwrap_or(bare);
    match surface {
        AzureSurface::V1 => format!("{bare}/openai/v1"),
        AzureSurface::Deployments => format!("{bare}/openai"),
    }
}

fn platform(cloud: Option<&PlatformSpec>, project: Option<String>) -> Platform {
    match cloud {
        Some(PlatformSpec::Azure(azure)) if azure.surface == AzureSurface::Deployments => {
            Platform::Deployments
        }
        Some(PlatformSpec::Vertex(vertex)) => Platform::Vertex {
            project: project.unwrap_or_default().into(),
            location: vertex.location.as_str().into(),
        },
        Some(PlatformSpec::Azure(_)) | None => Platform::Plain,
    }
}

/// The query of every request: the version of Azure's API, and what the spec adds.
fn query(spec: &ProviderSpec, cloud: Option<&PlatformSpec>) -> String {
    let version = match cloud {
        Some(PlatformSpec::Azure(azure)) => azure.api_version.as_deref(),
        Some(PlatformSpec::Vertex(_)) | None => None,
    };
    let version = version.map(|version| ("api-version", version));
    let more = spec.query.iter().map(|(name, value)| (&**name, &**value));
    let pairs = version.into_iter().chain(more);
    let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A text as it may stand in a query: everything but letters, digits and `-._~` percent-encoded.
fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let sign = |b: u8| match plain(b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    text.bytes().map(sign).collect()
}

/// Where the prices of a spec come from, for people.
fn source(resource: &Resource) -> String {
    format!(
        "Provider {} (revision {})",
        resource.name, resource.revision
    )
}

fn prices(source: &str, specs: &BTreeMap<String, PriceSpec>) -> HashMap<String, Price> {
    let entries = specs.iter().map(|(model, list)| {
        let mut rates = Rates::default();
        for (class, rate) in list {
            rates.set(*class, *rate);
        }
        (model.clone(), Price::flat(source, rates))
    });
    entries.collect()
}

fn tier_prices(
    resource: &Resource,
    spec: &ProviderSpec,
) -> BTreeMap<ServiceTier, HashMap<String, Price>> {
    let tiers = spec.tier_prices.iter();
    let priced = tiers.map(|(tier, specs)| {
        let source = format!("{}, tier {tier}", source(resource));
        (*tier, prices(&source, specs))
    });
    priced.collect()
}

pub(super) fn sandbox(catalogue: &dyn Catalogue) -> Option<ProviderPlan> {
    let facts: &ProviderFacts = catalogue.provider(SANDBOX)?;
    Some(ProviderPlan {
        name: SANDBOX.into(),
        catalog: Some(SANDBOX.into()),
        dialect: facts.dialect,
        also: facts.also.clone(),
        endpoint: Endpoint::Sandbox,
        platform: Platform::Plain,
        query: String::new(),
        auth: None,
        region: None,
        credentials: Vec::new(),
        own_names: false,
        keyless: true,
        disabled: Vec::new(),
        probe_every: None,
        missing: Vec::new(),
        headers: Vec::new(),
        timeouts: Timeouts::default(),
        quirks: facts.quirks,
        tasks: facts.tasks.clone(),
        realtime: facts.realtime,
        files: facts.files,
        rule: RuleRef {
            kind: Kind::Provider,
            name: SANDBOX.parse().ok()?,
            revision: 0,
        },
        prices: HashMap::new(),
        tier_prices: BTreeMap::new(),
        unpriced: Unpriced::Refuse,
    })
}
