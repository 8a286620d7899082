//! Logging in through a provider: a real one (`tests/node/provider.mjs`, over the package `oidc-provider`), which
//! misbehaves when told to.

mod accounts;
mod browsers;
mod good;
mod refused;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use diesel_async::RunQueryDsl;
use reqwest::Url;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use schema::foundation::clock::Clock;
use schema::foundation::database::Conn;
use serde_json::{Value, json};
use server::federation::FederationSettings;
use tests::World;
use tests::people::{A, B, C, DIRECTION, address};
use tests::world::Plan;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::endpoint::audit::script;

/// Where the product says that it is: what the provider knows of it.
const PUBLIC: &str = "http://127.0.0.1:8000";
/// The front end that browsers come from and go back to; nobody asks it for anything.
const FRONT: &str = "https://front.exemple.test/entree";
/// An establishment that no structure is.
const NOWHERE: &str = "98765432100023";
/// The establishments that the structures are.
const SIRETS: [(&str, &str); 4] = [
    (A, "10000000100014"),
    (B, "20000000200010"),
    (DIRECTION, "30000000300016"),
    (C, "40000000400012"),
];
/// Who is known to the provider, and where they work in its eyes.
const AGENTS: [(&str, &str); 7] = [
    ("bruno", A),
    ("chloe", A),
    ("david", A),
    ("elise", A),
    ("gaelle", A),
    ("jonas", NOWHERE),
    ("nora", A),
];
const EXCHANGE: &str = "mutation($input: SessionExchangeInput!) { sessionExchange(input: $input) {
    token expiresAt viewer { email displayName roles { role structure { code } } } userErrors { code path } } }";

fn siret(place: &str) -> &str {
    SIRETS.iter().find(|(code, _)| *code == place).map_or(place, |(_, siret)| siret)
}

/// The provider; ends with the test.
struct Provider {
    url: String,
    _child: Child,
}

impl Provider {
    async fn start() -> Self {
        let users: Vec<Value> = AGENTS
            .iter()
            .map(|(name, place)| {
                json!({ "login": name, "sub": format!("sub-of-{name}"), "email": address(name), "siret": siret(place),
                    "given_name": name, "usual_name": "Nouvelle", "organizational_unit": "Accueil", "phone": "01" })
            })
            .collect();
        let config = json!({ "client_id": "spp", "client_secret": "a secret of thirty-two letters or more",
            "redirect_uris": [format!("{PUBLIC}/connexion/retour")],
            "post_logout_redirect_uris": [format!("{PUBLIC}/connexion/fin")], "users": users });
        let mut child = script("provider.mjs")
            .arg(config.to_string())
            .env("PORT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let url = loop {
            let line = lines.next_line().await.expect("text").expect("the provider starts");
            if let Some(url) = line.strip_prefix("listening ") {
                break url.to_owned();
            }
        };
        // What it says later is read, so that it never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { url, _child: child }
    }

    fn settings(&self) -> FederationSettings {
        FederationSettings {
            issuer: format!("{}/api/v2", self.url),
            client_id: "spp".into(),
            client_secret: "a secret of thirty-two letters or more".into(),
            acr: vec!["eidas1".into(), "eidas2".into()],
            return_to: vec![FRONT.parse().expect("an address")],
            open_accounts: false,
            // Only those who never answer should meet it.
            time_limit: Duration::from_secs(20),
        }
    }

    /// Tells it how to behave, or asks how it did.
    async fn told(&self, order: Option<Value>) -> Value {
        let (http, url) = (reqwest::Client::new(), format!("{}/_test", self.url));
        let request = match order {
            Some(order) => http.post(url).json(&order),
            None => http.get(url),
        };
        let answer = request.send().await.expect("the provider answers");
        assert_eq!(answer.status(), 200);
        answer.json().await.expect("JSON")
    }
}

/// A world in the present, as the provider lives there; the structures have their establishments.
async fn world() -> World {
    let start = Clock::system().now();
    let world = World::with(Plan { worker: false, start, ..Plan::default() }).await;
    let mut conn = world.conn().await;
    for (code, siret) in SIRETS {
        settle(&mut conn, code, Some(siret)).await;
    }
    world
}

async fn settle(conn: &mut Conn, code: &str, siret: Option<&str>) {
    let siret = siret.map_or("null".to_owned(), |siret| format!("'{siret}'"));
    sql(conn, &format!("update structure set siret = {siret} where code = '{code}'")).await;
}

