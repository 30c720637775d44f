//! A chart of some lines over a logarithmic scale, as SVG that any browser shows.

use std::fmt::Write as _;

/// A line: its name, and its points from left to right.
pub struct Line<'a> {
    /// What it shows.
    pub name: &'a str,
    /// How much was stored, and what it cost.
    pub points: Vec<(f64, f64)>,
}

/// A chart: what stands below it, what beside it, and its lines.
pub struct Chart<'a> {
    /// What the chart shows.
    pub title: &'a str,
    /// What grows from left to right.
    pub across: &'a str,
    /// What is measured.
    pub upwards: &'a str,
    /// The lines.
    pub lines: Vec<Line<'a>>,
}

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 34.0;
const COLOURS: [&str; 4] = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd"];

/// The charts side by side.
pub fn svg(charts: &[Chart<'_>]) -> String {
    let frame = (WIDTH + LEFT + 24.0, HEIGHT + TOP + 92.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {:.0}\" font-family=\"sans-serif\" \
         font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        frame.0 * charts.len() as f64,
        frame.1
    );
    for (place, chart) in charts.iter().enumerate() {
        writeln!(svg, "<g transform=\"translate({:.0} 0)\">", frame.0 * place as f64).expect("a text takes it");
        svg.push_str(&drawn(chart));
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

fn drawn(chart: &Chart<'_>) -> String {
    let points = || chart.lines.iter().flat_map(|line| line.points.iter().copied());
    let decades = |value: f64| value.log10();
    let from = decades(points().map(|(x, _)| x).fold(f64::INFINITY, f64::min)).floor();
    let until = decades(points().map(|(x, _)| x).fold(1.0, f64::max)).ceil();
    let most = points().map(|(_, y)| y).fold(0.0, f64::max) * 1.15;
    let x = |value: f64| LEFT + (decades(value) - from) / (until - from).max(1.0) * WIDTH;
    let y = |value: f64| TOP + HEIGHT - value / most * HEIGHT;
    let mut svg = String::new();
    let mut say = |text: String| {
        svg.push_str(&text);
        svg.push('\n');
    };
    say(format!("<text x=\"{LEFT}\" y=\"18\" font-size=\"13\">{}</text>", chart.title));
    for step in 0..=4 {
        let value = most * f64::from(step) / 4.0;
        let (at, digits) = (y(value), if most < 10.0 { 2 } else { 0 });
        say(format!("<path d=\"M{LEFT} {at:.1}h{WIDTH}\" stroke=\"#ddd\"/>"));
        say(format!("<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{value:.digits$}</text>", LEFT - 5.0, at + 4.0));
    }
    let mut decade = from;
    while decade <= until {
        let at = x(10f64.powf(decade));
        say(format!("<path d=\"M{at:.1} {TOP}v{HEIGHT}\" stroke=\"#eee\"/>"));
        say(format!(
            "<text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            TOP + HEIGHT + 15.0,
            10f64.powf(decade)
        ));
        decade += 1.0;
    }
    say(format!(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}; upwards: {}</text>",
        LEFT + WIDTH / 2.0,
        TOP + HEIGHT + 31.0,
        chart.across,
        chart.upwards
    ));
    for (line, colour) in chart.lines.iter().zip(COLOURS.iter().cycle()) {
        let path: Vec<String> =
            line.points.iter().map(|point| format!("{:.1} {:.1}", x(point.0), y(point.1))).collect();
        say(format!("<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>", path.join("L")));
        for (across, up) in &line.points {
            say(format!("<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>", x(*across), y(*up)));
        }
    }
    for (place, (line, colour)) in chart.lines.iter().zip(COLOURS.iter().cycle()).enumerate() {
        let at = TOP + HEIGHT + 46.0 + 14.0 * place as f64;
        say(format!("<rect x=\"{LEFT}\" y=\"{:.1}\" width=\"10\" height=\"10\" fill=\"{colour}\"/>", at - 9.0));
        say(format!("<text x=\"{}\" y=\"{at:.1}\">{}</text>", LEFT + 15.0, line.name));
    }
    svg
}
