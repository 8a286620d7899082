//! The reference list of 50,000 structures, through the import that the command line and the API use.

use std::fmt::Write;
use std::time::Instant;

use anyhow::ensure;
use schema::foundation::actor::{Actor, Caller, Grant};
use schema::foundation::app::App;
use schema::foundation::database::Pool;
use schema::foundation::policy::Role;
use schema::foundation::settings::Settings;
use schema::reference::structure::import::import;
use tests::database::Database;

use crate::figure::Figure;
use crate::fill;

const AREA: &str = "import";
const LINES: usize = 50_000;
/// What the programme asks for.
const LIMIT_S: f64 = 30.0;
const NETWORKS: [&str; 4] = ["CAF", "CPAM", "DGFIP", "GENDARMERIE"];

/// Measures the first import, and the same file again.
pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    let database = Database::new().await?;
    let app = App::new(Pool::new(&database.url, 2)?, Settings::default());
    let grant = Grant { role: Role::National, structure_id: None };
    let actor = Actor::console(vec![grant]);
    let caller = Caller { actor, request_id: "bench".to_owned(), ..Caller::default() };
    let file = file();
    let mut figures = Vec::new();
    for (what, created) in [("structures created", LINES), ("structures again, unchanged", 0)] {
        let bar = fill::bar("structures", LINES);
        let started = Instant::now();
        let done =
            import(&app, &caller, file.as_bytes(), &mut |done, _| bar.set_position(done as u64))
                .await?;
        let seconds = started.elapsed().as_secs_f64();
        bar.finish_and_clear();
        ensure!(
            (done.read, done.created, done.updated) == (LINES, created, 0),
            "the import did something else: {done:?}"
        );
        let figure = Figure::new(AREA, format!("50,000 {what}"), format!("{seconds:.1} s"));
        figures.push(figure.under(LIMIT_S, "s", seconds));
    }
    Ok(figures)
}

/// A list as large as the country: four networks, their départements, and the contact points below.
fn file() -> String {
    let mut text = String::from(
        "code;name;kind;network;parent;postal_code;commune;department;region;email;channels;testimonies_open_on\n",
    );
    for number in 0..LINES {
        let network = number % NETWORKS.len();
        let department = 1 + number / NETWORKS.len() % 95;
        let (kind, parent) = match number {
            0..4 => ("Direction centrale", String::new()),
            4..384 => ("Direction départementale", format!("Banc{network:06}")),
            _ => ("Agence d'accueil", format!("Banc{:06}", 4 + (number - 4) % 380)),
        };
        // Children follow their parent's network: 380 directions are a multiple of 4.
        let network = NETWORKS[network];
        let _ = writeln!(
            text,
            "Banc{number:06};Structure n° {number} de Montarcy-l'Évêque;{kind};{network};{parent};\
             {department:02}{:03};Commune n° {};{department:02};Haute-Lorme;accueil{number}@banc.example;\
             FRONT_DESK,PHONE,LETTER,EMAIL;2025-01-06",
            number % 1000,
            number % 36_000,
        );
    }
    text
}