async fn sql(conn: &mut Conn, statement: &str) {
    diesel::sql_query(statement).execute(conn).await.expect("a statement");
}

/// The one text that a statement selects as `text`.
async fn text(conn: &mut Conn, statement: &str) -> String {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        text: String,
    }
    diesel::sql_query(statement).get_result::<Row>(conn).await.expect("a row").text
}

/// What a log-in may leave: sessions, identities, codes, accounts, entries of the trail.
async fn traces(conn: &mut Conn) -> String {
    text(conn, "select concat_ws(' ', (select count(*) from session), (select count(*) from account_identity),
        (select count(*) from login_handover), (select count(*) from account), (select count(*) from audit_entry)) as text").await
}

/// How a log-in ended.
#[derive(Debug)]
struct Landing {
    status: u16,
    /// The page that says why not.
    page: String,
    /// The code with which the front end fetches the session.
    code: Option<String>,
}

impl Landing {
    /// The code on a page.
    fn refusal(&self) -> &str {
        let after = self.page.split("<dt>Code</dt><dd>").nth(1).unwrap_or_default();
        after.split('<').next().unwrap_or_default()
    }

    fn handed(&self) -> String {
        self.code.clone().unwrap_or_else(|| panic!("no code: {self:?}"))
    }
}

/// A browser: it keeps cookies, and follows nothing by itself.
#[derive(Clone)]
struct Browser {
    http: reqwest::Client,
    server: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new(server: &str) -> Self {
        let plain = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            http: plain.build().expect("a client"),
            server: server.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// Fetches a page; gives where it sends the browser, if it does.
    async fn get(&mut self, address: &str) -> (u16, Option<String>, String) {
        let address = address.replace(PUBLIC, &self.server);
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.get(&address).header(COOKIE, cookies.join("; "));
        let answer = request.send().await.expect("an answer");
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            let (name, value) =
                cookie.split(';').next().and_then(|one| one.split_once('=')).expect("a cookie");
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let status = answer.status().as_u16();
        let location = answer.headers().get(LOCATION).map(|to| to.to_str().expect("text"));
        let location = location
            .map(|to| Url::parse(&address).expect("an address").join(to).expect("an address"));
        (status, location.map(Into::into), answer.text().await.expect("a body"))
    }

    /// Leaves for the provider; gives where to.
    async fn leave(&mut self) -> Result<String, Landing> {
        let begin = Url::parse_with_params(
            &format!("{}/connexion", self.server),
            [("retour", format!("{FRONT}?etat=mien"))],
        );
        let (status, location, page) = self.get(begin.expect("an address").as_str()).await;
        location.ok_or(Landing { status, page, code: None })
    }

    /// Logs in at the provider; gives the address that it sends the browser back to, not yet fetched.
    async fn at_provider(&mut self, address: &str, name: &str) -> String {
        let mut next = format!("{address}&login_hint={name}");
        for _ in 0..10 {
            let (status, location, page) = self.get(&next).await;
            next = location.unwrap_or_else(|| panic!("{status} from the provider: {page}"));
            if next.starts_with(PUBLIC) {
                return next;
            }
        }
        panic!("the provider sends the browser round in circles: {next}");
    }

    /// Comes back from the provider.
    async fn come_back(&mut self, address: &str) -> Landing {
        let (status, location, page) = self.get(address).await;
        let code = location.map(|to| {
            let to = Url::parse(&to).expect("an address");
            assert!(to.as_str().starts_with(&format!("{FRONT}?etat=mien&code=")), "{to}");
            to.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned()
        });
        assert_eq!(code.is_some(), status == 303, "{page}");
        Landing { status, page, code }
    }

    /// The whole way.
    async fn log_in(&mut self, name: &str) -> Landing {
        match self.leave().await {
            Ok(address) => {
                let back = self.at_provider(&address, name).await;
                self.come_back(&back).await
            }
            Err(landing) => landing,
        }
    }
}

/// The clocks of world and provider go together again.
fn now(world: &World) {
    world.clock.set(Clock::system().now());
}

/// What the front end gets for a code.
async fn exchange(world: &World, code: &str) -> Value {
    let input = json!({ "input": { "code": code } });
    world.alice.data(EXCHANGE, input).await["sessionExchange"].clone()
}
