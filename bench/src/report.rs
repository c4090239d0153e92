//! Prints and keeps the figures of one run.

use crate::load::Figure;
use crate::reference;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Figures of one run.
pub struct Report {
    name: &'static str,
    reference: f64,
    figures: Vec<Value>,
    facts: Map<String, Value>,
}

impl Report {
    /// Begins with the reference, since no figure can be read without it.
    pub async fn begin(name: &'static str) -> Result<Self, String> {
        println!("\n{name}");
        let reference = reference::measure(Duration::from_secs(2)).await?;
        println!("  {}", reference.line());
        Ok(Self { name, reference: reference.rate(), figures: vec![reference.json()], facts: Map::new() })
    }

    /// One more figure.
    pub fn add(&mut self, figure: &Figure) {
        println!("  {}", figure.line());
        self.figures.push(figure.json());
    }

    /// Something that is not a rate with its latencies.
    pub fn fact(&mut self, name: &str, value: f64, unit: &str) {
        let value = (value * 1000.0).round() / 1000.0;
        println!("  {name:<34} {value} {unit}");
        self.facts.insert(name.to_owned(), json!({"value": value, "unit": unit}));
    }

    /// Writes `results/NAME.json`, after telling how it stands to what was kept there.
    pub fn finish(self) -> Result<(), String> {
        let directory = std::path::Path::new("bench/results");
        let file = directory.join(format!("{}.json", self.name));
        if let Some(earlier) = std::fs::read(&file).ok().and_then(|text| serde_json::from_slice(&text).ok()) {
            self.compare(&earlier);
        }
        let document = json!({
            "bench": self.name,
            "at": jiff_now(),
            "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
            "reference_per_second": self.reference.round(),
            "figures": self.figures,
            "facts": self.facts,
        });
        std::fs::create_dir_all(directory).map_err(|e| e.to_string())?;
        std::fs::write(&file, format!("{document:#}\n")).map_err(|e| format!("{}: {e}", file.display()))
    }

    /// Machines and hours differ, so runs are compared only as shares of their own reference.
    fn compare(&self, earlier: &Value) {
        let Some(reference) = earlier["reference_per_second"].as_f64().filter(|rate| *rate > 0.0) else {
            return;
        };
        println!("  beside the run of {}, each divided by its own reference:", earlier["at"]);
        for figure in self.figures.iter().skip(1) {
            let same =
                |one: &&Value| one["name"] == figure["name"] && one["connections"] == figure["connections"];
            let then = earlier["figures"].as_array().into_iter().flatten().find(same);
            let rates =
                then.and_then(|then| Some((then["per_second"].as_f64()?, figure["per_second"].as_f64()?)));
            if let Some((then, now)) = rates {
                let change = (now / self.reference) / (then / reference);
                println!(
                    "    {:<34} {:>3} conn  x {change:.2}",
                    figure["name"].as_str().unwrap_or(""),
                    figure["connections"]
                );
            }
        }
    }
}

fn jiff_now() -> String {
    let now = kernel::Clock::now(&kernel::SystemClock);
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}
