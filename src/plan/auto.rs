//! What the model behind `target(auto)` says of a region, in words: `runtime/host/src/device/model.rs` decides by it at each launch.

use super::{BLOCK_FROM, Grid, Length, Plan, WARP_FROM};

/// What a machine and one of its devices do, in bytes per nanosecond and nanoseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// What its maker calls it.
    pub name: String,
    /// Threads of the processor.
    pub threads: f64,
    /// How fast the processor goes through memory.
    pub processor_bandwidth: f64,
    /// The same of the device, in its own.
    pub device_bandwidth: f64,
    /// How fast arrays are copied there.
    pub to_device: f64,
    /// How fast they are copied back.
    pub from_device: f64,
    /// What a launch costs.
    pub latency: f64,
    /// How many times as fast as one thread it computes, when it is full.
    pub speed: f64,
    /// Iterations that fill it.
    pub full: f64,
}

/// Iterations are looked at up to this power of two.
const MOST: u32 = 40;

/// One iteration of a kernel.
struct Each {
    nanoseconds: f64,
    /// Bytes of all arrays, of those that are copied there, and of those that come back.
    bytes: f64,
    written: f64,
}

impl Device {
    fn processor(&self, each: &Each, iterations: f64) -> f64 {
        (each.nanoseconds * iterations / self.threads).max(each.bytes * iterations / self.processor_bandwidth)
    }

    fn there(&self, each: &Each, iterations: f64) -> f64 {
        let filled = (iterations / self.full).min(1.0);
        let arithmetic = each.nanoseconds * iterations / (self.speed * filled).max(f64::MIN_POSITIVE);
        self.latency + arithmetic.max(each.bytes * iterations / self.device_bandwidth)
    }

    fn moving(&self, each: &Each, iterations: f64) -> f64 {
        each.bytes * iterations / self.to_device + each.written * iterations / self.from_device
    }

    /// The first power of two from which on the device is the faster one.
    fn pays_from(&self, each: &Each, moving: bool) -> String {
        let pays = |iterations: f64| {
            let moved = if moving { self.moving(each, iterations) } else { 0.0 };
            self.there(each, iterations) + moved < self.processor(each, iterations)
        };
        let first = (0..=MOST).map(|power| (1_u64 << power) as f64).find(|one| pays(*one));
        first.map_or("never".to_owned(), |first| format!("from about {first} iterations on"))
    }
}

impl Plan<'_> {
    /// The kernels for a device, with what their arrays and iterations cost, and from when on each of these devices pays.
    pub fn device_words(&self, devices: &[Device]) -> String {
        let mut text = String::new();
        if !self.wants_device() {
            return text;
        }
        let grids = match self.device() {
            Ok(grids) => grids,
            Err(why) => return format!("  no kernel for a GPU: {why}\n"),
        };
        for device in devices {
            text += &format!(
                "  {}: {:.3} GB/s to it, {:.3} GB/s from it, {:.3} GB/s there, {:.3} GB/s here; {:.3} µs a launch; {:.3} times as fast \
                 as a thread with {} iterations or more\n",
                device.name,
                device.to_device,
                device.from_device,
                device.device_bandwidth,
                device.processor_bandwidth,
                device.latency * 1e-3,
                device.speed,
                device.full,
            );
        }
        for grid in &grids {
            let names: Vec<&str> = grid
                .nest
                .iter()
                .map(|one| self.region.loops[*one].name.as_str())
                .collect();
            let size = |array| self.types.array(array).element.kind.size() as f64;
            let arrays = self.captures(grid).arrays;
            let each = Each {
                nanoseconds: grid.inner().map_or(0.0, |inner| self.cost(inner)),
                bytes: arrays.iter().map(|array| size(*array)).sum(),
                written: arrays
                    .iter()
                    .filter(|array| self.facts.is_written(**array))
                    .map(|array| size(*array))
                    .fold(0.0, |all, one| all + one),
            };
            text += &format!(
                "  kernel over {}: about {:.1} ns an iteration; an element of each array: {} bytes, {} of them written\n",
                names.join(", "),
                each.nanoseconds,
                each.bytes,
                each.written,
            );
            text += &self.team_words(grid);
            for device in devices {
                text += &format!(
                    "    {} pays {} where the arrays are there, {} where they are copied for one launch\n",
                    device.name,
                    device.pays_from(&each, false),
                    device.pays_from(&each, true),
                );
            }
        }
        text
    }
    /// Who does an iteration of a kernel whose inner loops threads share.
    fn team_words(&self, grid: &Grid<'_>) -> String {
        if grid.lanes.is_empty() {
            return String::new();
        }
        let names: Vec<&str> = grid
            .lanes
            .iter()
            .map(|one| self.region.loops[*one].name.as_str())
            .collect();
        let lengths = grid.lanes.iter().map(|one| match self.length(grid, *one) {
            Length::Bounds => "by its bounds".to_owned(),
            Length::Share(array) => format!("by its share of `{}`", self.region.arrays[array].name),
            Length::Unknown => format!("unknown, taken as {}", self.assumed_trips(*one)),
        });
        let lengths: Vec<String> = lengths.collect();
        format!(
            "    threads share {}: a thread does an iteration alone where they have fewer than {WARP_FROM} iterations, a block from \
             {BLOCK_FROM} for each of its threads on, a warp in between ({})\n",
            names.join(", "),
            lengths.join("; "),
        )
    }
}
